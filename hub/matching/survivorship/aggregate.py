"""All values of all records together, each once.

Belongs here: this rule, for lists and for texts. Does not: the order of rules (__init__), sentences (data/sentences.tsv).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hub.matching.survivorship.base import Candidate

SEPARATOR = "; "


def union(lists: Iterable[Iterable[str]]) -> list[str]:
    """Every text once, in code point order."""
    return sorted({text for one in lists for text in one if text})


def joined(candidates: Sequence[Candidate]) -> str | None:
    """The texts of all candidates in record order, each once, as one text; None when all of them are cleared."""
    return SEPARATOR.join(dict.fromkeys(str(one.value) for one in candidates if one.value is not None)) or None
