"""What the API answers with, as types. Belongs here: shapes. Does not: asking (calls.py). Keys may be added with any version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Required, TypedDict


class Customer(TypedDict, total=False):
    """The golden record; docs/reference/fields.md tells every key. resolved_from: the id that was asked for and merged away."""

    golden_id: str
    customer_code: str
    status: Literal["active", "inactive"]
    kind: str
    version: int
    full_name: str
    company_name: str
    phones: list[dict[str, Any]]
    emails: list[dict[str, Any]]
    birth_date: str
    addresses: list[dict[str, Any]]
    consents: list[dict[str, Any]]
    records: list[dict[str, Any]]
    stores: list[str]
    created_at: str
    updated_at: str
    resolved_from: str


Moved = TypedDict("Moved", {"source": str, "source_id": str, "from": str, "to": str})
"""A system's record that went from one customer to another."""


class Change(TypedDict):
    """An event of the feed. changed: names of fields. moved: of merged and split, the records that went elsewhere."""

    seq: int
    at: str
    kind: Literal["created", "updated", "merged", "split", "erased"]
    golden_id: str
    version: int
    changed: list[str]
    moved: list[Moved]


class Happened(TypedDict, total=False):
    """An entry of a customer's timeline; beside these what its kind tells (docs/reference/api.md)."""

    what: Required[Literal["change", "decision", "order", "push"]]
    at: Required[str | None]
    kind: str
    version: int
    changed: list[str]
    values: dict[str, list[Any]]
    author: str
    decision_id: str
    source: str
    source_id: str
    total: int | None
    currency: str | None
    destination: str
    action: str
    state: str


class Segment(TypedDict):
    """A group of customers. private: who is in it tells birthdays, so that its members need the right `pii`."""

    name: str
    title: str
    title_en: str
    customers: int
    built_in: bool
    private: bool


class Review(TypedDict, total=False):
    """A question; records and why only of one that is asked for by itself."""

    review_id: Required[str]
    kind: Required[str]
    state: str
    records: list[dict[str, Any]]


class Decided(TypedDict):
    """A decision in force. subjects: golden ids."""

    decision_id: str
    run_id: str
    subjects: list[str]


class Withdrawal(TypedDict, total=False):
    """A system that is to stop because a customer said no."""

    task_id: Required[str]
    destination: Required[str]
    state: Required[str]
    due: Required[str]
    overdue: Required[bool]
    target: str
    golden_id: str


class Posted(TypedDict):
    """What became of a record. pending: kept, not yet matched; then `near` are customers whom its contacts fit."""

    source_id: str
    golden_id: str | None
    pending: bool
    trouble: str | None
    customer: Customer | None
    near: list[Customer]


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list. next: the cursor of the following part, None at the end."""

    items: Sequence[Customer]
    next: str | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All customers as of one position of the feed; follow the feed from there. customers can be read once.

    newest_record: source → time of its newest record. Reading to the end raises TransientError when the stream was cut.
    """

    position: int
    at: str
    newest_record: Mapping[str, str | None]
    customers: Iterator[Customer]
