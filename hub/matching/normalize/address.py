"""Addresses: text made plain, the province by its name of today, one-line addresses in parts; everything else as typed.

Belongs here: recognising Vietnamese provinces, old and new. Does not: taking lines apart (address_line), geocoding.
Table: provinces_vn.tsv (63 names before 1 July 2025, 34 since).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from hub.matching.normalize.address_line import HOME, Line, part_of, take_apart
from hub.matching.normalize.tables import read_table
from hub.matching.normalize.text import folded, squeezed
from hub.matching.normalize.text_bulk import squeezed_text

TYPED = ("line", "ward", "district", "province", "postal_code", "country")
PARTS = (*TYPED, "former_province")
ENDS = ("rest", "ward", "district", "province", "country")
"""What follows the first part of a line, and the other cells that say how it is read."""
TOLD = ("ward", "district", "province", "country", "former_province")
"""What it may say."""
_FIRST = "\ue000"
"""Stands for the first part of a line."""
_TITLES = ("thanh pho truc thuoc trung uong ", "thanh pho ", "tinh ", "tp ", "t p ", "province of ", "city of ")
_TAILS = (" province", " city")


@dataclass(frozen=True, slots=True)
class Address:
    """One address; None = not told. province: today's name where Vietnam's table knows it, else as typed.

    former_province: the name before 1 July 2025 that was typed, when it is another one.
    """

    line: str | None = None
    ward: str | None = None
    district: str | None = None
    province: str | None = None
    postal_code: str | None = None
    country: str | None = None
    former_province: str | None = None


def normalize_address(address: Address) -> Address:
    """NFC and single spaces in every part; what a line says of its end, and the address itself not, in its own parts."""
    parts = {part: squeezed(getattr(address, part) or "") or None for part in TYPED}
    if folded(parts["country"] or "") not in HOME:
        return Address(**parts)
    typed = parts["province"]
    told = Line(None, parts["ward"], parts["district"], (province(typed) or typed) if typed else None, parts["country"])
    line = parts["line"]
    found = told._replace(line=line)
    if line and "," in line:
        found = take_apart(line, [part_of(cell, province) for cell in line.split(",")], told)
    now, before = _both(typed or found.province or "")
    return Address(
        found.line, found.ward, found.district, now or found.province, parts["postal_code"], found.country, before
    )


def province(text: str) -> str | None:
    """Today's name of the province that `text` names (`TP.HCM`, `Tỉnh Bình Dương`: Hồ Chí Minh), else None."""
    return _both(text)[0]


def _both(text: str) -> tuple[str | None, str | None]:
    """Today's name of the province, and the one before when the text names a province that is no more."""
    name = folded(text)
    for title in _TITLES:
        name = name.removeprefix(title)
    for tail in _TAILS:
        name = name.removesuffix(tail)
    return _names().get(name.replace(" ", ""), (None, None))


@cache
def _names() -> Mapping[str, tuple[str, str | None]]:
    names: dict[str, tuple[str, str | None]] = {}
    for row in read_table("provinces_vn.tsv"):
        gone = None if row["since"] else row["name"]
        for name in (folded(row["name"]), *row["aliases"].split("|")):
            if name:
                names[name.replace(" ", "")] = row["now"], gone
    return names


def normalize_addresses(addresses: pl.DataFrame) -> pl.DataFrame:
    """The columns PARTS, row by row in the same order; provinces and the parts of lines are read once per distinct text."""
    told = addresses.select([squeezed_text(pl.col(part).cast(pl.String)).alias(part) for part in TYPED])
    ends = told["line"].str.contains(",", literal=True).fill_null(value=False) & _at_home(told["country"])
    easy = _provinces(told)
    if not ends.any():
        return easy
    hard = _with_lines(told.filter(ends))
    both = pl.concat([easy.filter(~ends), hard])
    places = pl.concat([(~ends).arg_true(), ends.arg_true()])
    return both[places.arg_sort()]


def _at_home(countries: pl.Series) -> pl.Series:
    abroad = [text for text in countries.drop_nulls().unique() if folded(text) not in HOME]
    return ~countries.is_in(abroad).fill_null(value=False)


def _provinces(told: pl.DataFrame) -> pl.DataFrame:
    """Addresses whose lines hold nothing but a line."""
    asked = told["province"].drop_nulls().unique().to_list()
    names = [_both(text) for text in asked]
    table = pl.DataFrame(
        {"province": asked, "now": [now for now, _ in names], "former_province": [before for _, before in names]},
        schema=dict.fromkeys(("province", "now", "former_province"), pl.String),
    )
    joined = told.join(table, on="province", how="left", maintain_order="left").with_columns(
        home=_at_home(told["country"])
    )
    return joined.with_columns(
        province=pl.when("home").then(pl.coalesce("now", "province")).otherwise("province"),
        former_province=pl.when("home").then("former_province"),
    ).select(PARTS)


def _with_lines(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of TYPED as rows of PARTS. The first part of a line is never taken, so what follows it is read once.

    Where only the country follows, the first part may tell the province: then the whole row is read.
    """
    parted = pl.col("line").str.splitn(",", 2).struct
    rows = rows.with_columns(first=parted.field("field_0").str.strip_chars(" "), rest=parted.field("field_1"))
    ends = _ends(rows.select(ENDS).unique())
    told = rows.join(ends, on=ENDS, how="left", nulls_equal=True, maintain_order="left")
    bare = pl.when(pl.col("first") == "").then(pl.col("left").str.strip_prefix(", "))
    cut = bare.otherwise(pl.concat_str("first", "left")).replace("", None)
    line = pl.when("same").then("line").otherwise(cut)
    parts = {part: f"{part}_told" for part in TOLD} | {"postal_code": "postal_code"}
    found = told.select(line, **parts).select(PARTS)
    whole = told["same"].is_null().arg_true()
    if whole.is_empty():
        return found
    again = [normalize_address(Address(*row)) for row in rows.select(TYPED)[whole].iter_rows()]
    read = {part: [getattr(one, part) for one in again] for part in PARTS}
    return found.with_columns(
        found[part].scatter(whole, pl.Series(said, dtype=pl.String)) for part, said in read.items()
    )


def _ends(asked: pl.DataFrame) -> pl.DataFrame:
    """ENDS, and what each says: same (the line stays as it is; null: the whole row is to be read), left of the line behind its
    first part, and the parts."""
    rows = [_end(row) for row in asked.iter_rows()]
    told = dict.fromkeys(("left", *(f"{part}_told" for part in TOLD)), pl.String)
    return asked.hstack(pl.DataFrame(rows, schema={"same": pl.Boolean, **told}, orient="row"))


def _end(row: tuple[str | None, ...]) -> tuple[bool | str | None, ...]:
    rest, ward, district, typed, country = row
    if all(folded(cell) in HOME for cell in (rest or "").split(",")):
        return (None,) * (2 + len(TOLD))
    found = normalize_address(Address(f"{_FIRST},{rest}", ward, district, typed, None, country))
    left = (found.line or "").removeprefix(_FIRST)
    return (found.line == f"{_FIRST},{rest}", left, *(getattr(found, part) for part in TOLD))
