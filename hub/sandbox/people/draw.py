"""Drawing people by chance: one stream per scenario, whole columns at a time, the same for the same seed.

Belongs here: persons with their names, unique phones and e-mails, and small helpers that choose. Does not: records
as a system shows them (record.py), the damage done to them (scenarios/, typed.py).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import polars as pl

from hub.sandbox.people import tables

DAY = 86_400
_LINES = 8_900_000  # seven-digit line numbers from 1,000,000 up: none starts with 0, the rest stays free for others
_STEP = 1_000_003  # prime, no divisor of any block of numbers, so that every person's number is unique
_TOO_ROUND = {f"{digit}" * 7 for digit in "123456789"} | {"2345678", "7654321", "9123456", "9876543"}
_COUNTRIES = ("VN", "US", "KR", "KH", "FR")
_US_AREAS = ("201", "212", "213", "303", "305", "312", "323", "404", "415", "512", "617", "619", "646", "702", "713")
_KH_PREFIXES = ("10", "12", "70", "77", "89", "92")


class Draw:
    """A scenario's own stream of chance and its own block of person numbers.

    `first` is the number of its first person and `until` the last second (Unix time) of the made world.
    """

    def __init__(self, seed: int, scenario: str, first: int, until: int) -> None:
        self.rng = np.random.default_rng([seed, zlib.crc32(scenario.encode())])
        self.seed, self.until, self.first, self.taken = seed, until, first, 0

    def take(self, count: int) -> pl.Series:
        """The next COUNT person numbers."""
        start = self.first + self.taken
        self.taken += count
        return pl.int_range(start, start + count, eager=True, dtype=pl.Int64)

    def choose(self, values: Sequence[str], count: int, shares: Sequence[float] | None = None) -> pl.Series:
        """COUNT draws from VALUES, with replacement."""
        index = self.rng.choice(len(values), size=count, p=shares)
        return pl.Series("value", values, dtype=pl.String).gather(pl.Series(index))

    def word(self, name: str, count: int) -> pl.Series:
        """COUNT draws from a list of data/words.tsv."""
        return self.choose(tables.words(name), count)

    def weighted(self, name: str, count: int) -> pl.Series:
        """COUNT draws from a weighted file of data/."""
        values, shares = tables.weighted(name)
        return self.choose(values, count, shares)

    def whole(self, low: int, high: int, count: int) -> pl.Series:
        """COUNT whole numbers, LOW included, HIGH not."""
        return pl.Series("value", self.rng.integers(low, high, size=count))

    def chance(self, share: float, count: int) -> pl.Series:
        """COUNT yes or no, yes with the probability SHARE."""
        return pl.Series("value", self.rng.random(count) < share)

    def some(self, share: float, values: pl.Series) -> pl.Series:
        """VALUES with all but a SHARE of them null."""
        return pl.select(pl.when(self.chance(share, len(values))).then(values)).to_series()


def folded(text: pl.Expr) -> pl.Expr:
    """Letters without tones and marks, đ as d; case kept."""
    bare = text.str.normalize("NFD").str.replace_all(r"\p{Mn}", "")
    return bare.str.replace_all("đ", "d").str.replace_all("Đ", "D")


def people(draw: Draw, count: int, sex: str | None = None, **fixed: pl.Series) -> pl.DataFrame:
    """COUNT Vietnamese persons; FIXED columns (family, middle, given, birth, line …) are taken as they are."""
    frame = pl.DataFrame({"number": draw.take(count)}).with_columns(
        sex=draw.choose(("m", "f"), count) if sex is None else pl.lit(sex), family=draw.weighted("family_vn", count)
    )
    for part in ("middle", "given"):
        male, female = draw.weighted(f"{part}_m", count), draw.weighted(f"{part}_f", count)
        frame = frame.with_columns(pl.when(pl.col("sex") == "m").then(male).otherwise(female).alias(part))
    frame = _placed(draw, frame, "places", pl.lit("VN"), draw.weighted("streets", count))
    frame = frame.with_columns(birth=_birth(draw, count), native=pl.lit(None, pl.String)).with_columns(**fixed)
    plain = pl.when(pl.col("sex") == "m").then(pl.lit("Văn")).otherwise(pl.lit("Thị"))
    doubled = folded(pl.col("middle")).str.split(" ").list.contains(folded(pl.col("given")))
    frame = frame.with_columns(middle=pl.when(doubled).then(plain).otherwise("middle"))
    name = pl.concat_str("family", "middle", "given", separator=" ")
    return contacts(draw, frame.with_columns(name=name))


def contacts(draw: Draw, frame: pl.DataFrame) -> pl.DataFrame:
    """FRAME with unique own phones and e-mail, the cluster's name and the time the person was first seen."""
    count, number = len(frame), pl.col("number")
    return frame.with_columns(
        cluster=pl.format("p{}", number.cast(pl.String).str.zfill(8)),
        phone=phones(draw.seed, frame["number"] * 2, frame["country"]),
        phone2=phones(draw.seed, frame["number"] * 2 + 1, frame["country"]),
        email=_email(draw, count),
        seen=draw.until - draw.whole(200 * DAY, 2000 * DAY, count),
    )


