"""Status: what a person wants to know first: is every source fresh, what waits, how much is there.

Belongs here: judging freshness, putting the counts together. Does not: counting (store.counts), showing (cli).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from hub.flow import reasons, review, scoring, webhooks
from hub.flow.run import utc_now
from hub.model import Json, from_utc_text
from hub.settings import Settings, Source
from hub.store import counts, drift, erasures, held, runs, withdrawals
from hub.store.engine import Store

STATE = ("last_attempt", "last_success", "newest_record")


def status(store: Store, settings: Settings, now: str | None = None) -> dict[str, Json]:
    """The JSON of `hub status`. now: canonical time, the clock's when left out.

    A source is stale when its last good pull is older than its `freshness` (never pulled counts as old); without
    `freshness` it is never stale. status null: never tried.
    """
    moment = now or utc_now()
    with store.read() as conn:
        states, numbers, plans = counts.states(conn), counts.by_source(conn), counts.open_plans(conn)
        customers, last, back = counts.customers(conn), runs.last(conn, 1), held.waiting(conn)
        left, drifts = counts.given_up(conn, list(settings.destinations)), drift.kept(conn)
        scores = scoring.state(conn, settings)
        asked, told = review.counts(conn, settings, moment), webhooks.states(conn, settings, moment)
        erasing, withdrawing = erasures.waiting(conn, moment), withdrawals.waiting(conn, moment)
    sources = {
        name: _source(source, states.get(name, {}), numbers.get(name, {}), moment)
        for name, source in settings.sources.items()
    }
    return {
        "sources": sources,
        "counts": {
            "customers": customers, "records": sum(one["records"] for one in numbers.values()), "open_reviews": asked["asked"],
            "quarantine": sum(one["quarantine"] for one in numbers.values()), "plans_waiting": len(plans),
        },
        "plans": [{**plan, "sentence": _sentence(plan, settings.language)} for plan in plans],
        "held": back,
        "given_up": [{**one, "sentence": reasons.sentence(one["reason"], settings.language)} for one in left],
        "drift": {name: {**orjson.loads(report), "at": at} for name, at, report in drifts},
        "scores": scores,
        "erasing": erasing,
        "withdrawals": withdrawing,
        "reviews": asked,
        "webhooks": told,
        "last_run": _run(last[0]) if last else None,
    }  # fmt: skip


def _source(source: Source, state: Mapping[str, Any], numbers: Mapping[str, int], now: str) -> dict[str, Json]:
    return {
        "connector": source.connector,
        "channel": source.channel,
        "status": state.get("status"),
        **{name: state.get(name) for name in STATE},
        "freshness": source.freshness,
        "stale": _stale(source, state.get("last_success"), now),
        **{name: numbers.get(name, 0) for name in ("records", "quarantine", "missing")},
        "error": orjson.loads(state["error"]) if state.get("error") else None,
    }


def _stale(source: Source, last_success: str | None, now: str) -> bool:
    if source.freshness is None:
        return False
    if last_success is None:
        return True
    return (from_utc_text(now) - from_utc_text(last_success)).total_seconds() > source.freshness


def _sentence(plan: Mapping[str, Any], language: str) -> str | None:
    return reasons.sentence(plan["reason"], language) if plan["reason"] else None


def _run(row: Mapping[str, Any]) -> dict[str, Json]:
    return {name: row[name] for name in ("run_id", "trigger", "status", "started_at", "ended_at")}
