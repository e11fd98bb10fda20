"""The value that says most: of names the words, of dates the parts, of addresses the parts; a cleared field says nothing.

Belongs here: this rule. Does not: the order of rules (__init__), sentences (data/sentences.tsv).
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.matching.survivorship.base import Candidate, Trust, best_by


def narrow(candidates: Sequence[Candidate], trust: Trust) -> Sequence[Candidate]:
    """Keep the most complete."""
    return best_by(candidates, (one.weight for one in candidates))
