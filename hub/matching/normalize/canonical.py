"""The canonical frame: one row per source record, in the hub's field names, values still as typed.

Belongs here: its columns, and building it from rows of dicts. Does not: mapping a vendor's fields (connectors), normalizing.
Null = the system does not say; "" never appears. Times are canonical UTC text; `extra` is the text of a JSON object.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import orjson
import polars as pl

CONTACT = {"value": pl.String, "use": pl.String}
ADDRESS = dict.fromkeys(("line", "ward", "district", "province", "postal_code", "country"), pl.String)
IDENT = {"type": pl.String, "value": pl.String, "issuer": pl.String}
CONSENT = dict.fromkeys(("purpose", "channel", "address", "status", "at"), pl.String)
SCALARS = (
    "source_id",
    "code",
    "kind",
    "full_name",
    "family_name",
    "given_name",
    "honorific",
    "birth_date",
    "gender",
    "customer_type",
    "company_name",
    "tier",
    "points",
    "debt",
    "owner",
    "referrer",
    "occupation",
    "note",
    "extra",
    "created_at",
    "updated_at",
)
STRUCTS = {"phones": CONTACT, "emails": CONTACT, "addresses": ADDRESS, "ids": IDENT, "consents": CONSENT}
TEXTS = ("stores", "groups", "interests", "tags", "cleared")
CANONICAL: dict[str, pl.DataType] = {
    **{name: pl.String() for name in SCALARS},
    **{name: pl.List(pl.Struct(fields)) for name, fields in STRUCTS.items()},
    **{name: pl.List(pl.String) for name in TEXTS},
}
"""Columns and types of the canonical frame; their order does not matter."""


def canonical_frame(rows: Iterable[Mapping[str, object]]) -> pl.DataFrame:
    """The canonical frame of rows: missing keys are null, keys that are no canonical field are left out.

    Numbers become their text, `extra` may be a mapping, "" is null.
    """
    columns: dict[str, list[object]] = {name: [] for name in CANONICAL}
    for row in rows:
        for name, cells in columns.items():
            value = row.get(name)
            cells.append(None if value is None or value == "" else typed(name, value))
    return pl.DataFrame(columns, schema=CANONICAL)


def typed(name: str, value: object) -> object:
    """A value of a row as the frame holds it; not null, not ""."""
    if name in STRUCTS:
        return [_fields(item, STRUCTS[name]) for item in _items(value) if isinstance(item, Mapping)]
    if name in TEXTS:
        return [text for item in _items(value) if (text := _text(item)) is not None]
    return _text(value)


def _items(value: object) -> Sequence[object]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _fields(item: Mapping[str, object], fields: Mapping[str, object]) -> dict[str, str | None]:
    return {field: _text(item.get(field)) for field in fields}


def _text(value: object) -> str | None:
    """Text, null for nothing; floats without a fraction as whole numbers, never in scientific notation."""
    if value is None or value == "" or isinstance(value, str):
        return value or None
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else f"{value:f}".rstrip("0")
    if isinstance(value, (Mapping, list, bool)):
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    return str(value)


def whole_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """A canonical frame with every column in its type; columns that are not there are null."""
    missing = [pl.lit(None, kind).alias(name) for name, kind in CANONICAL.items() if name not in frame.columns]
    return frame.with_columns(missing).select([pl.col(name).cast(kind) for name, kind in CANONICAL.items()])
