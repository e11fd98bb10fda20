"""What the tests of the client share."""

from __future__ import annotations

from dataclasses import dataclass

from hub.flow.workspace import Workspace

EVENTS = 400


@dataclass
class Hub:
    """url: where it answers. token: of an admin who may see and take everything. place: its workspace."""

    url: str
    token: str
    place: Workspace
