"""How far each receiver of webhooks has been told, and how it did.

Belongs here: that state, one row of `meta` for each, changed only by who has seen what stands there. Does not: sending (flow).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import orjson
from sqlalchemy import Connection, func, insert, select, update

from hub.store import notes
from hub.store.tables import changes, meta

HEAD = "webhook:"


@dataclass(frozen=True, slots=True)
class Receiver:
    """position: of the feed, told and acknowledged. Times canonical. failures: in a row. next_at: not before. error: a code.

    failing_since: None: it does well. claimed_until: somebody is telling it and will have ended then.
    """

    position: int
    failures: int = 0
    next_at: str | None = None
    failing_since: str | None = None
    error: str | None = None
    delivered_at: str | None = None
    claimed_until: str | None = None


def read(conn: Connection, name: str) -> Receiver | None:
    """The state of a receiver; None: it is new."""
    text = notes.get(conn, HEAD + name)
    return Receiver(**orjson.loads(text)) if text else None


def begin(conn: Connection, name: str) -> None:
    """A new receiver hears of what comes from now on."""
    conn.execute(insert(meta).values(key=HEAD + name, value=_text(Receiver(head(conn)))))


def swap(conn: Connection, name: str, seen: Receiver, new: Receiver) -> bool:
    """Put a state in the place of the one that was seen; False: somebody was faster."""
    mine = (meta.c.key == HEAD + name, meta.c.value == _text(seen))
    return conn.execute(update(meta).where(*mine).values(value=_text(new))).rowcount == 1


def _text(one: Receiver) -> str:
    return orjson.dumps(asdict(one), option=orjson.OPT_SORT_KEYS).decode()


def head(conn: Connection) -> int:
    """The newest position of the feed, 0 when it is empty."""
    return conn.scalar(select(func.max(changes.c.seq))) or 0


def newest(conn: Connection, after: int, kinds: Sequence[str]) -> int | None:
    """The newest position after another at which one of these kinds (none given: any) stands; None: there is none."""
    chosen = select(func.max(changes.c.seq)).where(changes.c.seq > after)
    found: int | None = conn.scalar(chosen.where(changes.c.kind.in_(kinds)) if kinds else chosen)
    return found
