"""A person said that these two records are one customer.

Belongs here: this rule and the order of judgements. Does not: closure (cluster), sentences (data/sentences.tsv).
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.matching.rules.base import JUDGEMENT, Rule

RULE = Rule("judgement", JUDGEMENT, "judged")
HELD = "held"
APART = {"different": "cannot_link", HELD: HELD}
"""Verdicts that keep two records apart, and the reason they give."""


@dataclass(frozen=True, slots=True, order=True)
class Word:
    """One judgement about two records (a before b in record order); `at` canonical time."""

    at: str
    a: int
    b: int
    verdict: str


def newest_first(words: list[Word]) -> list[Word]:
    """The order in which words are heard: of words that contradict, the later stands; joins held back come last."""
    return sorted(set(words), key=lambda word: (word.verdict != HELD, word), reverse=True)
