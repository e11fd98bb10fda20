"""How many records a source holds, how many rows a list was given: kept by whoever writes them, so that nobody need count.

Belongs here: these numbers, in `meta`. Does not: the records (normalized.py), what was given (plans.py), counts of matching
(tally.py). A number is kept from the first time that it was counted on (`keep`); before that, `count` counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BigInteger, Connection, Text, cast, delete, func, select, update

from hub.store import notes
from hub.store.bulk import among
from hub.store.tables import meta, records, sent

RECORDS, GIVEN = "records:", "given:"


def count(conn: Connection, key: str) -> int:
    """What a key (RECORDS + source, GIVEN + destination) stands for, as of now."""
    kept = notes.get(conn, key)
    return counted(conn, key) if kept is None else int(kept)


def counted(conn: Connection, key: str) -> int:
    """The same, counted."""
    if key.startswith(RECORDS):
        where = [records.c.source == key.removeprefix(RECORDS)]
    else:
        where = [sent.c.destination == key.removeprefix(GIVEN), sent.c.state.is_(None)]
    return int(conn.scalar(select(func.count()).where(*where)) or 0)


def keep(conn: Connection, key: str) -> None:
    """From now on the number is kept."""
    if notes.get(conn, key) is None:
        notes.put(conn, key, str(counted(conn, key)))


def shift(conn: Connection, key: str, more: int) -> None:
    """So many came (or went, when negative); nothing when the number is not kept."""
    if more:
        number = cast(cast(meta.c.value, BigInteger) + more, Text)
        conn.execute(update(meta).where(meta.c.key == key).values(value=number))


def leave(conn: Connection, rids: Sequence[int]) -> None:
    """These records are about to go."""
    going = select(records.c.source, func.count()).where(among(conn, records.c.rid, rids)).group_by(records.c.source)
    for source, less in conn.execute(going).all():
        shift(conn, RECORDS + source, -less)


def lose(conn: Connection) -> None:
    """Rows given are taken out of `sent` itself: lists are counted anew."""
    conn.execute(delete(meta).where(meta.c.key.startswith(GIVEN, autoescape=True)))
