"""An outlet: one destination opened for planning and pushing, with all that these steps need."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from hub.connectors.kit.port import Capabilities, Connection
from hub.flow.run import Run
from hub.settings import Destination, Settings
from hub.store.engine import Store


@dataclass(frozen=True, slots=True)
class Outlet:
    """One destination during one run.

    more: opens a further connection, for a sender of its own (None: there is but the one). turn: held while it is planned, as
    one destination is at a time: that takes memory and the processor, not the network.
    """

    store: Store
    settings: Settings
    destination: Destination
    capabilities: Capabilities
    connection: Connection
    run: Run
    more: Callable[[], AbstractContextManager[Connection]] | None = None
    turn: AbstractContextManager[object] = field(default_factory=nullcontext)

    @property
    def name(self) -> str:
        """The destination's name."""
        return self.destination.name

    @property
    def source(self) -> str:
        """The source whose records live in the same system; the destination's own name when there is none."""
        return self.destination.source or self.destination.name

    @property
    def region(self) -> str:
        """The phone region of the system."""
        source = self.settings.sources.get(self.destination.source or "")
        return source.region if source else self.settings.region
