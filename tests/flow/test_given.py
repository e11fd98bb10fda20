"""A destination without a source of its own: a list that the hub only writes, known by what it acknowledged."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from shop import SHOP, Shop, golden, outlet, put_customer
from sqlalchemy import select, update

from hub.flow.plan import plan
from hub.flow.push import push
from hub.store import tables

ABLE = replace(SHOP, writes=frozenset({"create", "update", "delete"}), rereads=True, requires=frozenset())


class Paper(Shop):
    """Takes every row, also of those who are to be struck off."""

    def _one(self, write, mood):
        return super()._one(replace(write, target=write.target or write.golden_id), mood)


@pytest.fixture
def lan(store):
    put_customer(store, golden("g1", "Nguyễn Thị Lan", "+84912345678", "lan@example.vn"))
    with store.begin() as conn:
        conn.execute(tables.source_state.insert().values(source="shop", status="ok"))
    return store


def go(store, tmp_path, number=1, paper=None, **values):
    values = {"mode": "upsert", "max_deletes": 1.0, "fields": {"full_name": "hub", "phone": "hub"}, **values}
    to = outlet(store, paper or Paper(), tmp_path, number, **values)
    to = replace(to, capabilities=ABLE, destination=replace(to.destination, name="list", source=None))
    return push(to, plan(to), yes=True)


def change(store, **values):
    with store.begin() as conn:
        conn.execute(update(tables.customers).where(tables.customers.c.golden_id == "g1").values(**values))


def renamed(store, name):
    change(store, doc=orjson.dumps(golden("g1", name, "+84912345678")).decode())


def test_everybody_is_given_once_and_a_second_push_writes_nothing(lan, tmp_path):
    assert go(lan, tmp_path).planned["create"] == 1
    assert go(lan, tmp_path, 2).planned == {**dict.fromkeys(go(lan, tmp_path, 3).planned, 0), "noop": 1}


def test_what_changes_here_is_written_there_without_any_pull(lan, tmp_path):
    go(lan, tmp_path)
    renamed(lan, "Nguyễn Thị Lan Anh")
    report = go(lan, tmp_path, 2)
    assert (report.planned["update"], report.acked) == (1, 1)


def test_mirror_strikes_off_who_is_active_no_more_and_once_only(lan, tmp_path):
    go(lan, tmp_path, mode="mirror")
    change(lan, status="inactive")
    assert go(lan, tmp_path, 2, mode="mirror").planned["delete"] == 1
    assert go(lan, tmp_path, 3, mode="mirror").planned["delete"] == 0


def test_who_comes_back_is_given_again(lan, tmp_path):
    go(lan, tmp_path, mode="mirror")
    change(lan, status="inactive")
    go(lan, tmp_path, 2, mode="mirror")
    change(lan, status="active")
    assert go(lan, tmp_path, 3, mode="mirror").planned["create"] == 1
    with lan.read() as conn:
        assert conn.scalar(select(tables.sent.c.state)) is None


def test_other_modes_leave_the_rows_of_those_who_left(lan, tmp_path):
    go(lan, tmp_path)
    change(lan, status="inactive")
    assert not any(go(lan, tmp_path, 2).planned.values())
