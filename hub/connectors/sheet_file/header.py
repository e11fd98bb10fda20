"""Which row of a tab holds the headings, and which column each mapped heading is.

Belongs here: title rows above, two-row headings, merged headings, duplicates and blanks. Does not: what the columns
mean (kit.columns), rows under the heading (rows).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from hub.connectors.kit.columns import fold, nearest, squeeze
from hub.connectors.sheet_file.book import Range

SEARCH = 20
"""Rows in which the heading is looked for."""


@dataclass(frozen=True, slots=True)
class Header:
    """The width is that of the heading's own row: cells to the right of it belong to no column.

    row: 1-based number of the last heading row, 0 when the tab is empty. labels: unique, one per column, as typed.

    index: mapped heading (as in the settings) → 0-based column. missing: mapped headings that are not there.
    raw: the cells of the last heading row, by which a repeated heading is known. doubled: mapped headings met twice.
    """

    row: int
    labels: tuple[str, ...]
    index: Mapping[str, int]
    missing: tuple[str, ...]
    raw: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Columns under the heading."""
        return len(self.labels)

    def nearest(self, name: str) -> str:
        """The heading that looks most like a missing one, "" when none does."""
        return nearest(name, (label for label in self.labels if not label.startswith("#")))


def find_header(
    head: Sequence[Sequence[str]], wanted: Sequence[str], merges: Sequence[Range] = (), row: int | None = None
) -> Header:
    """The row (or pair of rows) that holds most of the wanted headings; `row` (1-based) fixes it.

    A pair wins only when it holds more than any single row. With nothing found, the fullest row stands for it.
    """
    rows = [_spread(list(r), i, merges) for i, r in enumerate(head)]
    places = range(min(SEARCH, len(rows))) if row is None else range(row - 1, min(row, len(rows)))
    single = [_single(rows, i, wanted) for i in places]
    pairs = [_pair(rows, i, wanted) for i in places if i + 1 < len(rows)]
    best = max(single, key=lambda h: len(h.index), default=None)
    pair = max(pairs, key=lambda h: len(h.index), default=None)
    if pair is not None and best is not None and len(pair.index) > len(best.index):
        return pair
    if best is None or (not best.index and row is None):
        return _fullest(rows, wanted)
    return best


def _spread(cells: list[str], row: int, merges: Sequence[Range]) -> list[str]:
    """A heading merged over several columns stands over each of them."""
    for (top, left), (bottom, right) in merges:
        if top <= row <= bottom and right > left and left < len(cells):
            for column in range(left, min(right + 1, len(cells))):
                cells[column] = cells[column] or cells[left]
    return cells


def _single(rows: Sequence[Sequence[str]], at: int, wanted: Sequence[str]) -> Header:
    return _header(at + 1, [[squeeze(c)] for c in rows[at]], wanted, rows[at])


def _pair(rows: Sequence[Sequence[str]], at: int, wanted: Sequence[str]) -> Header:
    """Headings of two rows: the lower one, the upper one where the lower is blank, or both."""
    variants = []
    for upper, lower in zip_longest(map(squeeze, rows[at]), map(squeeze, rows[at + 1]), fillvalue=""):
        both = [f"{upper} {lower}", lower, f"{upper} - {lower}", f"{upper} / {lower}", f"{upper}/{lower}", upper]
        variants.append(both if upper and lower else [lower or upper])
    return _header(at + 2, variants, wanted, [*rows[at + 1], *[""] * (len(variants) - len(rows[at + 1]))])


def _header(row: int, variants: Sequence[Sequence[str]], wanted: Sequence[str], raw: Sequence[str]) -> Header:
    labels = [names[0] for names in variants]
    index: dict[str, int] = {}
    doubled = []
    for name in wanted:
        found = [i for i, names in enumerate(variants) if fold(name) in {fold(n) for n in names if n}]
        found = found or _numbered(name, variants)
        if found:
            index[name] = found[0]
            labels[found[0]] = next((n for n in variants[found[0]] if fold(n) == fold(name)), labels[found[0]])
        if len(found) > 1:
            doubled.append(name)
    missing = tuple(name for name in wanted if name not in index)
    return Header(row, _unique(labels), index, missing, tuple(c.strip() for c in raw), tuple(doubled))


def _numbered(name: str, variants: Sequence[Sequence[str]]) -> list[int]:
    """`Điện thoại (2)` is the second column of that heading, when no heading is spelt so."""
    for n in range(2, 10):
        if name.endswith(f" ({n})"):
            same = [i for i, names in enumerate(variants) if fold(name[: -len(f" ({n})")]) in map(fold, names)]
            return same[n - 1 : n]
    return []


def _unique(labels: Iterable[str]) -> tuple[str, ...]:
    """Blank headings become `#A`, repeated ones `name (2)`."""
    seen: dict[str, int] = {}
    out = []
    for i, label in enumerate(labels):
        name = label or f"#{letters(i)}"
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(out)


def letters(column: int) -> str:
    """The column's letters as a spreadsheet shows them: 0 → A, 26 → AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _fullest(rows: Sequence[Sequence[str]], wanted: Sequence[str]) -> Header:
    if not any(any(c.strip() for c in r) for r in rows):
        return Header(0, (), {}, tuple(wanted))
    at = max(range(min(SEARCH, len(rows))), key=lambda i: (sum(bool(c.strip()) for c in rows[i]), -i))
    return _single(rows, at, wanted)
