"""A no must reach every system that holds the address: which are concerned, and by when (behaviour 5.9).

Belongs here: keeping one task for every record at a system that its customer no longer allows, ending it when that is no more
so. Does not: telling the system (withdraw_tell.py), what a consent allows (consent.py), SQL (store.withdrawals).
A task is `open` (told with the next push), `held` (a person must let it go), `manual` (the system cannot be told, a person
must act), `done` or `superseded` (nobody wishes it any more). See docs/decisions/0016.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import orjson

from hub.connectors.kit.port import Capabilities
from hub.flow import values
from hub.flow.consent import reached
from hub.flow.judging import There
from hub.flow.run import Run
from hub.flow.workspace import Workspace
from hub.matching.survivorship.most_restrictive import HERE, standing
from hub.model import Json, from_utc_text, utc_text
from hub.settings import Destination
from hub.store import given, headcount, ledger, planned, plans, promote, story, there
from hub.store import withdrawals as table
from hub.store.engine import StoreConnection

NAME = "*withdrawals*"
"""Under which `planned` keeps how far everything was looked at; no destination can be called so."""
VERSION = 1
"""Rises when the same records would be judged otherwise."""
FEW = 20
"""So many at once are told without a person, however few records a system holds."""
NO_MARK, NO_DESTINATION, FIRST, MANY = "no_mark", "no_destination", "first", "many"
OUTCOMES = {"read_back": "acked", "gone": "rejected", "allowed_again": "retry"}
"""Why a task ended without an answer to what was sent for it → what the ledger says of that sending."""
Verdict = Literal["wanted", "stands", "free"]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One record at one system. said: the no that is wanted there, None when there is none."""

    golden_id: str
    verdict: Verdict
    said: Mapping[str, Json] | None = None


def carries(destination: Destination, capabilities: Capabilities) -> str | None:
    """How a system is told: `update` (it keeps a mark), `deactivate` (a list of the hub's own); None: it cannot be."""
    if destination.channel in capabilities.withdraws:
        return "update"
    return "deactivate" if destination.source is None and "deactivate" in capabilities.writes else None


def track(workspace: Workspace, run: Run) -> dict[str, int]:
    """Keep what is to be done by what stands now: state → how many tasks got it. Safe to repeat, and after a crash.

    Looks at customers touched since the last time and at those of unfinished tasks; at all when settings differ.
    """
    with workspace.store.read() as conn:
        left = table.left(conn)
        if not workspace.settings.destinations and not left:
            return {}
        basis = _basis(workspace)
        positions = planned.positions(conn) if planned.settled(conn) else None
        since = planned.last(conn, NAME, basis)
        touched = planned.touched(conn, NAME, since, promote.live(conn)) if since else None
        if positions == since and not left:
            return {}
        asked = {*table.refusing(conn, touched), *_concerned(conn, workspace, left)}
        found = {name: dict(_cases(conn, one, asked)) for name, one in workspace.settings.destinations.items()}
        gone = _gone(conn, workspace, left)
    with workspace.store.begin() as conn:
        told = _ended(conn, workspace, left, found, gone, run)
        for name, cases in found.items():
            destination = workspace.settings.destinations[name]
            _new(conn, workspace, destination, cases, left, run, told)
            _let_go(conn, workspace, destination, told)
        if positions is not None:
            planned.keep(conn, NAME, {"basis": basis, "positions": positions}, None, {})
    return told


def _concerned(conn: StoreConnection, workspace: Workspace, left: Sequence[Row]) -> set[str]:
    """Whom unfinished tasks are about: their customers, and those whose the records are now."""
    whose = {task["golden_id"] for task in left}
    found = whose - (living := story.living(conn, whose)).keys() | set(living.values())
    for name, one in workspace.settings.destinations.items():
        targets = [task["target"] for task in left if task["destination"] == name]
        found |= table.owners(conn, one.source, targets) if one.source and targets else set()
    return found


def _basis(workspace: Workspace) -> str:
    ways = [
        [name, one.source, one.channel, one.purpose, carries(one, _able(workspace, one))]
        for name, one in sorted(workspace.settings.destinations.items())
    ]
    return hashlib.sha256(orjson.dumps([VERSION, ways])).hexdigest()


def _able(workspace: Workspace, destination: Destination) -> Capabilities:
    return workspace.connector(destination.connector).description.capabilities


def _cases(conn: StoreConnection, destination: Destination, asked: Iterable[str]) -> Iterator[tuple[str, Case]]:
    """The records there of these customers, by their ids there."""
    for part in there.parts(sorted(asked)):
        for row in _rows(conn, destination, part):
            yield row["source_id"], _case(row, destination)


def _rows(conn: StoreConnection, destination: Destination, ids: Sequence[str]) -> Iterator[Row]:
    """What stands there, and what was given to it and never pulled back yet."""
    given_ = given.held(conn, destination.name, ids, gone=False)
    if destination.source is None:
        yield from given_
        return
    yield from there.held_there(conn, destination.source, destination.name, ids)
    rows = list(given_)
    pulled = table.pulled(conn, destination.source, [row["source_id"] for row in rows])
    yield from (row for row in rows if row["source_id"] not in pulled)


