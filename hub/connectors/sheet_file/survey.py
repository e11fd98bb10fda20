"""The first reading of a file, before anything of it lands: is it whole, is it sound, which rows say the same id twice.

Belongs here: choosing tabs, what refuses a file, duplicates, the sample of its ids. Does not: pages (pull).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from hub.connectors.kit.columns import columns_of, fold
from hub.connectors.sheet_file.book import Book, FileRefused, Tab
from hub.connectors.sheet_file.guess import nearest_by_meaning
from hub.connectors.sheet_file.header import Header, find_header
from hub.connectors.sheet_file.options import Options
from hub.connectors.sheet_file.rows import Cleaner, contact_columns, day_forms, good_phones, ids, payload
from hub.model import Notice

SAMPLE = 64
LEAST = 20
"""Rows below which a share says nothing."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A tab to read, with its heading."""

    tab: Tab
    header: Header


@dataclass(frozen=True, slots=True)
class Survey:
    """rows: that will land. dropped: places (seq) of rows that a later row of the same id replaces.

    numbered: (seq, n) of rows equal to an earlier one, n from 2. held: share of `earlier` ids still there, None: unknown.
    """

    rows: int
    share: float
    sketch: tuple[str, ...]
    held: float | None
    dropped: pl.Series
    numbered: pl.DataFrame
    notices: tuple[Notice, ...]


def pick(book: Book, options: Options) -> tuple[Pick, ...]:
    """The tabs that hold every mapped column. Raises FileRefused (sheet.missing_column) naming what the best one lacks."""
    tabs = [Pick(t, find_header(t.head, options.wanted, t.merges, options.header_row)) for t in book.tabs]
    whole = tuple(p for p in tabs if p.header.row and not p.header.missing)
    if whole:
        return whole
    best = max(tabs, key=lambda p: len(p.header.index), default=None)
    if best is None:
        raise FileRefused("sheet.not_a_table")
    column = best.header.missing[0]
    fields = [".".join((t.field, *t.parts)) for t in options.targets if column in t.columns]
    near = best.header.nearest(column) or nearest_by_meaning(fields or ["code"], best.header)
    raise FileRefused(
        "sheet.missing_column",
        tab=best.tab.name,
        header_row=best.header.row,
        column=column,
        missing=len(best.header.missing),
        nearest=near,
    )


def fingerprint(picks: Sequence[Pick]) -> str:
    """What tells files with the same headings."""
    text = "\x1e".join("\x1f".join(fold(label) for label in p.header.labels) for p in picks)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def stream(
    picks: Sequence[Pick], options: Options, taken: dict[str, int] | None = None
) -> Iterator[tuple[Pick, pl.DataFrame]]:
    """The rows of a file that may be customers, with `seq` (place in the file) and `id`; the same on every reading."""
    seq = 0
    for one in picks:
        place = one.header.index.get(options.id) if options.id else None
        cleaner = Cleaner(one.header, contact_columns(one.header, options.targets), place)
        for raw in one.tab.frames(one.header.row, one.header.width):
            frame = cleaner.clean(raw)
            names = ids(frame, one.header, options.targets, options.id).alias("id")
            places = pl.int_range(seq, seq + frame.height, dtype=pl.UInt32, eager=True).alias("seq")
            seq += frame.height
            yield one, frame.with_columns(names, places)
        for kind, count in cleaner.taken.items():
            if taken is not None:
                taken[kind] = taken.get(kind, 0) + count


def survey(picks: Sequence[Pick], options: Options, earlier: Sequence[str] = ()) -> Survey:
    """Read the file once. Raises FileRefused when the id column names no rows, or what reading raises."""
    taken: dict[str, int] = {}
    rows = good = 0
    hashes, sample, still = [], pl.Series([], dtype=pl.String), set[str]()
    before = pl.Series(earlier, dtype=pl.String)
    days = np.zeros(3, int)
    for one, frame in stream(picks, options, taken):
        rows += frame.height
        good += good_phones(frame, [one.header.index[c] for c in columns_of(options.targets, "phones")])
        days += day_forms(frame, [one.header.index[c] for c in columns_of(options.targets, "birth_date")])
        hashes.append(frame["id"].hash().to_numpy())
        if options.id is None:
            sample = pl.concat([sample, frame["id"].rename("")]).unique().bottom_k(SAMPLE).sort()
            still.update(frame["id"].filter(frame["id"].is_in(before.implode())).to_list() if earlier else ())
    values, counts = np.unique(np.concatenate(hashes), return_counts=True) if hashes else (np.array([]), np.array([]))
    if options.id and rows >= LEAST and len(values) < rows / 2:
        raise FileRefused("sheet.id_not_unique", column=options.id, rows=rows, ids=len(values))
    dropped, numbered, notices = _twice(picks, options, pl.Series(values[counts > 1], dtype=pl.UInt64))
    if taken:
        notices += (Notice("sheet.skipped_rows", "info", {"rows": sum(taken.values()), **taken}),)
    if picks[0].tab.name and days[0] and days[1] and not days[2] and options.date_order == "dmy":
        notices += (Notice("sheet.swapped_days", "warning", {"dates": int(days[0]), "texts": int(days[1])}),)
    held = len(still) / len(set(earlier)) if earlier else None
    return Survey(rows - dropped.len(), good / rows if rows else 0.0, tuple(sample), held, dropped, numbered, notices)


def _twice(
    picks: Sequence[Pick], options: Options, again: pl.Series
) -> tuple[pl.Series, pl.DataFrame, tuple[Notice, ...]]:
    """Rows whose id stands more than once: the last one of an id wins; equal hash ids are numbered."""
    none = pl.Series([], dtype=pl.UInt32), pl.DataFrame(schema={"seq": pl.UInt32, "n": pl.UInt32}), ()
    if not again.len():
        return none
    parts = []
    for one, frame in stream(picks, options):
        mine = frame.filter(frame["id"].hash().is_in(again.implode()))
        if mine.height:
            content = payload(mine, one.header).hash().alias("content")
            parts.append(mine.select("seq", "row", "id", pl.lit(one.tab.name).alias("tab"), content))
    every = pl.concat(parts)
    hashed = every["id"].str.starts_with("h:")
    named, equal = every.filter(~hashed), every.filter(hashed)
    dropped = named.filter(pl.col("seq") != pl.col("seq").max().over("id"))["seq"]
    place = pl.col("seq").rank("ordinal").over("id").cast(pl.UInt32).alias("n")
    numbered = equal.select("seq", place).filter(pl.col("n") > 1)
    return dropped, numbered, _conflicts(named)


def _conflicts(named: pl.DataFrame) -> tuple[Notice, ...]:
    apart = named.filter(pl.col("content").n_unique().over("id") > 1).sort("seq")
    if not apart.height:
        return ()
    places = [f"{tab}!{row}" if tab else str(row) for tab, row in apart.select("tab", "row").head(10).iter_rows()]
    args: dict[str, str | int | float] = {"ids": apart["id"].n_unique(), "rows": apart.height, "at": ", ".join(places)}
    return (Notice("sheet.duplicate_id", "warning", args),)
