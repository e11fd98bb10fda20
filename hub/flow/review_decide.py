"""Answering questions: one, several, or all of a pattern, as one decision that can be taken back as one.

Belongs here: what an answer means for each kind of question, refusing what cannot be meant. Does not: writing it (judge.py),
showing it first (effect.py). Answers to two customers' questions: merge, apart, related (apart, and kept as a relation); to a
report: merge (one person, nothing is wrong) or apart; to somebody who was
forgotten: merge (it is them, they stay out) or apart (somebody else, or they came back on purpose); to held joins: merge
(let them) or apart; to a stale pin: keep or drop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

from hub.errors import ConfigError
from hub.flow import judge, radius
from hub.flow.forget_key import read_key
from hub.flow.judge import Act, Pair, Plan, crossed, records_of
from hub.flow.review_pins import saying, unpinned
from hub.flow.review_report import customer_of
from hub.settings import Settings
from hub.store import decisions, holds, pins, reviews
from hub.store.engine import StoreConnection

Row = Mapping[str, Any]
Rows = Callable[[StoreConnection], list[Row]]
LATER = "later"
ANSWERS: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(reviews.PAIRS, ("merge", "apart", "related")),
    "report": ("merge", "apart"),
    "held": ("merge", "apart"),
    "pin": ("keep", "drop"),
    "erased": ("merge", "apart"),
}
"""Kind → what may be answered, `later` aside."""
VERDICTS = ("merge", "apart", "related", "keep", "drop", LATER)


def one(conn: StoreConnection, typed: str) -> Row:
    """The question that is meant. Raises ConfigError when none or several begin with what was typed."""
    found = reviews.found(conn, typed)
    if len(found) == 1:
        return found[0]
    if found:
        raise ConfigError(f"several questions begin with {typed!r}", hint="type more of the id", code="review.many")
    raise ConfigError(f"no question {typed!r}", hint="see `hub review list --all`", code="review.none")


def named(typed: Sequence[str], *, again: bool = False) -> Callable[[StoreConnection], list[Row]]:
    """The questions of these ids, each once. Raises ConfigError for one that is answered (unless `again`) or has vanished."""

    def rows(conn: StoreConnection) -> list[Row]:
        found = {row["review_id"]: row for row in (one(conn, text) for text in typed)}
        for row in found.values():
            _may_be_answered(row, again=again)
        return list(found.values())

    return rows


def _may_be_answered(row: Row, *, again: bool) -> None:
    name = row["review_id"]
    if row["state"] == "decided" and not again:
        raise ConfigError(
            f"question {name} was decided by {row['author'] or 'somebody'} at {row['decided_at']}: {row['verdict']}",
            hint="nothing was overwritten; --again decides it anew",
            code="review.decided",
        )
    if row["state"] == "gone":
        raise ConfigError(f"question {name} has no cause any more", hint="see `hub review list`", code="review.gone")


def matching(kind: str | None, rule: str | None, now: str) -> Callable[[StoreConnection], list[Row]]:
    """All questions that may be asked now of a kind and of a pattern: each word of `rule` is one of the question's own."""

    def rows(conn: StoreConnection) -> list[Row]:
        return fitting(reviews.open_ones(conn, now, kind), rule)

    return rows


def fitting(rows: Sequence[Row], rule: str | None) -> list[Row]:
    """Those of a pattern: each word of `rule` is one of the question's own."""
    wanted = words(rule or "")
    return [row for row in rows if wanted <= words(row["about"])]


def words(text: str) -> set[str]:
    """The words of a pattern: `name_unsure.swapped.email+phone`."""
    return set(text.lower().replace("+", ".").replace(",", ".").replace(" ", ".").split(".")) - {""}


def decide(
    settings: Settings, rows: Callable[[StoreConnection], list[Row]], verdict: str, exclude: Sequence[str] = ()
) -> Plan:
    """Answer these questions with one verdict. exclude: records (source:source_id) that are somebody else."""

    def plan(conn: StoreConnection) -> Act:
        found = rows(conn)
        if not found:
            raise ConfigError("no question fits", hint="see `hub review list --all`", code="review.none")
        for row in found:
            _fits(row, verdict)
        if len(found) > 1 and any(row["kind"] not in reviews.PAIRS for row in found):
            raise ConfigError("reports, held joins and pins are decided one at a time", code="review.alone")
        if len(found) > 1 and exclude:
            raise ConfigError("--exclude goes with one question", code="review.exclude")
        act = _act(conn, settings, found, verdict, exclude)
        return replace(act, answers=[row["review_id"] for row in found], verdict=verdict)

    return plan


def _fits(row: Row, verdict: str) -> None:
    fit = ANSWERS[row["kind"]]
    if verdict not in fit:
        told = ", ".join((*fit, LATER))
        raise ConfigError(f"{verdict!r} answers no question of kind {row['kind']!r}", hint=told, code="review.verdict")


