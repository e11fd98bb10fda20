"""Reconcile: read a destination back, say how far it drifted from what it acknowledged, and plan the repair.

Belongs here: the full read, drift by field, records missing there. Does not: writing to the destination (never), deciding the
repair (plan.py). Drift is a written field whose value there is another than the one acknowledged last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import orjson

from hub.flow import marks, sync, values
from hub.flow.report import record
from hub.flow.run import Run
from hub.flow.workspace import Workspace
from hub.model import Json
from hub.settings import Destination
from hub.store import drift as table
from hub.store import given


@dataclass(slots=True)
class Drift:
    """One destination's reconciliation. whole: its system was read to its end just now; else only what is known is told.
    readable: false for a list that is only written, of which no drift can be told.

    held: records there. written: records that the hub wrote to and that are there. drifted: of these, with another value in a
    written field. missing: written to and there no more. fields: field → compared, drifted, percent. ids: drifted and missing
    records, the first ones. plan: what the repair would do.
    """

    at: str
    whole: bool = True
    readable: bool = True
    held: int = 0
    written: int = 0
    drifted: int = 0
    missing: int = 0
    percent: float = 0.0
    fields: dict[str, dict[str, float]] = field(default_factory=dict)
    ids: dict[str, list[str]] = field(default_factory=lambda: {"drifted": [], "missing": []})
    plan: dict[str, Json] = field(default_factory=dict)


SHOWN = 100
"""So many ids of drifted and of missing records are told."""


def read_back(workspace: Workspace, run: Run, names: list[str]) -> None:
    """Read the systems of these destinations whole, and bring who is who up to date."""
    sources = [workspace.settings.destinations[name].source for name in names]
    for source in dict.fromkeys(one for one in sources if one):
        sync.source_step(workspace, run, source, full=True)
    sync.match_step(workspace, run)
    sync.resolve_step(workspace, run)


def reconcile(workspace: Workspace, run: Run, names: list[str]) -> dict[str, dict[str, Json]]:
    """Read back, measure, keep the measure and plan the repair of each destination; writes nothing outside."""
    read_back(workspace, run, names)
    told = {}
    for name in names:
        plan = sync.destination_step(workspace, run, name, plan_only=True)
        found = _measured(workspace, run, name)
        found.plan = {"plan_id": plan.plan_id, "state": plan.state, "planned": plan.planned}
        told[name] = asdict(found)
        if found.readable:
            with workspace.store.begin() as conn:
                table.keep(conn, name, found.at, run.run_id, {**told[name], "ids": {}})
        record(run, ("reconcile", name), told[name])
    return told


def _measured(workspace: Workspace, run: Run, name: str) -> Drift:
    destination = workspace.settings.destinations[name]
    able = workspace.connector(destination.connector).description.capabilities
    told = Drift(run.now(), whole=_whole(run, destination))
    if destination.source is None:
        return _unread(workspace, told, name)
    keep = partial(values.kept, capabilities=able, region=workspace.settings.sources[destination.source].region)
    compared, drifted = Counter[str](), Counter[str]()
    with workspace.store.read() as conn:
        told.held = table.held(conn, destination.source or name)
        for row in table.written(conn, destination.source or name, name):
            if row["record"] is None:
                told.missing += row["state"] != "deleted"
                _note(told, "missing", row) if row["state"] != "deleted" else None
                continue
            names = _drifted(row, destination, keep, compared)
            told.written += 1
            told.drifted += bool(names)
            drifted.update(names)
            _note(told, "drifted", row) if names else None
    told.percent = _percent(told.drifted, told.written)
    told.fields = {
        one: {"compared": compared[one], "drifted": drifted[one], "percent": _percent(drifted[one], compared[one])}
        for one in sorted(compared)
    }
    return told


def _unread(workspace: Workspace, told: Drift, name: str) -> Drift:
    """A list that the hub only writes: nothing reads it back, so nothing can be said of what stands there now."""
    told.readable = False
    with workspace.store.read() as conn:
        told.written = given.count(conn, name, gone=True)
    return told


def _whole(run: Run, destination: Destination) -> bool:
    part = run.parts.get("sources", {}).get(destination.source or "", {})
    return bool(part.get("status") == "ok")


def _drifted(
    row: Mapping[str, Any], destination: Destination, keep: Callable[..., Json], compared: Counter[str]
) -> list[str]:
    """The written fields whose value there is another than the one acknowledged; what was acknowledged after the read is new."""
    doc, found = orjson.loads(row["record"]), []
    if row["landed_at"] < row["acked_at"]:
        return []
    for name, sent in orjson.loads(row["sent"]).items():
        if name.startswith(values.GRANT) or name not in destination.fields:
            continue
        compared[name] += 1
        here = keep(name, values.held(doc, name))
        if name == "note" and destination.mark == "comments":
            here, wish = (marks.unmarked(one, row["customer_code"] or "") for one in (here, sent))
        else:
            wish = keep(name, sent)
        stands = wish in values.carried(doc, name) if name in ("phone", "email") else values.equal(here, wish)
        found += [] if stands else [name]
    return found


def _note(told: Drift, what: str, row: Mapping[str, Any]) -> None:
    if len(told.ids[what]) < SHOWN:
        told.ids[what].append(row["source_id"])


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0
