"""What all tables share: the metadata and the kinds of columns."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData, Text

metadata = MetaData()
BIG = BigInteger().with_variant(Integer, "sqlite")


def text_column(name: str, *, null: bool = True, key: bool = False) -> Column[str]:
    """A column of text; null unless said otherwise, never null when it is (part of) the key."""
    return Column(name, Text, nullable=null and not key, primary_key=key)


def join_columns() -> list[Column[object]]:
    """Two records (a before b by source, source_id), the rule or reason, and the identifier that it rests on."""
    columns: list[Column[object]] = [
        Column("rid_a", BIG, nullable=False), Column("rid_b", BIG, nullable=False),
        Column("rule", Text, nullable=False), Column("type", Text), Column("value", Text), Column("issuer", Text),
    ]  # fmt: skip
    return columns
