"""Foreign customers, one in ten: native script here, plain letters there, numbers with their country's code."""

from __future__ import annotations

import polars as pl

from hub.sandbox.people import tables
from hub.sandbox.people.draw import DAY, Draw, contacts, phones
from hub.sandbox.people.record import seen


def _words(country: str, part: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = [row for row in tables.rows("foreign_names") if row["country"] == country and row["part"] == part]
    return tuple(row["value"] for row in found), tuple(row["plain"] for row in found)


def foreigners(draw: Draw, count: int, country: str) -> pl.DataFrame:
    """COUNT persons of COUNTRY; `native` is the name in their own script, `name` the one in plain letters."""
    frame = pl.DataFrame({"number": draw.take(count), "sex": draw.choose(("m", "f"), count)})
    for part in ("family", "given_m", "given_f"):
        own, plain = _words(country, part)
        index = draw.whole(0, len(own), count)
        columns = {f"{part}_own": pl.Series(own)[index], part: pl.Series(plain)[index]}
        frame = frame.with_columns(**columns)
    male = pl.col("sex") == "m"
    frame = frame.with_columns(
        given=pl.when(male).then("given_m").otherwise("given_f"),
        given_own=pl.when(male).then("given_m_own").otherwise("given_f_own"),
    )
    return contacts(draw, _addressed(draw, _named(frame, country), country))


def _named(frame: pl.DataFrame, country: str) -> pl.DataFrame:
    family_first = country in ("KR", "KH")
    order = ("family", "given") if family_first else ("given", "family")
    return frame.with_columns(
        name=pl.concat_str(*order, separator=" "),
        native=pl.concat_str(*(f"{part}_own" for part in order), separator="" if country == "KR" else " "),
    )


def _addressed(draw: Draw, frame: pl.DataFrame, country: str) -> pl.DataFrame:
    count = len(frame)
    table = pl.DataFrame([row for row in tables.rows("foreign_places") if row["country"] == country])
    places = table[pl.Series(draw.rng.integers(0, len(table), count))]
    house = draw.whole(1, 400, count).cast(pl.String)
    days = draw.whole(-7300, 13_500, count).cast(pl.Int32).cast(pl.Date).cast(pl.String)
    return frame.with_columns(**places.to_dict(), ward=pl.lit(None, pl.String), birth=days).with_columns(
        line=pl.lit(house) + " " + pl.col("line")
    )


def _foreign(draw: Draw, count: int, country: str) -> pl.DataFrame:
    p = foreigners(draw, count, country)
    account = seen(p, "shop", phone="phone", email="email", given="given")
    till = seen(p, "pos", name="native" if country == "FR" else "name", phone="phone")
    member = seen(p, "mail", name="native", email="email")
    keep = draw.chance(0.6, count)
    return pl.concat([account, till.filter(keep), member.filter(~keep)])


def foreign_us(draw: Draw, count: int) -> pl.DataFrame:
    """An American with a +1 number at the till and in the shop, under one name."""
    return _foreign(draw, count, "US")


def foreign_kr(draw: Draw, count: int) -> pl.DataFrame:
    """A Korean: 김민수 in one system, Kim Min-su in the other."""
    return _foreign(draw, count, "KR")


def foreign_kh(draw: Draw, count: int) -> pl.DataFrame:
    """A Khmer: native script in one system, Latin letters in the other."""
    return _foreign(draw, count, "KH")


def foreign_fr(draw: Draw, count: int) -> pl.DataFrame:
    """A French buyer: Hélène at the till, Helene in the shop."""
    return _foreign(draw, count, "FR")


def nicknames(draw: Draw, count: int) -> pl.DataFrame:
    """Bob at the till is Robert in the shop: the usual short form, one phone."""
    p = foreigners(draw, count, "US")
    short = {row["formal"]: row["short"] for row in tables.rows("nicknames")}
    till = pl.concat_str(pl.col("given").replace(short), "family", separator=" ")
    return pl.concat(
        [seen(p, "pos", name=till, phone="phone"), seen(p, "shop", phone="phone", email="email", given="given")]
    )


def typing_error_name(draw: Draw, count: int) -> pl.DataFrame:
    """One letter of a foreign name is wrong: Tompson for Thompson; phone and e-mail are right."""
    p = foreigners(draw, count, "US")
    wrong = pl.concat_str("given", pl.col("family").str.slice(0, 2) + pl.col("family").str.slice(3), separator=" ")
    return pl.concat(
        [seen(p, "pos", name=wrong, phone="phone"), seen(p, "shop", phone="phone", email="email", given="given")]
    )


def traveller(draw: Draw, count: int) -> pl.DataFrame:
    """A foreigner who lives here has a number from home and one from here; the e-mail is one."""
    p = foreigners(draw, count, "FR")
    local = phones(draw.seed, p["number"] * 2, pl.repeat("VN", count, eager=True))
    return pl.concat(
        [
            seen(p, "pos", phone=local, email="email", seen=pl.col("seen") + DAY),
            seen(p, "shop", phone="phone", email="email"),
        ]
    )
