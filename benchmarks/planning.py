"""Plan made customers for four destinations: from nothing, with nothing changed, with some changes; a plain pandas merge beside.

    python -m benchmarks.planning [--customers 200000] [--changes 1000] [--folder DIR] [--database URL]

Prints one JSON document: wall and CPU seconds of each, the peak memory of the process that planned. The tables are made by SQL
in a process of its own, so that only planning is measured; a store that holds customers already is taken as it is. The peer
reads the same tables with pandas, merges, and compares the written fields as they stand.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import polars as pl
from sqlalchemy import insert, select

from hub.connectors.kit.port import Capabilities
from hub.flow.outlet import Outlet
from hub.flow.plan import plan
from hub.flow.run import Run
from hub.settings import Destination, Settings, Source
from hub.store import notes, tables
from hub.store import planned as planned_since
from hub.store.bulk import analyze, insert_frame
from hub.store.engine import Store, open_store
from hub.store.migrate import upgrade

NAMES = ("pos", "shop", "mail", "club")
FIELDS = {"full_name": "hub", "phone": "fill_if_blank", "email": "fill_if_blank"}
ABLE = Capabilities(streams=(), writes=frozenset({"update"}), write_fields=frozenset(FIELDS))
AT, PART = "2026-11-01T00:00:00.000Z", 20_000
FILLED = (tables.customers, tables.raw_records, tables.landed, tables.records, tables.xref)


def document(number: int) -> dict[str, Any]:
    """A customer as a system's record tells them."""
    return {
        "source_id": str(number),
        "full_name": f"Nguyễn Thị Lan {number}",
        "phones": [{"value": f"+849{number:08d}", "use": "own"}],
        "emails": [{"value": f"k{number}@example.vn", "use": "own"}],
    }


def rows(first: int, last: int) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    """Rows of customers first..last-1, each with a record in every system, by table."""
    made: dict[Any, list[dict[str, Any]]] = {table: [] for table in FILLED}
    for number in range(first, last):
        golden_id, doc = f"{number:032d}", document(number)
        golden = {**doc, "golden_id": golden_id}
        golden |= {name: [{**doc[name][0], "primary": True}] for name in ("phones", "emails")}
        made[tables.customers].append(
            {
                "golden_id": golden_id, "customer_code": f"KH{number}", "status": "active", "kind": "person", "version": 1,
                "record_count": 4, "doc": orjson.dumps(golden).decode(), "digest": "", "created_at": AT, "updated_at": AT,
                "run_id": "made",
            }
        )  # fmt: skip
        text = orjson.dumps(doc).decode()
        for place, name in enumerate(NAMES):
            rid = number * len(NAMES) + place + 1
            key = {"rid": rid, "source": name, "source_id": str(number)}
            made[tables.raw_records].append(
                {"raw_id": rid, "rid": rid, "content_hash": "", "payload": "", "landed_at": AT, "run_id": "made"}
            )
            made[tables.landed].append(
                {**key, "stream": "customers", "raw_id": rid, "content_hash": "", "state": "current", "scope": ""}
            )
            made[tables.records].append(
                {**key, "kind": "person", "name_level": "full", "name_toned": True, "doc": text, "stamp": 1}
            )
            made[tables.xref].append({"rid": rid, "golden_id": golden_id, "rule": "phone", "linked_at": AT})
    yield from made.items()


def fill(store: Store, customers: int) -> None:
    """Make the tables, unless they are there."""
    with store.read() as conn:
        if conn.scalar(select(tables.customers.c.golden_id).limit(1)) is not None:
            return
    for first in range(0, customers, PART):
        with store.begin() as conn:
            for table, some in rows(first, min(first + PART, customers)):
                insert_frame(conn, table, pl.DataFrame(some))
    with store.begin() as conn:
        conn.execute(insert(tables.source_state), [{"source": name, "status": "ok"} for name in NAMES])
        notes.put(conn, planned_since.STAMP, "1")
        analyze(conn, *FILLED)


