"""A person with the right to do so set this value.

Belongs here: this rule. Does not: the order of rules (__init__), sentences (data/sentences.tsv).
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.matching.survivorship.base import Candidate, Trust


def narrow(candidates: Sequence[Candidate], trust: Trust) -> Sequence[Candidate]:
    """Keep the pinned value, when there is one."""
    return [one for one in candidates if one.rid is None] or candidates
