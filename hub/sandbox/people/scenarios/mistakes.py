"""Wrong values: slips of the finger, placeholders, numbers that a spreadsheet or the years have broken."""

from __future__ import annotations

import polars as pl

from hub.sandbox.people import tables
from hub.sandbox.people.draw import DAY, Draw, people
from hub.sandbox.people.record import seen


def _at(text: str, place: int, what: str | pl.Expr) -> pl.Expr:
    """Column TEXT with the character at PLACE replaced."""
    return pl.col(text).str.slice(0, place) + what + pl.col(text).str.slice(place + 1)


def typing_error_phone(draw: Draw, count: int) -> pl.DataFrame:
    """One digit of the phone is wrong at the till; the e-mail is right."""
    p = people(draw, count)
    digit = (pl.col("phone").str.slice(6, 1).cast(pl.Int64) + 1) % 10
    till = seen(p, "pos", phone=_at("phone", 6, digit.cast(pl.String)), email="email")
    return pl.concat([till, seen(p, "shop", phone="phone", email="email")])


def typing_error_email(draw: Draw, count: int) -> pl.DataFrame:
    """One letter of the e-mail is wrong in the web form; the phone is right."""
    p = people(draw, count)
    wrong = pl.col("email").str.replace("@", "q@", literal=True)
    return pl.concat([seen(p, "guest", phone="phone", email=wrong), seen(p, "shop", phone="phone", email="email")])


def old_prefixes(draw: Draw, count: int) -> pl.DataFrame:
    """The till still has the number of before 2018: 0123 456 7890 is today 083 456 7890."""
    p = people(draw, count)
    migrated = tables.rows("prefixes_old")
    now = draw.choose([row["new"] for row in migrated if row["new"] != "059"], count)
    then = {row["new"]: row["old"] for row in migrated}
    tail = pl.col("phone").str.slice(3)
    p = p.with_columns(
        phone=now + tail, old=now.replace_strict(then) + tail, seen=pl.col("seen").clip(None, draw.until)
    )
    return pl.concat([seen(p, "pos", phone="old"), seen(p, "shop", phone="phone", email="email")])


def lost_zeros(draw: Draw, count: int) -> pl.DataFrame:
    """The sheet's phone column was numeric, so the leading zero is gone: 912345678."""
    p = people(draw, count)
    sheet = seen(p, "events", phone=pl.col("phone").str.slice(1), cell=pl.lit("number"))
    return pl.concat([sheet, seen(p, "pos", phone="phone")])


def two_phones_in_cell(draw: Draw, count: int) -> pl.DataFrame:
    """One cell of the sheet holds two phones: 0912345678 / 0387654321 (Zalo)."""
    p = people(draw, count)
    between = draw.choose([" / ", "; ", ", ", " - "], count)
    both = pl.col("phone") + pl.lit(between) + pl.col("phone2")
    sheet = seen(p, "events", phone=both, cell=pl.lit("text"))
    return pl.concat([sheet, seen(p, "pos", phone="phone"), seen(p, "shop", phone="phone2", email="email")])


def scientific_notation(draw: Draw, count: int) -> pl.DataFrame:
    """A saved CSV turned the phones of two people into the same 8.49E+10: the digits are gone, nothing is shared."""
    a, b = people(draw, count), people(draw, count)
    lost = {"phone": pl.lit("8.49E+10"), "cell": pl.lit("scientific")}
    return pl.concat(
        [seen(a, "events", **lost), seen(b, "events", **lost), seen(b, "shop", phone="phone", email="email")]
    )


def placeholder_phone(draw: Draw, count: int) -> pl.DataFrame:
    """Two people with the number that clerks type when they have none: 0999999999."""
    a, b = people(draw, count), people(draw, count)
    phone = draw.word("placeholder_phone", count)
    return pl.concat(
        [seen(a, "pos", phone=phone), seen(b, "pos", phone=phone), seen(b, "events", phone=phone, email="email")]
    )


def placeholder_email(draw: Draw, count: int) -> pl.DataFrame:
    """Two people with the e-mail that clerks type when they have none: no@email.com."""
    a, b = people(draw, count), people(draw, count)
    email = draw.word("placeholder_email", count)
    return pl.concat([seen(a, "pos", phone="phone", email=email), seen(b, "pos", phone="phone", email=email)])


def recycled_number(draw: Draw, count: int) -> pl.DataFrame:
    """A number given up years ago belongs to somebody else today, who now and then buys without telling a name."""
    a, b = people(draw, count), people(draw, count)
    early = pl.lit(draw.until - 1900 * 86_400)
    b = b.with_columns(phone=a["phone"])
    late = pl.lit(draw.until - 90 * 86_400)
    return pl.concat(
        [
            seen(a, "pos", phone="phone", seen=early, made=early + DAY, left=early + 300 * DAY, orders=pl.lit(0)),
            seen(b, "shop", phone="phone", email="email", seen=late, made=late + 86_400),
            seen(b, "pos", phone="phone", seen=late, made=late + 2 * 86_400),
            seen(b, "pos", name=draw.word("walk_in", count), phone="phone", seen=late, made=late + 9 * DAY),
        ]
    )
