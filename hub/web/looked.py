"""Looks of people at personal data: told to the audit log.

Belongs here: which customers a page has shown whole. Does not: gathering and writing (looks.py).
"""

from __future__ import annotations

from collections.abc import Iterable

from starlette.requests import Request

from hub.web.asked import sees_all
from hub.web.ground import ground, signed


def looked(request: Request, golden_ids: Iterable[str]) -> None:
    """Note that who asks sees these customers unmasked."""
    if sees_all(request):
        ground(request).looks.note(signed(request), golden_ids)
