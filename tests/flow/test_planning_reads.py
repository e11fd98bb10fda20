"""A plan after a few changes reads by index; what it need not know any more is thrown away."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes import make_run
from reads import GIVING, PART, asked, scans
from shop import SHOP, Shop
from sqlalchemy import func, insert, select
from steps import MAIL, POS, SETTINGS, bring, person, settle

from hub.flow.outlet import Outlet
from hub.flow.plan import plan
from hub.flow.push import push
from hub.settings import Destination
from hub.store import headcount, planned
from hub.store.engine import open_store
from hub.store.normalized import take_out
from hub.store.tables import plan_states, records, retold

ABLE = replace(SHOP, writes=frozenset({"create", "update", "delete"}), requires=frozenset(), rereads=True)
NAMES = {"full_name": "hub", "phone": "fill_if_blank", "email": "newest"}
WIDE = {"max_changes": 1.0, "max_deletes": 1.0}
DESTINATIONS = {
    one.name: one
    for one in (
        Destination("careful", "pos", "fake", "pos", {}, fields=NAMES, **WIDE),
        Destination("upsert", "mail", "fake", "mail", {}, fields=NAMES, mode="upsert", **WIDE),
        Destination("mirror", "mail", "fake", "mail", {}, fields=NAMES, mode="mirror", **WIDE),
        Destination("list", None, "fake", "sheet", {}, fields=NAMES, mode="mirror", **WIDE),
    )
}


OF_POS = headcount.RECORDS + POS.name


def outlet(store, name, number=1):
    return Outlet(store, SETTINGS, DESTINATIONS[name], ABLE, Shop(), make_run(number))


def open_world(sqlite_template, folder):
    (folder / "hub.db").write_bytes(sqlite_template.read_bytes())
    store = open_store(f"sqlite:///{folder / 'hub.db'}")
    bring(store, *[person(str(n), f"Người Số {n}", f"09{n:08d}") for n in range(10, 60)])
    bring(store, *[person(str(n), f"Người {n}", f"09{n:08d}") for n in range(20, 70)], source=MAIL)
    settle(store)
    return store


@pytest.fixture
def world(sqlite_template, tmp_path):
    """A store with a few people in two systems."""
    store = open_world(sqlite_template, tmp_path)
    yield store
    store.dispose()


@pytest.mark.parametrize("name", DESTINATIONS)
def test_a_plan_after_a_few_changes_reads_no_table_whole(world, name):
    push(outlet(world, name), plan(outlet(world, name)), yes=True)
    plan(outlet(world, name, 2))
    bring(world, person("10", "Tên Mới", "0900000010"), person("new", "Người Mới", "0912345678"), number=3)
    settle(world, 3)
    assert scans(world, asked(world, lambda: plan(outlet(world, name, 4))), GIVING, PART) == set()


def test_what_every_destination_has_seen_leaves_the_list_of_retold(store):
    told(store, 5)
    for name in ("careful", "upsert"):
        plan(outlet(store, name))
    told(store, 2)
    plan(outlet(store, "careful"))
    assert seqs(store) == [6, 7]  # not seen by the other yet
    plan(outlet(store, "upsert"))
    assert seqs(store) == [7]


def test_a_destination_that_is_planned_no_more_holds_nothing_up(store, monkeypatch):
    monkeypatch.setattr(planned, "BACKLOG", 3)
    for name in ("upsert", "careful"):
        plan(outlet(store, name))
    told(store, 5)
    plan(outlet(store, "careful"))
    assert seqs(store) == [5]
    with store.read() as conn:
        assert list(conn.scalars(select(plan_states.c.destination))) == ["careful"]


def told(store, count):
    with store.begin() as conn:
        conn.execute(insert(retold), [{"golden_id": str(n)} for n in range(count)])


def seqs(store):
    with store.read() as conn:
        return list(conn.scalars(select(retold.c.seq).order_by(retold.c.seq)))


def test_the_number_of_records_is_kept_while_records_come_and_go(store):
    with store.begin() as conn:
        headcount.keep(conn, OF_POS)
    bring(store, *[person(str(n), f"Người {n}", f"09{n:08d}") for n in range(5)])
    bring(store, person("2", "Tên Khác", "0900000002"), person("7", "Người 7", "0900000007"), gone=["3"], number=2)
    with store.begin() as conn:
        assert headcount.count(conn, OF_POS) == headcount.counted(conn, OF_POS) == 5
        take_out(conn, list(conn.scalars(select(records.c.rid).limit(2))))
        assert headcount.count(conn, OF_POS) == conn.scalar(select(func.count()).select_from(records)) == 3
