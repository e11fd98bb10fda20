"""Web pages named .xls, as many POS exports are: plain tables as a Book.

Belongs here: simple HTML tables. Does not: tables inside tables and cells over several rows, which are refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import polars as pl

from hub.connectors.sheet_file.book import HEAD_ROWS, PAGE_ROWS, Book, FileRefused, Tab
from hub.connectors.sheet_file.book_reader import rows_frame
from hub.connectors.sheet_file.charset import examine

MAX_BYTES = 256 << 20


class _Tables(HTMLParser):
    """Collects the rows of every table; a cell over several columns stands in the first and leaves blanks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self.depth = 0
        self.cell: list[str] | None = None
        self.span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "table":
            self.depth += 1
            if self.depth > 1:
                raise FileRefused("sheet.html_nested")
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self._close()
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables:
            self._close()
            if _number(values.get("rowspan")) > 1:
                raise FileRefused("sheet.html_nested")
            self.cell, self.span = [], min(_number(values.get("colspan")), 200)
        elif tag == "br" and self.cell is not None:
            self.cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._close()
        if tag == "table":
            self.depth = max(0, self.depth - 1)

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)

    def _close(self) -> None:
        if self.cell is None:
            return
        if not self.tables[-1]:
            self.tables[-1].append([])
        self.tables[-1][-1].extend(["".join(self.cell).strip()] + [""] * (self.span - 1))
        self.cell = None


def open_html(path: Path, encoding: str | None = None) -> Book:
    """An HTML file as a Book; every table is a tab. Raises FileRefused when the tables are not simple or too large."""
    if path.stat().st_size > MAX_BYTES:
        raise FileRefused("sheet.too_large", megabytes=path.stat().st_size >> 20)
    text = examine(path, encoding)
    parser = _Tables()
    parser.feed(path.read_bytes().decode("latin-1" if text.encoding == "tcvn3" else text.encoding))
    parser.close()
    tabs = tuple(_tab(f"table {n}", rows) for n, rows in enumerate(parser.tables, 1) if rows)
    if not tabs:
        raise FileRefused("sheet.not_a_table")
    return Book("html", tabs, text.encoding)


def _number(text: str | None) -> int:
    return int(text) if text and text.strip().isdigit() else 1


def _tab(name: str, rows: list[list[str]]) -> Tab:
    def frames(after: int, width: int) -> Iterator[pl.DataFrame]:
        for at in range(after, len(rows), PAGE_ROWS):
            part = rows[at : at + PAGE_ROWS]
            yield rows_frame(part, range(at + 1, at + 1 + len(part)), width)

    return Tab(name, rows[:HEAD_ROWS], frames)
