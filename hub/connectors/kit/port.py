"""The port between the hub and an outside system: small, honest, capabilities declared.

Belongs here: the protocol and the capability record. Does not: http (kit.http), vendors (their folders), steps (flow).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from hub.model import Deletions, Json, Page, Receipt, Stream, Write

if TYPE_CHECKING:
    from hub.model import Frame, RawRecord


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """One stream of a source. incremental: pulls only what changed since the cursor. timed: records carry updated_at."""

    name: Stream
    deletions: Deletions
    incremental: bool
    timed: bool


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a connector can do; everything else the hub must not ask for.

    writes: actions the vendor allows. write_fields: canonical fields that can be written, with the form it wants:
    `full_name` text, `phone`/`email` one value, `address` parts, … phone_form: national | e164 | as_is.
    replaces: a write replaces what it leaves out (so it re-reads first). unique: fields that must be unique there.
    idempotency: the vendor honours a key. find_by: fields by which an exact look-up works. batch: writes per request.
    creates: default of the source's `creates`. effects: what a write sets off there (`account_mail`, `contact_cost`).
    rate: requests allowed per second at the vendor (None: unknown). frames: mapping works on polars frames.
    requests: how many one write takes there, about.
    requires: fields without which a create is refused. address_parts: parts of an address that it keeps.
    birth_year: it keeps the year of a birth date. grants: channels for which a create carries the customer's consent to
    marketing, as field `marketing_CHANNEL` = `granted`; a record that is there already keeps its own state.
    withdraws: channels of which an update of a record that is there carries a no, as field `marketing_CHANNEL` = `withdrawn`.
    marks: slots in which a create may leave a mark to be found again by: `code`, `comments`.
    rereads: before it writes to a record that is there, the connector reads it and asks `Write.check`; else flow does.
    precondition: what the vendor itself checks on a write, beside that.
    receives: records are handed in one by one (flow.one); a pull gives nothing.
    at_once: connections that may write there at the same time. singly: actions that are sent one by one, however many writes a
    batch may hold.
    """

    streams: Sequence[StreamInfo]
    writes: frozenset[str] = frozenset()
    write_fields: frozenset[str] = frozenset()
    phone_form: Literal["national", "e164", "as_is"] = "as_is"
    replaces: bool = False
    unique: frozenset[str] = frozenset()
    idempotency: bool = False
    precondition: Literal["none", "version", "etag"] = "none"
    find_by: frozenset[str] = frozenset()
    batch: int = 1
    creates: bool = True
    effects: Sequence[str] = ()
    rate: float | None = None
    requests: float = 1.0
    frames: bool = False
    requires: frozenset[str] = frozenset()
    address_parts: frozenset[str] = frozenset({"line", "ward", "district", "province", "postal_code", "country"})
    birth_year: bool = True
    grants: frozenset[str] = frozenset()
    withdraws: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    rereads: bool = False
    receives: bool = False
    at_once: int = 1
    singly: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Description:
    """The catalogue's entry. name: as in hub.toml; title_*: for people.

    settings_schema, payload_schema: names for `contracts.schema`: a file of the hub's own schemas, or `package:file` (both
    without `.json`) in a package that brings its own.
    """

    name: str
    channel: str
    title_en: str
    title_vi: str
    settings_schema: str
    payload_schema: str | None
    capabilities: Capabilities


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `check --connect`: status ok | auth | permission | network | config, a sentence and a hint (both languages)."""

    status: Literal["ok", "auth", "permission", "network", "config"]
    code: str
    en: str
    vi: str


@dataclass(frozen=True, slots=True)
class Context:
    """What the hub hands to a connector. options: the source's own table of hub.toml, secrets resolved.

    deadline: True once the slice is over (stop after the current page). wait: sleep that a test can replace.
    progress: called with (done, total|None, waiting_seconds|None).
    latest: the payload landed last for a record of the stream `customers`, None when there is none.
    common: what the connections that are open side by side for one destination share (a token, say).
    """

    source: str
    options: Mapping[str, Json]
    workspace: Path
    region: str
    timezone: str
    now: Callable[[], str]
    deadline: Callable[[], bool] = lambda: False
    wait: Callable[[float], None] | None = None
    progress: Callable[[int, int | None, float | None], None] = lambda done, total, waiting: None
    known_ids: Callable[[str], Iterator[str]] | None = None
    latest: Callable[[str], str | None] | None = None
    common: MutableMapping[str, Any] = field(default_factory=dict)


class Connection(Protocol):
    """An open connector for one source (and destination). Not thread safe: one per worker."""

    def check(self) -> Sequence[Finding]:
        """Try the credentials with the cheapest reading request; never raises for what the vendor answers."""
        ...

    def pull(self, stream: Stream, cursor: Mapping[str, Json] | None, *, full: bool) -> Iterator[Page]:
        """Pages from the cursor on (None: from the beginning; full: a whole sweep whatever the cursor).

        Ends by itself when all is read or `context.deadline()` says so. Raises TransientError (after its own retries),
        AuthError, PermanentError or ConfigError; what was yielded before stays valid.
        """
        ...

    def to_canonical(self, stream: Stream, payloads: Sequence[RawRecord] | Frame) -> Mapped:
        """Map landed payloads (source_id, payload, updated_at) to canonical rows. Pure; runs again on replay.

        Gets a frame where `capabilities.frames`, else a sequence of RawRecord.
        """
        ...

    def find(self, field: str, value: str) -> Sequence[Found]:
        """Candidates of an exact look-up at the vendor; flow verifies them by normalized value."""
        ...

    def read(self, source_id: str) -> Found | None:
        """One record fresh from the vendor, None when it is gone (404)."""
        ...

    def write(self, writes: Sequence[Write]) -> Iterator[Receipt]:
        """Send up to `capabilities.batch` writes; exactly one Receipt per Write, in any order; raises only before sending."""
        ...

    def forget(self, source_id: str) -> Receipt:
        """Erase one record at the vendor as far as it can."""
        ...

    def close(self) -> None:
        """Let go of sockets and files."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """A record read back: its id, payload as JSON text, and the vendor's version or time of it."""

    source_id: str
    payload: str
    updated_at: str | None = None


@dataclass(frozen=True, slots=True)
class Unusable:
    """A payload that no mapping could read: goes to quarantine with its code and field."""

    source_id: str
    code: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Mapped:
    """Canonical rows: dicts with the keys of schemas/source_record.v1.json (or order.v1.json), or a canonical frame.

    Each row has `source_id`. `refused` counts fields left out while mapping: (source_id, field, code).
    """

    rows: Sequence[Mapping[str, Json]] | Frame
    unusable: Sequence[Unusable] = ()
    refused: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True, slots=True)
class Connector:
    """What a connector's package exports as CONNECTOR. sentences: code of a Notice → (English, Vietnamese) with its args."""

    description: Description
    open: Callable[[Context], Connection]
    sentences: Callable[[], Mapping[str, tuple[str, str]]] = dict
