"""The word lists behind made people: small hand-written TSV files in data/, read once on first use.

Belongs here: reading those files. Does not: drawing from them (draw.py), what a scenario does with them (scenarios/).
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """All rows of data/NAME.tsv in file order; every value is text."""
    with (DATA / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def weighted(name: str) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """The values of data/NAME.tsv and their shares, which sum to one."""
    table = rows(name)
    total = sum(float(row["weight"]) for row in table)
    return tuple(row["value"] for row in table), tuple(float(row["weight"]) / total for row in table)


@cache
def words(name: str) -> tuple[str, ...]:
    """One list of data/words.tsv, in file order."""
    return tuple(row["value"] for row in rows("words") if row["list"] == name)


@cache
def shop(what: str) -> tuple[str, ...]:
    """What the made shop says of itself: name, phone, landline, hotline, email, domain, retailer, branch."""
    return tuple(row["value"] for row in rows("shop") if row["what"] == what)


def own() -> tuple[str, ...]:
    """The shop's own phones, e-mail and domain, as its owner would list them under `[matching] own`."""
    return shop("phone") + shop("landline") + shop("hotline") + shop("email") + shop("domain")
