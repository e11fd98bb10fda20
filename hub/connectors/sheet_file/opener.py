"""Opens any file that holds a table, by its first bytes.

Belongs here: the choice of a reader. Does not: reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hub.connectors.sheet_file.book import Book
from hub.connectors.sheet_file.csv_reader import open_text
from hub.connectors.sheet_file.detect import kind_of


def open_file(
    path: Path,
    wanted: Sequence[str] = (),
    *,
    encoding: str | None = None,
    sheet: str | None = None,
    skip_hidden: bool = False,
) -> Book:
    """The file as a Book; close it after use. Raises FileRefused, FileUnfinished, OSError, ConfigError (encoding)."""
    kind = kind_of(path)
    if kind == "text":
        return open_text(path, wanted, encoding)
    if kind == "html":
        from hub.connectors.sheet_file.html_reader import open_html

        return open_html(path, encoding)
    from hub.connectors.sheet_file.book_reader import open_book

    return open_book(path, kind, skip_hidden=skip_hidden, sheet=sheet)
