"""KiotViet (retail), a point of sale in Viet Nam: customers, invoices and returns in, customers back.

Belongs here: the connector's description and its connection. Does not: http, mapping, cursors (their files).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from hub.connectors.kit.port import Capabilities, Connector, Context, Description, Finding, Found, Mapped, StreamInfo
from hub.connectors.kit.results import probe
from hub.connectors.kit.rows import map_rows
from hub.connectors.kit.text import dump
from hub.connectors.kit.times import zone
from hub.connectors.pos_kiotviet.client import AT_ONCE, HOURLY, PAGE, Api
from hub.connectors.pos_kiotviet.mapping import changed_at, to_canonical, to_order
from hub.connectors.pos_kiotviet.reads import Reader
from hub.connectors.pos_kiotviet.writes import Writer
from hub.errors import PermanentError
from hub.model import Json, Page, RawRecord, Receipt, Stream, Write

if TYPE_CHECKING:
    from hub.model import Frame

FIND = {"phone": "contactNumber", "code": "code"}


class KiotViet:
    """An open connection to one shop; see kit.port.Connection."""

    def __init__(self, context: Context) -> None:
        self._local = zone(str(context.options.get("timezone") or context.timezone))
        self._api = Api(context)
        self._reader = Reader(self._api, context, self._local)
        self._writer = Writer(self._api, self._local, str(context.options.get("mark") or "none"))

    def check(self) -> Sequence[Finding]:
        """One customer is asked for."""
        return probe(lambda: self._api.rows("/customers", {"pageSize": 1}))

    def pull(self, stream: Stream, cursor: Mapping[str, Json] | None, *, full: bool) -> Iterator[Page]:
        """Pages from the cursor on."""
        if stream == "customers":
            return self._reader.customers(cursor, full=full)
        return self._reader.orders(cursor, full=full)

    def to_canonical(self, stream: Stream, payloads: Sequence[RawRecord] | Frame) -> Mapped:
        """Rows in the hub's words; an order that is still open gives no row."""
        if stream == "customers":
            return map_rows(payloads, lambda _, payload: to_canonical(payload, self._local))
        return map_rows(payloads, lambda key, payload: to_order(key.partition(":")[0], payload, self._local))

    def find(self, field: str, value: str) -> Sequence[Found]:
        """Customers that KiotViet finds by phone (loosely) or code: candidates, to be verified by the caller."""
        if field not in FIND:
            raise PermanentError(f"KiotViet cannot look up by {field}", code="unsupported")
        rows = self._api.rows("/customers", {FIND[field]: value, "pageSize": PAGE, "includeCustomerGroup": True})
        return [self._found(row) for row in rows.data["data"] if isinstance(row, dict) and row.get("id") is not None]

    def read(self, source_id: str) -> Found | None:
        """One customer fresh from KiotViet."""
        row = self._api.customer(source_id)
        return self._found(row) if row else None

    def write(self, writes: Sequence[Write]) -> Iterator[Receipt]:
        """One request per create, two per update."""
        return self._writer.write(writes)

    def forget(self, source_id: str) -> Receipt:
        """Overwrite and delete one customer."""
        return self._writer.forget(source_id)

    def close(self) -> None:
        """Close the sockets."""
        self._api.close()

    def _found(self, row: Mapping[str, Json]) -> Found:
        return Found(str(row["id"]), dump(row), changed_at(row, self._local))


CONNECTOR = Connector(
    Description(
        name="kiotviet",
        channel="pos",
        title_en="KiotViet (point of sale)",
        title_vi="KiotViet (phần mềm bán hàng)",
        settings_schema="connectors/kiotviet.v1",
        payload_schema="connectors/kiotviet.payload.v1",
        capabilities=Capabilities(
            streams=(StreamInfo("customers", "tombstones", True, True), StreamInfo("orders", "none", True, True)),
            writes=frozenset({"create", "update", "delete"}),
            write_fields=frozenset({"full_name", "phone", "email", "birth_date", "gender", "address", "note"}),
            phone_form="national",
            replaces=True,
            unique=frozenset({"code"}),
            marks=frozenset({"code", "comments"}),
            find_by=frozenset(FIND),
            batch=50,
            requires=frozenset({"full_name"}),
            address_parts=frozenset({"line", "ward", "district", "province"}),
            rate=HOURLY / 3600,
            requests=2,
            rereads=True,
            at_once=AT_ONCE,
            singly=frozenset({"create", "update", "delete"}),
        ),
    ),
    KiotViet,
)
