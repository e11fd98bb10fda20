"""Who is looking at which question, so that two people do not do the same work; it runs out by itself.

Belongs here: the table `review_claims`. Does not: the questions (reviews.py), how long a claim holds (flow.claiming).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from hub.store.bulk import among
from hub.store.tables import review_claims

Row = Mapping[str, Any]
_C = review_claims.c


def standing(conn: Connection, now: str, ids: Collection[str] | None = None) -> dict[str, Row]:
    """Question → author and until of the claim that stands (of these questions, else of all)."""
    chosen = select(review_claims).where(_C.until > now)
    if ids is not None:
        chosen = chosen.where(among(conn, _C.review_id, sorted(ids)))
    return {row.review_id: {"author": row.author, "until": row.until} for row in conn.execute(chosen)}


def put(conn: Connection, review_id: str, author: str, until: str, now: str) -> None:
    """Somebody looks at it until then; claims that have run out are swept away."""
    conn.execute(delete(review_claims).where((_C.review_id == review_id) | (_C.until <= now)))
    conn.execute(insert(review_claims).values(review_id=review_id, author=author, until=until))


def drop(conn: Connection, ids: Collection[str], author: str | None = None) -> int:
    """Nobody (or not this person any more) looks at these; how many claims ended."""
    mine = [among(conn, _C.review_id, sorted(ids)), *([_C.author == author] if author else [])]
    return int(conn.execute(delete(review_claims).where(*mine)).rowcount)
