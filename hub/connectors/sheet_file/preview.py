"""A first look at a file: tabs, headings, probable columns, masked rows, phones, and the settings that would read it.

Belongs here: what `hub preview` shows. Does not: printing, judging phones (the caller brings that), writing settings.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import polars as pl

from hub.connectors.sheet_file.book import Book, Tab
from hub.connectors.sheet_file.guess import Guess, guess_columns, guess_header
from hub.connectors.sheet_file.header import Header
from hub.connectors.sheet_file.masking import mask
from hub.connectors.sheet_file.opener import open_file
from hub.connectors.sheet_file.rows import EDGES, Cleaner
from hub.connectors.sheet_file.watch import key_of
from hub.model import Json, Notice

SHOWN = 5
LOOKED_AT = 200
CHECKED = 50_000
"""Phones that are judged; more are only counted."""
LEAST = 0.5
"""Confidence from which a column goes into the settings by itself."""

PhoneReason = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class TabPreview:
    """One tab. sample: up to five rows of masked cells. phones_broken: reason → count; phones_checked: how many were judged."""

    name: str
    header_row: int
    columns: tuple[Guess, ...]
    rows: int
    sample: tuple[tuple[str, ...], ...]
    phones_good: int
    phones_broken: Mapping[str, int]
    phones_checked: int
    id_column: str | None
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """A file. best: place of the tab that looks most like customers; toml: settings that would read it, "" when none."""

    file: str
    kind: str
    encoding: str | None
    tabs: tuple[TabPreview, ...]
    best: int
    toml: str
    notices: tuple[Notice, ...]


def preview(
    path: Path,
    phone_reason: PhoneReason,
    *,
    source: str = "customers",
    workspace: Path | None = None,
    options: Mapping[str, Json] | None = None,
) -> Preview:
    """Look at a file. options: sheet, header_row, encoding of a source, when known. Raises FileRefused, OSError.

    phone_reason: why a text is no usable phone, None when it is one.
    """
    given = options or {}
    book = open_file(path, encoding=given.get("encoding"), sheet=given.get("sheet"))
    try:
        tabs = tuple(_tab(tab, given.get("header_row"), phone_reason) for tab in book.tabs)
        best = max(range(len(tabs)), key=lambda i: (_merit(tabs[i]), -i), default=0)
        name = key_of(workspace, path.absolute()) if workspace else path.name
        toml = settings_text(source, name, tabs[best], book, given) if tabs else ""
        return Preview(name, book.kind, book.encoding, tabs, best, toml, tuple(book.notices))
    finally:
        book.close()


def _merit(tab: TabPreview) -> float:
    return sum(g.confidence for g in tab.columns if g.field)


def _tab(tab: Tab, header_row: int | None, phone_reason: PhoneReason) -> TabPreview:
    header = guess_header(tab, header_row)
    if not header.row:
        return TabPreview(tab.name, 0, (), 0, (), 0, {}, 0, None, tuple(tab.notices))
    first = _texts(next(_frames(tab, header, ()), None), header.width, LOOKED_AT)
    guesses = guess_columns(header, list(zip(*first, strict=True)) if first else [()] * header.width)
    contact = [i for i, g in enumerate(guesses) if g.field in ("phones", "emails")]
    phones = [i for i, g in enumerate(guesses) if g.field == "phones"]
    named = next((i for i, g in enumerate(guesses) if g.field == "code"), None)
    good, broken, rows, ids, unique = 0, Counter[str](), 0, 0, set[int]()
    sample: list[tuple[str, ...]] = []
    for frame in _frames(tab, header, contact):
        rows += frame.height
        sample = sample or [
            tuple(mask(c, g.field) for c, g in zip(r, guesses, strict=True)) for r in _texts(frame, header.width, SHOWN)
        ]
        for value in islice(_values(frame, phones), max(0, CHECKED - good - broken.total())):
            reason = phone_reason(value)
            good, broken = (good, broken + Counter([reason])) if reason else (good + 1, broken)
        if named is not None:
            filled = frame[f"c{named}"].drop_nulls()
            ids += filled.len()
            unique.update(filled.hash().to_list())
    own = header.labels[named] if named is not None and rows and ids == rows == len(unique) else None
    return TabPreview(
        tab.name,
        header.row,
        guesses,
        rows,
        tuple(sample),
        good,
        dict(sorted(broken.items())),
        good + broken.total(),
        own,
        tuple(tab.notices),
    )


def _frames(tab: Tab, header: Header, contact: Sequence[int]) -> Iterator[pl.DataFrame]:
    cleaner = Cleaner(header, tuple(contact))
    yield from (cleaner.clean(f) for f in tab.frames(header.row, header.width))


def _texts(frame: pl.DataFrame | None, width: int, rows: int) -> list[tuple[str, ...]]:
    if frame is None:
        return []
    return [tuple((c or "").strip(EDGES) for c in row[:width]) for row in frame.head(rows).iter_rows()]


def _values(frame: pl.DataFrame, columns: Sequence[int]) -> Iterator[str]:
    for column in columns:
        yield from frame[f"c{column}"].drop_nulls()


def settings_text(source: str, file: str, tab: TabPreview, book: Book, given: Mapping[str, Json]) -> str:
    """A ready `[sources.NAME]` table, "" when neither a phone nor an e-mail nor a name was found."""
    chosen: dict[str, list[str]] = {}
    for guess in tab.columns:
        if guess.field and guess.field != "code" and guess.confidence >= LEAST:
            chosen.setdefault(guess.field, []).append(guess.label)
    if not {"phones", "emails", "full_name", "family_name"} & set(chosen):
        return ""
    lines = [f"[sources.{_key(source)}]", 'connector = "sheet"', 'channel = "sheet"', f"path = {_text(file)}"]
    lines += [f"id = {_text(tab.id_column)}"] if tab.id_column else []
    lines += [f"sheet = {_text(tab.name)}"] if len(book.tabs) > 1 and tab.name and book.kind != "html" else []
    lines += [
        f"{k} = {given[k] if k == 'header_row' else _text(given[k])}"
        for k in ("header_row", "encoding")
        if given.get(k)
    ]
    lines += ["", f"[sources.{_key(source)}.columns]"]
    for field, labels in chosen.items():
        value = _text(labels[0]) if len(labels) == 1 else "[" + ", ".join(map(_text, labels)) + "]"
        lines.append(f"{_key(field)} = {value}")
    return "\n".join(lines) + "\n"


def _key(name: str) -> str:
    return name if name.replace("_", "").replace("-", "").isalnum() and name.isascii() else _text(name)


def _text(text: str | None) -> str:
    """A TOML basic string."""
    return json.dumps(text or "", ensure_ascii=False).replace("\x7f", "\\u007f")
