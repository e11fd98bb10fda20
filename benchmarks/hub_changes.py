"""Changes on a large base: 1,000 records at once, and many single ones, through the source `till` of the workspace.

    python -m benchmarks.hub_changes WORKSPACE [SINGLE]

Half of the records are of people whom the base knows (their name and phone), half are new. A thousand land and are
normalized first, then matching and resolving is measured; of single ones the whole call: land, normalize, match, resolve,
answer. Calls before them load what a long-running process has loaded.
"""

from __future__ import annotations

import json
import random
import sys
import uuid
from collections.abc import Mapping
from statistics import median
from time import perf_counter, process_time

from sqlalchemy import func, select

from benchmarks.inside import part
from hub.flow import match, normalize, one, resolve
from hub.flow.lock import lock
from hub.flow.run import Run
from hub.flow.workspace import Workspace, open_workspace
from hub.model import Json, RawRecord
from hub.store import arrivals
from hub.store.tables import identifiers, records

CHANGES = 1_000
SINGLE = 100
SEED = 11


def people(workspace: Workspace, count: int) -> list[Mapping[str, Json]]:
    """Payloads of `count` records, known people and new ones in turn."""
    lot = random.Random(SEED)
    with workspace.store.read() as conn:
        last = conn.scalar(select(func.max(records.c.rid))) or 0
        drawn = sorted(lot.sample(range(last), min(last, 4 * count)))
        bearers = select(records.c.full_name, identifiers.c.value).join(identifiers, identifiers.c.rid == records.c.rid)
        own = (identifiers.c.type == "phone", identifiers.c.key, records.c.full_name.is_not(None))
        known = conn.execute(bearers.where(records.c.rid.in_(drawn), *own).limit(count)).all()
    new = [(f"Nguyễn Văn Thử {n}", f"+8498{lot.randrange(10**7):07d}") for n in range(count)]
    drawn_people = [pair for both in zip(known, new, strict=False) for pair in both][:count]
    return [
        {"source_id": uuid.uuid4().hex, "full_name": name, "phones": [{"value": phone}]} for name, phone in drawn_people
    ]


def together(
    workspace: Workspace, run: Run, given: list[Mapping[str, Json]], told: dict[str, dict[str, float]]
) -> None:
    """A thousand at once: matched and resolved is what is measured."""
    store, settings, till = workspace.store, workspace.settings, workspace.settings.sources["till"]
    with lock(store, run):
        with store.begin() as conn:
            posted = [RawRecord(str(payload["source_id"]), json.dumps(payload), run.now()) for payload in given]
            arrivals.add(conn, till.name, posted, run.now())
        one.land_arrivals(store, till, run)
        with workspace.connect(till, run) as connection:
            normalize.normalize(store, settings, till, connection, run)
        with part(told, "changes", rows=len(given)):
            match.match(store, settings, run)
            resolve.resolve(store, settings, run)


def single(workspace: Workspace, run: Run, payload: Mapping[str, Json]) -> tuple[float, float]:
    """Milliseconds of the wall and of the processor for one record; raises RuntimeError when it was not resolved."""
    began, busy = perf_counter(), process_time()
    (answer,) = one.resolve_records(
        workspace.store, workspace.settings, workspace.settings.sources["till"], [payload], run
    )
    took = 1000 * (perf_counter() - began), 1000 * (process_time() - busy)
    if answer.pending or answer.golden_id is None:
        raise RuntimeError("a single record was not resolved at once")
    return took


def main() -> int:
    """Prints what was measured as JSON; seconds are of the wall where nothing else is said."""
    workspace, run = open_workspace(sys.argv[1]), Run(str(uuid.uuid4()))
    count = int(sys.argv[2]) if len(sys.argv) > 2 else SINGLE
    given = people(workspace, CHANGES + count + 10)
    told: dict[str, dict[str, float]] = {}
    together(workspace, run, given[:5], {})
    together(workspace, run, given[10 + count :], told)
    for payload in given[5:10]:
        single(workspace, run, payload)
    both = [single(workspace, run, payload) for payload in given[10 : 10 + count]]
    took, cpu = (sorted(one[place] for one in both) for place in (0, 1))
    ms = {"median_ms": median(took), "p95_ms": took[int(count * 0.95)], "most_ms": took[-1]}
    ms |= {"cpu_median_ms": median(cpu), "cpu_p95_ms": cpu[int(count * 0.95)]}
    print(json.dumps({"rows": len(given) - 10 - count, "steps": told, "single": ms}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
