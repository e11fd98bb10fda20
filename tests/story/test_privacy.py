"""Nobody's data in logs, errors, reports, ledgers or Dagster's storage, even when vendors misbehave (behaviour 7.1, 7.2)."""

from __future__ import annotations

import logging
import re
import uuid
from pathlib import Path

import orjson
import pytest
from sqlalchemy import select
from world import World, made, opened

from hub import definitions
from hub.flow import sync as flow
from hub.flow.lock import lock, start_run
from hub.flow.run import Run
from hub.flow.workspace import Workspace
from hub.store import tables

pytestmark = pytest.mark.filterwarnings("ignore")
KEPT = ("runs", "deliveries", "source_state", "alert_states", "changes", "quarantine", "field_refusals", "cursors")
"""Tables that people read when something is wrong, and that forgetting never rewrites."""


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("people") / "world", 25, 11)


@pytest.fixture
def world(people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.setattr(Workspace.__init__, "__defaults__", (lambda seconds: None,))  # what connectors wait with
    with World(tmp_path / "world", people) as made_world:
        made_world.box.hostile.set("hostile", retry_after=0, stall=0.05)
        yield made_world


def tell(world: World) -> list[dict]:
    """A Dagster sync, a person's yes, a direct sync with a vendor down; the reports."""
    reports = []
    with opened(world.folder) as workspace:
        run = Run(str(uuid.uuid4()))
        with lock(workspace.store, run):
            definitions.run(workspace.settings, run)
        reports.append(run.parts["document"])
        run = Run(str(uuid.uuid4()))
        with lock(workspace.store, run):
            start_run(workspace.store, run)
            for name in workspace.settings.destinations:
                flow.destination_step(workspace, run, name, yes=True)
            reports.append(flow.finish(workspace, run))
    world.box.hostile.set("down", vendor="kiotviet")
    return [*reports, world.inside("sync")]


def personal(world: World) -> set[str]:
    """Every made phone (in all its forms), e-mail and name of two words or more that any system holds."""
    found: set[str] = set()
    with opened(world.folder) as workspace, workspace.store.read() as conn:
        docs = [orjson.loads(doc) for doc in conn.scalars(select(tables.records.c.doc))]
        raws = list(conn.scalars(select(tables.identifiers.c.raw).where(tables.identifiers.c.raw.is_not(None))))
        nationals = list(conn.scalars(select(tables.identifiers.c.national)))
    for doc in docs:
        found |= {one["value"] for name in ("phones", "emails", "ids") for one in doc.get(name, ()) if one.get("value")}
        found |= {doc[name] for name in ("full_name", "company_name") if " " in (doc.get(name) or "")}
    return {text for text in found | set(raws) | set(nationals) if text and len(text) >= 7}


def tables_kept(world: World) -> str:
    with opened(world.folder) as workspace, workspace.store.read() as conn:
        metadata = tables.metadata.tables
        return "\n".join(str(tuple(row)) for name in KEPT for row in conn.execute(select(metadata[name])))


def stored(world: World) -> bytes:
    return b"".join(path.read_bytes() for path in (world.folder / "data" / "dagster").rglob("*") if path.is_file())


def secrets(world: World) -> set[str]:
    lines = (world.folder / ".env").read_text(encoding="utf-8").splitlines()
    return {line.partition("=")[2] for line in lines if line}


def test_nothing_that_is_written_about_a_run_holds_anybodys_data(world, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    reports = tell(world)
    assert world.box.journal.faults
    said = "\n".join([caplog.text, *capfd.readouterr(), *(orjson.dumps(report).decode() for report in reports)])
    everything = "\n".join([said, tables_kept(world), stored(world).decode("utf-8", "replace")])
    known = personal(world)
    assert len(known) > 100
    assert reports[-1]["status"] == "degraded"
    assert [re.sub(r"\w", "x", text) for text in known if text in everything] == []
    assert [name for name in secrets(world) if name in everything] == []
