"""Edits between a pull and a push, drift read back and repaired, over real HTTP (behaviour 5.2, 5.3, 5.10)."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from world import World, made, opened

from hub.flow import reconcile as flow
from hub.flow import sync
from hub.flow.lock import lock, start_run
from hub.flow.run import Run

PEOPLE, SEED = 20, 5
EDITED = {
    "kiotviet": ("customers", {"email": "vua.sua@example.vn"}, "email"),
    "woocommerce": ("customers", {"first_name": "Vừa Sửa", "last_name": "Đặng"}, "first_name"),
    "mailchimp": ("members", {"merge_fields": {"FNAME": "Vừa Sửa", "LNAME": "Đặng"}}, "merge_fields"),
}


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("people") / "world", PEOPLE, SEED)


@pytest.fixture
def world(people: Path, tmp_path: Path, store_url: str):
    database = None if store_url.startswith("sqlite") else store_url
    with World(tmp_path / "world", people, database) as made_world:
        yield made_world


def reconciled(world: World):
    with opened(world.folder) as workspace:
        run = Run(str(uuid.uuid4()))
        with lock(workspace.store, run):
            start_run(workspace.store, run)
            told = flow.reconcile(workspace, run, list(workspace.settings.destinations))
            return told, sync.finish(workspace, run)


def edit(world: World, vendor: str):
    """A clerk edits every record there; what the table holds then, by its own id."""
    table, fields, name = EDITED[vendor]
    state = world.box.vendors[vendor]
    key = state.tables[table].id_field
    for row in state.rows(table):
        state.clerk_edit(table, row[key], fields)
    return {row[key]: _edited(row[name]) for row in state.rows(table)}


def named(world: World, vendor: str):
    table, _, name = EDITED[vendor]
    state = world.box.vendors[vendor]
    return {row[state.tables[table].id_field]: _edited(row[name]) for row in state.rows(table)}


def _edited(value):
    """What the clerk wrote, without what stands beside it."""
    return value["FNAME"] if isinstance(value, dict) else value


def test_what_was_edited_there_after_the_pull_is_not_overwritten_and_planned_anew(world):
    world.inside("sync")
    edited = {vendor: edit(world, vendor) for vendor in EDITED}
    report = world.inside("push")
    assert {
        vendor: {k: v for k, v in named(world, vendor).items() if k in edited[vendor]} for vendor in EDITED
    } == edited
    refused = [part["reasons"].get("rejected", {}).get("changed_there", 0) for part in report["push"].values()]
    assert sum(refused) > 0
    world.inside("sync")
    assert all("rejected:changed_there" not in str(part) for part in world.inside("sync")["push"].values())


def test_after_everything_is_acknowledged_nothing_has_drifted_and_drift_is_counted_by_field(world):
    for _ in range(2):
        world.inside("sync")
        world.inside("push")
    calm, report = reconciled(world)
    assert report["status"] == "ok"
    assert all(part["whole"] and part["drifted"] == part["missing"] == 0 for part in calm.values())
    before = world.box.journal.position
    edit(world, "woocommerce")
    (name,) = [one for one, part in reconciled(world)[0].items() if part["drifted"]]
    assert world.box.journal.of(after=before) == []
    told = reconciled(world)[0][name]
    assert told["fields"]["full_name"]["drifted"] == told["drifted"] > 0
