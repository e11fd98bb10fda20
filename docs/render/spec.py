"""The examples of the rules' page: the very tables that the tests read.

Belongs here: reading those tables, showing them. Does not: what they mean (tests/spec).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from docs.render.table import table

SPEC = Path(__file__).resolve().parents[2] / "tests" / "spec"
WORLDS = """## Examples: who is one customer

Every row is a test. Records are parted by `/`, with what they bear in brackets: P1 a phone, E1 an e-mail, `own…` a
contact of the shop; `#` an organisation, `*` a birth date, `?` no name. On the right, who is one customer: `1 2 | 3`
joins the first two."""
NAMES = """## Examples: two names on one phone

`compatible` and `same` may join, `unsure` becomes a suggestion, `incompatible` makes the two related, `missing` says nothing."""
CELLS = """## Examples: what a name says

The level decides how much a name may join: `full`, `partial` (one word) or `missing`. Honorifics and the shop's notes
are kept apart."""
PHONES = """## Examples: phones as typed

One row per number found in the cell; `reason` says why one was left out."""


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a table of examples, comments aside."""
    with (SPEC / name).open(encoding="utf-8", newline="") as stream:
        lines = (line for line in stream if not line.startswith("# "))
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def examples() -> str:
    """All examples, as Markdown."""
    return "\n\n".join(
        [
            *_page(WORLDS, "matching.tsv"),
            *_page(NAMES, "name_pairs.tsv"),
            *_page(CELLS, "name_cells.tsv"),
            *_page(PHONES, "phones.tsv"),
        ]
    )


def _page(head: str, name: str) -> list[str]:
    found = list(rows(name))
    columns = list(found[0])
    return [head, table(columns, [[_shown(row[one]) for one in columns] for row in found])]


def _shown(text: str | None) -> str:
    """A cell; what is no plain text for Markdown stands as code."""
    text = text or ""
    return f"`{text}`" if any(sign in text for sign in "*_<\\`|#[") and "`" not in text else text
