"""Cards, national ids and tax codes."""

from __future__ import annotations

import polars as pl

from hub.sandbox.people.draw import Draw, folded, people
from hub.sandbox.people.record import Value, seen


def _number(width: int, step: int) -> pl.Expr:
    """A made number of WIDTH digits from the person's number: unique, plausible, nobody's."""
    number = (pl.col("number") * step + 3_141_592) % int(10 ** (width - 3))
    text = number.cast(pl.String).str.zfill(width - 3)
    return pl.lit("079") + text


def two_loyalty_cards(draw: Draw, count: int) -> pl.DataFrame:
    """One person bears two loyalty cards: a lost one was replaced, the phone stayed."""
    p = people(draw, count)
    first, second = _number(10, 7_919), _number(10, 104_729)
    return pl.concat([seen(p, "events", phone="phone", card=first), seen(p, "events", phone="phone", card=second)])


def cmnd_then_cccd(draw: Draw, count: int) -> pl.DataFrame:
    """One person gave the nine-digit CMND first, the twelve-digit CCCD later: no contradiction."""
    p = people(draw, count)
    old, new = _number(9, 7_919), _number(12, 1_299_709)
    return pl.concat([seen(p, "events", phone="phone", identity=old), seen(p, "events", phone="phone", identity=new)])


def same_cccd(draw: Draw, count: int) -> pl.DataFrame:
    """One CCCD on two records with different phones: one person."""
    p = people(draw, count)
    paper = _number(12, 1_299_709)
    return pl.concat([seen(p, "events", phone=phone, identity=paper) for phone in ("phone", "phone2")])


def other_cccd(draw: Draw, count: int) -> pl.DataFrame:
    """One name and one phone but two quite different CCCD: two people, as mother and daughter named alike."""
    a = people(draw, count, "f")
    b = people(draw, count, "f", family=a["family"], middle=a["middle"], given=a["given"])
    paper = _number(12, 1_299_709)
    shown = [seen(p, "events", phone=a["phone"], birth="birth", identity=paper) for p in (a, b)]
    return pl.concat(shown)


def _company(draw: Draw, count: int) -> pl.Series:
    return draw.word("company_form", count) + " " + draw.word("company", count)


def employers_tax_code(draw: Draw, count: int) -> pl.DataFrame:
    """Five colleagues ask for invoices to their employer: its tax code stands on each of them."""
    staff = [people(draw, count) for _ in range(5)]
    code = pl.lit(staff[0].select(_number(10, 611_953)).to_series())
    company = _company(draw, count)
    return pl.concat([seen(p, "pos", phone="phone", company=company, tax_code=code) for p in staff])


def company_buyer(draw: Draw, count: int) -> pl.DataFrame:
    """A company and its buyer Lan (ABC) give one phone: an organisation and a person, related."""
    p = people(draw, count)
    company = _company(draw, count)
    firm = p.with_columns(cluster=pl.format("{}-firm", pl.col("cluster")), sex=pl.lit(None, pl.String))
    paper: dict[str, Value] = {"company": company, "tax_code": _number(10, 611_953)}
    short = company.str.split(" ").list.tail(2).list.join(" ")
    buyer = seen(p, "pos", name=pl.col("name") + " (" + pl.lit(short) + ")", phone="phone")
    return pl.concat([seen(firm, "pos", name=company, phone="phone", **paper), buyer])


def company_twice(draw: Draw, count: int) -> pl.DataFrame:
    """One company with its tax code in two branches, name once in capitals without tones."""
    p = people(draw, count)
    company = _company(draw, count)
    paper: dict[str, Value] = {"company": company, "tax_code": _number(10, 611_953)}
    again = folded(pl.lit(company)).str.to_uppercase()
    return pl.concat(
        [
            seen(p, "pos", name=company, phone="phone", branch=pl.lit(0), **paper),
            seen(p, "pos", name=again, phone="phone2", branch=pl.lit(1), **paper),
        ]
    )
