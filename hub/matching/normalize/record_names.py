"""Names of canonical records: the person's, the organisation's, and a full name put together from its parts.

Belongs here: which column is read, what wins. Does not: reading a name (name_bulk.py) or a company (company.py).
"""

from __future__ import annotations

import polars as pl

from hub.matching.normalize.company import parse_companies
from hub.matching.normalize.name_bulk import parse_names
from hub.matching.normalize.name_fold import all_vietnamese, word
from hub.matching.normalize.own import Own
from hub.matching.normalize.text_bulk import squeezed_text

REFUSALS = ("name.legacy_encoding", "name.lost_letters")
"""Reasons that say that a name was there and could not be read; all others say that nobody was named."""
STAFF = r"^(?i:nhân viên|nhan vien|nhân sự|staff|thu ngân|thu ngan)\b"


def names(canonical: pl.DataFrame, own: Own) -> pl.DataFrame:
    """One row per record: the name columns of the normalized frame, company_name, company_key, and for deciding its kind
    name_kind, staff, by_company (an organisation named without a person), organisation_type; notes; name_reason.
    """
    typed = canonical.select(
        family=_filled("family_name"),
        given=_filled("given_name"),
        title=squeezed_text("honorific"),
        whole=_filled("full_name"),
        company=squeezed_text("company_name"),
    )
    typed = typed.with_columns(whole=pl.coalesce("whole", _composed(typed)))
    read = parse_names(typed["whole"], own.names).rename({"reason": "name_reason"})
    named = read["full_name"].is_not_null() & (read["name_kind"].is_null() | (read["name_kind"] != "organisation"))
    frame = pl.concat([typed, read], how="horizontal").with_columns(named=named)
    plain = pl.col("named") & pl.col("name_reason").is_null()
    frame = frame.with_columns(
        family_name=pl.coalesce(pl.when(plain).then(squeezed_text("family")), "family_name"),
        given_name=pl.coalesce(pl.when(plain).then(squeezed_text("given")), "given_name"),
        honorific=pl.coalesce("title", "honorific"),
        staff=pl.col("whole").str.contains(STAFF).fill_null(value=False),
    )
    return _with_company(frame)


def _filled(column: str) -> pl.Expr:
    """As typed, null when blank. Nothing is cleaned here: in old encodings invisible signs are letters."""
    return pl.when(pl.col(column).str.strip_chars() != "").then(column)


def _with_company(frame: pl.DataFrame) -> pl.DataFrame:
    """The company's name is the one typed, else the full name where that reads as an organisation's."""
    organised = (pl.col("name_kind") == "organisation").fill_null(value=False)
    frame = frame.with_columns(company_name=pl.coalesce("company", pl.when(organised).then("full_name")))
    read = parse_companies(frame["company_name"]).select("company_key", "organisation_type")
    frame = pl.concat([frame, read], how="horizontal")
    return frame.with_columns(
        by_company=organised | (pl.col("company_key").is_not_null() & (pl.col("name_level") == "missing"))
    ).drop("family", "given", "title", "whole", "company", "named")


def _composed(typed: pl.DataFrame) -> pl.Series:
    """The full name of each row that has only parts; null where there are none."""
    parts = typed.select(
        family=pl.when(pl.col("whole").is_null()).then("family"), given=pl.when(pl.col("whole").is_null()).then("given")
    )
    both = parts.filter(pl.col("family").is_not_null() & pl.col("given").is_not_null()).unique()
    if both.is_empty():
        return parts.select(pl.coalesce("family", "given")).to_series()
    composed = pl.Series([compose(family, given) for family, given in both.iter_rows()], dtype=pl.String)
    table = both.with_columns(composed=composed)
    joined = parts.join(table, on=["family", "given"], how="left", maintain_order="left")
    return joined.select(pl.coalesce("composed", "family", "given")).to_series()


def compose(family: str, given: str) -> str:
    """A full name from its parts: family name first in Vietnamese, last elsewhere; a part that holds the other stands alone."""
    family, given = " ".join(family.split()), " ".join(given.split())
    short, long = sorted((family.casefold(), given.casefold()), key=len)
    if f" {short} " in f" {long} ":
        return family if len(family) > len(given) else given
    words = tuple(word(text) for text in f"{family} {given}".split())
    return f"{family} {given}" if all_vietnamese(words) else f"{given} {family}"
