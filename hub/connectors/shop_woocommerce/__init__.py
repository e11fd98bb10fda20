"""WooCommerce (REST API wc/v3), a web shop: accounts, guests and orders in, accounts back.

Belongs here: the connector's description and its connection. Does not: http, mapping, cursors (their files).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from hub.connectors.kit.port import Capabilities, Connector, Context, Description, Finding, Found, Mapped, StreamInfo
from hub.connectors.kit.results import probe
from hub.connectors.kit.rows import map_rows
from hub.connectors.kit.text import dump
from hub.connectors.shop_woocommerce.client import AT_ONCE, COURTESY, PAGE, Api
from hub.connectors.shop_woocommerce.mapping import GUEST, changed_at, to_canonical, to_order
from hub.connectors.shop_woocommerce.reads import Reader
from hub.connectors.shop_woocommerce.writes import Writer
from hub.errors import PermanentError
from hub.model import Json, Page, RawRecord, Receipt, Stream, Write

if TYPE_CHECKING:
    from hub.model import Frame


class WooCommerce:
    """An open connection to one shop; see kit.port.Connection."""

    def __init__(self, context: Context) -> None:
        self._api = Api(context)
        self._reader, self._writer = Reader(self._api, context), Writer(self._api)

    def check(self) -> Sequence[Finding]:
        """One customer is asked for."""
        return probe(self._api.ping)

    def pull(self, stream: Stream, cursor: Mapping[str, Json] | None, *, full: bool) -> Iterator[Page]:
        """Pages from the cursor on."""
        if stream == "customers":
            return self._reader.customers(cursor, full=full)
        return self._reader.orders(cursor, full=full)

    def to_canonical(self, stream: Stream, payloads: Sequence[RawRecord] | Frame) -> Mapped:
        """Rows in the hub's words; an order that is still open gives no row."""
        if stream == "customers":
            return map_rows(payloads, lambda _, payload: to_canonical(payload))
        return map_rows(payloads, lambda _, payload: to_order(payload))

    def find(self, field: str, value: str) -> Sequence[Found]:
        """Accounts with that e-mail: candidates, to be verified by the caller."""
        if field != "email":
            raise PermanentError(f"WooCommerce cannot look up by {field}", code="unsupported")
        _, rows = self._api.rows("/customers", {"email": value, "role": "all", "per_page": PAGE})
        return [_found(row) for row in rows if row.get("id") is not None]

    def read(self, source_id: str) -> Found | None:
        """One account fresh from the shop; guests cannot be read one by one."""
        if source_id.startswith(GUEST):
            raise PermanentError("guests have no account", code="unsupported.guest")
        row = self._api.customer(source_id)
        return _found(row) if row else None

    def write(self, writes: Sequence[Write]) -> Iterator[Receipt]:
        """One request for all updates, one for all creates, one per delete."""
        return self._writer.write(writes)

    def forget(self, source_id: str) -> Receipt:
        """Delete one account."""
        return self._writer.forget(source_id)

    def close(self) -> None:
        """Close the sockets."""
        self._api.close()


def _found(row: Mapping[str, Json]) -> Found:
    return Found(str(row["id"]), dump(row), changed_at(row))


CONNECTOR = Connector(
    Description(
        name="woocommerce",
        channel="shop",
        title_en="WooCommerce (web shop)",
        title_vi="WooCommerce (cửa hàng trực tuyến)",
        settings_schema="connectors/woocommerce.v1",
        payload_schema="connectors/woocommerce.payload.v1",
        capabilities=Capabilities(
            streams=(StreamInfo("customers", "id_snapshot", True, True), StreamInfo("orders", "none", True, True)),
            writes=frozenset({"create", "update", "delete"}),
            write_fields=frozenset({"full_name", "phone", "email", "address", "company_name"}),
            phone_form="national",
            unique=frozenset({"email"}),
            find_by=frozenset({"email"}),
            batch=PAGE,
            requires=frozenset({"email"}),
            effects=("account_mail",),
            rate=COURTESY,
            requests=2 / PAGE,
            rereads=True,
            at_once=AT_ONCE,
            singly=frozenset({"delete"}),
        ),
    ),
    WooCommerce,
)
