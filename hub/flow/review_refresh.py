"""Refresh: what there is to ask people after a promotion, for whom it changed or for everybody.

Belongs here: putting the kinds of question together. Does not: what becomes a question (hub.matching.questions), SQL (store),
answering (review_decide.py). It runs in the transaction of the promotion, so questions and customers always agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.flow import review_pins
from hub.flow.run import Run
from hub.matching import evidence as compared
from hub.matching.questions import asked
from hub.settings import Settings
from hub.store import evidence, held, notes, review_facts, reviews
from hub.store.engine import StoreConnection

VERSION = "1"
"""Rises when other things become a question; then everything is looked at anew."""
RANKS = {"held": 1, "changed": 2, "pin": 2}
DAYS = 10
"""So many days' worth of questions are asked; the others are the rest, and move up as these are answered."""
Question = dict[str, Any]


def most(settings: Settings) -> int:
    """So many questions are asked at a time, the most valuable; all others are one quiet number."""
    return settings.review.daily * DAYS


def refresh(conn: StoreConnection, settings: Settings, run: Run, touched: Sequence[int] | None) -> int:
    """Bring the questions up to date; how many of those asked are new. touched: records that were matched; None: all.

    Nothing changed: nothing is read but what waits, and nothing is written.
    """
    stale = notes.get(conn, review_facts.NOTE) != VERSION
    orders = review_facts.dirty(conn)
    if not stale and touched is not None and not touched and not orders:
        return 0
    everything = stale or touched is None
    whom = None if everything else review_facts.around(conn, [*(touched or ()), *orders])
    now = run.now()
    opened = reviews.replace(conn, _questions(conn, settings, whom), whom, now, run.run_id)
    review_facts.done(conn, orders, VERSION)
    return reviews.among_first(conn, opened, now, most(settings))


def _questions(conn: StoreConnection, settings: Settings, whom: review_facts.Around | None) -> list[Question]:
    facts = review_facts.gather(conn, whom)
    told = (
        (facts.refused, facts.suggested, facts.judged, facts.people, facts.customers, facts.granted) if facts else None
    )
    pairs = asked(*told) if told else []
    again = _changed(conn, whom)
    taken = {(one["low"], one["high"]) for one in again}
    pairs = [one for one in pairs if (one["low"], one["high"]) not in taken]
    return [*again, *pairs, *_pinned(conn, settings, whom), *_held(conn)]


def _changed(conn: StoreConnection, whom: review_facts.Around | None) -> list[Question]:
    """Judgements whose evidence is another now: one question for each pair of customers, told by its first records."""
    found = evidence.changed(conn, None if whom is None else whom.names)
    told = [one for one in found if compared.differs(one.then, one.now)]
    whose = review_facts.holders(conn, sorted({name for one in told for name in (one.a, one.b)}))
    first: dict[tuple[str, str], evidence.Judged] = {}
    for one in told:
        low, high = sorted((whose[one.a], whose[one.b]))
        first.setdefault((low, high), one)
    money = _customers(conn, sorted({golden_id for pair in first for golden_id in pair}))
    return [_again(pair, one, money) for pair, one in first.items()]


def _customers(conn: StoreConnection, golden_ids: list[str]) -> Mapping[str, Mapping[str, Any]]:
    rows = review_facts.with_money(conn, golden_ids).iter_rows(named=True) if golden_ids else ()
    return {row["golden_id"]: row for row in rows}


def _again(pair: tuple[str, str], one: evidence.Judged, facts: Mapping[str, Mapping[str, Any]]) -> Question:
    sides = [facts[golden_id] for golden_id in dict.fromkeys(pair)]
    money = [int(side["money"]) for side in sides]
    return _question("changed", *pair, a=one.a, b=one.b, about=one.verdict, money=min(money), total=sum(money),
                     shared=len(compared.shared(one.now)), records=sum(int(side["record_count"]) for side in sides))  # fmt: skip


def _question(kind: str, low: str = "", high: str = "", **told: Any) -> Question:
    plain = {"a": "", "b": "", "rank": RANKS[kind], "money": 0, "total": 0, "bits": None, "shared": 0, "records": 0}
    return {**plain, "kind": kind, "low": low, "high": high, **told}


def _pinned(conn: StoreConnection, settings: Settings, whom: review_facts.Around | None) -> list[Question]:
    """Pins whose records say something else than when the value was set."""
    found = review_pins.stale(conn, settings, None if whom is None else whom.golden_ids)
    facts = _customers(conn, sorted({one.golden_id for one in found}))
    return [
        _question("pin", a=one.anchor, about=one.field, money=int(facts[one.golden_id]["money"]),
                  total=int(facts[one.golden_id]["money"]), records=int(facts[one.golden_id]["record_count"]))
        for one in found
    ]  # fmt: skip


def _held(conn: StoreConnection) -> list[Question]:
    """One question for each run whose joins are held back."""
    return [_question("held", about=row["run_id"], records=int(row["pairs"])) for row in held.waiting(conn)]
