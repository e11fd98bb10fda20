"""A value whose form or kind is proven good comes before one that is not.

Belongs here: this rule. Does not: the order of rules (__init__), sentences (data/sentences.tsv).
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.matching.survivorship.base import Candidate, Trust, best_by


def narrow(candidates: Sequence[Candidate], trust: Trust) -> Sequence[Candidate]:
    """Keep the proven ones, when there are any."""
    return best_by(candidates, (one.valid for one in candidates))
