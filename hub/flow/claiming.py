"""Claiming a question: "Lan is looking at this". It keeps nobody from answering, only from doing the same work twice.

Belongs here: taking and giving back a claim, how long it holds. Does not: whose answer counts (review_version.py).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from hub.model import Json, from_utc_text, utc_text
from hub.store import claims
from hub.store.engine import Store, StoreError

MINUTES = 10
"""A claim runs out by itself; looking at the question again renews it."""
PATIENCE = 0.2
"""Seconds that a look at a page waits for the store's writer; without the claim the page is shown all the same."""


def claim(store: Store, review_id: str, author: str, now: str, *, patience: float | None = None) -> dict[str, Json]:
    """Claim a question for somebody, unless somebody else looks at it; author and until of the claim that stands."""
    with store.begin(patience=patience) as conn:
        there = claims.standing(conn, now, [review_id]).get(review_id)
        if there is None or there["author"] == author:
            until = utc_text(from_utc_text(now) + timedelta(minutes=MINUTES))
            claims.put(conn, review_id, author, until, now)
            there = {"author": author, "until": until}
    return {"review_id": review_id, **there}


def look(store: Store, review_id: str, author: str, now: str) -> str | None:
    """Somebody opens the question: it is theirs when it is nobody's. Who else looks at it, None for nobody."""
    with store.read() as conn:
        there = claims.standing(conn, now, [review_id]).get(review_id)
    if there is not None and there["author"] != author:
        return str(there["author"])
    with suppress(StoreError):
        told = claim(store, review_id, author, now, patience=PATIENCE)
        return None if told["author"] == author else str(told["author"])
    return None


def give_back(store: Store, review_id: str, author: str) -> int:
    """They look at it no more; 0 when it was not theirs."""
    with store.begin() as conn:
        return claims.drop(conn, [review_id], author)
