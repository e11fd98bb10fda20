"""The same person under two spellings of the name, held together by the phone."""

from __future__ import annotations

import polars as pl

from hub.sandbox.people import typed
from hub.sandbox.people.draw import Draw, folded, people
from hub.sandbox.people.record import seen


def _pair(persons: pl.DataFrame, name: pl.Expr | pl.Series) -> pl.DataFrame:
    """The full name at the shop, NAME at the till, one phone."""
    return pl.concat(
        [
            seen(persons, "shop", phone="phone", email="email"),
            seen(persons, "pos", name=name, phone="phone"),
        ]
    )


def tone_loss(draw: Draw, count: int) -> pl.DataFrame:
    """A clerk types without tones: Nguyen Thi Lan for Nguyễn Thị Lan."""
    return _pair(people(draw, count), folded(typed.full))


def capitals(draw: Draw, count: int) -> pl.DataFrame:
    """A clerk types in capitals: NGUYỄN THỊ LAN."""
    return _pair(people(draw, count), typed.full.str.to_uppercase())


def name_order(draw: Draw, count: int) -> pl.DataFrame:
    """A western form puts the given name first: Lan Nguyễn Thị."""
    return _pair(people(draw, count), typed.swapped)


def decomposed(draw: Draw, count: int) -> pl.DataFrame:
    """A file from a Mac holds letters and tones apart (NFD): equal to the eye, not to the byte."""
    return _pair(people(draw, count), typed.full.str.normalize("NFD"))


def tone_position(draw: Draw, count: int) -> pl.DataFrame:
    """Old and new places of the tone: Thúy and Thuý, Hòa and Hoà."""
    given = pl.Series(["Thuý", "Hoà", "Thuỷ", "Hoè"])[pl.Series(range(count)) % 4]
    p = people(draw, count, "f", given=given)
    new = typed.full.str.replace("uý$", "úy").str.replace("oà$", "òa").str.replace("uỷ$", "ủy").str.replace("oè$", "òe")
    return _pair(p, new)


def honorifics(draw: Draw, count: int) -> pl.DataFrame:
    """The till knows chị Lan, the shop Nguyễn Thị Lan; the phone is one."""
    p = people(draw, count)
    return _pair(p, typed.called(draw, p))


def shop_notes(draw: Draw, count: int) -> pl.DataFrame:
    """A clerk's note hangs on the name: Nguyễn Thị Lan (khách sỉ)."""
    p = people(draw, count)
    return _pair(p, typed.full + " " + pl.lit(draw.word("note", count)))


def parent_nickname(draw: Draw, count: int) -> pl.DataFrame:
    """A mother is called by her child's home name: Mẹ Bin, which says nothing of her own name."""
    p = people(draw, count, "f")
    return _pair(p, draw.word("parent", count) + " " + draw.word("home_name", count))


def given_name_only(draw: Draw, count: int) -> pl.DataFrame:
    """The till knows only Lan; nobody else is on the phone."""
    return _pair(people(draw, count), pl.col("given"))


def phone_as_name(draw: Draw, count: int) -> pl.DataFrame:
    """A clerk in a hurry types the phone into the name, too."""
    return _pair(people(draw, count), pl.col("phone"))
