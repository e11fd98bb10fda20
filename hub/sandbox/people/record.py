"""One made record: how one person shows up once in one system, before that system's own shape is given to it.

Belongs here: the columns every scenario fills and the helper that fills them. Does not: persons (draw.py), the
vendors' field names (emit/).
"""

from __future__ import annotations

import polars as pl

POS, SHOP, GUEST, MAIL, MAILBOX, EVENTS = "pos", "shop", "guest", "mail", "mailbox", "events"
SOURCES = (POS, SHOP, GUEST, MAIL, MAILBOX, EVENTS)

COLUMNS: dict[str, type[pl.DataType]] = {
    "case": pl.Int64,  # number of the scenario's instance
    "cluster": pl.String,  # who it is in truth
    "source": pl.String,  # one of SOURCES; a guest is a shop's buyer without account
    "name": pl.String,
    "given": pl.String,  # the word a system with two name fields keeps apart; null: the whole name in one field
    "phone": pl.String,  # ten national digits at home (styled later), else as typed
    "phone2": pl.String,
    "email": pl.String,
    "birth": pl.String,  # YYYY-MM-DD or YYYY
    "sex": pl.String,  # m, f
    "line": pl.String,
    "ward": pl.String,
    "district": pl.String,
    "province": pl.String,
    "postal_code": pl.String,
    "country": pl.String,
    "company": pl.String,
    "tax_code": pl.String,
    "card": pl.String,
    "identity": pl.String,  # CMND or CCCD
    "note": pl.String,
    "branch": pl.Int64,  # null: any
    "orders": pl.Int64,  # null: any
    "recipient": pl.String,
    "recipient_phone": pl.String,
    "cell": pl.String,  # how a sheet holds the phone: number, text, scientific; null: any
    "made": pl.Int64,  # Unix seconds; null: any time after `seen`
    "seen": pl.Int64,
    "left": pl.Int64,  # Unix seconds after which the system heard no more of it; null: it may to this day
}
_CARRIED = ("cluster", "sex", "line", "ward", "district", "province", "postal_code", "country", "seen")

Value = str | pl.Expr | pl.Series


def seen(persons: pl.DataFrame, source: str, /, **values: Value) -> pl.DataFrame:
    """One record in SOURCE per row of PERSONS; a text names one of their columns, a record's other columns are null.

    Row n belongs to case n, unless `case` is given.
    """
    start: dict[str, Value] = {"name": "name", "case": pl.int_range(pl.len(), dtype=pl.Int64)}
    start |= {column: column for column in _CARRIED}
    start |= values
    chosen = {key: pl.col(value) if isinstance(value, str) else value for key, value in start.items()}
    chosen["source"] = pl.lit(source)
    return persons.select(_value(chosen.get(column)).cast(kind).alias(column) for column, kind in COLUMNS.items())


def _value(value: pl.Expr | pl.Series | None) -> pl.Expr:
    return value if isinstance(value, pl.Expr) else pl.lit(value)
