"""At the counter: buyers without a name, the shop's own phone, one person once per branch."""

from __future__ import annotations

import polars as pl

from hub.sandbox.people import tables, typed
from hub.sandbox.people.draw import DAY, Draw, people
from hub.sandbox.people.record import seen


def _nobody(draw: Draw, count: int) -> pl.DataFrame:
    """COUNT sales without a person: each a cluster of its own."""
    number = pl.int_range(pl.len())
    frame = pl.DataFrame({"name": draw.word("walk_in", count)}).with_columns(
        cluster=pl.format("{}-{}", pl.lit(f"n{draw.first}x{draw.rng.integers(10**6)}"), number),
        seen=draw.until - draw.whole(1, 600, count) * DAY,
    )
    blank = ("sex", "line", "ward", "district", "province", "postal_code")
    return frame.with_columns(*(pl.lit(None, pl.String).alias(column) for column in blank), country=pl.lit("VN"))


def walk_in(draw: Draw, count: int) -> pl.DataFrame:
    """Khách lẻ without a phone: a till entry that is nobody."""
    return seen(_nobody(draw, count), "pos", case=pl.lit(0))


def walk_in_with_phone(draw: Draw, count: int) -> pl.DataFrame:
    """Khách lẻ with a phone that a named customer of the web shop bears, too."""
    p = people(draw, count)
    nameless = seen(p, "pos", name=draw.word("walk_in", count), phone="phone")
    return pl.concat([nameless, seen(p, "shop", phone="phone", email="email")])


def shop_phone(draw: Draw, count: int) -> pl.DataFrame:
    """Hundreds of nameless walk-ins under the shop's own phone, because the till wants one."""
    phone = draw.choose(tables.shop("phone") + tables.shop("landline"), count, (0.8, 0.2))
    return seen(_nobody(draw, count), "pos", case=pl.lit(0), phone=phone)


def shop_phone_named(draw: Draw, count: int) -> pl.DataFrame:
    """Two named customers under the shop's own phone: the number says nothing about either."""
    a, b = people(draw, count), people(draw, count)
    phone = pl.lit(tables.shop("phone")[0])
    return pl.concat(
        [seen(a, "pos", phone=phone), seen(b, "pos", phone=phone), seen(b, "events", phone=phone, email="email")]
    )


def hotline(draw: Draw, count: int) -> pl.DataFrame:
    """Two customers whose contact is a hotline, 1900 or 1800: a number that is no person's."""
    a, b = people(draw, count), people(draw, count)
    phone = draw.choose(("19001234", "1900 5555", "18001091"), count)
    return pl.concat([seen(p, "pos", phone=phone) for p in (a, b)])


def office_landline(draw: Draw, count: int) -> pl.DataFrame:
    """Fourteen colleagues under the switchboard of their office."""
    office = people(draw, count)
    line = "028" + office["phone"].str.slice(3).str.replace("^.", "3") + "5"
    return pl.concat(
        [seen(people(draw, count), "pos", phone=line) for _ in range(13)] + [seen(office, "pos", phone=line)]
    )


def once_per_branch(draw: Draw, count: int) -> pl.DataFrame:
    """Customers are kept by branch, so one person stands once in each of three, with one phone."""
    p = people(draw, count)
    return pl.concat(
        [seen(p, "pos", name=typed.names(draw, p, "pos"), phone="phone", branch=pl.lit(branch)) for branch in range(3)]
    )
