"""The table phones.tsv, row by row, by the reference and by the bulk path."""

from pathlib import Path

import polars as pl
import pytest

from hub.matching.normalize.phone import normalize_phone
from hub.matching.normalize.phone_bulk import normalize_phones

_ESCAPES = {"\\n": "\n", "\\t": "\t", "\\u200e": "\u200e", "\\u200b": "\u200b", "\\u00a0": "\u00a0"}
Outcome = tuple[str | None, str | None, str, str, str | None]


def _cases() -> dict[tuple[str, str], list[Outcome]]:
    cases: dict[tuple[str, str], list[Outcome]] = {}
    lines = (Path(__file__).parent / "phones.tsv").read_text(encoding="utf-8").splitlines()
    for line in [line for line in lines if not line.startswith("#")][1:]:
        typed, region, _, e164, national, kind, flags, reason = line.split("\t")
        for escape, letter in _ESCAPES.items():
            typed = typed.replace(escape, letter)
        cases.setdefault((typed, region), []).append((e164 or None, national or None, kind, flags, reason or None))
    return cases


@pytest.mark.parametrize(("cell", "outcomes"), _cases().items(), ids=lambda value: repr(value)[:40])
def test_phone_cell(cell: tuple[str, str], outcomes: list[Outcome]) -> None:
    found = normalize_phone(*cell)
    assert [(p.e164, p.national, p.line, "|".join(sorted(p.flags)), p.reason) for p in found] == outcomes


@pytest.mark.parametrize("region", ["VN", "US"])
def test_whole_table_in_bulk(region: str) -> None:
    cases = [(typed, found) for (typed, r), found in _cases().items() if r == region]
    frame = normalize_phones(pl.Series([typed for typed, _ in cases]), region, few=0)
    got = frame.select("row", "n", "e164", "national", "line", "flags", "reason").rows()
    assert got == [(row, n, *one) for row, (_, found) in enumerate(cases) for n, one in enumerate(found)]
