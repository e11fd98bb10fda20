"""What is pulled from KiotViet: customers with their tombstones, invoices and returns.

Belongs here: lists, windows, cursors, pages. Does not: requests (client), meaning of fields (mapping).
Cursor of customers: a feed's state; of orders: {"invoices": state, "returns": state}.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import tzinfo
from functools import partial

from hub.connectors.kit.feeds import Step, follow, raw
from hub.connectors.kit.paging import Batch, Row, back
from hub.connectors.kit.port import Context
from hub.connectors.kit.text import dump
from hub.connectors.kit.times import canonical, naive, shift
from hub.connectors.pos_kiotviet.client import PAGE, Api, removed_ids
from hub.connectors.pos_kiotviet.mapping import changed_at
from hub.model import Json, Notice, Page, Stream, Tombstone

ORDER = {"orderBy": "createdDate", "orderDirection": "Asc"}
"""The birth of a row never changes, and the value is seen to be accepted (other values are undocumented)."""
CUSTOMERS = {"includeTotal": True, "includeCustomerGroup": True, "includeCustomerSocial": True, **ORDER}
SALES: Mapping[str, tuple[str, str, Mapping[str, object]]] = {
    "invoices": ("/invoices", "invoice", {"includePayment": False, "includeInvoiceDelivery": True, **ORDER}),
    "returns": ("/returns", "return", ORDER),
}


class Reader:
    """Reading of one connection. local: the zone of the shop's naive times."""

    def __init__(self, api: Api, context: Context, local: tzinfo) -> None:
        self._api, self._context, self._local = api, context, local

    def customers(self, cursor: Mapping[str, Json] | None, *, full: bool) -> Iterator[Page]:
        """Changed customers since the cursor, deleted ones as tombstones; all of them when full or at first."""
        done = 0
        for step in follow(self._customers, cursor, size=PAGE, whole=full):
            batch = step.batch
            alive = {row.id for row in batch.rows}
            gone = tuple(Tombstone(item) for item in batch.removed if item not in alive)
            done += len(batch.rows)
            self._context.progress(done, batch.total, None)
            yield replace(
                self._page("customers", step), tombstones=gone, snapshot=step.snapshot, complete=step.complete
            )
            if self._context.deadline():
                return

    def orders(self, cursor: Mapping[str, Json] | None, *, full: bool) -> Iterator[Page]:
        """Changed invoices, then changed returns; the first pull goes back `history`, so does a full one."""
        states: dict[str, Json] = {name: None if full else (cursor or {}).get(name) for name in SALES}
        first = shift(self._context.now(), -float(self._context.options.get("history_seconds", 730 * 86_400)))
        for name in SALES:
            for step in follow(partial(self._sales, name), states[name], size=PAGE, first=first):
                states = {**states, name: step.state}
                self._context.progress(step.window.spot.position, step.batch.total, None)
                yield replace(self._page("orders", step), cursor=states)
                if self._context.deadline():
                    return

    def _page(self, stream: Stream, step: Step) -> Page:
        batch = step.batch
        return Page(
            stream,
            raw(batch.rows, dump),
            step.state,
            total=batch.total,
            server_time=batch.server_time,
            notices=_notices(step),
        )

    def _customers(self, since: str | None, position: int) -> Batch:
        removed: dict[str, object] = {"includeRemoveIds": True} if since else {}
        return self._batch("/customers", "", CUSTOMERS | removed | self._since(since), position)

    def _sales(self, name: str, since: str | None, position: int) -> Batch:
        path, kind, params = SALES[name]
        return self._batch(path, f"{kind}:", {**params, **self._since(since)}, position)

    def _since(self, since: str | None) -> dict[str, object]:
        begin = back(since)
        return {"lastModifiedFrom": naive(begin, self._local)} if begin else {}

    def _batch(self, path: str, prefix: str, params: Mapping[str, object], position: int) -> Batch:
        answer = self._api.rows(path, {"pageSize": PAGE, "currentItem": position, **params})
        data = answer.data
        usable = [item for item in data["data"] if isinstance(item, dict) and item.get("id") is not None]
        rows = [self._row(prefix, item) for item in usable]
        total = data.get("total") if isinstance(data.get("total"), int) else None
        now = answer.server_time or self._context.now()
        return Batch(rows, total, now, removed_ids(data), len(data["data"]) - len(rows))

    def _row(self, prefix: str, item: Mapping[str, Json]) -> Row:
        born = canonical(item.get("createdDate"), self._local)
        return Row(f"{prefix}{item['id']}", item, changed_at(item, self._local), born)


def _notices(step: Step) -> tuple[Notice, ...]:
    """A list that ended before its own total is worth a look, not an alarm: the next sweep reads it again."""
    if not step.short:
        return ()
    return (Notice("short_list", args={"read": step.window.spot.position, "total": step.batch.total or 0}),)
