"""Records that other programs hand in over the hub's own HTTP API: a till, an app, a form.

Belongs here: the connector's description, its mapping. Does not: taking records in (flow.one), HTTP (web).
There is nobody to ask: a pull gives nothing, what was handed in waits in the store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from hub import contracts
from hub.connectors.kit.port import (
    Capabilities,
    Connector,
    Context,
    Description,
    Finding,
    Found,
    Mapped,
    StreamInfo,
)
from hub.connectors.kit.rows import map_rows
from hub.connectors.kit.times import canonical, zone
from hub.errors import PermanentError
from hub.model import Json, Page, RawRecord, Receipt, Stream, Write

if TYPE_CHECKING:
    from datetime import tzinfo

    from hub.model import Frame

TIMES = ("created_at", "updated_at")


class Posted:
    """A source that is handed its records; see kit.port.Connection."""

    def __init__(self, context: Context) -> None:
        self._zone, self._latest = zone(context.timezone), context.latest

    def check(self) -> Sequence[Finding]:
        """There is nothing to reach."""
        return [Finding("ok", "receives", "records are handed in", "bản ghi được gửi tới")]

    def pull(self, stream: Stream, cursor: Mapping[str, Json] | None, *, full: bool) -> Iterator[Page]:
        """Nothing: flow lands what was handed in."""
        return iter(())

    def to_canonical(self, stream: Stream, payloads: Sequence[RawRecord] | Frame) -> Mapped:
        """A payload is a source record already; its times may bear any offset, and one without was handed in as it changed."""
        times = {one.source_id: one.updated_at for one in payloads} if isinstance(payloads, Sequence) else {}
        told = map_rows(payloads, lambda name, payload: row_of(payload, self._zone, times[name]))
        rows, refused = _known(told.rows if isinstance(told.rows, Sequence) else ())
        return Mapped(rows, told.unusable, refused)

    def find(self, field: str, value: str) -> Sequence[Found]:
        """Nobody to ask."""
        raise PermanentError("records are handed in; there is nobody to ask", code="unsupported")

    def read(self, source_id: str) -> Found | None:
        """The record as it was handed in last."""
        payload = self._latest(source_id) if self._latest else None
        return Found(source_id, payload) if payload else None

    def write(self, writes: Sequence[Write]) -> Iterator[Receipt]:
        """Nothing can be written."""
        for one in writes:
            yield Receipt(one.key, "rejected", one.target, reason="unsupported")

    def forget(self, source_id: str) -> Receipt:
        """Nothing stands outside the hub."""
        return Receipt(source_id, "acked", source_id)

    def close(self) -> None:
        """Nothing is open."""


def row_of(payload: Mapping[str, Json], assume: tzinfo, posted: str | None) -> dict[str, Json]:
    """The payload with canonical times; one without an offset is of the zone `assume`. What is no time stays, to be refused.

    posted: when it was handed in; a payload that does not say when it changed did so then.
    """
    told = {"updated_at": posted, **payload} if posted else dict(payload)
    told |= {name: canonical(payload[name], assume) or payload[name] for name in TIMES if payload.get(name)}
    if isinstance(payload.get("consents"), list):
        told["consents"] = [_dated(one, assume) for one in payload["consents"]]
    return told


def _known(rows: Sequence[Mapping[str, Json]]) -> tuple[list[dict[str, Json]], list[tuple[str, str, str]]]:
    """The rows without the fields that a source record does not have, and these."""
    names = contracts.schema("source_record.v1")["properties"].keys()
    strange = [
        (str(row["source_id"]), name, "schema.additionalProperties") for row in rows for name in row.keys() - names
    ]
    return [{name: value for name, value in row.items() if name in names} for row in rows], sorted(strange)


def _dated(consent: Json, assume: tzinfo) -> Json:
    if not isinstance(consent, dict) or not consent.get("at"):
        return consent
    return {**consent, "at": canonical(consent["at"], assume) or consent["at"]}


CONNECTOR = Connector(
    Description(
        name="api",
        channel="pos",
        title_en="Records handed in over HTTP (a till, an app, a form)",
        title_vi="Bản ghi gửi tới qua HTTP (máy bán hàng, ứng dụng, biểu mẫu)",
        settings_schema="connectors/api.v1",
        payload_schema="source_record.v1",
        capabilities=Capabilities(streams=(StreamInfo("customers", "none", True, True),), receives=True),
    ),
    Posted,
)
