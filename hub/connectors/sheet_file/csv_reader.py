"""CSV, TSV and other text files as a Book: dialect, quotes, strict reading, a fast and a careful reader.

Belongs here: delimiters, `sep=`, quoting, ragged rows. Does not: encodings (charset), headings (header).
The fast reader (polars) is used when every quote stands where a quote may stand; otherwise, and from the row on which it
gives up, the careful one (csv, strict) reads. Both give the same rows: a test holds them together.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl

from hub.connectors.sheet_file.book import (
    HEAD_ROWS,
    PAGE_ROWS,
    Book,
    FileRefused,
    FileUnfinished,
    Tab,
    plain_name,
    text_frame,
)
from hub.connectors.sheet_file.charset import copy_utf8, examine
from hub.connectors.sheet_file.header import find_header
from hub.model import Notice

DELIMITERS = ",;\t|"
HEAD_BYTES = 1 << 20
STEP = 1 << 20


def open_text(path: Path, wanted: Sequence[str], encoding: str | None = None) -> Book:
    """A text file as a Book with one tab. `wanted`: mapped headings, by which the delimiter is chosen."""
    text = examine(path, encoding)
    folder = tempfile.TemporaryDirectory(prefix="hub-sheet-") if text.copy else None
    plain = Path(folder.name) / "text" if folder else path
    try:
        if folder:
            copy_utf8(path, text, plain)
        tab = _tab(plain, wanted)
    except BaseException:
        if folder:
            folder.cleanup()
        raise
    level = Notice("sheet.encoding_guess", "warning", {"encoding": text.encoding})
    return Book("csv", (tab,), text.encoding, () if text.sure else (level,), folder.cleanup if folder else lambda: None)


def _tab(plain: Path, wanted: Sequence[str]) -> Tab:
    with plain.open("rb") as file:
        start = file.read(HEAD_BYTES)
    head_text = start.decode("utf-8-sig", "ignore")
    skip = 1 if head_text[:4].lower() == "sep=" else 0
    named = head_text[4:5] if skip else ""
    body = head_text.split("\n", 1)[1] if skip and "\n" in head_text else "" if skip else head_text
    delimiter = named if named in DELIMITERS and named else _delimiter(body, wanted)
    head, ends = _head(body, delimiter)
    sound = plain_name(plain) and quotes_sound(plain, delimiter, skip)

    def frames(after: int, width: int) -> Iterator[pl.DataFrame]:
        lines = skip + (ends[after - 1] if after else 0)
        yield from _frames(plain, delimiter, sound, lines, after, max(width, *map(len, head), 1), width)

    return Tab("", head, frames)


def _delimiter(text: str, wanted: Sequence[str]) -> str:
    """The delimiter that shows most of the mapped headings; then the one that splits most rows alike; then the evenest."""

    def merit(mark: str) -> tuple[int, int, int]:
        head, _ = _head(text, mark)
        widths = [len(r) for r in head if any(r)]
        usual = max(set(widths), key=widths.count, default=1)
        return len(find_header(head, wanted).index), widths.count(usual) if usual > 1 else 0, -len(set(widths))

    return max(DELIMITERS, key=merit)


def _head(text: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """The first rows, and the number of physical lines up to the end of each."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows, ends = [], []
    try:
        for row in islice(reader, HEAD_ROWS):
            rows.append(row)
            ends.append(reader.line_num)
    except csv.Error:
        return rows, ends
    return rows, ends


def quotes_sound(path: Path, delimiter: str, skip_lines: int = 0) -> bool:
    """Whether every opening quote follows a delimiter or line end and every closing one precedes one (or is doubled)."""
    if path.stat().st_size == 0:
        return True
    data = np.memmap(path, np.uint8, "r")
    start = 3 if bytes(data[:3]) == b"\xef\xbb\xbf" else 0
    for _ in range(skip_lines):
        start = int(np.argmax(data[:4096] == 10)) + 1
    edges = np.zeros(256, bool)
    edges[[ord(delimiter), 10, 13, 34]] = True
    odd = 0
    for at in range(start, len(data), STEP):
        found = np.flatnonzero(data[at : at + STEP] == 34) + at
        if found.size:
            opening, closing = found[odd::2], found[1 - odd :: 2]
            before = opening[opening > start] - 1
            behind = closing[closing < len(data) - 1] + 1
            if not (edges[data[before]].all() and edges[data[behind]].all()):
                return False
            odd = (odd + found.size) % 2
    return odd == 0


def _frames(
    path: Path, mark: str, sound: bool, lines: int, after: int, wide: int, width: int
) -> Iterator[pl.DataFrame]:
    done = 0
    if sound:
        try:
            for frame in _fast(path, mark, lines, wide):
                yield _shape(frame, after + done, width)
                done += frame.height
        except pl.exceptions.PolarsError:
            sound = False  # a longer row, or one that polars cannot split: go on carefully
    if not sound:
        for rows in _careful(path, mark, lines, done):
            count = len(rows)
            yield _strict_frame(rows, after + done, width)
            done += count


def _fast(path: Path, mark: str, lines: int, wide: int) -> Iterator[pl.DataFrame]:
    if _at_end(path, lines):
        return
    schema = {f"c{i}": pl.String for i in range(wide)}
    scan = pl.scan_csv(
        path,
        has_header=False,
        schema=schema,
        separator=mark,
        skip_lines=lines,
        missing_columns="insert",
        glob=False,
        raise_if_empty=False,
    )
    yield from scan.collect_batches(chunk_size=PAGE_ROWS, maintain_order=True)


def _at_end(path: Path, lines: int) -> bool:
    """Whether nothing follows the first `lines` lines."""
    with path.open("rb") as file:
        for _ in range(lines):
            file.readline()
        return not file.read(1)


def _shape(frame: pl.DataFrame, before: int, width: int) -> pl.DataFrame:
    """Row numbers, and `bad` where cells beyond the heading are filled."""
    extra = frame.columns[width:]
    number = pl.int_range(before + 1, before + 1 + pl.len(), dtype=pl.UInt32).alias("row")
    bad = pl.lit(None, pl.String).alias("bad")
    if extra:
        filled = pl.any_horizontal([pl.col(c).str.strip_chars() != "" for c in extra]).fill_null(False)
        joined = pl.concat_str([pl.col(c).fill_null("") for c in frame.columns], separator="\t")
        bad = pl.when(filled).then(joined.str.strip_chars_end("\t")).alias("bad")
    return frame.with_columns(number, bad).drop(extra)


def _careful(path: Path, mark: str, lines: int, done: int) -> Iterator[list[list[str]]]:
    """Rows by the strict csv reader. Raises FileUnfinished at an open quote at the end, FileRefused at a stray one."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for _ in range(lines):
            file.readline()
        reader = csv.reader(file, delimiter=mark, strict=True)
        try:
            for _ in range(done):
                next(reader)
            while rows := list(islice(reader, PAGE_ROWS)):
                yield rows
        except csv.Error as error:
            broken = FileUnfinished if "unexpected end" in str(error) else FileRefused
            raise broken("sheet.stray_quote", line=reader.line_num + lines) from error


def _strict_frame(rows: list[list[str]], before: int, width: int) -> pl.DataFrame:
    bad: list[str | None] = [None] * len(rows)
    for i, row in enumerate(rows):
        if len(row) > width:
            if any(c.strip() for c in row[width:]):
                bad[i] = "\t".join(row).rstrip("\t")
            rows[i] = row[:width]
        elif len(row) < width:
            rows[i] = row + [""] * (width - len(row))
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    return text_frame([list(c) for c in columns], range(before + 1, before + 1 + len(rows)), bad)
