"""Reads the tables that normalizing rests on (TSV files under data/), once per process.

Belongs here: finding and splitting data files. Does not: what a row means (the module that asks for it).
A file's lines that begin with `#` are its comment, the first other line names the columns; cells are NFC text.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def read_table(name: str) -> tuple[Mapping[str, str], ...]:
    """Every row of `data/NAME` as column -> cell ("" when empty), in the file's order."""
    text = (resources.files(__package__) / "data" / name).read_text(encoding="utf-8")
    lines = [line for line in text.split("\n") if line and not line.startswith("#")]
    columns = lines[0].split("\t")
    return tuple(_row(columns, line) for line in lines[1:])


def _row(columns: list[str], line: str) -> Mapping[str, str]:
    cells = line.split("\t")
    return dict(zip(columns, cells + [""] * (len(columns) - len(cells)), strict=True))
