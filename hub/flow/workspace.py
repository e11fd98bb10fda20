"""The one bootstrap: a workspace opened, with its settings, its store and a way to its connectors.

Belongs here: putting the rooms together. Does not: steps, commands, Dagster.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub import connectors
from hub.connectors.kit.port import Connection, Connector, Context
from hub.flow.run import Run
from hub.model import Json
from hub.settings import CatalogueEntry, Destination, Settings, Source, find_config, load
from hub.store import sources
from hub.store.engine import Store, open_store
from hub.store.migrate import upgrade


class RegistryCatalogue:
    """What settings must know of the connectors there are; a connector's module is imported when its name is used."""

    def names(self) -> Sequence[str]:
        """All known names."""
        return connectors.catalogue()

    def entry(self, name: str) -> CatalogueEntry:
        """The entry of a known name."""
        told = connectors.load(name).description
        able = told.capabilities
        return CatalogueEntry(told.name, told.channel, told.settings_schema, able.creates, able.marks)


@dataclass(frozen=True, slots=True)
class Workspace:
    """Settings and store of one workspace. `sleep` is what connectors wait with (replaceable in tests)."""

    settings: Settings
    store: Store
    sleep: Callable[[float], None] = time.sleep

    def connector(self, name: str) -> Connector:
        """The connector behind a source's or a destination's `connector`."""
        return connectors.load(name)

    @contextmanager
    def connect(
        self,
        holder: Source | Destination,
        run: Run,
        deadline: Callable[[], bool] = lambda: False,
        common: MutableMapping[str, Any] | None = None,
    ) -> Iterator[Connection]:
        """An open connection for a source or destination, closed at the end. common: what those open side by side share."""
        context = self._context(holder, run, deadline, {} if common is None else common)
        connection = self.connector(holder.connector).open(context)
        try:
            yield connection
        finally:
            connection.close()

    def _context(
        self, holder: Source | Destination, run: Run, deadline: Callable[[], bool], common: MutableMapping[str, Any]
    ) -> Context:
        def progress(done: int, total: int | None, waiting: float | None) -> None:
            run.progress("pull" if isinstance(holder, Source) else "push", holder.name, done, total, waiting)

        source = self._source_of(holder)
        name = source.name if source else holder.name
        return Context(
            source=name,
            options=_options(holder, source),
            workspace=self.settings.workspace,
            region=source.region if source else self.settings.region,
            timezone=self.settings.timezone,
            now=run.now,
            deadline=deadline,
            wait=self.sleep,
            progress=progress,
            known_ids=lambda scope: sources.known_ids(self.store, name, scope),
            latest=lambda source_id: sources.latest_payload(self.store, name, source_id),
            common=common,
        )

    def _source_of(self, holder: Source | Destination) -> Source | None:
        return holder if isinstance(holder, Source) else self.settings.sources.get(holder.source or "")


def _options(holder: Source | Destination, source: Source | None) -> dict[str, Json]:
    """The connector's own keys, with what the hub adds: seconds of sweep and history, the share of the limit."""
    added = (
        {"sweep_seconds": source.sweep, "history_seconds": source.history, "budget_share": source.budget}
        if source
        else {}
    )
    return {**holder.options, **added}


def open_workspace(config: str | Path | None = None, *, migrate: bool = True) -> Workspace:
    """The workspace at `config` (see settings.find_config), its store brought to the newest tables unless told not to.

    Raises ConfigError (settings) or PermanentError (a store newer than this program).
    """
    path = find_config(str(config) if config else None)
    settings = load(path, RegistryCatalogue())
    if settings.database.startswith("sqlite:///"):
        Path(settings.database.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    store = open_store(settings.database)
    if migrate:
        upgrade(store)
    return Workspace(settings, store)
