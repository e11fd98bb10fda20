"""The value of the record that gave the full name, so that what belongs together stays together.

Belongs here: this rule. Does not: the order of rules (__init__), sentences (data/sentences.tsv).
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.matching.survivorship.base import Candidate, Trust


def narrow(candidates: Sequence[Candidate], trust: Trust) -> Sequence[Candidate]:
    """Keep the statements of the record that won the full name, when it makes one."""
    return [one for one in candidates if one.rid == trust.anchor] or candidates
