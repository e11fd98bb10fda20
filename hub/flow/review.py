"""The queue of questions: today's, all, how many minutes they take, and the rest as one number.

Belongs here: choosing and telling them. Does not: one question whole (review_show.py), answering (review_decide.py), what
becomes one (review_refresh.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hub.errors import ConfigError
from hub.flow.review_decide import fitting
from hub.flow.review_reach import within
from hub.flow.review_refresh import most
from hub.flow.run import Run, utc_now
from hub.flow.texts import texts
from hub.model import Json, from_utc_text, utc_text
from hub.settings import Settings
from hub.store import audit, claims, reviews, story
from hub.store.engine import Store, StoreConnection
from hub.store.review_facts import currencies, holders

TABLE = "review_kinds.tsv"
"""Kinds of question: seconds that an answer takes (an estimate, for planning the day), and what they are, in two languages."""
STATES = ("open", "later", "decided", "gone")
LATER_DAYS = 7
"""A question that is put off comes back after so many days."""
TOLD = ("review_id", "kind", "about", "a", "b", "money", "total", "bits", "shared", "records", "state", "until", "opened_at",
        "decided_at", "author", "verdict", "decision_id", "comment")  # fmt: skip
Row = Mapping[str, Any]


def kinds() -> tuple[str, ...]:
    """All kinds of question, the most urgent first."""
    return tuple(texts(TABLE))


def counts(
    conn: StoreConnection, settings: Settings, now: str, stores: AbstractSet[str] | None = None
) -> dict[str, int]:
    """asked: the most valuable questions, no more than ten days' worth. today: of these at most `[review] daily`.

    rest: questions beyond, which move up as others are answered. later: put off. stores: as of `listed`.
    """
    if stores is None:
        return _numbers(settings, sum(reviews.open_by_kind(conn, now).values()), reviews.put_off(conn, now))
    return _of_stores(conn, settings, now, within(conn, reviews.open_ones(conn, now), stores), stores)


def _of_stores(
    conn: StoreConnection, settings: Settings, now: str, asked: Sequence[Row], stores: AbstractSet[str]
) -> dict[str, int]:
    """`counts` of those who see some stores only. asked: all the questions that they may be asked now."""
    later = [row for row in reviews.in_state(conn, "later") if row["until"] > now]
    return _numbers(settings, len(asked), len(within(conn, later, stores)))


def _numbers(settings: Settings, total: int, later: int) -> dict[str, int]:
    asked = min(total, most(settings))
    today = min(asked, settings.review.daily)
    return {"today": today, "asked": asked, "rest": total - asked, "later": later}


def listed(
    store: Store,
    settings: Settings,
    now: str,
    *,
    kind: str | None = None,
    rule: str | None = None,
    state: str = "open",
    everything: bool = False,
    limit: int | None = None,
    stores: AbstractSet[str] | None = None,
) -> dict[str, Json]:
    """The JSON of `hub review list`: counts, by_kind, minutes of the questions told, patterns, questions.

    Today's, the most valuable first; everything: all that may be asked now; another state: the newest first.
    stores: only what somebody may be asked who sees customers of these stores only; patterns are then nobody's to answer.
    """
    shown: Sequence[Row]
    with store.read() as conn:
        upmost = settings.review.daily if state == "open" and not everything and limit is None else limit
        by_kind = reviews.open_by_kind(conn, now)
        if stores is not None:
            asked = within(conn, reviews.open_ones(conn, now), stores)
            rows = asked if state == "open" else within(conn, reviews.in_state(conn, state), stores)
            fits = fitting([row for row in rows if kind in (None, row["kind"])], rule)
            shown, fit, found, by_kind = fits[:upmost], len(fits), {}, {}
            numbers = _of_stores(conn, settings, now, asked, stores)
        elif state == "open" and rule is None:
            shown = reviews.open_ones(conn, now, kind, upmost)
            fit, found = (
                sum(n for name, n in by_kind.items() if kind in (None, name)),
                reviews.open_patterns(conn, now, kind),
            )
        else:
            rows = reviews.open_ones(conn, now, kind) if state == "open" else reviews.in_state(conn, state, kind)
            fits = fitting(rows, rule)
            shown, fit, found = fits[:upmost], len(fits), _patterns(fits)
        beside = _beside(conn, shown, now)
        if stores is None:
            numbers = counts(conn, settings, now)
    return {
        **numbers, "by_kind": by_kind, "fitting": fit, "minutes": minutes(shown), "patterns": _most_frequent(found),
        "questions": [_told(row, beside, settings.language) for row in shown],
    }  # fmt: skip


def minutes(rows: Sequence[Row]) -> int:
    """How long answering takes, rounded up."""
    seconds = sum(int(texts(TABLE)[row["kind"]]["seconds"]) for row in rows)
    return -(-seconds // 60)


def _patterns(rows: Sequence[Row]) -> dict[tuple[str, str], int]:
    """Kind and about → count; runs and reports have no pattern."""
    found: dict[tuple[str, str], int] = {}
    for row in rows:
        if row["kind"] in reviews.PAIRS:
            found[row["kind"], row["about"]] = found.get((row["kind"], row["about"]), 0) + 1
    return found


def _most_frequent(found: Mapping[tuple[str, str], int]) -> list[dict[str, Json]]:
    """kind, about, count: the most frequent first."""
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [{"kind": kind, "about": about, "count": count} for (kind, about), count in ordered]


@dataclass(frozen=True, slots=True)
class Beside:
    """What is told beside questions. heads: record → what tells its customer apart. currencies: golden id → of its orders.
    claims: question → who looks at it."""

    heads: Mapping[str, Row]
    currencies: Mapping[str, frozenset[str]]
    claims: Mapping[str, Row]


def _beside(conn: StoreConnection, rows: Sequence[Row], now: str) -> Beside:
    whose = holders(conn, sorted({row[side] for row in rows for side in ("a", "b") if row[side]}))
    known = {row["golden_id"]: row for row in story.summaries(conn, sorted(set(whose.values())))}
    heads = {name: known[golden_id] for name, golden_id in whose.items()}
    return Beside(
        heads, currencies(conn, sorted(known)), claims.standing(conn, now, [row["review_id"] for row in rows])
    )


def _told(row: Row, beside: Beside, language: str) -> dict[str, Json]:
    """A question with its sentence, the customers of its records, and who looks at it.

    currency: of the orders of both; None when they are of several, or of none.
    """
    heads, told = beside.heads, {name: row[name] for name in TOLD}
    told["claimed"] = beside.claims.get(row["review_id"])
    told["bits"] = None if row["bits"] is None else row["bits"] / 1000
    sides = [dict(heads[row[side]]) if row[side] in heads else None for side in ("a", "b")]
    known = {one for side in sides if side for one in beside.currencies.get(side["golden_id"], ())}
    told["currency"] = known.pop() if len(known) == 1 else None
    return {**told, "what": texts(TABLE)[row["kind"]][language], "customers": sides}


def sample(rows: Sequence[Row], count: int) -> list[Row]:
    """So many of the rows, evenly over their order."""
    if len(rows) <= count:
        return list(rows)
    return [rows[place * len(rows) // count] for place in range(count)]


def tell(store: Store, settings: Settings, rows: Sequence[Row]) -> list[dict[str, Json]]:
    """These questions as `listed` tells them."""
    with store.read() as conn:
        beside = _beside(conn, rows, utc_now())
    return [_told(row, beside, settings.language) for row in rows]


def postpone(
    conn: StoreConnection, rows: Sequence[Row], run: Run, author: str, comment: str | None, until: str | None = None
) -> str:
    """Put questions off; gives the time from which they are asked again (canonical; none named: in LATER_DAYS).

    Raises ConfigError for a time that is over.
    """
    now = run.now()
    until = until or utc_text(from_utc_text(now) + timedelta(days=LATER_DAYS))
    if until <= now:
        raise ConfigError("that day is over", hint="name a later one", code="review.until")
    ids = [row["review_id"] for row in rows]
    reviews.postpone(conn, ids, until, author, comment)
    claims.drop(conn, ids)
    audit.write(
        conn, at=now, actor=author, action="review.later", subjects=ids, reason=comment, details={"until": until}
    )
    return until


def bring_back(conn: StoreConnection, rows: Sequence[Row], run: Run, author: str) -> int:
    """Ask questions that were put off again now; how many. Raises ConfigError when none of them is put off."""
    ids = [row["review_id"] for row in rows if row["state"] == "later"]
    if not ids:
        raise ConfigError("nothing of this is put off", hint="see `hub review list --state later`", code="review.awake")
    reviews.wake(conn, ids)
    audit.write(conn, at=run.now(), actor=author, action="review.back", subjects=ids)
    return len(ids)
