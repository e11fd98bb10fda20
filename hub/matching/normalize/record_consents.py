"""Consents of canonical records: status by synonyms, addresses in the form of their channel.

Belongs here: reading what a source says about consent. Does not: the ledger, what a consent allows (flow).
"""

from __future__ import annotations

import polars as pl

from hub.matching.normalize.email_bulk import normalize_emails
from hub.matching.normalize.phone_bulk import normalize_phones
from hub.matching.normalize.record_contacts import REFUSED, exploded
from hub.matching.normalize.text_bulk import squeezed_text
from hub.matching.normalize.values import look_up_all

REACHED_BY = {"email": "email", "sms": "phone", "zalo": "phone", "call": "phone"}
"""Channel → type of the identifier that it reaches."""


def consents(canonical: pl.DataFrame, region: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(record, purpose, channel, address, status, at; refusals). A status nobody knows is `unknown`, and a refusal.

    A consent without purpose or channel says nothing. An address that cannot be read stays as typed.
    """
    cells = exploded(canonical, "consents").with_columns(
        purpose=squeezed_text("purpose").str.to_lowercase(),
        channel=squeezed_text("channel").str.to_lowercase(),
        address=squeezed_text("address"),
    )
    cells = cells.filter(pl.col("purpose").is_not_null() & pl.col("channel").is_not_null())
    status = look_up_all("consent", cells["status"])
    cells = cells.with_columns(
        status=status["value"].fill_null("unknown"), reason=status["reason"], address=_addresses(cells, region)
    )
    unknown = cells.filter(pl.col("reason").is_not_null())
    refusals = unknown.select("record", field=pl.lit("consents"), code="reason", n="n").select(*REFUSED)
    return cells.select("record", "purpose", "channel", "address", "status", "at"), refusals


def addressed(said: pl.DataFrame, identifiers: pl.DataFrame) -> pl.DataFrame:
    """Grants without an address become grants for each own contact of the record that the channel reaches.

    A grant holds for the address it was given for: another phone of the same person, known from elsewhere, has none. A
    grant stays without address where the record bears no such contact. identifiers: columns of record_contacts.COLUMNS.
    """
    bare = (pl.col("status") == "granted") & pl.col("address").is_null() & pl.col("channel").is_in(list(REACHED_BY))
    open_ones = said.filter(bare)
    if open_ones.is_empty():
        return said
    own = identifiers.filter((pl.col("use") == "own") & pl.col("value").is_not_null()).select("record", "type", "value")
    typed = open_ones.with_columns(type=pl.col("channel").replace_strict(REACHED_BY, return_dtype=pl.String))
    meant = typed.join(own, on=["record", "type"], how="left", maintain_order="left").with_columns(address="value")
    return pl.concat([said.filter(~bare), meant.select(said.columns)]).sort("record", maintain_order=True)


def withdrawals(said: pl.DataFrame) -> pl.DataFrame:
    """Consents of a source whose yes says nothing."""
    return said.filter(pl.col("status").is_in(["withdrawn", "refused"]))


def _addresses(cells: pl.DataFrame, region: str) -> pl.Series:
    mail = pl.when(pl.col("channel") == "email").then("address")
    call = pl.when(pl.col("channel") != "email").then("address")
    mails = _first(normalize_emails(cells.select(mail).to_series(), region), "value", cells.height)
    calls = _first(normalize_phones(cells.select(call).to_series(), region), "e164", cells.height)
    return pl.select(pl.coalesce(mails, calls, cells["address"])).to_series()


def _first(found: pl.DataFrame, column: str, height: int) -> pl.Series:
    """The value of each row's first find, null where there is none."""
    rows = pl.DataFrame({"row": pl.int_range(height, dtype=pl.UInt32, eager=True)})
    first = found.filter(pl.col("n") == 0).select("row", column)
    return rows.join(first, on="row", how="left", maintain_order="left")[column]
