"""What survivorship works on: candidates for one field of one customer.

Belongs here: the noun Candidate and what all rules share. Does not: any one rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.model import Json


@dataclass(frozen=True, slots=True)
class Candidate:
    """One record's statement about one field, in record order among its like.

    value: None says that the record's system cleared the field. same: what two statements must share to say the same
    (of names their words, else the value). at: time at which the value began in its source, '' when unknown.
    weight: how complete it is. valid: proven good by form or by kind.
    """

    value: Json
    rid: int
    source: str
    at: str = ""
    same: str | None = None
    weight: int = 0
    valid: bool = False


@dataclass(frozen=True, slots=True)
class Trust:
    """sources: order of trust, best first; a source that is not listed comes after all others. anchor: rid that won full_name."""

    sources: Mapping[str, int] = field(default_factory=dict)
    anchor: int | None = None

    def place(self, source: str) -> int:
        """Smaller is more trusted."""
        return self.sources.get(source, len(self.sources))


Narrow = Callable[[Sequence[Candidate], Trust], Sequence[Candidate]]
"""A rule: of several candidates those that it prefers, at least one, order kept."""


def best_by(candidates: Sequence[Candidate], keys: Iterable[object]) -> list[Candidate]:
    """The candidates whose key is the greatest."""
    marked = list(zip(keys, candidates, strict=True))
    top = max(key for key, _ in marked)  # type: ignore[type-var]  # keys of one rule compare with one another
    return [candidate for key, candidate in marked if key == top]
