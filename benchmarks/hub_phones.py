"""Phones: the hub's bulk kernel, or a loop over phonenumbers, over every phone cell of the list.

    python -m benchmarks.hub_phones LIST hub|loop

`loop` is `phone` of the pandas script: old prefixes, parse, valid, E.164, once for each distinct cell. `hub` reads the same
cells by the kernel, then compares a sample, to the letter, with its own plain loop over phonenumbers (not timed).
"""

from __future__ import annotations

import json
import sys

import polars as pl

from benchmarks.inside import part
from benchmarks.peer_pandas import phone
from hub.matching.normalize import phone_bulk

COLUMNS = ("Điện thoại", "SĐT 2")
SAMPLE = 20_000
SEED = 7


def cells(path: str) -> pl.Series:
    """Every distinct phone cell of the list, in order of appearance."""
    read = pl.read_csv(path, columns=list(COLUMNS), infer_schema=False)
    return pl.concat([read[name].rename("cell") for name in COLUMNS]).drop_nulls().unique(maintain_order=True)


class Counting:
    """The reference, with a count of the cells that were handed to it."""

    def __init__(self) -> None:
        self.count, self._reference = 0, phone_bulk._reference

    def __call__(self, given: pl.DataFrame, region: str) -> pl.DataFrame:
        """As the reference."""
        self.count += given.height
        return self._reference(given, region)


def by_hub(given: pl.Series) -> dict[str, object]:
    """Measured; the share of cells that the reference had to read; how many rows of a sample differ from it."""
    told: dict[str, dict[str, float]] = {}
    counting = Counting()
    phone_bulk._reference = counting
    with part(told, "phones"):
        phone_bulk.normalize_phones(given, "VN")
    share = counting.count / max(len(given), 1)
    sample = given.sample(min(SAMPLE, len(given)), seed=SEED)
    fast, plain = (phone_bulk.normalize_phones(sample, "VN", few) for few in (0, len(sample) + 1))
    return {
        "steps": told,
        "left_to_reference": share,
        "differences": fast.join(plain, on=fast.columns, how="anti", nulls_equal=True).height,
    }


def by_loop(given: pl.Series) -> dict[str, object]:
    """Measured."""
    told: dict[str, dict[str, float]] = {}
    texts = given.to_list()
    with part(told, "phones"):
        for text in texts:
            phone(text)
    return {"steps": told}


def main() -> int:
    """Prints what was measured as JSON."""
    given = cells(sys.argv[1])
    found = by_hub(given) if sys.argv[2] == "hub" else by_loop(given)
    print(json.dumps({"rows": len(given), **found}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
