"""Survivorship: for every field an ordered list of rules; the first that leaves one statement decides.

Belongs here: the list of rules, the default per field, deciding one field. Does not: where candidates come from (golden).
A new rule: one file, one line in RULES, one row in data/sentences.tsv for each language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.matching.survivorship import (
    most_complete,
    most_frequent,
    most_recent,
    oldest,
    same_source_as,
    source_priority,
    validated_first,
)
from hub.matching.survivorship.aggregate import joined
from hub.matching.survivorship.base import Candidate, Narrow, Trust

RULES: Mapping[str, Narrow] = {
    "source_priority": source_priority.narrow, "most_recent": most_recent.narrow,
    "most_frequent": most_frequent.narrow, "most_complete": most_complete.narrow,
    "validated_first": validated_first.narrow, "oldest": oldest.narrow, "same_source_as": same_source_as.narrow,
}  # fmt: skip
"""Rules that choose; `pinned` stands above them, `aggregate` gathers and `most_restrictive` is for consents."""
OUTCOMES = ("only", "agreed", "spelling", "first_record", "primary")
"""What provenance names besides rules: one record speaks; all say the same; the better spelling of the same words;
nothing told them apart, so the first in record order; the primary phone or e-mail."""

_TRUSTED = ("pinned", "source_priority", "most_recent", "most_frequent")
_NAME = ("pinned", "most_complete", "source_priority", "most_recent", "most_frequent")
_PART = ("pinned", "same_source_as", "most_complete", "source_priority", "most_recent")
DEFAULTS: Mapping[str, tuple[str, ...]] = {
    "kind": ("validated_first", "most_frequent"),
    "full_name": _NAME, "company_name": _NAME,
    "family_name": _PART, "given_name": _PART, "honorific": ("pinned", "most_recent", "source_priority"),
    "birth_date": ("pinned", "most_complete", "most_frequent", "source_priority", "most_recent"),
    "gender": ("pinned", "source_priority", "most_frequent", "most_recent"),
    "customer_type": _TRUSTED, "tier": _TRUSTED, "points": _TRUSTED, "debt": _TRUSTED, "owner": _TRUSTED,
    "referrer": _TRUSTED, "occupation": _TRUSTED, "note": _TRUSTED,
    "addresses": ("source_priority", "most_complete", "most_recent"),
}  # fmt: skip
"""Documented default per field. Phones, e-mails, ids, stores, groups, interests and tags are aggregated;
of consents the most restrictive stands."""


def decide(candidates: Sequence[Candidate], rules: Sequence[str], trust: Trust) -> tuple[Candidate, str]:
    """The winning statement and what decided; candidates (at least one) in record order."""
    if len(candidates) == 1:
        return candidates[0], "only"
    if len({one.same for one in candidates}) == 1:
        return candidates[0], "agreed"
    left = candidates
    for name in rules:
        if name == "aggregate":
            return Candidate(joined(left), left[0].rid, left[0].source), name
        narrow = RULES.get(name)
        if narrow is None:
            continue
        left = narrow(left, trust)
        if len({one.same for one in left}) == 1:
            return left[0], name
    return left[0], "first_record"