def _act(conn: StoreConnection, settings: Settings, rows: Sequence[Row], verdict: str, exclude: Sequence[str]) -> Act:
    kind = rows[0]["kind"]
    if kind == "held":
        return (radius.approve if verdict == "merge" else radius.refuse)(rows[0]["about"])(conn)
    if kind == "pin":
        return _pin(conn, settings, rows[0], verdict)
    if kind == "erased":
        return _forgotten(conn, settings, rows[0], verdict)
    if kind == "report":
        return _report(conn, rows[0], verdict, exclude)
    told = [_pair(conn, row, verdict, exclude) for row in rows]
    subjects = list(dict.fromkeys(golden_id for ids, _ in told for golden_id in ids))
    pairs = list(dict.fromkeys(pair for _, some in told for pair in some))
    if len(pairs) > judge.MOST_PAIRS:
        raise ConfigError(f"{len(pairs)} pairs of records are more than one decision may hold", code="decision.large")
    return Act("review", subjects, pairs)


def _pair(conn: StoreConnection, row: Row, verdict: str, exclude: Sequence[str]) -> tuple[list[str], list[Pair]]:
    """Golden ids and pairs of records of a question about two customers, or about one that was judged before."""
    ids = [customer_of(conn, row[side]) for side in ("a", "b")]
    if ids[0] == ids[1]:
        return ids[:1], _within(conn, ids[0], row, verdict, exclude)
    parts = [records_of(conn, golden_id) for golden_id in ids]
    if verdict != "merge":
        return ids, crossed(parts, "different")
    return ids, _joined(parts, exclude)


def _joined(parts: Sequence[Sequence[str]], exclude: Sequence[str]) -> list[Pair]:
    """All of both but the excluded, who are somebody else than the rest."""
    _known(exclude, [name for part in parts for name in part])
    kept = [[name for name in part if name not in exclude] for part in parts]
    if not all(kept):
        raise ConfigError("nothing would be left to merge", hint="exclude fewer records", code="review.exclude")
    apart = crossed([[*kept[0], *kept[1]], list(dict.fromkeys(exclude))], "different") if exclude else []
    return [*crossed(kept, "same"), *apart]


def _known(exclude: Sequence[str], held: Sequence[str]) -> None:
    strange = [name for name in exclude if name not in held]
    if strange:
        hint = f"its records: {', '.join(held)}"
        raise ConfigError(f"{strange[0]!r} is no record of this question", hint=hint, code="review.strange")


def _within(conn: StoreConnection, golden_id: str, row: Row, verdict: str, exclude: Sequence[str]) -> list[Pair]:
    """Of two records that are one customer: they stay one, or the second (or the excluded) are somebody else."""
    held = records_of(conn, golden_id)
    if verdict == "merge":
        said = decisions.about(conn, [row["a"], row["b"]])
        judged = [(one["a"], one["b"], "same") for one in said if one["active"] and one["verdict"] == "same"]
        return sorted({(row["a"], row["b"], "same"), *(one for one in judged if one[0] in held and one[1] in held)})
    return parted(held, exclude or [row["b"]])


def parted(held: Sequence[str], out: Sequence[str]) -> list[Pair]:
    """These records of a customer are somebody else, together, than the rest."""
    _known(out, held)
    rest = [name for name in held if name not in out]
    if not rest or not out:
        raise ConfigError(
            "nothing would be parted", hint="--exclude some, not all, of its records", code="review.exclude"
        )
    return [*crossed([rest, list(out)], "different"), *((a, b, "same") for a, b in combinations(out, 2))]


def _report(conn: StoreConnection, row: Row, verdict: str, exclude: Sequence[str]) -> Act:
    """What somebody reported is answered, and the hold that came with it lifted."""
    golden_id, off = customer_of(conn, row["a"]), holds.of_review(conn, row["review_id"])
    held = records_of(conn, golden_id)
    if verdict == "apart":
        pairs = parted(held, exclude or ([row["b"]] if row["b"] in held else []))
    else:
        pairs = [(a, b, "same") for a, b in combinations(held, 2)] if row["about"] == "two_people" else []
    return Act("review", [golden_id], pairs, off=off, undoes=off[0] if off else None)


def _forgotten(conn: StoreConnection, settings: Settings, row: Row, verdict: str) -> Act:
    """A record that bears what somebody bore who was forgotten: it is theirs and stays out, or it comes in."""
    source, _, source_id = row["a"].partition(":")
    digest = read_key(conn, settings).record(source, "customers", source_id)
    erasure_id = row["about"].partition(".")[2]
    return Act("review", [], forgotten=(row["a"], digest, "" if verdict == "apart" else erasure_id))


def _pin(conn: StoreConnection, settings: Settings, row: Row, verdict: str) -> Act:
    """Keep a pinned value against what the records say now, or let it fall."""
    standing = pins.effective(conn)
    first = next((one for one in standing if (one["anchor"], one["field"]) == (row["a"], row["about"])), None)
    if first is None:
        raise ConfigError(f"question {row['review_id']} has no pin any more", code="review.gone")
    if verdict == "drop":
        return judge.undo(first["decision_id"])(conn)
    says = unpinned(conn, settings, [first["golden_id"]]).get(first["golden_id"], {})
    mine = [one for one in standing if one["decision_id"] == first["decision_id"]]
    kept = [
        {**{name: one[name] for name in ("field", "value", "stood", "until")}, "said": saying(says.get(one["field"]))}
        for one in mine
    ]
    return Act("pin", [first["golden_id"]], anchor=first["anchor"], pins=kept)
