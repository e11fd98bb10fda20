"""The nouns every room shares: frozen dataclasses and the columns of the frames that floors exchange.

Belongs here: names, shapes, column lists. Does not: rules (matching), SQL (store), steps (flow).
Times are UTC text of fixed width (`2026-11-21T10:00:00.000Z`), so that text order is time order.
Money is an integer in minor units. Null means "the system does not say".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import polars as pl

    Frame = pl.DataFrame

Json = Any
"""A value out of `json.loads`; checked by a schema before use."""

Stream = Literal["customers", "orders"]
Deletions = Literal["tombstones", "id_snapshot", "full_snapshot", "none"]
Kind = Literal["person", "organisation", "anonymous", "masked", "staff", "test"]
CUSTOMER_KINDS: tuple[str, ...] = ("person", "organisation")
Action = Literal["create", "update", "deactivate", "delete", "noop", "blocked", "conflict"]
Outcome = Literal["acked", "rejected", "retry", "unknown"]
Verdict = Literal["same", "different"]
Standing = Literal["go", "stands", "changed"]
"""What a record read just before a write says: write it, it stands so already, somebody has changed it since."""

FIELDS: tuple[str, ...] = (
    "kind",
    "full_name",
    "family_name",
    "given_name",
    "honorific",
    "birth_date",
    "gender",
    "customer_type",
    "company_name",
    "tier",
    "points",
    "debt",
    "owner",
    "referrer",
    "occupation",
    "note",
)
"""Scalar fields of a canonical customer."""
LIST_FIELDS: tuple[str, ...] = (
    "phones",
    "emails",
    "addresses",
    "ids",
    "stores",
    "groups",
    "interests",
    "tags",
    "consents",
)

RECORD_COLUMNS: tuple[str, ...] = (
    "source_id",
    "code",
    "kind",
    "full_name",
    "family_name",
    "given_name",
    "honorific",
    "name_key",
    "name_given",
    "name_level",
    "name_toned",
    "company_name",
    "company_key",
    "birth_date",
    "gender",
    "customer_type",
    "updated_at",
    "created_at",
    "doc",
)
"""Columns of a frame of normalized records (one row per source record)."""
IDENTIFIER_COLUMNS: tuple[str, ...] = (
    "source_id",
    "type",
    "value",
    "issuer",
    "class",
    "use",
    "key",
    "flags",
    "raw",
    "national",
)
"""Columns of a frame of identifiers (several rows per source record)."""
REFUSAL_COLUMNS: tuple[str, ...] = ("source_id", "field", "code", "n")


def utc_text(moment: datetime) -> str:
    """The canonical text of a moment (aware; naive is an error of the caller): UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def from_utc_text(text: str) -> datetime:
    """The moment behind a canonical time text."""
    return datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One payload as the vendor gave it. `payload` is JSON text, strings kept strings; `updated_at` canonical or None.

    `echo` is free for the connector to leave alone; the flow decides what is an echo by value.
    """

    source_id: str
    payload: str
    updated_at: str | None = None


@dataclass(frozen=True, slots=True)
class Tombstone:
    """The vendor itself says that this record is gone. `at` is the vendor's time, when it tells."""

    source_id: str
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should read about a pull: a refused file, a skipped row. Holds no customer's value.

    `level`: info | warning | error (error makes the source `degraded`). `args` fill the sentence of `code`.
    """

    code: str
    level: Literal["info", "warning", "error"] = "warning"
    args: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """What one request (or one file chunk) gave; landed in one transaction together with `cursor`.

    records: in the vendor's order, as RawRecord or as a frame (source_id, payload, updated_at).
    cursor: JSON-able state from which the next pull resumes after this page; from data, never the local clock.
    snapshot: an id of the sweep that this page belongs to, when the pull reads the stream whole, else None.
    complete: this page ends that sweep, and the sweep held every record (its total and overlap agree).
    scope: the part of the source that the snapshot covers: "" = all of the stream, for files the file's path.
    server_time: the vendor's Date header, canonical, or None.
    """

    stream: Stream
    records: Sequence[RawRecord] | Frame
    cursor: Mapping[str, Json]
    tombstones: Sequence[Tombstone] = ()
    snapshot: str | None = None
    complete: bool = False
    scope: str = ""
    total: int | None = None
    server_time: str | None = None
    notices: Sequence[Notice] = ()


def unchecked(payload: str) -> Standing:
    """The check of a write that nobody planned against a record."""
    return "go"


@dataclass(frozen=True, slots=True)
class Write:
    """One wish for one record at a destination, in canonical field names and the destination's own forms.

    action: create | update | deactivate | delete. target: the record's id there, None for create.
    fields: field → new value, only what differs. known: field → value last seen there (for a full replace).
    key: idempotency key, fixed before the first try and reused on every retry. mark: text to find a create again by.
    check: asked with the record's payload (JSON text), read just before the write; a write goes out only for `go`.
    """

    action: Action
    golden_id: str
    target: str | None
    fields: Mapping[str, Json]
    known: Mapping[str, Json]
    key: str
    mark: str | None = None
    check: Callable[[str], Standing] = field(default=unchecked, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The one result of one Write. source_id: the record's id at the destination, when known.

    payload: what the vendor answered with or what was read back (JSON text), so that our own echo can be told.
    reason: stable code for rejected | retry | unknown; holds no customer's value.
    """

    key: str
    outcome: Outcome
    source_id: str | None = None
    payload: str | None = None
    reason: str | None = None
    updated_at: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's word about two records: same or different. Records are `source:source_id`; the pair is unordered."""

    a: str
    b: str
    verdict: Verdict
    author: str
    at: str
    reason: str | None = None
