"""Two syncs at once are safe: one waits for the other, and nothing is done twice (behaviour 7.3)."""

from __future__ import annotations

import orjson
from sqlalchemy import select
from world import World, made, opened

from hub.store import tables


def test_two_syncs_at_once_end_as_one_after_the_other(tmp_path):
    people = made(tmp_path / "people", 12, 9)
    with World(tmp_path / "world", people) as world:
        both = [world.start("sync", "--direct", "--no-push") for _ in range(2)]
        said = [process.communicate(timeout=240) for process in both]
        assert [process.returncode for process in both] == [0, 0], said
        reports = sorted((orjson.loads(out) for out, _ in said), key=lambda one: -one["golden"]["created"])
        assert reports[0]["golden"]["created"] > 0
        assert reports[1]["golden"] | {"unchanged": 0} == dict.fromkeys(reports[1]["golden"], 0)
        with opened(world.folder) as workspace, workspace.store.read() as conn:
            spans = sorted(conn.execute(select(tables.runs.c.started_at, tables.runs.c.ended_at)).all())
    assert spans[0].ended_at <= spans[1].started_at
    assert {(part["new"], part["changed"]) for part in reports[1]["sources"].values()} == {(0, 0)}
