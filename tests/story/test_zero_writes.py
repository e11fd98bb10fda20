"""An unchanged second push sends nothing, whatever happened to the hub between (behaviour 5.2): on every destination."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from databases import fresh
from world import World, made, opened

import hub.flow.normalize as normalizing
from hub.flow import sync
from hub.flow.lock import lock, start_run
from hub.flow.run import Run

WRITES = ("create", "update", "deactivate", "delete")
LIST = """
[destinations.list]
connector = "sheet"
mode      = "upsert"
[destinations.list.fields]
full_name = "hub"
phone     = "hub"
email     = "hub"
"""


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """A small shop whose every destination has taken all that was wished."""
    folder = tmp_path_factory.mktemp("zero")
    with fresh(request, request.param, folder / "data") as url:
        database = None if url.startswith("sqlite") else url
        with World(folder / "world", made(folder / "people", 5, 3), database) as one:
            settings = one.folder / "hub.toml"
            settings.write_text(settings.read_text("utf-8") + LIST, "utf-8")
            for _ in range(3):
                one.inside("sync", full=True)
                one.inside("push")
            assert {row.vendor for row in one.box.journal.writes} == {"kiotviet", "woocommerce", "mailchimp"}
            assert _files(one)
            yield one


def _files(world: World) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((world.folder / "out").glob("*"))}


@pytest.fixture
def silent(world: World):
    """Nothing is written anywhere until the end of the test."""
    before, files = world.box.journal.position, _files(world)
    yield
    assert world.box.journal.of(after=before) == []
    assert _files(world) == files


def nothing(push) -> bool:
    planned = [part["planned"][action] for part in push.values() for action in WRITES]
    return not any(planned) and {part["state"] for part in push.values()} == {"applied"}


@pytest.mark.usefixtures("silent")
def test_a_second_push_sends_nothing(world):
    assert nothing(world.inside("push")["push"])


@pytest.mark.usefixtures("silent")
def test_a_second_sync_and_push_send_nothing(world):
    world.inside("sync")
    assert nothing(world.inside("push")["push"])


@pytest.mark.usefixtures("silent")
def test_a_push_after_a_restart_sends_nothing(world):
    code, push = world.run("push", "--yes")
    assert (code, nothing(push)) == (0, True)


@pytest.mark.usefixtures("silent")
def test_a_push_after_a_rebuild_sends_nothing(world):
    with opened(world.folder) as workspace:
        run = Run(str(uuid.uuid4()))
        with lock(workspace.store, run):
            start_run(workspace.store, run)
            sync.match_step(workspace, run, rebuild=True)
            sync.resolve_step(workspace, run)
            sync.finish(workspace, run)
    assert nothing(world.inside("push")["push"])


@pytest.mark.usefixtures("silent")
def test_a_push_after_a_new_version_of_all_mappings_sends_nothing(world, monkeypatch):
    monkeypatch.setattr(normalizing, "NORMALIZE_VERSION", normalizing.NORMALIZE_VERSION + 1)
    world.inside("sync", full=True)
    assert nothing(world.inside("push")["push"])


@pytest.mark.usefixtures("silent")
def test_a_push_after_the_same_settings_in_other_words_sends_nothing(world):
    settings: Path = world.folder / "hub.toml"
    text = settings.read_text("utf-8")
    other = text.replace('separator = "|"', 'separator = "|"\ndate_order = "dmy"')
    other = other.replace(
        'full_name = "hub"\nphone     = "fill_if_blank"', 'phone = "fill_if_blank"\nfull_name = "hub"'
    )
    assert other != text
    settings.write_text(other, "utf-8")
    world.inside("sync")
    assert nothing(world.inside("push")["push"])


def test_a_list_that_is_only_written_is_not_taken_for_lost(world):
    code, told = world.run("reconcile", "list")
    assert (code, told["list"]["readable"], told["list"]["missing"]) == (0, False, 0)
    assert told["list"]["written"] > 0
