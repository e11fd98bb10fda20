"""What somebody reports of a customer: "this is two people", "this phone is somebody else's". It comes first and holds pushes.

Belongs here: the question and the hold that a report makes. Does not: answering it (review_decide.py).
"""

from __future__ import annotations

from hub.errors import ConfigError
from hub.flow import judge
from hub.flow.judge import Act, records_of
from hub.flow.run import Run
from hub.settings import Settings
from hub.store import review_facts, reviews, story
from hub.store.engine import Store, StoreConnection

WHATS = ("two_people", "wrong_phone")


def report(
    store: Store, settings: Settings, run: Run, key: str, what: str, by: str, comment: str | None = None
) -> dict[str, str]:
    """Report a customer (a key as in `hub explain`); review_id, golden_id, and the decision_id of the hold.

    A report that still waits is told again without a second hold. Raises ConfigError for a key that fits none or several.
    """
    if what not in WHATS:
        raise ConfigError(f"nothing is reported as {what!r}", hint=", ".join(WHATS), code="report.what")
    with store.begin() as conn:
        golden_id = judge.one(conn, settings, key)
        held = records_of(conn, golden_id)
        if not held:
            raise ConfigError(f"{golden_id} has no record left to report", code="report.nobody")
        b = _second(conn, golden_id, held)
        named = reviews.review_id("report", held[0], what)
        told = {"review_id": named, "golden_id": golden_id}
        waits = [row for row in reviews.found(conn, named) if row["state"] in reviews.WAITING]
        if waits:
            return told
        _put(conn, named, held[0], b, what, golden_id, run, comment)
        decision = judge.write(conn, Act("hold", [golden_id], anchor=held[0], hold=named), run, by, f"report:{what}")
    return {**told, "decision_id": decision}


def _second(conn: StoreConnection, golden_id: str, held: list[str]) -> str:
    """The record that holds on least to the others: of another name than the first one where there is such."""
    names = [row["full_name"] or row["company_name"] for row in story.members(conn, golden_id)]
    other = next((name for name, shown in zip(held, names, strict=True) if shown and shown != names[0]), None)
    return other or (held[-1] if len(held) > 1 else "")


def _put(
    conn: StoreConnection, named: str, a: str, b: str, what: str, golden_id: str, run: Run, comment: str | None
) -> None:
    (facts,) = review_facts.with_money(conn, [golden_id]).iter_rows(named=True)
    numbers = {
        "money": facts["money"],
        "total": facts["money"],
        "bits": None,
        "shared": 0,
        "records": facts["record_count"],
    }
    state = {"state": "open", "until": None, "opened_at": run.now(), "run_id": run.run_id, "comment": comment}
    reviews.put(
        conn, {"review_id": named, "kind": "report", "a": a, "b": b, "about": what, "rank": 0, **numbers, **state}
    )


def customer_of(conn: StoreConnection, name: str) -> str:
    """The living customer of a record, of one that has left the customer that it had last. Raises ConfigError for neither."""
    source, _, source_id = name.partition(":")
    found = [living for one in story.by_record(conn, source, source_id) if (living := story.live(conn, one))]
    if not found:
        raise ConfigError(f"{name!r} is no record any more", hint="see `hub review list`", code="review.gone")
    return found[0]
