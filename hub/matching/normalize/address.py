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
    read: dict[tuple[str | None, ...], Address | None] = {}
    rows = [_taken(row, read) for row in told.filter(ends).iter_rows()]
    hard = pl.DataFrame(rows, schema=dict.fromkeys(PARTS, pl.String), orient="row")
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


def _taken(row: tuple[str | None, ...], read: dict[tuple[str | None, ...], Address | None]) -> tuple[str | None, ...]:
    """A row of TYPED as a row of PARTS. The first part of a line is never taken, so what follows it is read once (`read`).

    Where only the country follows, the first part may tell the province (null in `read`): then the whole row is read.
    """
    line = row[0] or ""
    first, _, rest = line.partition(",")
    key = (rest, *row[1:4], row[5])
    if key not in read:
        bare = all(folded(cell) in HOME for cell in rest.split(","))
        read[key] = None if bare else normalize_address(Address(f"{_FIRST},{rest}", *row[1:]))
    found = read[key]
    if found is None:
        whole = normalize_address(Address(*row))
        return tuple(getattr(whole, part) for part in PARTS)
    if found.line != f"{_FIRST},{rest}":
        left, first = (found.line or "").removeprefix(_FIRST), first.strip()
        line = first + left if first else left.removeprefix(", ")
    return line or None, found.ward, found.district, found.province, row[4], found.country, found.former_province
