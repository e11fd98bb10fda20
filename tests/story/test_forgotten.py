"""A person who asks to be forgotten leaves every file of the workspace, and nothing brings them back (behaviour 6)."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from sqlalchemy import select
from world import World, made, opened

from hub.flow.workspace import Workspace
from hub.store import tables

pytestmark = pytest.mark.filterwarnings("ignore")
SYSTEMS = {"pos", "shop", "mail"}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A shop of forty people, synced and pushed, a backup of its file, and then one of them forgotten."""
    base = tmp_path_factory.mktemp("forget")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DAGSTER_HOME", raising=False)
        patch.setattr(Workspace.__init__, "__defaults__", (lambda seconds: None,))
        with World(base / "world", made(base / "people", 40, 11)) as shop:
            shop.inside("sync")
            shop.inside("push")
            shop.inside("sync")
            yield shop


def docs(shop) -> list[dict]:
    with opened(shop.folder) as workspace, workspace.store.read() as conn:
        c = tables.customers.c
        rows = conn.execute(select(c.golden_id, c.doc).where(c.status == "active"))
        return [{**orjson.loads(doc), "golden_id": golden_id} for golden_id, doc in rows]


def chosen(shop) -> dict:
    """The customer who is in most systems and shares nothing."""
    people = [doc for doc in docs(shop) if not any(one.get("shared_with") for one in doc.get("phones", ()))]
    named = [doc for doc in people if " " in (doc.get("full_name") or "") and doc.get("emails")]
    return max(named, key=lambda doc: len({one["source"] for one in doc["records"]} & {*SYSTEMS, "events", "mailbox"}))


def values(shop, doc) -> set[bytes]:
    """Phones in all forms, e-mails and ids of the person, as UTF-8."""
    rids = select(tables.xref.c.rid).where(tables.xref.c.golden_id == doc["golden_id"])
    with opened(shop.folder) as workspace, workspace.store.read() as conn:
        i = tables.identifiers
        rows = conn.execute(select(i.c.value, i.c.raw, i.c.national).where(i.c.rid.in_(rids), i.c.use == "own")).all()
    return {text.encode() for row in rows for text in row if text and len(text) >= 7}


def holding(folder: Path, words: set[bytes]) -> dict[str, list[bytes]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    found = {str(path): [word for word in words if word in path.read_bytes()] for path in files}
    return {name: hits for name, hits in found.items() if hits}


def test_a_person_leaves_every_file_and_nothing_brings_them_back(world, tmp_path):
    doc = chosen(world)
    words = values(world, doc)
    assert len({one["source"] for one in doc["records"]}) >= 3
    with (
        closing(sqlite3.connect(world.folder / "data" / "hub.db")) as live,
        closing(sqlite3.connect(tmp_path / "before.db")) as copy,
    ):
        live.backup(copy)
    code, shown = world.run("forget", doc["golden_id"], "--reason", "asked")
    assert (code, shown["applied"]) == (0, False)
    assert holding(world.folder / "data", words)

    code, told = world.run("forget", doc["golden_id"], "--reason", f"{doc['full_name']} asked", "--yes")
    assert code == 0
    assert {one["system"]: one["state"] for one in told["proof"]["systems"] if one["system"] in SYSTEMS}
    assert holding(world.folder / "data", words) == {}

    world.inside("sync", full=True)
    assert holding(world.folder / "data", words) == {}

    shutil.copy(tmp_path / "before.db", world.folder / "data" / "hub.db")
    for name in ("hub.db-wal", "hub.db-shm"):
        (world.folder / "data" / name).unlink(missing_ok=True)
    world.inside("sync", full=True)
    assert holding(world.folder / "data", words) == {}
