"""The value of the source that stands first in the order of trust.

Belongs here: this rule. Does not: the order of rules (__init__), sentences (data/sentences.tsv).
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.matching.survivorship.base import Candidate, Trust, best_by


def narrow(candidates: Sequence[Candidate], trust: Trust) -> Sequence[Candidate]:
    """Keep the candidates of the most trusted source."""
    return best_by(candidates, (-trust.place(one.source) for one in candidates))
