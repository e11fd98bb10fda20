"""A destination for tests: a shop with a state of its own, which can fail in every way the port knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from fakes import FakeConnection, make_run
from sqlalchemy import insert

from hub.connectors.kit.port import Capabilities, Found
from hub.errors import TransientError
from hub.flow.outlet import Outlet
from hub.model import Receipt, Write
from hub.settings import Destination, Settings, Source
from hub.store import tables
from hub.store.engine import Store

SHOP = Capabilities(
    streams=(),
    writes=frozenset({"create", "update"}),
    find_by=frozenset({"email"}),
    unique=frozenset({"email"}),
    batch=2,
    write_fields=frozenset({"full_name", "phone", "email"}),
    requires=frozenset({"email"}),
    phone_form="national",
)


class Shop(FakeConnection):
    """Rows by id. `moods`: what becomes of the next writes (ack, reject, lost, swallow, away)."""

    def __init__(self, rows: dict[str, dict[str, Any]] | None = None) -> None:
        super().__init__()
        self.rows = rows or {}
        self.moods: list[str] = []
        self.writes: list[Write] = []

    def write(self, writes: Sequence[Write]) -> Iterator[Receipt]:
        for write in writes:
            mood = self.moods.pop(0) if self.moods else "ack"
            if mood == "away":
                raise TransientError("the shop is away")
            self.writes.append(write)
            yield self._one(write, mood)

    def _one(self, write: Write, mood: str) -> Receipt:
        if mood == "reject":
            return Receipt(write.key, "rejected", write.target, reason="bad_value")
        if mood == "lost":
            return Receipt(write.key, "unknown", write.target, reason="timeout")
        target = write.target or f"new{len(self.rows) + 1}"
        row = self.rows.setdefault(target, {"source_id": target})
        row.update(_doc(write.fields))
        return Receipt(write.key, "unknown" if mood == "swallow" else "acked", None if mood == "swallow" else target)

    def _found(self, source_id: str) -> Found:
        return Found(source_id, orjson.dumps(self.rows[source_id]).decode())

    def read(self, source_id: str) -> Found | None:
        return self._found(source_id) if source_id in self.rows else None

    def find(self, field: str, value: str) -> Sequence[Found]:
        return [
            self._found(key)
            for key, row in self.rows.items()
            if any(e["value"] == value for e in row.get("emails", ()))
        ]


def _doc(fields: Any) -> dict[str, Any]:
    doc = dict(fields)
    for name in ("phone", "email"):
        if name in doc:
            doc[name + "s"] = [{"value": doc.pop(name), "use": "own"}]
    return doc


def outlet(store: Store, shop: Shop, tmp_path: Any, number: int = 1, **values: Any) -> Outlet:
    """The shop as destination `shop`, its fields as a careful owner would list them."""
    fields = values.pop("fields", {"full_name": "hub", "phone": "fill_if_blank", "email": "fill_if_blank"})
    source = Source("shop", "fake", "shop", {})
    destination = Destination("shop", "shop", "fake", "shop", {}, fields=fields, **{"max_changes": 1.0, **values})
    settings = Settings(tmp_path / "hub.toml", "", sources={"shop": source}, destinations={"shop": destination})
    return Outlet(store, settings, destination, SHOP, shop, make_run(number))


def golden(
    golden_id: str, full_name: str, phone: str | None = None, email: str | None = None, **more: Any
) -> dict[str, Any]:
    """A golden document with a primary phone and e-mail."""
    doc: dict[str, Any] = {"golden_id": golden_id, "full_name": full_name, **more}
    if phone:
        doc["phones"] = [{"value": phone, "national": "0" + phone[3:], "primary": True}]
    if email:
        doc["emails"] = [{"value": email, "primary": True}]
    return doc


def put_customer(
    store: Store, doc: dict[str, Any], kind: str = "person", provenance: dict[str, Any] | None = None, count: int = 1
) -> None:
    """A live customer with that golden document; provenance: field → rid and rule; count: of its records."""
    at, key = "2026-11-01T00:00:00.000Z", doc["golden_id"]
    with store.begin() as conn:
        conn.execute(
            insert(tables.customers).values(
                golden_id=key,
                customer_code="KH" + key,
                status="active",
                kind=kind,
                version=1,
                record_count=count,
                doc=orjson.dumps(doc).decode(),
                digest="",
                provenance=orjson.dumps(provenance).decode() if provenance else None,
                created_at=at,
                updated_at=at,
                run_id="r",
            )
        )


def put_record(
    store: Store,
    rid: int,
    golden_id: str,
    doc: dict[str, Any],
    source: str = "shop",
    first_at: str | None = None,
    since: dict[str, str] | None = None,
) -> None:
    """A current source record of that customer, landed before any run of these tests."""
    at, source_id = "2026-10-01T00:00:00.000Z", doc["source_id"]
    with store.begin() as conn:
        conn.execute(
            insert(tables.raw_records).values(
                raw_id=rid, rid=rid, content_hash="", payload="{}", landed_at=at, run_id="r"
            )
        )
        conn.execute(
            insert(tables.landed).values(
                rid=rid,
                source=source,
                stream="customers",
                source_id=source_id,
                raw_id=rid,
                content_hash="",
                state="current",
                scope="",
            )
        )
        conn.execute(
            insert(tables.records).values(
                rid=rid,
                source=source,
                source_id=source_id,
                kind="person",
                name_level="full",
                name_toned=False,
                doc=orjson.dumps(doc).decode(),
                first_at=first_at,
                since=orjson.dumps(since).decode() if since else None,
            )
        )
        conn.execute(insert(tables.xref).values(rid=rid, golden_id=golden_id, rule="single", linked_at=at))
        if source == "shop":
            _complete(conn)


def _complete(conn: Any) -> None:
    conn.execute(tables.source_state.delete())
    conn.execute(insert(tables.source_state).values(source="shop", status="ok"))
