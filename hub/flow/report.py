"""The stored report of a run: steps write their part as they end, the end of the run judges the whole.

Belongs here: `runs` rows and what their status means. Does not: the lock (lock.py), counting (the steps).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import orjson

from hub.flow.run import GoldenReport, MatchReport, Run
from hub.model import Json, from_utc_text
from hub.store import Store
from hub.store import runs as table

EXIT = {"ok": 0, "degraded": 1, "held": 3, "failed": 4}
"""Exit code by status of a run."""


def open_run(store: Store, run: Run) -> None:
    """Begin the run: its row, `running`, with this process's id. Runs that a dead process left are closed first."""
    with store.begin() as connection:
        table.close_dead(connection, run.now())
        table.insert(connection, run.run_id, run.trigger, run.now(), os.getpid())


def record(store: Store, run: Run, path: Sequence[str], part: Mapping[str, Json]) -> None:
    """Put a step's report at `path` of the run's report. Does nothing for a step outside of any run."""
    with store.begin() as connection:
        report = table.report(connection, run.run_id)
        if report is None:
            return
        node = report
        for name in path[:-1]:
            node = node.setdefault(name, {})
        node[path[-1]] = part
        table.save_report(connection, run.run_id, orjson.dumps(report).decode())


def status_of(report: Mapping[str, Json]) -> str:
    """failed > held > degraded > ok, over the parts of a report."""
    if report.get("failure"):
        return "failed"
    pushes = list(report.get("push", {}).values())
    if any(push["state"] == "held" for push in pushes) or report.get("match", {}).get("guards", {}).get("held"):
        return "held"
    sources = [source["status"] for source in report.get("sources", {}).values()]
    bad = any(status in ("degraded", "failed") for status in sources)
    return "degraded" if bad or any(push["state"] == "failed" or push["rejected"] for push in pushes) else "ok"


def close_run(store: Store, run: Run, failure: Mapping[str, Json] | None = None) -> str:
    """End the run with the status of its report (`failure`: what made it fail); returns the status."""
    if failure:
        record(store, run, ("failure",), failure)
    with store.begin() as connection:
        report = table.report(connection, run.run_id) or {}
        status = status_of(report)
        table.end(connection, run.run_id, status, run.now())
    return status


_SOURCE = ("status", "read", "new", "changed", "unchanged", "removed", "quarantined", "fields_refused", "error")
_PUSH = ("plan_id", "state", "planned", "acked", "rejected", "retry", "unknown")


def report_of(store: Store, run_id: str) -> dict[str, Json]:
    """The JSON of `hub sync` for a stored run (interface, section 3)."""
    with store.read() as connection:
        row = table.row(connection, run_id)
    report = orjson.loads(row["report"] or "{}")
    match, golden = report.get("match") or _zero(MatchReport()), report.get("golden") or _zero(GoldenReport())
    return {
        "run_id": run_id,
        "status": row["status"],
        "sources": {name: _only(part, _SOURCE) | _more(part) for name, part in report.get("sources", {}).items()},
        "match": {key: match[key] for key in ("records", "customers", "links", "related", "reviews_opened", "guards")},
        "golden": {key: golden[key] for key in ("created", "updated", "merged", "split", "unchanged")},
        "push": {name: _only(part, _PUSH) | _more(part) for name, part in report.get("push", {}).items()},
        "seconds": _seconds(row),
        "steps": _steps(report),
        **({"failure": report["failure"]} if report.get("failure") else {}),
    }


def _zero(report: MatchReport | GoldenReport) -> dict[str, Json]:
    return {name: getattr(report, name) for name in type(report).__dataclass_fields__}


def _only(part: Mapping[str, Json], names: Sequence[str]) -> dict[str, Json]:
    return {name: part[name] for name in names}


def _more(part: Mapping[str, Json]) -> dict[str, Json]:
    return {name: part[name] for name in ("notices",) if part.get(name)} | (
        {"error": part["error"]} if part.get("error") else {}
    )


def _seconds(row: Mapping[str, Json]) -> float:
    ended = row["ended_at"] or row["started_at"]
    return round((from_utc_text(ended) - from_utc_text(row["started_at"])).total_seconds(), 3)


def _steps(report: Mapping[str, Json]) -> dict[str, float]:
    """Seconds of each step; a step of several sources or destinations is their sum."""
    steps: dict[str, float] = {}
    for part in report.get("sources", {}).values():
        for name, seconds in part.get("seconds", {}).items():
            steps[name] = round(steps.get(name, 0.0) + seconds, 3)
    steps |= {
        name: round(report[key]["seconds"], 3)
        for name, key in (("match", "match"), ("resolve", "golden"))
        if report.get(key)
    }
    if report.get("push"):
        steps["push"] = round(sum(part["seconds"] for part in report["push"].values()), 3)
    return steps