def _placed(draw: Draw, frame: pl.DataFrame, table: str, country: pl.Expr, street: pl.Series) -> pl.DataFrame:
    places = pl.DataFrame(tables.rows(table))[pl.Series(draw.rng.integers(0, len(tables.rows(table)), len(frame)))]
    house = draw.whole(1, 400, len(frame)).cast(pl.String)
    return frame.with_columns(**places.to_dict(), line=house + " " + street).with_columns(country=country)


def _birth(draw: Draw, count: int) -> pl.Series:
    """Whole birth dates from 1950 to 2006; none on 1 January, which systems use for "not known"."""
    days = draw.whole(-7300, 13_500, count).cast(pl.Int32).cast(pl.Date)
    year_start = (days.dt.month() == 1) & (days.dt.day() == 1)
    return pl.select(pl.when(year_start).then(days.dt.offset_by("40d")).otherwise(days)).to_series().cast(pl.String)


def _email(draw: Draw, count: int) -> pl.Expr:
    """A made address that nobody else has; at real providers only a numbered local part."""
    domain = pl.lit(draw.weighted("email_domains", count))
    tail = pl.col("number").cast(pl.String).str.zfill(6)
    plain = folded(pl.concat_str("given", pl.lit("."), "family")).str.to_lowercase().str.replace_all(r"[^a-z.]", "")
    local = pl.when(domain == "gmail.com").then(pl.lit("khach.")).otherwise(plain.str.strip_chars(".") + ".")
    return local + tail + "@" + domain


def phones(seed: int, number: pl.Series, country: pl.Series) -> pl.Series:
    """One phone per number, never the same twice: `0912345678` at home, `+CC…` for foreigners; plausible, made up."""
    offset = int(np.random.default_rng([seed, 7]).integers(0, 10**8))
    spread = number * _STEP + offset
    prefixes = tables.weighted("prefixes_vn")[0]
    mobile = _prefixed(spread % (len(prefixes) * _LINES), prefixes)
    frame = pl.DataFrame({"country": country, "VN": mobile, "spread": spread})
    frame = frame.with_columns(
        US="+1" + _pick(_US_AREAS, pl.col("spread") // 5_600_000) + _digits(2_000_000, 5_600_000, 7),
        KR="+8210" + _digits(60_000_000, 39_000_000, 8),
        KH="+855" + _pick(_KH_PREFIXES, pl.col("spread") // 790_000) + _digits(200_000, 790_000, 6),
        FR="+337" + _digits(30_000_000, 59_000_000, 8),
    )
    chosen = pl.coalesce(*(pl.when(pl.col("country") == code).then(pl.col(code)) for code in _COUNTRIES))
    return frame.select(chosen).to_series()


def _prefixed(index: pl.Series, prefixes: Sequence[str]) -> pl.Series:
    line = (index % _LINES + 1_000_000).cast(pl.String)
    rare = (9_900_000 + index % 97_000).cast(pl.String)
    safe = pl.select(pl.when(line.is_in(list(_TOO_ROUND))).then(rare).otherwise(line)).to_series()
    return pl.Series(prefixes, dtype=pl.String).gather(index // _LINES) + safe


def _pick(values: Sequence[str], index: pl.Expr) -> pl.Expr:
    return pl.lit(pl.Series(values, dtype=pl.String)).gather(index % len(values))


def _digits(low: int, span: int, width: int) -> pl.Expr:
    return (low + pl.col("spread") % span).cast(pl.String).str.zfill(width)
