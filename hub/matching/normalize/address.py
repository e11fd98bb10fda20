"""Addresses, lightly: text made plain, the province by its name of today; everything else as typed.

Belongs here: recognising Vietnamese provinces, old and new. Does not: streets, wards and districts, geocoding.
Table: provinces_vn.tsv (63 names before 1 July 2025, 34 since).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from hub.matching.normalize.tables import read_table
from hub.matching.normalize.text import folded, squeezed
from hub.matching.normalize.text_bulk import squeezed_text

PARTS = ("line", "ward", "district", "province", "postal_code", "country")
_TITLES = ("thanh pho truc thuoc trung uong ", "thanh pho ", "tinh ", "tp ", "t p ", "province of ", "city of ")
_TAILS = (" province", " city")
_HOME = frozenset({"", "vn", "vnm", "vietnam", "viet nam"})


@dataclass(frozen=True, slots=True)
class Address:
    """One address; None = not told. province: today's name where Vietnam's table knows it, else as typed."""

    line: str | None = None
    ward: str | None = None
    district: str | None = None
    province: str | None = None
    postal_code: str | None = None
    country: str | None = None


def normalize_address(address: Address) -> Address:
    """NFC and single spaces in every part; without a province the last part of the line that names one gives it."""
    parts = {part: squeezed(getattr(address, part) or "") or None for part in PARTS}
    if folded(parts["country"] or "") in _HOME:
        told = parts["province"]
        parts["province"] = (province(told) or told) if told else _province_of_line(parts["line"] or "")
    return Address(**parts)


def province(text: str) -> str | None:
    """Today's name of the province that `text` names (`TP.HCM`, `Tỉnh Bình Dương`: Hồ Chí Minh), else None."""
    name = folded(text)
    for title in _TITLES:
        name = name.removeprefix(title)
    for tail in _TAILS:
        name = name.removesuffix(tail)
    return _names().get(name.replace(" ", ""))


def _province_of_line(line: str) -> str | None:
    last = [part for part in line.split(",") if folded(part) not in _HOME][-1:]
    return province(last[0]) if last and "," in line else None


@cache
def _names() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for row in read_table("provinces_vn.tsv"):
        for name in (folded(row["name"]), *row["aliases"].split("|")):
            if name:
                names[name.replace(" ", "")] = row["now"]
    return names


def _tail(lines: pl.Series) -> pl.Series:
    """What of a line can name its province: `,` and its last part, the whole line where that part is the country's name."""
    cut = pl.col("line").str.split(",")
    parts = pl.DataFrame({"line": lines}).select("line", last=pl.when(cut.list.len() > 1).then(cut.list.get(-1)))
    homes = [text for text in parts["last"].drop_nulls().unique() if folded(text) in _HOME]
    home = pl.col("last").is_in(homes)
    return parts.select(pl.when(home).then("line").otherwise("," + pl.col("last")))["line"]


def normalize_addresses(addresses: pl.DataFrame) -> pl.DataFrame:
    """The columns PARTS, row by row in the same order; provinces are read once per distinct text."""
    told = addresses.select([squeezed_text(pl.col(part).cast(pl.String)).alias(part) for part in PARTS])
    told = told.with_columns(last=pl.when(pl.col("province").is_null()).then(_tail(told["line"])))
    asked = told.select("province", "last", "country").unique()
    read = [normalize_address(Address(line=r[1], province=r[0], country=r[2])).province for r in asked.iter_rows()]
    table = asked.with_columns(found=pl.Series(read, dtype=pl.String))
    joined = told.join(table, on=["province", "last", "country"], how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(province="found").select(*PARTS)
