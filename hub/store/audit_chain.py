"""The audit log as a chain: every line bears a digest of what it says and of the digest before it.

Belongs here: appending lines, finding the first one that was changed, left out or slipped in. Does not: what lines say (audit).
Who can write to the database could also count all digests anew, or cut off the end: against that, note the newest digest
elsewhere now and then (`hub audit verify` tells it) and ask for it later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, func, insert, select

from hub.store.bulk import is_sqlite
from hub.store.engine import TRIED
from hub.store.tables import audit

CONTENT = ("at", "actor", "action", "subjects", "reason", "details")
"""What is digested, in this order, as a JSON list of the texts that stand in the table."""
ONE_WRITER = 0x6875625F61756469
"""Key of the advisory lock ("hub_audi")."""
BATCH = 5_000
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verified:
    """lines: looked at. newest: the last digest, "" of an empty log. broken: seq of the first line that does not fit.

    known: whether the digest that was asked for stands in the log; None: none was asked for.
    """

    lines: int
    newest: str
    broken: int | None = None
    known: bool | None = None

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return self.broken is None and self.known is not False


def digest(before: str, row: Row) -> str:
    """SHA-256, in hex, of the digest before and the content."""
    return hashlib.sha256(before.encode() + orjson.dumps([row[name] for name in CONTENT])).hexdigest()


def append(conn: Connection, rows: Sequence[Row]) -> None:
    """Append lines in this order, inside the caller's transaction. On PostgreSQL others who write wait for its end, so that
    two never follow the same line (SQLite has one writer anyway). In a trial nothing is appended, and nobody waits."""
    if conn.get_execution_options().get(TRIED):
        return
    if not is_sqlite(conn):
        conn.execute(select(func.pg_advisory_xact_lock(ONE_WRITER)))
    before = conn.scalar(select(audit.c.digest).order_by(audit.c.seq.desc()).limit(1)) or ""
    made = []
    for row in rows:
        before = digest(before, row)
        made.append({**{name: row[name] for name in CONTENT}, "digest": before})
    if made:
        conn.execute(insert(audit), made)


def verify(conn: Connection, known: str | None = None, newest: int | None = None) -> Verified:
    """Follow the chain from its beginning to its end, or to the first line that does not fit.

    known: a digest noted earlier. newest: only so many of the newest lines, each against the one before it.
    """
    start = _start(conn, newest) if newest else 0
    before, lines, met = _digest_of(conn, start), 0, known is None or known == ""
    for row in _rows(conn, start):
        if row["digest"] != digest(before, row):
            return Verified(lines, before, row["seq"], None if known is None else met)
        before, lines = row["digest"], lines + 1
        met = met or before == known
    return Verified(lines, before, None, None if known is None else met)


def _start(conn: Connection, newest: int) -> int:
    """The seq before the newest lines, 0 when there are no others."""
    return conn.scalar(select(audit.c.seq).order_by(audit.c.seq.desc()).offset(newest).limit(1)) or 0


def _digest_of(conn: Connection, seq: int) -> str:
    return conn.scalar(select(audit.c.digest).where(audit.c.seq == seq)) or ""


def _rows(conn: Connection, after: int) -> Iterator[Row]:
    """Lines in order, read in batches."""
    while True:
        rows = (
            conn.execute(select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(BATCH)).mappings().all()
        )
        yield from ({str(name): value for name, value in row.items()} for row in rows)
        if len(rows) < BATCH:
            return
        after = rows[-1]["seq"]
