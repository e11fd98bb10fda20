"""What admins decide: merge, keep apart, take back. Each makes one decision out of keys as people have them at hand.

Belongs here: turning keys into records and pairs, refusing what cannot be meant. Does not: SQL (store.decisions), pins (pin.py),
what a decision does (matching, resolve), showing it first (effect.py). A judgement is kept for every pair of records that
the customers hold now, so it outlives new ids, repeated pulls and rebuilds.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from hub.errors import ConfigError
from hub.flow.lookup import look_up
from hub.flow.run import Run
from hub.matching.codes import ENTROPY, uuid7
from hub.model import CUSTOMER_KINDS, from_utc_text
from hub.settings import Settings
from hub.store import consents as ledger
from hub.store import decisions, erasing, holds, parted, reviews, story
from hub.store import pins as pinned
from hub.store.engine import StoreConnection

MOST_PAIRS = 500_000
Pair = tuple[str, str, str]
"""Two records (`source:source_id`) and the verdict: same | different."""


@dataclass(frozen=True, slots=True)
class Act:
    """What a person wants. subjects: golden ids. off, on: decisions that fall or stand again. undoes: the first of `off`.

    anchor and pins: the record by which a pinned customer is known, and rows of field, value, stood, until.
    consents: rows of anchor, purpose, channel, address, status, at.
    held: the run whose held joins are settled. answers, verdict: questions that the act answers, and how. hold: the customer
    known by `anchor` is put on hold, "" or the question that lifts it. forgotten: a record that seems to be somebody's who was
    forgotten, its digest, and the erasure whose it is ("": nobody's, it comes in).
    """

    kind: str
    subjects: Sequence[str]
    pairs: Sequence[Pair] = ()
    off: Sequence[str] = ()
    on: Sequence[str] = ()
    undoes: str | None = None
    anchor: str = ""
    pins: Sequence[Mapping[str, str | None]] = ()
    consents: Sequence[Mapping[str, str | None]] = ()
    held: str | None = None
    answers: Sequence[str] = ()
    verdict: str = ""
    hold: str | None = None
    forgotten: tuple[str, str, str] | None = None


Plan = Callable[[StoreConnection], Act]
"""Makes an act out of what stands; raises ConfigError when it cannot be meant."""


def one(conn: StoreConnection, settings: Settings, key: str) -> str:
    """The golden id of the one customer that a key fits; ConfigError when it fits none or several."""
    found = look_up(conn, settings, key)
    if not found:
        raise ConfigError(f"nothing found for {key!r}", hint="see `hub explain`", code="key.none")
    if len(found) > 1:
        raise ConfigError(f"{key!r} fits {len(found)} customers: {', '.join(found)}", hint="name one", code="key.many")
    return found[0]


def records_of(conn: StoreConnection, golden_id: str) -> list[str]:
    """`source:source_id` of a customer's records."""
    return [f"{row['source']}:{row['source_id']}" for row in story.members(conn, golden_id)]


def merge(settings: Settings, keys: Sequence[str]) -> Plan:
    """These customers are one."""

    def plan(conn: StoreConnection) -> Act:
        ids = list(dict.fromkeys(one(conn, settings, key) for key in keys))
        if len(ids) < 2:
            raise ConfigError("they are one customer already", hint="name two customers", code="merge.one")
        kinds = {story.customer(conn, golden_id)["kind"] for golden_id in ids}
        if len(kinds & set(CUSTOMER_KINDS)) > 1:
            raise ConfigError("a person and an organisation are never one customer", code="merge.kinds")
        parts = [records_of(conn, golden_id) for golden_id in ids]
        return Act("merge", ids, crossed(parts, "same"))

    return plan


def split(settings: Settings, key: str, records: Sequence[str], *, each: bool = False) -> Plan:
    """These records are somebody else than the rest of the customer; with `each`, everyone of them somebody else."""

    def plan(conn: StoreConnection) -> Act:
        golden_id = one(conn, settings, key)
        held = records_of(conn, golden_id)
        strange = [name for name in records if name not in held]
        if strange:
            raise ConfigError(
                f"{strange[0]!r} is no record of {golden_id}",
                hint=f"its records: {', '.join(held)}",
                code="split.strange",
            )
        out = list(dict.fromkeys(records))
        rest = [name for name in held if name not in out]
        if not out or not (rest or (each and len(out) > 1)):
            raise ConfigError(
                "nothing would be parted", hint="name some, not all, of its records", code="split.nothing"
            )
        parts = [*([rest] if rest else []), *([[name] for name in out] if each else [out])]
        together = [] if each else [(a, b, "same") for a, b in combinations(out, 2)]
        return Act("split", [golden_id], [*crossed(parts, "different"), *together])

    return plan


def undo(event: str) -> Plan:
    """Take back one decision, or one automatic merge by its number in the change feed."""
    return _undo_change(int(event)) if event.isdigit() else _undo_decision(event)


def _undo_decision(decision_id: str) -> Plan:
    def plan(conn: StoreConnection) -> Act:
        told = decisions.get(conn, decision_id)
        if told is None:
            raise ConfigError(f"no decision {decision_id!r}", hint="see `hub undo --list`", code="undo.none")
        if not decisions.stands(conn, decision_id):
            raise ConfigError(f"{decision_id} is taken back already", hint="see `hub undo --list`", code="undo.already")
        again = [told["undoes"]] if told["undoes"] else []
        return Act("undo", told["subjects"], off=[decision_id], on=again, undoes=decision_id)

    return plan


def _undo_change(seq: int) -> Plan:
    def plan(conn: StoreConnection) -> Act:
        merges = parted.merges(conn, seq=seq)
        if not merges:
            raise ConfigError(f"change {seq} is no merge", hint="see `hub export changes`", code="undo.none")
        return _apart("undo", merges)

    return plan


def undo_run(run_id: str) -> Plan:
    """Take back what a run joined: the decisions that came with it, and its automatic merges."""

    def plan(conn: StoreConnection) -> Act:
        told = [row["decision_id"] for row in decisions.of_run(conn, run_id)]
        off = [decision_id for decision_id in told if decisions.stands(conn, decision_id)]
        merges = [] if told else parted.merges(conn, run_id=run_id)
        if not off and not merges:
            raise ConfigError(f"run {run_id} joined nothing that stands", hint="see `hub status`", code="undo.none")
        if off:
            return _undo_decision(off[0])(conn)
        return _apart("undo_run", merges)

    return plan


def undo_rule(rule: str) -> Plan:
    """Take back every join that rests on a rule alone: what it holds together is kept apart."""

    def plan(conn: StoreConnection) -> Act:
        found = parted.by_rule(conn, rule)
        if not found:
            raise ConfigError(f"no join rests on the rule {rule!r}", hint="see the rules' reference", code="undo.none")
        return _apart("undo_rule", found)

    return plan


def _apart(kind: str, found: Sequence[parted.Parted]) -> Act:
    pairs = [pair for one_ in found for pair in crossed(one_.parts, "different")]
    return Act(kind, list(dict.fromkeys(one_.golden_id for one_ in found)), pairs)


def crossed(parts: Sequence[Sequence[str]], verdict: str) -> list[Pair]:
    """Every pair of records of two parts. Raises ConfigError above MOST_PAIRS."""
    count = sum(len(x) * len(y) for x, y in combinations(parts, 2))
    if count > MOST_PAIRS:
        raise ConfigError(f"{count} pairs of records are more than one decision may hold", code="decision.large")
    return [(a, b, verdict) for x, y in combinations(parts, 2) for a, b in product(x, y)]


def write(conn: StoreConnection, act: Act, run: Run, author: str, reason: str | None) -> str:
    """Keep the act as a decision; gives its id. What it changes comes with the next match and resolve."""
    at = run.now()
    (decision_id,) = uuid7(1, int(from_utc_text(at).timestamp() * 1000), os.urandom(ENTROPY))
    told = decisions.Decision(decision_id, at, author, act.kind, reason, act.subjects, run.run_id, act.undoes)
    decisions.note(conn, told)
    if act.pairs:
        decisions.judge(conn, told, act.pairs)
    if act.pins:
        pinned.put(conn, told, act.anchor, act.pins)
    if act.consents:
        ledger.put(conn, told, act.consents)
    if act.forgotten:
        erasing.settle(conn, *act.forgotten, at)
    if act.held:
        decisions.settle(conn, told, act.held)
    if act.hold is not None:
        holds.put(conn, told, act.anchor, act.hold or None)
    for names, on in ((act.off, False), (act.on, True)):
        for name in names:
            decisions.switch(conn, name, told, on=on)
    if act.answers:
        reviews.settle(conn, act.answers, told, act.verdict)
    return decision_id
