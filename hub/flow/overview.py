"""What operators want to see: how sources did lately, what changed since yesterday, the story of a run.

Belongs here: adding up the reports of runs. Does not: judging freshness (status.py), SELECTs (store.overview).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from hub.flow.reasons import sentence
from hub.flow.report import BAD_SOURCE
from hub.model import Json, from_utc_text
from hub.store import overview, runs
from hub.store.engine import Store

LOOKED = 200
TREND = 30
DAY = 86_400
GOLDEN = ("created", "updated", "merged", "split")
Row = Mapping[str, Any]


def lately(store: Store, count: int = LOOKED) -> list[dict[str, Json]]:
    """The newest runs, newest first, each with its report ({} when it has none)."""
    with store.read() as conn:
        return [{**row, "report": orjson.loads(row["report"] or "{}")} for row in runs.last(conn, count)]


def trend(told: Sequence[Row], source: str) -> dict[str, Json]:
    """Of the last runs that read a source, oldest first: read (counts), bad (places where it went wrong), changed."""
    mine = [one for one in reversed(told) if source in one["report"].get("sources", {})][-TREND:]
    parts = [one["report"]["sources"][source] for one in mine]
    bad = [place for place, part in enumerate(parts) if part["status"] in BAD_SOURCE]
    changed = [part["new"] + part["changed"] + part["removed"] for part in parts]
    return {
        "read": [part["read"] for part in parts],
        "bad": bad,
        "changed": changed,
        "last": mine[-1]["started_at"] if mine else None,
    }


def since_yesterday(told: Sequence[Row], now: str) -> dict[str, int]:
    """What runs of the last 24 hours did to customers, and how many questions they opened."""
    fresh = [one["report"] for one in told if _age(one["started_at"], now) < DAY]
    counts = {name: sum(one.get("golden", {}).get(name, 0) for one in fresh) for name in GOLDEN}
    asked = sum(one.get("match", {}).get("reviews_opened", 0) for one in fresh)
    acked = sum(part["acked"] for one in fresh for part in one.get("push", {}).values())
    return {**counts, "reviews_opened": asked, "acked": acked, "runs": len(fresh)}


def _age(at: str, now: str) -> float:
    return (from_utc_text(now) - from_utc_text(at)).total_seconds()


def run_story(store: Store, run_id: str, language: str) -> dict[str, Json] | None:
    """One run with its report, its plans, and its reasons in words; None when there is none."""
    with store.read() as conn:
        row = overview.run(conn, run_id)
        plans = overview.newest_plans(conn, TREND, run_id)
    if row is None:
        return None
    report = orjson.loads(row["report"] or "{}")
    for part in report.get("push", {}).values():
        part["told"] = [
            {"what": what, "count": count, "sentence": sentence(reason, language)}
            for what, reasons in part.get("reasons", {}).items()
            for reason, count in sorted(reasons.items(), key=lambda item: -item[1])
        ]
    seconds = _age(row["started_at"], row["ended_at"]) if row["ended_at"] else None
    return {**row, "report": report, "plans": plans, "seconds": seconds}
