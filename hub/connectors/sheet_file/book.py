"""The nouns of a file that holds a table: Book, Tab, and the two ways in which a file is not read.

Belongs here: what every reader hands to the steps above it. Does not: reading (csv_reader, book_reader, html_reader).
A frame of a tab has the columns c0, c1, … (text as typed, null when empty), `row` (1-based, as the program shows it)
and `bad` (the cells of a row that does not fit its heading, else null).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from hub.errors import PermanentError
from hub.model import Notice

PAGE_ROWS = 100_000
HEAD_ROWS = 60
"""Rows that a reader gives as text up front; the heading is looked for in the first twenty of them."""

Range = tuple[tuple[int, int], tuple[int, int]]
"""Merged cells: first and last cell as (row, column), 0-based."""
Frames = Callable[[int, int], Iterator[pl.DataFrame]]


@dataclass(frozen=True, slots=True)
class Tab:
    """One table. `frames(after, width)` streams the rows after the first `after` rows as `width` columns."""

    name: str
    head: Sequence[Sequence[str]]
    frames: Frames
    merges: Sequence[Range] = ()
    notices: Sequence[Notice] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """An open file. kind: csv | xlsx | xls | ods | html; encoding only for text; `close` removes what was spooled."""

    kind: str
    tabs: Sequence[Tab]
    encoding: str | None = None
    notices: Sequence[Notice] = ()
    close: Callable[[], None] = field(default=lambda: None)


class FileRefused(PermanentError):
    """This file is refused whole: `code` and `args` fill a Notice. Other files go on."""

    def __init__(self, code: str, **args: str | int | float) -> None:
        super().__init__(f"{code}: {args.get('file', '')}", code=code)
        self.fields: Mapping[str, str | int | float] = args


class FileUnfinished(FileRefused):
    """This file does not parse to its end: perhaps it is still being written, so it waits for the next run."""


def plain_name(path: Path) -> bool:
    """Whether the path is text; a name in an old encoding is bytes, which readers written in Rust do not take."""
    return not any("\ud800" <= letter <= "\udfff" for letter in str(path))


def text_frame(columns: Sequence[Sequence[str | None]], rows: Sequence[int], bad: Sequence[str | None]) -> pl.DataFrame:
    """A frame from columns of text; `rows` are the row numbers."""
    series = [pl.Series(f"c{i}", values, pl.String) for i, values in enumerate(columns)]
    return pl.DataFrame([*series, pl.Series("row", rows, pl.UInt32), pl.Series("bad", bad, pl.String)])
