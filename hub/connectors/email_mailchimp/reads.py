"""What is pulled from Mailchimp: members, the archived ones too.

Belongs here: lists, sweeps, windows, cursors. Does not: requests (client), meaning of fields (mapping).
Archived members are a list of their own; they stay records, their consent is withdrawn. Members erased for good, and
the old id after a change of e-mail, vanish without a word: so all is read every `sweep` seconds under one snapshot.
Cursor: {"live": feed state, "archived": feed state, "sweep": {...} while one is under way, "swept_at", "sweeps"}.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from hub.connectors.email_mailchimp.client import PAGE, Api
from hub.connectors.email_mailchimp.mapping import changed_at
from hub.connectors.kit.feeds import Step, follow, raw
from hub.connectors.kit.paging import Batch, Row, back
from hub.connectors.kit.port import Context
from hub.connectors.kit.text import dump
from hub.connectors.kit.times import offset, seconds_between
from hub.model import Json, Notice, Page

LISTS: Mapping[str, Mapping[str, object]] = {"live": {}, "archived": {"status": "archived"}}
"""Both parts of the audience; a member moves from one to the other, so every pull reads both, in this order."""
ORDER = {"sort_field": "last_changed", "sort_dir": "ASC", "count": PAGE}


class Reader:
    """Reading of one connection."""

    def __init__(self, api: Api, context: Context) -> None:
        self._api, self._context = api, context
        self._sweep_every = float(context.options.get("sweep_seconds", 86_400))
        self._done = 0

    def members(self, cursor: Mapping[str, Json] | None, *, full: bool) -> Iterator[Page]:
        """Changed members since the cursor; all of them at first, when full, and when the sweep is due."""
        state: dict[str, Json] = dict(cursor or {})
        sweeping = _is_sweep(state.get("sweep"))
        if full or not (sweeping or state.get("swept_at")):
            sweeping, state = True, self._begin(state)
        for name in LISTS:
            yield from self._part(name, state, sweeping)
            if self._context.deadline():
                return
        if not sweeping and self._is_due(state):
            yield from self._due(self._begin(state))

    def _due(self, state: dict[str, Json]) -> Iterator[Page]:
        for name in LISTS:
            yield from self._part(name, state, True)
            if self._context.deadline():
                return

    def _begin(self, state: Mapping[str, Json]) -> dict[str, Json]:
        """The state at the start of a sweep; the marks of the parts stay."""
        return {**state, "sweep": {"done": [], "short": False}, "sweeps": int(state.get("sweeps") or 0) + 1}

    def _part(self, name: str, state: dict[str, Json], sweeping: bool) -> Iterator[Page]:
        """Pages of one part; `state` is brought forward in place."""
        sweep = state.get("sweep") if sweeping else None
        if isinstance(sweep, Mapping) and name in sweep["done"]:
            return
        whole = isinstance(sweep, Mapping) and sweep.get("part") != name
        for step in follow(partial(self._batch, name), state.get(name), size=PAGE, whole=whole):
            state[name] = step.state
            if isinstance(sweep, Mapping):
                sweep = self._swept(name, state, sweep, step)
            state["now"] = step.batch.server_time
            yield self._page(state, step, sweep)
            if self._context.deadline():
                return

    def _swept(self, name: str, state: dict[str, Json], sweep: Mapping[str, Json], step: Step) -> Mapping[str, Json]:
        done = [*sweep["done"], name] if step.done else sweep["done"]
        started = sweep.get("started") or step.window.started
        short = sweep["short"] or step.short or (step.done and step.batch.total is None)
        sweep = {"part": name, "done": done, "started": started, "short": short}
        finished = len(done) == len(LISTS)
        state["sweep"] = None if finished else sweep
        if finished and not short:
            state["swept_at"] = started
        return sweep

    def _page(self, state: Mapping[str, Json], step: Step, sweep: Mapping[str, Json] | None) -> Page:
        batch = step.batch
        self._done += len(batch.rows)
        self._context.progress(self._done, batch.total, None)
        cursor = {key: value for key, value in state.items() if key != "now"}
        notices = (Notice("short_list", args={"read": step.window.spot.position, "total": batch.total or 0}),)
        page = Page(
            "customers",
            raw(batch.rows, dump),
            cursor,
            total=batch.total,
            server_time=batch.server_time,
            notices=notices if step.short else (),
        )
        if sweep is None:
            return page
        complete = len(sweep["done"]) == len(LISTS) and not sweep["short"]
        return replace(page, snapshot=f"{sweep['started']}/{state['sweeps']}", complete=complete)

    def _is_due(self, state: Mapping[str, Json]) -> bool:
        swept_at, now = state.get("swept_at"), state.get("now")
        if not isinstance(swept_at, str) or not isinstance(now, str):
            return False
        return seconds_between(swept_at, now) >= self._sweep_every

    def _batch(self, name: str, since: str | None, position: int) -> Batch:
        begin = back(since)
        changed = {"since_last_changed": offset(begin)} if begin else {}
        answer = self._api.members({**ORDER, **LISTS[name], **changed, "offset": position})
        items = [item for item in answer.data["members"] if isinstance(item, Mapping) and item.get("id")]
        rows = [Row(str(item["id"]), item, changed_at(item), changed_at(item)) for item in items]
        total = answer.data.get("total_items")
        now = answer.server_time or self._context.now()
        return Batch(
            rows, total if isinstance(total, int) else None, now, skipped=len(answer.data["members"]) - len(rows)
        )


def _is_sweep(value: Json) -> bool:
    """Whether a cursor holds a sweep that is under way."""
    return isinstance(value, Mapping) and isinstance(value.get("done"), list) and isinstance(value.get("short"), bool)
