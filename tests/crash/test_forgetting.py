"""Killed while it forgets somebody: after the next sync they are wholly there, or gone from everywhere (behaviour 6, 7.4)."""

from __future__ import annotations

import random

import orjson
import pytest
from databases import fresh
from giving import Giving
from sqlalchemy import select
from world import opened

from hub.store import tables
from hub.store.tables import metadata


def words(number: int) -> set[str]:
    """The person's phone in its forms and their e-mail; made so that nobody else's hold them."""
    return {f"9123456{number:02d}", f"khach{number}@example.vn"}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """A shop at rest: everybody stands in every system."""
    folder = tmp_path_factory.mktemp("forget")
    with (
        fresh(request, request.param, folder / "store") as url,
        Giving(folder / "w", None if request.param == "sqlite" else url) as one,
    ):
        one.act(0)
        one.settled()
        one.inside("sync")
        yield one


def tables_of(world: Giving) -> dict[str, str]:
    with opened(world.folder) as workspace, workspace.store.read() as conn:
        return {
            table.name: "\n".join(str(tuple(row)) for row in conn.execute(select(table)))
            for table in metadata.sorted_tables
        }


def holding(world: Giving, number: int) -> list[str]:
    """Tables, the hub's own files and systems that hold a word of this person."""
    found = [name for name, text in tables_of(world).items() if any(word in text for word in words(number))]
    for folder in ("data", "out"):
        for path in (world.folder / folder).rglob("*"):
            whole = path.read_bytes() if path.is_file() else b""
            found += [path.name for word in words(number) if word.encode() in whole]
    for name, rows in world._theirs().items():
        found += [name for row in rows if any(word in row for word in words(number))]
    return sorted(set(found))


def shadow(world: Giving, number: int) -> dict[str, object]:
    """All that the hub knows of the person, as far as it is to stay the same."""
    with opened(world.folder) as workspace, workspace.store.read() as conn:
        rows = conn.execute(select(tables.customers.c.golden_id, tables.customers.c.doc)).all()
        (golden_id,) = [row.golden_id for row in rows if f"khach{number}@" in (row.doc or "")]
        (doc,) = [row.doc for row in rows if row.golden_id == golden_id]
        sent = conn.execute(select(tables.sent).where(tables.sent.c.golden_id == golden_id)).all()
    return {"golden_id": golden_id, "doc": orjson.loads(doc), "sent": len(sent), "holding": holding(world, number)}


def forget(number: int) -> tuple[str, ...]:
    return ("forget", f"khach{number}@example.vn", "--reason", "asked at the till", "--yes")


def never_half(world: Giving, number: int, place: str, call: int = 1) -> tuple[bool, str]:
    """Kill the forgetting of that person, sync, look; finish it when it had not begun. Whether it was hit, what was found."""
    before = shadow(world, number)
    assert {"raw_records", "records", "customers", "sent", "kiotviet", "woocommerce", "mailchimp"} <= set(
        before["holding"]
    )
    hit = world.dying(place, call, *forget(number))
    world.inside("sync")
    found = "gone"
    if holding(world, number):
        assert shadow(world, number) == before
        assert world.run(*forget(number))[0] == 0
        found = "there"
    for _ in range(2):
        assert holding(world, number) == []
        assert told(world, before["golden_id"]) == ("erased", 1, 1, [])
        world.inside("sync", full=True)
    return hit, found


def told(world: Giving, golden_id: str) -> tuple[str, int, int, list[str]]:
    """State of the customer, erasures and audit lines about them, and systems that were not told yet."""
    with opened(world.folder) as workspace, workspace.store.read() as conn:
        status = conn.scalar(select(tables.customers.c.status).where(tables.customers.c.golden_id == golden_id))
        erasures = conn.scalars(
            select(tables.erasures.c.erasure_id).where(tables.erasures.c.golden_id == golden_id)
        ).all()
        about = select(tables.audit.c.seq).where(
            tables.audit.c.action == "forget", tables.audit.c.subjects.contains(golden_id)
        )
        lines = conn.scalars(about).all()
        left = conn.execute(select(tables.erase_tasks.c.system).where(tables.erase_tasks.c.state == "open")).all()
    return str(status), len(erasures), len(lines), [row.system for row in left]


@pytest.mark.parametrize(
    ("place", "person", "found"),
    [
        ("hub.flow.forget:append", 1, "gone"),  # written beside the store, not in it
        ("!hub.flow.forget:append", 2, "there"),
        ("!hub.store.erasures:settle", 4, "gone"),  # the first system has erased, nobody knows; files not rewritten
    ],
)
def test_killed_while_it_forgets_nobody_is_half_forgotten(world, place, person, found):
    assert never_half(world, person, place) == (True, found)


@pytest.mark.crash
@pytest.mark.parametrize("person", [3, *range(5, 15)])
def test_killed_at_any_commit_nobody_is_half_forgotten(world, person):
    dice = random.Random(f"forgetting {person}")
    never_half(world, person, dice.choice(("before", "after")), dice.randint(1, 14))
