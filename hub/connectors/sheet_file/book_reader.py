"""Workbooks (.xlsx, .xlsm, .xls, .ods) as a Book: values as the text that people see.

Belongs here: cells to text, tabs, merged and hidden cells. Does not: headings (header), styles (book_styles).
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import polars as pl
import python_calamine as calamine

from hub.connectors.sheet_file.book import (
    HEAD_ROWS,
    PAGE_ROWS,
    Book,
    FileRefused,
    FileUnfinished,
    Frames,
    Range,
    Tab,
    plain_name,
    text_frame,
)
from hub.connectors.sheet_file.book_styles import Marks, scan
from hub.connectors.sheet_file.charset import tcvn3_table
from hub.model import Notice

EXACT = 10**15
"""A double holds whole numbers exactly up to about here; beyond, digits are gone."""

Cells = Sequence[str | None]


def open_book(path: Path, kind: str, *, skip_hidden: bool = False, sheet: str | None = None) -> Book:
    """A workbook as a Book of its visible tabs (of `sheet` alone, visible or not, when it is named)."""
    try:
        book = calamine.load_workbook(path if plain_name(path) else io.BytesIO(path.read_bytes()))
        marks = scan(path) if kind == "xlsx" else {}
        chosen, hidden = _chosen(book, sheet)
        tabs = tuple(_tab(book.get_sheet_by_name(n), marks.get(n, Marks()), skip_hidden) for n in chosen)
    except calamine.PasswordError as error:
        raise FileRefused("sheet.encrypted") from error
    except (calamine.CalamineError, OSError, ValueError, SyntaxError) as error:
        raise FileUnfinished("sheet.broken") from error
    notices = tuple(Notice("sheet.hidden_tab", "info", {"tab": name}) for name in hidden)
    return Book(kind, tabs, None, notices, book.close)


def _chosen(book: calamine.CalamineWorkbook, sheet: str | None) -> tuple[list[str], list[str]]:
    """Names of the tabs to read and of the hidden ones left out."""
    metas = [m for m in book.sheets_metadata if m.typ in (calamine.SheetTypeEnum.WorkSheet, calamine.SheetTypeEnum.Vba)]
    if sheet is not None:
        named = [m.name for m in metas if m.name.strip().lower() == sheet.strip().lower()]
        if not named:
            raise FileRefused("sheet.no_tab", tab=sheet, found=", ".join(m.name for m in metas))
        return named[:1], []
    shown = [m.name for m in metas if m.visible == calamine.SheetVisibleEnum.Visible]
    return shown, [m.name for m in metas if m.name not in shown]


def _tab(sheet: calamine.CalamineSheet, marks: Marks, skip_hidden: bool) -> Tab:
    if marks.vni:
        raise FileRefused("sheet.vni_font", tab=sheet.name)
    left = sheet.start[1] if sheet.start else 0
    merges = tuple(sheet.merged_cell_ranges or ())
    head = [[c or "" for c in row] for row in islice(_texts(sheet, left, marks), HEAD_ROWS)]
    notices = []
    if marks.hidden:
        code = "sheet.hidden_rows_skipped" if skip_hidden else "sheet.hidden_rows"
        notices.append(Notice(code, "info", {"tab": sheet.name, "rows": len(marks.hidden)}))
    if marks.uncalculated:
        notices.append(Notice("sheet.uncalculated", "warning", {"tab": sheet.name, "cells": marks.uncalculated}))
    frames = _frames_of(lambda: _texts(sheet, left, marks), merges, marks.hidden if skip_hidden else set())
    return Tab(sheet.name, head, frames, merges, tuple(notices))


def _texts(sheet: calamine.CalamineSheet, left: int, marks: Marks) -> Iterator[Cells]:
    """Rows of a sheet as text, from its first row on."""
    pad: list[str | None] = [None] * left
    special = bool(marks.padded or marks.legacy)
    for number, row in enumerate(sheet.iter_rows()):
        cells = pad + [c if type(c) is str else cell_text(c) for c in row]
        yield _special(cells, number, marks) if special else cells


def _special(cells: list[str | None], row: int, marks: Marks) -> list[str | None]:
    for column, text in enumerate(cells):
        if not text:
            continue
        width = marks.padded.get((row, column))
        if width and text.isdigit():
            cells[column] = text.zfill(width) if width > 0 else "0" * -width + text
        font = marks.legacy.get((row, column))
        if font:
            letters = text.translate(tcvn3_table())
            cells[column] = letters.upper() if font == "tcvn3h" else letters
    return cells


def cell_text(value: object) -> str | None:
    """A cell's value as text: whole numbers as digits, dates as ISO; numbers whose digits are lost keep an E notation."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value.is_integer():
            return str(int(value)) if abs(value) < EXACT else f"{value:.15E}"
        return repr(value) if "e" not in repr(value) else f"{value:.15E}"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return None if value is None else str(value)


def _frames_of(texts: Callable[[], Iterator[Cells]], merges: Sequence[Range], skip: set[int]) -> Frames:
    tall = {(top, left): bottom for (top, left), (bottom, _) in merges if bottom > top}

    def frames(after: int, width: int) -> Iterator[pl.DataFrame]:
        rows = enumerate(texts())
        kept = (pair for pair in _filled(rows, tall) if pair[0] >= after and pair[0] not in skip)
        while chunk := list(islice(kept, PAGE_ROWS)):
            yield rows_frame([c for _, c in chunk], [n + 1 for n, _ in chunk], width)

    return frames


def _filled(rows: Iterable[tuple[int, Cells]], tall: Mapping[tuple[int, int], int]) -> Iterator[tuple[int, Cells]]:
    """Cells merged over several rows stand in each of them."""
    open_cells: dict[int, tuple[int, str | None]] = {}
    for number, cells in rows:
        if not tall:
            yield number, cells
            continue
        row = list(cells)
        for column, (last, text) in list(open_cells.items()):
            if number > last:
                del open_cells[column]
            elif column < len(row) and not row[column]:
                row[column] = text
        for column, text in enumerate(row):
            if (number, column) in tall:
                open_cells[column] = (tall[number, column], text)
        yield number, row


def rows_frame(rows: Sequence[Cells], numbers: Sequence[int], width: int) -> pl.DataFrame:
    """A frame from rows of text; missing cells are null, a row with filled cells beyond `width` is `bad`."""
    even = [list(r[:width]) + [None] * (width - len(r)) for r in rows]
    columns = [list(c) for c in zip(*even, strict=True)]
    bad = ["\t".join(c or "" for c in r) if len(r) > width and any(r[width:]) else None for r in rows]
    return text_frame(columns, numbers, bad)
