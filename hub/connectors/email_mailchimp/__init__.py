"""Mailchimp (Marketing API 3.0), newsletters: members with their consent in, members back.

Belongs here: the connector's description and its connection. Does not: http, mapping, cursors (their files).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from hub.connectors.email_mailchimp.client import AT_ONCE, BATCH, Api
from hub.connectors.email_mailchimp.mapping import changed_at, member_hash, to_canonical
from hub.connectors.email_mailchimp.reads import Reader
from hub.connectors.email_mailchimp.writes import Writer
from hub.connectors.kit.port import Capabilities, Connector, Context, Description, Finding, Found, Mapped, StreamInfo
from hub.connectors.kit.results import probe
from hub.connectors.kit.rows import map_rows
from hub.connectors.kit.text import dump
from hub.errors import PermanentError
from hub.model import Json, Page, RawRecord, Receipt, Stream, Write

if TYPE_CHECKING:
    from hub.model import Frame


class Mailchimp:
    """An open connection to one audience; see kit.port.Connection."""

    def __init__(self, context: Context) -> None:
        self._api = Api(context)
        self._reader, self._writer = Reader(self._api, context), Writer(self._api)

    def check(self) -> Sequence[Finding]:
        """The audience itself is asked for."""
        return probe(self._api.audience)

    def pull(self, stream: Stream, cursor: Mapping[str, Json] | None, *, full: bool) -> Iterator[Page]:
        """Pages from the cursor on; members only."""
        if stream != "customers":
            raise PermanentError("Mailchimp gives no orders", code="unsupported")
        return self._reader.members(cursor, full=full)

    def to_canonical(self, stream: Stream, payloads: Sequence[RawRecord] | Frame) -> Mapped:
        """Members in the hub's words."""
        return map_rows(payloads, lambda _, payload: to_canonical(payload))

    def find(self, field: str, value: str) -> Sequence[Found]:
        """The member with that e-mail, archived or not."""
        if field != "email":
            raise PermanentError(f"Mailchimp cannot look up by {field}", code="unsupported")
        found = self.read(member_hash(value))
        return [found] if found else []

    def read(self, source_id: str) -> Found | None:
        """One member fresh from Mailchimp."""
        row = self._api.member(source_id)
        return Found(str(row["id"]), dump(row), changed_at(row)) if row and row.get("id") else None

    def write(self, writes: Sequence[Write]) -> Iterator[Receipt]:
        """One request for all creates, one or two per update."""
        return self._writer.write(writes)

    def forget(self, source_id: str) -> Receipt:
        """Erase one member for good."""
        return self._writer.forget(source_id)

    def close(self) -> None:
        """Close the sockets."""
        self._api.close()


CONNECTOR = Connector(
    Description(
        name="mailchimp",
        channel="email",
        title_en="Mailchimp (newsletters)",
        title_vi="Mailchimp (thư quảng cáo)",
        settings_schema="connectors/mailchimp.v1",
        payload_schema="connectors/mailchimp.payload.v1",
        capabilities=Capabilities(
            streams=(StreamInfo("customers", "id_snapshot", True, True),),
            writes=frozenset({"create", "update", "deactivate", "delete"}),
            write_fields=frozenset({"full_name", "phone", "email", "birth_date", "address", "tags"}),
            phone_form="e164",
            unique=frozenset({"email"}),
            idempotency=True,
            find_by=frozenset({"email"}),
            batch=BATCH,
            requires=frozenset({"email"}),
            birth_year=False,
            grants=frozenset({"email"}),
            withdraws=frozenset({"email"}),
            effects=("contact_cost",),
            requests=2,
            rereads=True,
            at_once=AT_ONCE,
            singly=frozenset({"update", "deactivate", "delete"}),
        ),
    ),
    Mailchimp,
)
