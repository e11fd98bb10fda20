"""What is pulled from WooCommerce: registered customers, guests made out of orders, orders.

Belongs here: lists, sweeps, windows, cursors. Does not: requests (client), meaning of fields (mapping).
WooCommerce cannot say which customers changed. So all are read every `sweep` seconds; between sweeps only those behind
the end of the list (new) and those whose orders changed.
Cursor of customers: {"registered": {tail, sweep, sweeps, swept_at}, "orders": feed state}; of orders: a feed's state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from hub.connectors.kit.feeds import follow
from hub.connectors.kit.paging import Batch, Row, Window, back, read, window_from
from hub.connectors.kit.port import Context
from hub.connectors.kit.text import dump
from hub.connectors.kit.times import naive, seconds_between, shift
from hub.connectors.shop_woocommerce.client import PAGE, Api, total
from hub.connectors.shop_woocommerce.mapping import DRAFTS, block, changed_at, guest_id, guest_payload
from hub.model import Json, Notice, Page, RawRecord

REGISTERED, GUESTS = "registered", "guests"
"""Scopes of pages: a sweep of the accounts says nothing about guests."""
ALL = {"role": "all", "orderby": "id", "order": "asc"}


class Reader:
    """Reading of one connection."""

    def __init__(self, api: Api, context: Context) -> None:
        self._api, self._context = api, context
        self._sweep_every = float(context.options.get("sweep_seconds", 86_400))
        self._history = float(context.options.get("history_seconds", 730 * 86_400))
        self._done = 0

    def customers(self, cursor: Mapping[str, Json] | None, *, full: bool) -> Iterator[Page]:
        """Accounts (swept, or what is new), then guests and accounts that the changed orders name."""
        state: dict[str, Json] = {**(cursor or {}), **({"orders": None} if full else {})}
        swept = False
        for part, page in self._registered(_table(state.get(REGISTERED)), full=full):
            state = {**state, REGISTERED: part}
            swept = swept or page.snapshot is not None
            yield self._told(replace(page, cursor=state))
            if self._context.deadline():
                return
        yield from self._by_orders(state, named=not swept)

    def orders(self, cursor: Mapping[str, Json] | None, *, full: bool) -> Iterator[Page]:
        """Orders changed since the cursor; at first, and when full, those of `history`."""
        for step in follow(self._orders, None if full else cursor, size=PAGE, first=self._first()):
            batch = step.batch
            records = [RawRecord(row.id, dump(row.item), row.changed) for row in batch.rows]
            yield self._told(Page("orders", records, step.state, total=batch.total, server_time=batch.server_time))
            if self._context.deadline():
                return

    def _registered(self, state: dict[str, Json], *, full: bool) -> Iterator[tuple[dict[str, Json], Page]]:
        """(state after the page, page): the end of the list, then the sweep when it is due or under way."""
        tail, sweep = window_from(state.get("tail")), None if full else window_from(state.get("sweep"))
        due = full or sweep is not None or tail is None
        if not due and tail is not None:
            now = None
            for batch, after in read(self._accounts, replace(tail, done=False), PAGE):
                state, now = {**state, "tail": after.to_json()}, batch.server_time
                yield state, self._page(batch, REGISTERED)
            due = self._is_due(state, now)
        if due:
            yield from self._sweep(state, sweep)

    def _sweep(self, state: dict[str, Json], window: Window | None) -> Iterator[tuple[dict[str, Json], Page]]:
        sweeps = int(state.get("sweeps") or 0) + (window is None)
        for batch, after in read(self._accounts, window or Window(), PAGE):
            complete = after.done and not after.short and batch.total is not None
            state = {**state, "sweeps": sweeps, "sweep": None if after.done else after.to_json()}
            if after.done:
                state["tail"] = after.to_json()
            if complete:
                state["swept_at"] = after.started
            page = self._page(batch, REGISTERED)
            notices = (Notice("short_list", args={"read": after.spot.position, "total": batch.total or 0}),)
            yield (
                state,
                replace(
                    page,
                    snapshot=f"{after.started}/{sweeps}",
                    complete=complete,
                    notices=notices if after.short else (),
                ),
            )

    def _is_due(self, state: Mapping[str, Json], now: str | None) -> bool:
        swept_at = state.get("swept_at")
        if not isinstance(swept_at, str) or now is None:
            return True
        return seconds_between(swept_at, now) >= self._sweep_every

    def _by_orders(self, state: dict[str, Json], *, named: bool) -> Iterator[Page]:
        """Guests of changed orders; accounts they name are read again, unless a sweep has just read all."""
        seen: set[str] = set()
        for step in follow(self._orders, state.get("orders"), size=PAGE, first=self._first()):
            rows = step.batch.rows
            wanted = (
                [i for i in dict.fromkeys(_account(row.item) for row in rows) if i and i not in seen] if named else []
            )
            if wanted:
                seen.update(wanted)
                yield self._told(replace(self._page(self._named(wanted), REGISTERED), cursor=state))
            state = {**state, "orders": step.state}
            batch = step.batch
            yield self._told(Page("customers", guests(rows), state, scope=GUESTS, server_time=batch.server_time))
            if self._context.deadline():
                return

    def _named(self, ids: Sequence[str]) -> Batch:
        return self._list("/customers", {"role": "all", "include": list(ids), "per_page": PAGE}, 0)

    def _accounts(self, position: int) -> Batch:
        return self._list("/customers", {**ALL, "per_page": PAGE}, position)

    def _orders(self, since: str | None, position: int) -> Batch:
        begin = back(since)
        changed = {"modified_after": naive(begin), "dates_are_gmt": True} if begin else {}
        return self._list("/orders", {"orderby": "id", "order": "asc", "per_page": PAGE, **changed}, position)

    def _list(self, path: str, params: Mapping[str, object], position: int) -> Batch:
        answer, items = self._api.rows(path, {**params, "offset": position})
        rows = [
            Row(str(item["id"]), item, changed_at(item), _number(item["id"]))
            for item in items
            if item.get("id") is not None
        ]
        return Batch(rows, total(answer), answer.server_time or self._context.now(), skipped=len(items) - len(rows))

    def _page(self, batch: Batch, scope: str) -> Page:
        records = [RawRecord(row.id, dump(row.item), row.changed) for row in batch.rows]
        return Page("customers", records, {}, scope=scope, total=batch.total, server_time=batch.server_time)

    def _first(self) -> str:
        return shift(self._context.now(), -self._history)

    def _told(self, page: Page) -> Page:
        self._done += len(page.records)
        self._context.progress(self._done, page.total, None)
        return page


def guests(rows: Sequence[Row]) -> list[RawRecord]:
    """One record per guest of these orders, as their latest order here tells it."""
    latest: dict[str, tuple[str, dict[str, Json]]] = {}
    for row in rows:
        key = guest_id(block(row.item, "billing"))
        if _account(row.item) or key is None or row.item.get("status") in DRAFTS:
            continue
        payload = guest_payload(row.item)
        at = payload["last_order_at"] or ""
        if key not in latest or at >= latest[key][0]:
            latest[key] = (at, payload)
    return [RawRecord(key, dump(payload), at or None) for key, (at, payload) in latest.items()]


def _account(order: Mapping[str, Json]) -> str | None:
    """The registered buyer's id, None for a guest (0)."""
    return str(order["customer_id"]) if order.get("customer_id") else None


def _number(value: Json) -> int | None:
    return value if isinstance(value, int) else None


def _table(value: Json) -> dict[str, Json]:
    return dict(value) if isinstance(value, Mapping) else {}
