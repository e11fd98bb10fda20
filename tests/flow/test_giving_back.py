"""Promises of giving back that have no better place: owners, keys, look-ups, deletions, neighbours (5.3, 5.4, 5.6, 5.8)."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from fakes import make_run
from shop import SHOP, Shop, golden, outlet, put_customer, put_record
from sqlalchemy import select

from hub.connectors.kit.port import Connector, Description
from hub.errors import TransientError
from hub.flow import sync as flow
from hub.flow.plan import plan
from hub.flow.push import push
from hub.flow.workspace import Workspace
from hub.settings import Destination, Settings, Source
from hub.store import plans, tables

OLD, BETWEEN, NEW = "2026-09-01T00:00:00.000Z", "2026-10-10T00:00:00.000Z", "2026-10-20T00:00:00.000Z"
LAN = golden("g1", "Nguyễn Thị Lan", "+84912345678", "lan@example.vn")


def wished(store, tmp_path, held, owner, updated_at=None):
    """What the plan sends to a record that holds this name; the golden one comes from a record of another system."""
    put_customer(store, LAN, provenance={"full_name": {"rid": 2, "rule": "most_recent"}})
    put_record(store, 1, "g1", {"source_id": "7", **({"full_name": held} if held else {})}, first_at=updated_at)
    put_record(store, 2, "g1", {"source_id": "A", "full_name": "Nguyễn Thị Lan"}, source="pos", first_at=BETWEEN)
    report = plan(outlet(store, Shop(), tmp_path, fields={"full_name": owner}))
    with store.read() as conn:
        items = plans.all_items(conn, report.plan_id) if report.plan_id else []
    return [orjson.loads(item["known"])["full_name"] for item in items]


@pytest.mark.parametrize(
    ("owner", "held", "updated_at", "sent"),
    [
        ("hub", "Hoa", NEW, True),
        ("hub", None, NEW, True),
        ("destination", "Hoa", OLD, False),
        ("destination", None, OLD, False),
        ("fill_if_blank", "Hoa", OLD, False),
        ("fill_if_blank", None, NEW, True),
        ("newest", "Hoa", OLD, True),
        ("newest", "Hoa", NEW, False),
        ("newest", "Hoa", None, True),
        ("newest", None, NEW, True),
    ],
)
def test_the_owner_of_a_field_decides_whose_value_stands(store, tmp_path, owner, held, updated_at, sent):
    assert wished(store, tmp_path, held, owner, updated_at) == (["Nguyễn Thị Lan"] if sent else [])


def test_what_was_acknowledged_stands_there_until_the_system_is_read_again(store, tmp_path):
    put_customer(store, LAN)
    put_record(store, 1, "g1", {"source_id": "7", "full_name": "Hoa"})
    shop = Shop()
    to = outlet(store, shop, tmp_path)
    push(to, plan(to), yes=True)
    assert plan(outlet(store, shop, tmp_path, 2)).plan_id is None


@pytest.mark.parametrize("mood", ["reject", "lost", "swallow"])
def test_the_memory_of_what_was_sent_moves_only_on_an_ack(store, tmp_path, mood):
    put_customer(store, LAN)
    put_record(store, 1, "g1", {"source_id": "7"})
    shop = Shop()
    shop.moods = [mood]
    to = outlet(store, shop, tmp_path)
    push(to, plan(to), yes=True)
    with store.read() as conn:
        assert conn.execute(select(tables.sent)).all() == []


def test_a_wish_keeps_its_idempotency_key_on_every_try(store, tmp_path):
    put_record(store, 9, "g0", {"source_id": "9"})
    put_customer(store, LAN)
    shop = Shop()
    shop.moods = ["lost"]
    for number in (1, 2):
        to = outlet(store, shop, tmp_path, number, mode="upsert")
        push(to, plan(to), yes=True)
    first, second = shop.writes
    assert (first.action, first.key) == (second.action, second.key)


class Fuzzy(Shop):
    """A shop whose search gives somebody else first."""

    def find(self, field, value):
        return [self._found(key) for key in self.rows]


@pytest.mark.parametrize(("mood", "whose"), [("swallow", "new2"), ("lost", "new2")])
def test_the_first_hit_of_a_fuzzy_look_up_is_not_trusted(store, tmp_path, mood, whose):
    put_record(store, 9, "g0", {"source_id": "9"})
    put_customer(store, LAN)
    stranger = {"source_id": "1", "full_name": "Trần Lan", "emails": [{"value": "lan@example.vn.test", "use": "own"}]}
    shop = Fuzzy({"1": stranger})
    shop.moods = [mood]
    for number in (1, 2):
        to = outlet(store, shop, tmp_path, number, mode="upsert")
        push(to, plan(to), yes=True)
    with store.read() as conn:
        assert conn.scalar(select(tables.created_records.c.source_id)) == whose
    assert shop.rows["1"] == stranger


@pytest.fixture
def brought(store, tmp_path):
    """A create whose answer was lost, and whose record a pull has brought to its customer before anybody knew."""
    put_record(store, 9, "g0", {"source_id": "9"})
    put_customer(store, LAN)
    put_record(store, 3, "g1", {"source_id": "A"}, source="web")
    shop = Shop()
    shop.moods = ["swallow"]
    to = outlet(store, shop, tmp_path, mode="upsert")
    push(to, plan(to), yes=True)
    (made,) = shop.rows
    put_record(store, 4, "g1", {"source_id": made})
    return shop, made


def held_by(store, made):
    with store.read() as conn:
        return conn.scalar(select(tables.created_records.c.anchor).where(tables.created_records.c.source_id == made))


def test_a_created_record_that_a_pull_brought_before_the_receipt_is_not_held_by_itself(store, tmp_path, brought):
    shop, made = brought
    to = outlet(store, shop, tmp_path, 2, mode="upsert")
    push(to, plan(to), yes=True)
    assert (len(shop.writes), held_by(store, made)) == (1, "web:A")


def test_nor_by_another_that_the_hub_made(store, tmp_path, brought):
    shop, made = brought
    put_record(store, 5, "g1", {"source_id": "M"}, source="mail")
    with store.begin() as conn:
        own = {"source": "mail", "source_id": "M", "golden_id": "g1", "anchor": f"shop:{made}", "at": OLD}
        conn.execute(tables.created_records.insert().values(own))
    to = outlet(store, shop, tmp_path, 2, mode="upsert")
    push(to, plan(to), yes=True)
    assert held_by(store, made) == "web:A"


def test_a_record_deleted_there_is_not_made_again(store, tmp_path):
    put_record(store, 9, "g0", {"source_id": "9"})
    put_customer(store, LAN)
    with store.begin() as conn:
        plans.acknowledge(conn, "shop", "7", "g1", {"full_name": "Nguyễn Thị Lan"}, OLD)
    report = plan(outlet(store, Shop(), tmp_path, mode="upsert"))
    assert (report.planned["create"], report.reasons) == (0, {"blocked": {"deleted_there": 1}})


def test_a_customer_whose_records_are_all_gone_is_not_given_out(store, tmp_path):
    put_record(store, 9, "g0", {"source_id": "9"})
    put_customer(store, LAN)
    with store.begin() as conn:
        conn.execute(tables.customers.update().values(status="inactive"))
    assert plan(outlet(store, Shop(), tmp_path, mode="upsert")).planned["create"] == 0


def test_a_lone_answer_that_a_record_is_gone_removes_nothing_here(store, tmp_path):
    put_customer(store, LAN)
    put_record(store, 1, "g1", {"source_id": "7"})
    shop = Shop()
    shop.moods = ["lost"]
    for number in (1, 2):
        to = outlet(store, shop, tmp_path, number)
        plan(to) if number == 2 else push(to, plan(to), yes=True)
    assert shop.read("7") is None
    with store.read() as conn:
        assert conn.scalar(select(tables.landed.c.state)) == "current"
        assert conn.scalar(select(tables.records.c.source_id)) == "7"


class Broken(Shop):
    """A destination that cannot even be asked."""

    def write(self, writes):
        raise TransientError("Nguyễn Thị Lan is away", code="network")


def test_one_broken_destination_does_not_stop_another(store, tmp_path, monkeypatch):
    put_customer(store, LAN)
    for rid, source in ((1, "shop"), (2, "till")):
        put_record(store, rid, "g1", {"source_id": str(rid)}, source=source)
    shops = {"shop": Broken(), "till": Shop()}
    made = {
        name: Destination(name, name, name, "shop", {}, fields={"full_name": "hub"}, max_changes=1.0) for name in shops
    }
    sources = {name: Source(name, name, "shop", {}) for name in shops}
    workspace = Workspace(Settings(tmp_path / "hub.toml", "", sources=sources, destinations=made), store)

    def connector(self, name):
        told = Description(name, "shop", name, name, "connectors/sheet.v1", None, replace(SHOP, requires=frozenset()))
        return Connector(told, lambda context: shops[name])

    monkeypatch.setattr(Workspace, "connector", connector)
    run = make_run()
    states = [flow.destination_step(workspace, run, name, yes=True) for name in made]
    assert [(one.state, one.acked) for one in states] == [("failed", 0), ("applied", 1)]


TYPED = {"source_id": "7", "full_name": "Lê Thị Lan", "emails": [{"value": "lan@example.vn", "use": "own"}]}


def typed_there(store, before):
    """A name sent long ago; another was typed there and pulled; then only the phone was sent, and no pull came since."""
    put_customer(store, golden("g1", "Lê Thị Lan", "+84912345678"), provenance={"full_name": {"rid": 1, "rule": "x"}})
    put_record(store, 1, "g1", TYPED)
    with store.begin() as conn:
        fields = {"full_name": "Nguyễn Thị Lan", "phone": "+84912345678"}
        plans.acknowledge(conn, "shop", "7", "g1", fields, "2026-10-15T00:00:00.000Z", before={"full_name": before})


def test_a_name_typed_there_since_another_was_sent_is_not_sent_back_to_its_own_record(store, tmp_path):
    typed_there(store, "Lan")
    assert plan(outlet(store, Shop({"7": TYPED}), tmp_path)).planned["update"] == 0


def test_a_name_that_the_hub_wrote_over_goes_back_before_any_pull(store, tmp_path):
    typed_there(store, "Lê Thị Lan")
    assert plan(outlet(store, Shop({"7": TYPED}), tmp_path)).planned["update"] == 1
