"""An update that gives a record another id there, as a new e-mail does at Mailchimp, is one write and stays the same record."""

from __future__ import annotations

import orjson
import pytest
from shop import Shop, golden, outlet, put_customer, put_record
from sqlalchemy import insert, select

from hub.flow.plan import plan
from hub.flow.push import push
from hub.model import Receipt
from hub.store import fates, tables, there

LAN = golden("g1", "Nguyễn Thị Lan", "+84912345678", "moi@example.vn")
FIELDS = {"full_name": "hub", "email": "hub"}
AT = "2026-09-01T00:00:00.000Z"


class Hashed(Shop):
    """Makes the id of a record out of its e-mail."""

    def _one(self, write, mood):
        told = super()._one(write, mood)
        if mood in ("ack", "swallow") and write.target and "email" in write.fields:
            new = str(write.fields["email"]).split("@")[0]
            self.rows[new] = {**self.rows.pop(write.target), "source_id": new}
            return Receipt(told.key, told.outcome, new if mood == "ack" else None)
        return told


@pytest.fixture
def shop(store):
    """The record `cu`, and a record of another system from which the golden e-mail comes."""
    held = {"source_id": "cu", "full_name": "Nguyễn Thị Lan", "emails": [{"value": "cu@example.vn", "use": "own"}]}
    put_customer(store, LAN, count=2)
    put_record(store, 1, "g1", held)
    put_record(store, 2, "g1", {"source_id": "A"}, source="pos")
    return Hashed({"cu": dict(held)})


def sent(store):
    with store.read() as conn:
        rows = conn.execute(select(tables.sent).order_by(tables.sent.c.source_id)).mappings()
        return {row["source_id"]: (orjson.loads(row["fields"]), row["state"]) for row in rows}


def pushed(store, shop, tmp_path, number=1, **more):
    to = outlet(store, shop, tmp_path, number, fields=FIELDS, **more)
    return push(to, plan(to), yes=True)


def test_a_second_push_before_any_pull_sends_nothing(store, shop, tmp_path):
    pushed(store, shop, tmp_path)
    assert len(shop.writes) == 1
    assert plan(outlet(store, shop, tmp_path, 2, fields=FIELDS)).plan_id is None


def test_the_old_id_gets_nothing_more_when_the_customer_changes(store, shop, tmp_path):
    pushed(store, shop, tmp_path)
    with store.begin() as conn:
        conn.execute(tables.customers.update().values(doc=orjson.dumps({**LAN, "full_name": "Lan Mới"}).decode()))
    report = plan(
        outlet(store, shop, tmp_path, 2, fields={**FIELDS, "phone": "hub"})
    )  # other settings: all is looked at
    assert report.plan_id is None


def test_what_was_acknowledged_stands_under_the_new_id(store, shop, tmp_path):
    pushed(store, shop, tmp_path)
    assert sent(store) == {"cu": ({}, "deleted"), "moi": ({"email": "moi@example.vn"}, None)}


def test_the_new_id_is_the_customers_by_the_receipt_and_not_made_by_the_hub(store, shop, tmp_path):
    pushed(store, shop, tmp_path)
    with store.read() as conn:
        whose = conn.execute(select(tables.created_records.c.source_id, tables.created_records.c.anchor)).all()
    assert whose == [("moi", "pos:A")]
    put_record(store, 3, "g1", {"source_id": "moi"})
    with store.read() as conn:
        made = {row["source_id"]: row["made"] for row in there.held_there(conn, "shop", "shop")}
        assert (made, fates.only_made(conn)) == ({"cu": None, "moi": None}, set())


def test_a_record_of_the_hubs_making_stays_so_under_its_new_id(store, shop, tmp_path):
    with store.begin() as conn:
        own = {"source": "shop", "source_id": "cu", "golden_id": "g1", "anchor": "pos:A", "at": AT}
        conn.execute(insert(tables.created_records).values(own))
    pushed(store, shop, tmp_path)
    with store.read() as conn:
        made = select(tables.created_records.c.at).where(tables.created_records.c.source_id == "moi")
        assert conn.scalar(made) == AT


def test_a_lost_answer_is_found_under_the_new_id(store, shop, tmp_path):
    shop.moods = ["swallow"]
    pushed(store, shop, tmp_path)
    pushed(store, shop, tmp_path, 2)
    assert len(shop.writes) == 1
    assert sent(store)["moi"] == ({"email": "moi@example.vn"}, None)


def test_the_old_id_that_vanishes_is_nobodys_deletion(store, shop, tmp_path):
    pushed(store, shop, tmp_path)
    put_record(store, 3, "g1", {"source_id": "moi"})
    with store.begin() as conn:
        conn.execute(tables.records.delete().where(tables.records.c.source_id == "cu"))
        conn.execute(tables.landed.update().where(tables.landed.c.source_id == "cu").values(state="removed"))
        conn.execute(insert(tables.xref_past).values(rid=1, golden_id="g1", until=AT))
    with store.read() as conn:
        assert fates.deleted_there(conn, "shop", "shop") == set()
