"""Questions for people: kept under names that stay, one per pair of customers, written only where they differ.

Belongs here: the table `reviews`. Does not: what becomes a question (hub.matching.questions), deciding (flow.review_decide).
A question keeps its id as long as its two records belong to two customers about whom there is something to ask, whatever
else comes to these customers; an answered or vanished one opens again under the same id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, insert, or_, select, update

from hub.store.bulk import among, insert_rows
from hub.store.decisions import Decision
from hub.store.review_facts import Around, holders
from hub.store.tables import held_joins, judgements, reviews

Row = Mapping[str, Any]
PAIRS = ("changed", "name", "money", "reach", "score")
"""Kinds about two customers; the others are about one (report, pin) or a run (held)."""
ASIDE = ("report", "erased")
"""Kinds that no matching asks: people report them, or somebody who was forgotten seems to come back."""
FACTS = ("kind", "about", "rank", "money", "total", "bits", "shared", "records")
WAITING = ("open", "later")
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
SHORTEST = 4
"""So many first characters of an id are enough to name a question, if no other begins with them."""
ORDER = (
    reviews.c.rank, reviews.c.money.desc(), func.coalesce(reviews.c.bits, 0).desc(), reviews.c.shared.desc(),
    reviews.c.total.desc(), reviews.c.records.desc(), reviews.c.review_id,
)  # fmt: skip
"""The most valuable first: what people reported, held joins, what changed; then by money that moves, how sure, how close."""
VERDICTS = {"same": "merge", "different": "apart"}
MANY = 500


def review_id(kind: str, *words: str) -> str:
    """Ten characters (Crockford's base 32) out of the kind and the records' names."""
    digest = hashlib.blake2b("\x1f".join((kind, *words)).encode(), digest_size=8).digest()
    number = int.from_bytes(digest, "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(LENGTH))


# what there is to ask ------------------------------------------------------------------------------------------------


def replace(conn: Connection, asked: Sequence[Row], whom: Around | None, at: str, run_id: str) -> list[str]:
    """Let these be the questions about some customers (None: all), those that people reported aside; ids that opened.

    asked: low, high (golden ids), a, b, FACTS. Those that stand already keep their id, records and day.
    """
    held = _standing(conn, whom)
    by_pair: dict[tuple[str, str], list[Row]] = {}
    for row in held:
        if row["kind"] in PAIRS and row["pair"] is not None:
            by_pair.setdefault(row["pair"], []).append(row)
    by_id = {row["review_id"]: row for row in held}
    kept: set[str] = set()
    fresh: list[tuple[str, Row]] = []
    for one in asked:
        rows = by_pair.get((one["low"], one["high"]), ()) if one["kind"] in PAIRS else ()
        named = review_id(one["kind"], one["a"], one["b"], *([] if one["kind"] in PAIRS else [one["about"]]))
        stands = rows[0] if rows else by_id.get(named)
        if stands is None or stands["review_id"] in kept:
            fresh.append((named, one))
            continue
        kept.add(stands["review_id"])
        _update(conn, stands, one)
    opened = _open(conn, fresh, kept, at, run_id)
    _vanish(conn, [row for row in held if row["review_id"] not in kept | set(opened)], at)
    return opened


def _standing(conn: Connection, whom: Around | None) -> list[dict[str, Any]]:
    """Questions that wait, oldest first, each with `pair`: the two customers its records belong to (None: one has left)."""
    chosen = select(reviews).where(reviews.c.state.in_(WAITING), reviews.c.kind.not_in(ASIDE))
    if whom is not None:
        names = list(whom.names)
        touched = or_(among(conn, reviews.c.a, names), among(conn, reviews.c.b, names), reviews.c.kind == "held")
        chosen = chosen.where(touched)
    rows = [dict(row) for row in conn.execute(chosen.order_by(reviews.c.opened_at, reviews.c.review_id)).mappings()]
    whose = holders(conn, sorted({row[side] for row in rows for side in ("a", "b") if row[side]}))
    for row in rows:
        both = [whose.get(row[side]) for side in ("a", "b")]
        row["pair"] = (min(both), max(both)) if None not in both else None  # type: ignore[type-var]  # None is ruled out
    return rows


def _update(conn: Connection, stands: Row, one: Row) -> None:
    new = {name: one[name] for name in FACTS if one[name] != stands[name]}
    if new:
        conn.execute(update(reviews).where(reviews.c.review_id == stands["review_id"]).values(new))


def _open(conn: Connection, fresh: Sequence[tuple[str, Row]], kept: set[str], at: str, run_id: str) -> list[str]:
    """Open questions anew: those that were answered or had vanished again, the others for the first time."""
    new = {name: one for name, one in reversed(fresh) if name not in kept}
    known = select(reviews.c.review_id).where(among(conn, reviews.c.review_id, list(new)))
    there = set(conn.scalars(known)) if new else set()
    begun = {"state": "open", "until": None, "opened_at": at, "run_id": run_id}
    for name in sorted(there):
        facts = {field: new[name][field] for field in ("a", "b", *FACTS)}
        conn.execute(update(reviews).where(reviews.c.review_id == name).values(facts | begun))
    rows = [
        {"review_id": name, **{field: new[name][field] for field in ("a", "b", *FACTS)}, **begun}
        for name in sorted(new.keys() - there)
    ]
    for start in range(0, len(rows), MANY):
        insert_rows(conn, reviews, rows[start : start + MANY])
    return sorted(new)


def _vanish(conn: Connection, rows: Sequence[Row], at: str) -> None:
    """Their cause is gone: a person has decided it elsewhere, or nothing is left to ask."""
    judged = _judged(conn, rows)
    for row in rows:
        told = judged.get((row["a"], row["b"])) if row["kind"] in PAIRS else None
        told = told or (_settled(conn, row["about"]) if row["kind"] == "held" else None)
        new = {"state": "decided", **told} if told else {"state": "gone", "decided_at": at}
        conn.execute(update(reviews).where(reviews.c.review_id == row["review_id"]).values(new))


def _judged(conn: Connection, rows: Sequence[Row]) -> dict[tuple[str, str], dict[str, Any]]:
    """The newest standing judgement about the two records of each."""
    names = sorted({row["a"] for row in rows if row["b"]})
    if not names:
        return {}
    told = select(judgements).where(judgements.c.active, among(conn, judgements.c.a, names))
    found = {}
    for row in conn.execute(told.order_by(judgements.c.at, judgements.c.id)).mappings():
        found[row["a"], row["b"]] = {
            "verdict": VERDICTS[row["verdict"]],
            "author": row["author"],
            "decided_at": row["at"],
            "decision_id": row["decision_id"],
        }
    return found


def _settled(conn: Connection, run_id: str) -> dict[str, Any] | None:
    """How the joins that a run held back were settled."""
    mine = select(held_joins.c.state, held_joins.c.decision_id).where(held_joins.c.run_id == run_id).limit(1)
    row = conn.execute(mine.where(held_joins.c.state != "held", held_joins.c.decision_id.is_not(None))).first()
    if row is None:
        return None
    return {"verdict": "merge" if row.state == "approved" else "apart", "decision_id": row.decision_id}


# reading -------------------------------------------------------------------------------------------------------------


def is_open(now: str) -> ColumnElement[bool]:
    """Questions that may be asked now: open ones, and those put off whose day has come."""
    return or_(reviews.c.state == "open", and_(reviews.c.state == "later", reviews.c.until <= now))


def open_ones(conn: Connection, now: str, kind: str | None = None, limit: int | None = None) -> list[Row]:
    """Questions that may be asked now, of a kind, the most valuable first."""
    where = [is_open(now), *([reviews.c.kind == kind] if kind else [])]
    return _rows(conn, select(reviews).where(*where).order_by(*ORDER).limit(limit))


def in_state(conn: Connection, state: str, kind: str | None = None, limit: int | None = None) -> list[Row]:
    """Questions in a state, of a kind, the newest first."""
    where = [reviews.c.state == state, *([reviews.c.kind == kind] if kind else [])]
    newest = func.coalesce(reviews.c.decided_at, reviews.c.opened_at).desc()
    return _rows(conn, select(reviews).where(*where).order_by(newest, reviews.c.review_id).limit(limit))


def found(conn: Connection, typed: str) -> list[Row]:
    """Questions whose id begins so, at most two; [] when too little is typed. Case, hyphens, I, L and O are forgiven."""
    text = typed.strip().upper().translate(str.maketrans("ILO", "110", "- "))
    if not SHORTEST <= len(text) <= LENGTH or set(text) - set(ALPHABET):
        return []
    return _rows(
        conn, select(reviews).where(reviews.c.review_id.startswith(text)).order_by(reviews.c.review_id).limit(2)
    )


def open_by_kind(conn: Connection, now: str) -> dict[str, int]:
    """Kind → how many may be asked now."""
    counted = select(reviews.c.kind, func.count()).where(is_open(now)).group_by(reviews.c.kind)
    return {str(kind): int(count) for kind, count in conn.execute(counted.order_by(reviews.c.kind))}


def open_patterns(conn: Connection, now: str, kind: str | None = None) -> dict[tuple[str, str], int]:
    """Kind and about → how many may be asked now, of kinds about two customers."""
    chosen = select(reviews.c.kind, reviews.c.about, func.count()).where(is_open(now), reviews.c.kind.in_(PAIRS))
    chosen = chosen.where(reviews.c.kind == kind) if kind else chosen
    return {(one, about): int(n) for one, about, n in conn.execute(chosen.group_by(reviews.c.kind, reviews.c.about))}


def put_off(conn: Connection, now: str) -> int:
    """How many are put off to a later day."""
    waiting = (reviews.c.state == "later", reviews.c.until > now)
    return int(conn.scalar(select(func.count()).select_from(reviews).where(*waiting)) or 0)


def among_first(conn: Connection, ids: Sequence[str], now: str, most: int) -> int:
    """How many of these are among the `most` first that may be asked now."""
    if not ids:
        return 0
    first = set(conn.scalars(select(reviews.c.review_id).where(is_open(now)).order_by(*ORDER).limit(most)))
    return len(first.intersection(ids))


def relations(conn: Connection, names: Sequence[str]) -> list[Row]:
    """Answers "related" that stand about these records."""
    mine = or_(among(conn, reviews.c.a, names), among(conn, reviews.c.b, names))
    return _rows(conn, select(reviews).where(mine, reviews.c.state == "decided", reviews.c.verdict == "related"))


def about(conn: Connection, names: Sequence[str]) -> list[Row]:
    """Questions that wait about these records."""
    mine = or_(among(conn, reviews.c.a, names), among(conn, reviews.c.b, names))
    return _rows(conn, select(reviews).where(mine, reviews.c.state.in_(WAITING)).order_by(*ORDER))


def _rows(conn: Connection, statement: Select[Any]) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in conn.execute(statement).mappings()]


# answering -----------------------------------------------------------------------------------------------------------


def settle(conn: Connection, ids: Sequence[str], by: Decision, verdict: str) -> None:
    """These questions are answered by a decision."""
    said = {"state": "decided", "until": None, "decided_at": by.at, "author": by.author, "verdict": verdict}
    values = said | {"decision_id": by.decision_id, "comment": by.reason}
    conn.execute(update(reviews).where(among(conn, reviews.c.review_id, list(ids))).values(values))


def postpone(conn: Connection, ids: Sequence[str], until: str, author: str, comment: str | None) -> None:
    """Ask these again from a time on."""
    values = {"state": "later", "until": until, "author": author, "verdict": "later", "comment": comment}
    conn.execute(update(reviews).where(among(conn, reviews.c.review_id, list(ids))).values(values))


def wake(conn: Connection, ids: Sequence[str]) -> None:
    """Ask these again now: they are put off no more."""
    values = {"state": "open", "until": None, "author": None, "verdict": None}
    mine = (among(conn, reviews.c.review_id, list(ids)), reviews.c.state == "later")
    conn.execute(update(reviews).where(*mine).values(values))


def put(conn: Connection, row: Row) -> None:
    """Write a question that a person has reported (all columns but those of an answer), over an answered one of its id."""
    same = reviews.c.review_id == row["review_id"]
    if conn.scalar(select(reviews.c.review_id).where(same)) is None:
        conn.execute(insert(reviews).values(dict(row)))
    else:
        conn.execute(update(reviews).where(same).values(dict(row)))
