"""The value that most records give.

Belongs here: this rule. Does not: the order of rules (__init__), sentences (data/sentences.tsv).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hub.matching.survivorship.base import Candidate, Trust, best_by


def narrow(candidates: Sequence[Candidate], trust: Trust) -> Sequence[Candidate]:
    """Keep those that most of the others repeat."""
    counts = Counter(one.same for one in candidates)
    return best_by(candidates, (counts[one.same] for one in candidates))