def change(store: Store, changes: int) -> None:
    """Let so many customers take another name, as resolving would write it."""
    with store.begin() as conn:
        for number in range(changes):
            golden_id = f"{number * 7:032d}"
            doc = {**document(number * 7), "golden_id": golden_id, "full_name": f"Trần Văn Hùng {number}"}
            mine = tables.customers.c.golden_id == golden_id
            conn.execute(tables.customers.update().where(mine).values(doc=orjson.dumps(doc).decode(), version=2))
            told = {"at": AT, "kind": "updated", "golden_id": golden_id, "version": 2, "run_id": "changed"}
            conn.execute(insert(tables.changes).values(**told))


def planned(store: Store, folder: Path) -> tuple[dict[str, float], int]:
    """Seconds that planning all four destinations takes, wall and CPU of this process, and the writes planned."""
    sources = {name: Source(name, "fake", "shop", {}) for name in NAMES}
    started, busy, writes = time.perf_counter(), time.process_time(), 0
    for name in NAMES:
        destination = Destination(name, name, "fake", "shop", {}, fields=FIELDS, max_changes=1.0)
        settings = Settings(folder / "hub.toml", "", sources=sources, destinations={name: destination})
        report = plan(Outlet(store, settings, destination, ABLE, None, Run("bench")))  # type: ignore[arg-type]  # nothing is sent
        writes += report.planned["update"]
    return {"seconds": round(time.perf_counter() - started, 2), "cpu": round(time.process_time() - busy, 2)}, writes


PEER = """
import json, sqlite3, sys, time
import pandas as pd
started, busy, found = time.perf_counter(), time.process_time(), 0
base = sqlite3.connect(sys.argv[1])
golden = pd.read_sql("select golden_id, doc from customers", base)
ours = pd.DataFrame([json.loads(one) for one in golden["doc"]], columns=["full_name"]).assign(golden_id=golden["golden_id"])
for name in ("pos", "shop", "mail", "club"):
    rows = "select x.golden_id, r.doc from records r join xref x on x.rid = r.rid where r.source = ?"
    there = pd.read_sql(rows, base, params=[name])
    theirs = pd.DataFrame([json.loads(one) for one in there["doc"]], columns=["full_name"]).assign(golden_id=there["golden_id"])
    both = ours.merge(theirs, on="golden_id")
    found += int((both["full_name_x"] != both["full_name_y"]).sum())
print(json.dumps({"seconds": round(time.perf_counter() - started, 2), "cpu": round(time.process_time() - busy, 2)}))
"""
"""Compares names only, knows nothing of formats, owners, consent or what was sent before."""


def plans(store: Store, changes: int, folder: Path) -> dict[str, Any]:
    """The three plans, one after the other, and what of memory they took."""
    told: dict[str, Any] = {}
    told["first plan"], _ = planned(store, folder)
    told["nothing changed"], _ = planned(store, folder)
    change(store, changes)
    told[f"{changes} changed"], told["writes"] = planned(store, folder)
    told["peak MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return told


def measured(chosen: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """All of it over one store, each part a process of its own; the peer reads SQLite files only."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    database = chosen.database or f"sqlite:///{folder / 'data' / 'hub.db'}"
    told: dict[str, Any] = {"customers": chosen.customers, "destinations": len(NAMES)}
    numbers = ["--customers", str(chosen.customers), "--changes", str(chosen.changes)]
    for step in ("make", "plan"):
        command = [sys.executable, "-m", "benchmarks.planning", "--step", step, "--database", database, *numbers]
        told |= _said(command)
    return told if chosen.database else told | {"pandas merge": _said([sys.executable, "-c", PEER, database[10:]])}


def _said(command: list[str]) -> dict[str, Any]:
    """The JSON document that a process prints."""
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def step(chosen: argparse.Namespace) -> dict[str, Any]:
    """One part, in this process."""
    store = open_store(chosen.database)
    upgrade(store)
    told: dict[str, Any] = {}
    if chosen.step == "make":
        fill(store, chosen.customers)
    else:
        told = plans(store, chosen.changes, Path())
    store.dispose()
    return told


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planning", description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--changes", type=int, default=1_000)
    parser.add_argument(
        "--folder", type=Path, help="where the store is made; left out: a folder that is taken away again"
    )
    parser.add_argument("--database", help="a store of its own for this; left out: a SQLite file in the folder")
    parser.add_argument("--step", choices=("make", "plan"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        told = step(chosen) if chosen.step else measured(chosen, (chosen.folder or Path(passing)).resolve())
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
