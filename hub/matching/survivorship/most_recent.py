"""The value that began last by its source's own time; a value without a time is the oldest evidence.

Belongs here: this rule. Does not: the order of rules (__init__), sentences (data/sentences.tsv).
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.matching.survivorship.base import Candidate, Trust, best_by


def narrow(candidates: Sequence[Candidate], trust: Trust) -> Sequence[Candidate]:
    """Keep the youngest."""
    return best_by(candidates, (one.at for one in candidates))
