"""An outlet: one destination opened for planning and pushing, with all that these steps need."""

from __future__ import annotations

from dataclasses import dataclass

from hub.connectors.kit.port import Capabilities, Connection
from hub.flow.run import Run
from hub.settings import Destination, Settings
from hub.store.engine import Store


@dataclass(frozen=True, slots=True)
class Outlet:
    """One destination during one run."""

    store: Store
    settings: Settings
    destination: Destination
    capabilities: Capabilities
    connection: Connection
    run: Run

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
