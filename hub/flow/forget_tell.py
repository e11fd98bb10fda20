"""Telling other systems to forget somebody: tracked until each has said that it did.

Belongs here: who is told, what became of it. Does not: vendors' own ways (connectors), taking the person out here (forget.py).
A task is `open` (tried with every push), `manual` (the system cannot, a person must) or `done` (acknowledged).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hub.connectors.kit.port import Connection
from hub.errors import ConfigError, HubError
from hub.flow.run import Run
from hub.flow.workspace import Workspace
from hub.model import from_utc_text, utc_text
from hub.store import audit, erased_person, erasures
from hub.store.engine import Store, StoreConnection

if TYPE_CHECKING:
    from hub.store.erased_person import Person

DAYS = 20
"""Days until a system must have erased (Decree 356/2025/ND-CP; counsel must check)."""
NO_DESTINATION = "source_only"
OUTCOME_UNKNOWN = "outcome_unknown"
NOT_THERE = ("not_found", "gone")
Row = Mapping[str, Any]


def tasks_of(
    conn: StoreConnection, workspace: Workspace, person: Person, at: str, digest: Callable[[str, str, str], str]
) -> list[dict[str, Any]]:
    """One task for every record of the person at every system: what the hub may write to, else a person's to do.

    A create of which nobody knows what became of it may have made a record whose id the hub never learnt: in a list of the
    hub's own it is found by the golden id, anywhere else a person must look.
    """
    due = utc_text(from_utc_text(at) + timedelta(days=DAYS))
    settings, found = workspace.settings, dict[tuple[str, str], dict[str, Any]]()
    there = erased_person.targets(conn, person)

    def put(system: str, target: str, state: str, reason: str | None) -> None:
        task = {
            "system": system,
            "digest": digest(system, "task", target),
            "target": target if state == "open" else None,
            "state": state,
        }
        found.setdefault((system, target), task | {"reason": reason, "due": due, "at": at})

    written = {one.source or name for name, one in settings.destinations.items()}
    for name, destination in settings.destinations.items():
        for target in [*there.get(destination.source or name, ()), *there.get(f"sent:{name}", ())]:
            put(name, target, "open", None)
    for source in sorted(settings.sources.keys() - written):
        for target in there.get(source, ()):
            put(source, target, "manual", NO_DESTINATION)
    for name, golden_id, key in erased_person.unsettled(conn, person):
        if name in settings.destinations:
            own = settings.destinations[name].source is None
            put(name, golden_id if own else key, "open" if own else "manual", None if own else OUTCOME_UNKNOWN)
    return [found[one] for one in sorted(found)]


def work(store: Store, system: str, connection: Connection, run: Run) -> dict[str, int]:
    """Do the open tasks of a system; state → how many ended so. Never raises for what the system does."""
    with store.read() as conn:
        open_ = [task for task in erasures.tasks(conn, system=system) if task["state"] == "open"]
    told = dict.fromkeys(("done", "manual", "open"), 0)
    for task in open_:
        state, reason = _ask(connection, str(task["target"]))
        with store.begin() as conn:
            erasures.settle(conn, task, state, reason, run.now())
        told[state] += 1
    return told


def _ask(connection: Connection, target: str) -> tuple[str, str | None]:
    try:
        receipt = connection.forget(target)
    except HubError as error:
        return "open", error.code
    if receipt.outcome == "acked" or (receipt.outcome == "rejected" and receipt.reason in NOT_THERE):
        return "done", None
    return ("manual" if receipt.outcome == "rejected" else "open"), receipt.reason or receipt.outcome


def work_all(workspace: Workspace, run: Run) -> dict[str, dict[str, int]]:
    """Do the open tasks of every destination that has some; a system that cannot be reached is tried again later."""
    with workspace.store.read() as conn:
        systems = {task["system"] for task in erasures.tasks(conn) if task["state"] == "open"}
    told = {}
    for name in sorted(systems & workspace.settings.destinations.keys()):
        try:
            with workspace.connect(workspace.settings.destinations[name], run) as connection:
                told[name] = work(workspace.store, name, connection, run)
        except HubError as error:
            told[name] = {"failed": 1, error.code: 1}
    return told


def acknowledge(store: Store, run: Run, erasure_id: str, system: str, actor: str) -> int:
    """A person says that they erased somebody there by hand; how many tasks that ends. Raises ConfigError for none."""
    with store.begin() as conn:
        left = [one for one in erasures.tasks(conn, system=system, erasure_id=erasure_id) if one["state"] != "done"]
        if not left:
            raise ConfigError(f"nothing is left to be done at {system!r}", code="forget.done")
        for task in left:
            erasures.settle(conn, task, "done", "by_hand", run.now())
        audit.write(conn, at=run.now(), actor=actor, action="forget.done", subjects=[erasure_id],
                    details={"system": system, "count": len(left)})  # fmt: skip
    return len(left)
