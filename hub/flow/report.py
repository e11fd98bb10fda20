"""The report of a run: steps add their part as they end; the end of the run judges the whole and stores it.

Belongs here: what a run's status means, the JSON of `hub sync`. Does not: the runs' rows (lock.py), counting (steps).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from hub.errors import HubError
from hub.flow.lock import end_run
from hub.flow.run import GoldenReport, MatchReport, Run
from hub.model import Json, from_utc_text
from hub.store.engine import Store

_log = logging.getLogger(__name__)
EXIT = {"ok": 0, "degraded": 1, "held": 3, "failed": 4}
"""Exit code by status of a run."""

BAD_SOURCE = ("degraded", "failed")
_SOURCE = ("status", "read", "new", "changed", "unchanged", "removed", "quarantined", "fields_refused", "error")
_MATCH = (
    "records", "customers", "links", "related", "reviews_opened", "guards", "suggestions", "not_compared", "merge_above",
    "untrained",
)  # fmt: skip
_GOLDEN = ("created", "updated", "merged", "split", "unchanged")
_PUSH = ("plan_id", "state", "planned", "acked", "rejected", "retry", "unknown")


def record(run: Run, path: Sequence[str], part: Mapping[str, Json]) -> None:
    """Put a step's report at `path` of the run's report."""
    node = run.parts
    for name in path[:-1]:
        node = node.setdefault(name, {})
    node[path[-1]] = dict(part)


def trouble(error: Exception) -> dict[str, Json]:
    """Code and sentence of an error. Only the hub's own errors speak: others may quote a customer's value."""
    if isinstance(error, HubError):
        return {"code": error.code, "sentence": str(error)}
    _log.debug("unexpected", exc_info=error)
    return {"code": "unexpected", "sentence": f"unexpected {type(error).__name__}"}


@contextmanager
def failing(run: Run, step: str) -> Iterator[None]:
    """Write what made a step fail into the run's report, then let the error go on. Only our own errors' sentences."""
    try:
        yield
    except Exception as error:
        record(run, ("failure",), {"step": step, **trouble(error)})
        raise


def status_of(parts: Mapping[str, Json]) -> str:
    """failed > held > degraded > ok, over the parts of a report."""
    if parts.get("failure"):
        return "failed"
    pushes = list(parts.get("push", {}).values())
    if any(push["state"] == "held" for push in pushes) or parts.get("match", {}).get("guards", {}).get("held"):
        return "held"
    bad = any(source["status"] in BAD_SOURCE for source in parts.get("sources", {}).values())
    bad = bad or any(one["status"] != "ok" for one in parts.get("exports", {}).values())
    return "degraded" if bad or any(_broken(push) for push in pushes) else "ok"


def _broken(push: Mapping[str, Json]) -> bool:
    return push["state"] == "failed" or bool(push["rejected"] or push["retry"] or push["unknown"])


def finish(store: Store, run: Run) -> dict[str, Json]:
    """End the run: judge it, store it, and give the JSON of `hub sync` (interface, section 3)."""
    told = document(run, status_of(run.parts))
    end_run(store, run, told["status"], told)
    return told


def document(run: Run, status: str) -> dict[str, Json]:
    """The JSON of `hub sync` for a run and its status."""
    parts = run.parts
    seconds = (from_utc_text(run.now()) - from_utc_text(run.started)).total_seconds()
    return {
        "run_id": run.run_id,
        "status": status,
        "sources": {
            name: _only(part, _SOURCE) | _given(part, "notices") for name, part in parts.get("sources", {}).items()
        },
        "match": _only(parts.get("match") or _zero(MatchReport()), _MATCH),
        "golden": _only(parts.get("golden") or _zero(GoldenReport()), _GOLDEN),
        "push": {name: _only(part, _PUSH) | _more(part) for name, part in parts.get("push", {}).items()},
        "seconds": round(seconds, 3),
        "steps": _steps(parts),
        **_given(parts, "train"),
        **_given(parts, "exports"),
        **({"failure": parts["failure"]} if parts.get("failure") else {}),
    }


def _zero(report: MatchReport | GoldenReport) -> dict[str, Json]:
    return {name: getattr(report, name) for name in type(report).__dataclass_fields__}


def _only(part: Mapping[str, Json], names: Sequence[str]) -> dict[str, Json]:
    return {name: part[name] for name in names}


def _more(part: Mapping[str, Json]) -> dict[str, Json]:
    """What a destination's part says only when there is something to say."""
    names = ("error", "reasons", "effects", "takes", "there", "doubled", "withdrawn")
    return {name: part[name] for name in names if part.get(name)}


def _given(part: Mapping[str, Json], name: str) -> dict[str, Json]:
    return {name: part[name]} if part.get(name) else {}


def _steps(parts: Mapping[str, Json]) -> dict[str, float]:
    """Seconds of each step; a step of several sources or destinations is their sum."""
    steps: dict[str, float] = {}
    for part in parts.get("sources", {}).values():
        for name, seconds in part.get("seconds", {}).items():
            steps[name] = round(steps.get(name, 0.0) + seconds, 3)
    for name, key in (("match", "match"), ("resolve", "golden")):
        if parts.get(key):
            steps[name] = round(parts[key]["seconds"], 3)
    if parts.get("push"):
        steps["push"] = round(sum(part["seconds"] for part in parts["push"].values()), 3)
    return steps
