"""What both kits look at: records and rows whatever their form, canonical times, text that must hold no secret.

Belongs here: reading results. Does not: the tests themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import orjson

from hub.connectors.kit.port import Connection, Found, Mapped
from hub.errors import HubError
from hub.model import Json, Page, RawRecord, Stream

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
SCHEMAS: Mapping[str, str] = {"customers": "source_record.v1", "orders": "order.v1"}


def records_of(page: Page) -> Sequence[RawRecord]:
    """A page's records, out of a frame too."""
    if isinstance(page.records, Sequence):
        return page.records
    rows = page.records.iter_rows(named=True)
    return [RawRecord(row["source_id"], row["payload"], row.get("updated_at")) for row in rows]


def ids_of(pages: Iterable[Page]) -> set[str]:
    """All ids that came."""
    return {record.source_id for page in pages for record in records_of(page)}


def contents(pages: Iterable[Page]) -> set[tuple[str, str]]:
    """All (id, payload) that came."""
    return {(record.source_id, record.payload) for page in pages for record in records_of(page)}


def rows_of(mapped: Mapped) -> list[dict[str, Json]]:
    """Canonical rows as dicts without nulls, out of a frame too."""
    if isinstance(mapped.rows, Sequence):
        return [dict(row) for row in mapped.rows]
    return [_plain(row) for row in mapped.rows.iter_rows(named=True)]


def _plain(row: Mapping[str, Json]) -> dict[str, Json]:
    found = {key: _without_nulls(value) for key, value in row.items() if value not in (None, [], {})}
    if isinstance(found.get("extra"), str):
        found["extra"] = orjson.loads(found["extra"])
    return found


def _without_nulls(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {key: part for key, part in value.items() if part is not None}
    return [_without_nulls(part) for part in value] if isinstance(value, list) else value


def canonical_rows(connection: Connection, stream: Stream, pages: Iterable[Page]) -> list[dict[str, Json]]:
    """The pages' records through the connector's mapping, in the form in which they came."""
    return [row for page in pages for row in rows_of(connection.to_canonical(stream, page.records))]


def canonical_of(connection: Connection, found: Found) -> dict[str, Json]:
    """One record read back, through the connector's mapping."""
    raw = RawRecord(found.source_id, found.payload, found.updated_at)
    return rows_of(connection.to_canonical("customers", [raw]))[0]


def times_of(pages: Iterable[Page]) -> Iterator[str]:
    """Every time that pages tell."""
    for page in pages:
        told = [page.server_time, *(gone.at for gone in page.tombstones), *(r.updated_at for r in records_of(page))]
        yield from (time for time in told if time is not None)


def whole_text(error: HubError) -> str:
    """All that a log could show of an error, what it was raised from included."""
    parts: list[str] = []
    item: BaseException | None = error
    while item is not None:
        parts += [str(item), repr(item), str(getattr(item, "hint", ""))]
        item = item.__cause__ or (None if item.__suppress_context__ else item.__context__)
    return "\n".join(parts)
