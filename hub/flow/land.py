"""Pull: what a source gives is landed page by page, each page in one transaction with its cursor.

Belongs here: the loop over pages, slices, what a failure means for the source. Does not: SQL (store.landing, store.sweeps),
asking vendors (connectors), reading payloads (flow.normalize).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from hub.connectors.kit.port import Capabilities, Connection
from hub.flow.forget_screen import Guard
from hub.flow.report import trouble
from hub.flow.run import Run, SourceReport
from hub.model import Json, Page, Stream
from hub.settings import Source
from hub.store import sources, sweeps
from hub.store.engine import Store, StoreConnection, StoreError
from hub.store.landing import land_page

if TYPE_CHECKING:
    import polars as pl

SLICE_SECONDS = 1200.0


@dataclass(slots=True)
class _Pull:
    """One pull under way. ends: the clock's reading at which the slice is over."""

    store: Store
    source: str
    run: Run
    ends: float
    clock: Callable[[], float]
    guard: Guard | None = None
    report: SourceReport = field(default_factory=SourceReport)
    newest: str | None = None
    swept: str | None = None


def pull(
    store: Store,
    source: Source,
    connection: Connection,
    run: Run,
    *,
    capabilities: Capabilities,
    full: bool = False,
    slice_seconds: float = SLICE_SECONDS,
    clock: Callable[[], float] = time.monotonic,
    guard: Guard | None = None,
) -> SourceReport:
    """Land all that the source has to give, customers before orders; never raises for what the source does.

    full: read everything again whatever the cursor. guard: keeps out who was forgotten.
    A slice that is over ends the pull at a committed page (`partial`).
    Raises StoreError when the store itself fails.
    """
    began = clock()
    state = _Pull(store, source.name, run, began + slice_seconds, clock, guard)
    streams = sorted((info.name for info in capabilities.streams), key=lambda name: name != "customers")
    for stream in streams:
        if state.report.status in ("failed", "partial"):
            break
        _stream(state, connection, stream, full)
    state.report.seconds["pull"] = round(clock() - began, 3)
    _remember(state)
    return state.report


def _stream(state: _Pull, connection: Connection, stream: Stream, full: bool) -> None:
    try:
        with state.store.read() as conn:
            cursor = sources.cursor(conn, state.source, stream)
        with closing(_pages(connection, stream, cursor, full)) as pages:
            for page in pages:
                _page(state, state.guard.page(connection, page) if state.guard else page)
                if state.clock() >= state.ends:
                    state.report.status = "partial"
                    break
    except StoreError:
        raise
    except Exception as error:  # one failing source must not stop the others (behaviour 1.8)
        state.report.status = "failed"
        state.report.error = trouble(error)


def _pages(connection: Connection, stream: Stream, cursor: Json, full: bool) -> Generator[Page]:
    """A generator of our own, so that it can be closed whatever iterator the connector gives."""
    yield from connection.pull(stream, cursor, full=full)


def _page(state: _Pull, page: Page) -> None:
    report, at = state.report, state.run.now()
    with state.store.begin() as conn:
        counts, rids = land_page(conn, state.source, page, at, state.run.run_id)
        swept = _sweep(state, conn, page, rids, at)
        sources.save_cursor(conn, state.source, page.stream, page.cursor, at)
    report.read += counts.read
    report.new += counts.new
    report.changed += counts.changed
    report.unchanged += counts.unchanged
    report.removed += counts.removed + (swept.removed if swept else 0)
    state.newest = max(filter(None, (state.newest, counts.newest)), default=None)
    _notices(state, page, swept)
    state.run.progress("pull", state.source, report.read, page.total, None)


def _sweep(state: _Pull, conn: StoreConnection, page: Page, rids: pl.Series, at: str) -> sweeps.Swept | None:
    if page.snapshot is None:
        return None
    sweep_id = sweeps.collect(conn, state.source, page, rids)
    if not page.complete:
        return None
    state.swept = at
    return sweeps.finish(conn, state.source, page, sweep_id, at, state.run.run_id)


def _notices(state: _Pull, page: Page, swept: sweeps.Swept | None) -> None:
    told: list[dict[str, Json]] = [{"code": n.code, "level": n.level, "args": dict(n.args)} for n in page.notices]
    if swept is not None and swept.collapsed:
        told.append({"code": "pull.collapsed", "level": "error", "args": {"rows": swept.rows, "usual": swept.usual}})
    state.report.notices += told
    wrong = [notice for notice in told if notice["level"] == "error"]
    if wrong and state.report.status == "ok":
        state.report.status = "degraded"
        state.report.error = {"code": wrong[0]["code"], "sentence": _sentence(wrong[0])}


def _sentence(notice: Json) -> str:
    if notice["code"] == "pull.collapsed":
        return f"only {notice['args']['rows']} of {notice['args']['usual']} usual records came; nothing was removed"
    return ", ".join(f"{name} {value}" for name, value in notice["args"].items())


def _remember(state: _Pull) -> None:
    """Keep the source's state: when it was tried, when it last went well, what was wrong."""
    report, now = state.report, state.run.now()
    with state.store.begin() as conn:
        before = sources.state(conn, state.source) or {}
        values: dict[str, Json] = {"last_attempt": now, "status": report.status, "error": None}
        if report.error is not None:
            values["error"] = orjson.dumps(report.error).decode()
        if report.status in ("ok", "partial"):
            values["last_success"] = now
        if state.swept is not None:
            values |= {"last_sweep": state.swept, "usual_rows": sources.usual_rows(conn, state.source)}
        values["newest_record"] = max(filter(None, (before.get("newest_record"), state.newest)), default=None)
        sources.save_state(conn, state.source, **values)