def _case(row: Row, destination: Destination) -> Case:
    golden, doc = orjson.loads(row["golden"]), There(row).doc
    reach = reached(destination.channel)
    addresses: Sequence[str | None] = sorted(values.carried(doc, reach)) if reach else [None]
    nos = [no for address in addresses if (no := _no(golden, destination, address))]
    if not nos:
        return Case(row["golden_id"], "free")
    told = all(_no(doc, destination, address) for address in addresses if _no(golden, destination, address))
    return Case(row["golden_id"], "stands", nos[0]) if told else Case(row["golden_id"], "wanted", nos[0])


def _no(doc: Mapping[str, Json], destination: Destination, address: str | None) -> Mapping[str, Json] | None:
    """The no that stands in a document for what a destination does by an address."""
    said = (one for one in doc.get("consents") or () if one.get("status") in ("withdrawn", "refused"))
    meant = (destination.purpose, destination.channel, address)
    return next((one for one in said if standing([one], *meant) == "withdrawn"), None)


def _gone(conn: StoreConnection, workspace: Workspace, left: Sequence[Row]) -> set[tuple[str, str]]:
    """Of these tasks the records that are there no more."""
    found: set[tuple[str, str]] = set()
    for name, one in workspace.settings.destinations.items():
        targets = [task["target"] for task in left if task["destination"] == name]
        if targets and one.source is not None:
            found |= {(name, target) for target in table.pulled(conn, one.source, targets, gone=True)}
    return found


def _ended(
    conn: StoreConnection,
    workspace: Workspace,
    left: Sequence[Row],
    found: Mapping[str, Mapping[str, Case]],
    gone: set[tuple[str, str]],
    run: Run,
) -> dict[str, int]:
    """End the tasks that nobody wishes any more, or that are done; what the settings no longer name is a person's."""
    cases = {(name, target): case for name, there_ in found.items() for target, case in there_.items()}
    ends: dict[tuple[str, str], list[str]] = {}
    for task in left:
        key = (task["destination"], task["target"])
        if task["destination"] not in workspace.settings.destinations:
            end = ("manual", NO_DESTINATION)
        elif key in gone:
            end = ("done", "gone")
        elif key in cases and cases[key].verdict != "wanted":
            end = ("done", "read_back") if cases[key].verdict == "stands" else ("superseded", "allowed_again")
        else:
            continue
        if (task["state"], task["reason"]) != end:
            ends.setdefault(end, []).append(task["task_id"])
    for (state, reason), ids in ends.items():
        over = {"ended_at": run.now()} if state in table.ENDED else {}
        table.change(conn, ids, state=state, reason=reason, **over)
        if outcome := OUTCOMES.get(reason):
            now = {"state": outcome, "reason": reason, "at": run.now(), "run_id": run.run_id}
            plans.add_deliveries(conn, [{**row, **now} for row in ledger.unanswered(conn, ids)])
    return {state: sum(len(ids) for end, ids in ends.items() if end[0] == state) for state, _ in ends}


def _new(
    conn: StoreConnection,
    workspace: Workspace,
    destination: Destination,
    cases: Mapping[str, Case],
    left: Sequence[Row],
    run: Run,
    told: dict[str, int],
) -> None:
    known = {task["target"] for task in left if task["destination"] == destination.name}
    way, at = carries(destination, _able(workspace, destination)), run.now()
    state, reason = ("held", FIRST) if way else ("manual", NO_MARK)
    fresh = {target: case for target, case in cases.items() if case.verdict == "wanted" and target not in known}
    rows = [
        {
            "task_id": str(uuid.uuid4()), "destination": destination.name, "target": target, "golden_id": case.golden_id,
            **_said(case.said or {}, workspace, at), "state": state, "reason": reason, "tries": 0, "at": at,
            "ended_at": None, "actor": None,
        }
        for target, case in fresh.items()
    ]  # fmt: skip
    heard = table.heard(conn, destination.name, list(fresh))
    rows = [row for row in rows if tuple(row[name] for name in table.NO) not in heard]
    table.add(conn, rows)
    if rows:
        told[state] = told.get(state, 0) + len(rows)


def _said(said: Mapping[str, Json], workspace: Workspace, now: str) -> dict[str, str | None]:
    """Who said it, and the day by which it must be done: from when it was said, if it was said to us, else from now."""
    here = said.get("source") == HERE and said.get("at")
    begins = min(str(said["at"]), now) if here else now
    due = utc_text(from_utc_text(begins) + timedelta(seconds=workspace.settings.consent.withdraw_within))
    return {
        "purpose": str(said.get("purpose") or "*"),
        "channel": str(said.get("channel") or "*"),
        "said_by": str(said.get("source") or ""),
        "said_at": said.get("at"),
        "due": due,
    }


def _let_go(conn: StoreConnection, workspace: Workspace, destination: Destination, told: dict[str, int]) -> None:
    """What nobody must look at may go: not before a person has once sent something there, and not suspiciously many."""
    fresh = [one for one in table.left(conn, destination.name, ("held",)) if one["reason"] == FIRST]
    if not fresh or not plans.ever_applied(conn, destination.name):
        return
    many = len(fresh) > max(FEW, destination.max_deletes * _count(conn, destination))
    ids = [one["task_id"] for one in fresh]
    table.change(conn, ids, **({"reason": MANY} if many else {"state": "open", "reason": None}))
    if not many:
        told["held"] = told.get("held", 0) - len(ids)
        told["open"] = told.get("open", 0) + len(ids)


def _count(conn: StoreConnection, destination: Destination) -> int:
    if destination.source is None:
        return given.count(conn, destination.name, gone=False)
    return headcount.count(conn, headcount.RECORDS + destination.source)
