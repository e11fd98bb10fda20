"""The nouns of one connected component, as the reference closure sees it.

Belongs here: records, groups, links and refusals in plain Python. Does not: frames (partition), decisions (cluster).
A record is its place in record order, (source, source_id) in byte order, within the component.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.matching.rules.base import Rule
from hub.matching.rules.judgement import Word
from hub.matching.rules.personal_number import NationalIds

Span = tuple[str, str]
"""When the source first and last saw a record bear an identifier (canonical UTC text, '' unknown)."""


@dataclass(frozen=True, slots=True)
class Item:
    """What closure needs of one record. name: full name, or company key of an organisation, '' when missing.

    weak: the name is missing, partial or toneless. birth: `YYYY-MM-DD` or less, '' when missing. homes: its addresses,
    told of records only whose number may have changed hands.
    """

    kind: str
    name: str = ""
    weak: bool = False
    birth: str = ""
    national: NationalIds = ()
    homes: frozenset[str] = frozenset()

    @property
    def face(self) -> tuple[str, str, str]:
        """All that other records are compared with, national ids aside."""
        return self.kind, self.name, self.birth


@dataclass(frozen=True, slots=True)
class Group:
    """The records of one kind that bear one identifier (two for phone_email); members sorted.

    spans: of every member in their order; () unless the identifier may have changed hands.
    """

    rule: Rule
    type: str
    value: str
    issuer: str
    members: tuple[int, ...]
    spans: tuple[Span, ...] = ()

    @property
    def label(self) -> tuple[str, str, str]:
        """The identifier as edges show it."""
        return self.type, self.value, self.issuer


@dataclass(frozen=True, slots=True)
class Component:
    """Records that some chain of identifiers, judgements or receipts holds together. sent: pairs, smaller first.

    gap: days between the holders of a number that changed hands; 0 = never told.
    """

    items: list[Item]
    groups: list[Group]
    words: list[Word] = field(default_factory=list)
    sent: list[tuple[int, int]] = field(default_factory=list)
    gap: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """An accepted join of two records, a before b; the links of a cluster span it without a circle."""

    a: int
    b: int
    rule: str
    type: str | None = None
    value: str | None = None
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A join that was refused: reason code and, unless a judgement or receipt was refused, the identifier."""

    a: int
    b: int
    reason: str
    type: str | None = None
    value: str | None = None
    issuer: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Lost:
    """A record's identifier that somebody else holds now. until: last seen with its holder, since: first with the next."""

    member: int
    type: str
    value: str
    issuer: str
    until: str
    since: str


RELATED = frozenset({"kind", "cannot_link", "national_id", "name_incompatible", "birth_date", "reassigned"})
"""Reasons that make two customers RELATED: two people (or a person and a company) with one identifier."""
GUARD_OF = {
    "cannot_link": "cannot_link",
    "overruled": "cannot_link",
    "held": "held",
    "national_id": "conflict",
    "birth_date": "conflict",
    "ambiguous": "conflict",
    "cluster": "conflict",
    "name_incompatible": "name",
    "name_unsure": "name",
    "name_weak": "name",
    "reassigned": "name",
}
"""Reason → counter of `hub sync`; a refusal by kind has none (it counts as related)."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A decided component. cluster: for every record the first record of its cluster. lost: numbers that changed hands."""

    cluster: list[int]
    links: list[Link]
    refused: list[Refused]
    lost: list[Lost] = field(default_factory=list)
