"""The value that began first; a value without a time is the oldest evidence.

Belongs here: this rule. Does not: the order of rules (__init__), sentences (data/sentences.tsv).
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.matching.survivorship.base import Candidate, Trust


def narrow(candidates: Sequence[Candidate], trust: Trust) -> Sequence[Candidate]:
    """Keep the oldest."""
    first = min(one.at for one in candidates)
    return [one for one in candidates if one.at == first]
