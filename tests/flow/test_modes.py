"""update_only, upsert, append, mirror; what is taken out, what stays, what is made again only when asked (5.1, 5.8)."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from fakes import make_run
from shop import SHOP, Shop, golden, outlet, put_customer, put_record
from sqlalchemy import insert, select

from hub.flow.plan import plan
from hub.flow.push import push
from hub.model import Receipt
from hub.store import ledger, plans, tables

AT = "2026-10-02T00:00:00.000Z"
NAMES = {"full_name": "hub"}
LAN = golden("g1", "Nguyễn Thị Lan", None, "lan@example.vn", customer_type="individual")
ABLE = replace(SHOP, writes=frozenset({"create", "update", "delete"}))
SOFT = replace(ABLE, writes=ABLE.writes | {"deactivate"}, grants=frozenset({"email"}))


class Removing(Shop):
    """A shop that can take records out."""

    def _one(self, write, mood):
        if write.action != "delete":
            return super()._one(write, mood)
        if mood in ("ack", "swallow"):
            self.rows.pop(write.target, None)
        return Receipt(write.key, "acked" if mood == "ack" else "unknown", write.target)


def made(store, source_id="7", golden_id="g1"):
    """A record there that the hub has made, and one of the customer's own elsewhere."""
    put_customer(store, LAN, count=2)
    put_record(store, 1, golden_id, {"source_id": source_id, "full_name": "Nguyễn Thị Lan"})
    put_record(store, 2, golden_id, {"source_id": "A1"}, source="pos")
    with store.begin() as conn:
        conn.execute(
            insert(tables.created_records).values(
                source="shop", source_id=source_id, golden_id=golden_id, anchor="pos:A1", at=AT
            )
        )
        plans.acknowledge(
            conn, "shop", source_id, golden_id, {"full_name": "Nguyễn Thị Lan"}, "2026-09-01T00:00:00.000Z"
        )


def to(store, shop, tmp_path, number=1, able=ABLE, **values):
    values = {"mode": "mirror", "max_deletes": 1.0, "fields": NAMES, **values}
    return replace(outlet(store, shop, tmp_path, number, **values), capabilities=able)


def items(store, report):
    with store.read() as conn:
        rows = plans.all_items(conn, report.plan_id)
    return [(row["action"], row["target"], row["reason"]) for row in rows]


NOT_FIT = {"only": {"customer_type": "business"}}


def test_append_creates_and_never_changes(store, tmp_path):
    put_customer(store, LAN)
    put_customer(store, golden("g2", "Trần Văn Hùng", None, "hung@example.vn"))
    put_record(store, 1, "g1", {"source_id": "7", "full_name": "Hoa"})
    able = replace(ABLE, requires=frozenset({"full_name"}))
    report = plan(to(store, Shop(), tmp_path, able=able, mode="append"))
    assert (report.planned["create"], report.planned["update"], report.planned["noop"]) == (1, 0, 1)


@pytest.mark.parametrize(("able", "action"), [(ABLE, "delete"), (SOFT, "deactivate")])
def test_mirror_takes_out_what_it_made_when_the_customer_fits_no_more(store, tmp_path, able, action):
    made(store)
    report = plan(to(store, Shop(), tmp_path, able=able, **NOT_FIT))
    assert items(store, report) == [(action, "7", None)]


@pytest.mark.parametrize("mode", ["update_only", "upsert", "append"])
def test_other_modes_take_nothing_out(store, tmp_path, mode):
    made(store)
    assert plan(to(store, Shop(), tmp_path, mode=mode, **NOT_FIT)).plan_id is None


def test_what_the_hub_did_not_make_is_never_taken_out(store, tmp_path):
    put_customer(store, LAN)
    put_record(store, 1, "g1", {"source_id": "7", "full_name": "Nguyễn Thị Lan"})
    assert plan(to(store, Shop(), tmp_path, **NOT_FIT)).plan_id is None


def test_mirror_takes_out_whom_nobody_but_the_hub_itself_speaks_of(store, tmp_path):
    made(store)
    with store.begin() as conn:
        conn.execute(tables.xref.delete().where(tables.xref.c.rid == 2))
        conn.execute(tables.customers.update().values(record_count=1))
    assert items(store, plan(to(store, Shop(), tmp_path))) == [("delete", "7", None)]


def test_mirror_takes_out_who_refuses(store, tmp_path):
    made(store)
    refusal = {**LAN, "consents": [{"purpose": "service", "channel": "shop", "status": "withdrawn"}]}
    with store.begin() as conn:
        conn.execute(tables.customers.update().values(doc=orjson.dumps(refusal).decode()))
    assert items(store, plan(to(store, Shop(), tmp_path))) == [("delete", "7", None)]


def test_a_record_with_orders_stays(store, tmp_path):
    made(store)
    with store.begin() as conn:
        conn.execute(
            insert(tables.orders).values(
                rid=9, source="shop", source_id="o1", kind="sale", customer_source_id="7", doc="{}"
            )
        )
    assert plan(to(store, Shop(), tmp_path, **NOT_FIT)).reasons == {"blocked": {"used_there": 1}}


def test_a_record_that_somebody_edited_since_stays(store, tmp_path):
    made(store)
    with store.begin() as conn:
        doc = orjson.dumps({"source_id": "7", "full_name": "Lan Mới"}).decode()
        conn.execute(tables.records.update().where(tables.records.c.rid == 1).values(doc=doc))
    assert plan(to(store, Shop(), tmp_path, **NOT_FIT)).reasons == {"blocked": {"edited_there": 1}}


def test_nothing_is_taken_out_while_a_source_is_not_read_to_its_end(store, tmp_path):
    made(store)
    with store.begin() as conn:
        conn.execute(tables.source_state.update().values(status="degraded"))
    report = plan(to(store, Shop(), tmp_path, **NOT_FIT))
    assert (report.plan_id, report.reasons) == (None, {"blocked": {"not_removed_yet": 1}})


def test_too_many_removals_are_held_and_a_persons_yes_sends_them(store, tmp_path):
    made(store)
    shop = Removing({"7": {"source_id": "7", "full_name": "Nguyễn Thị Lan"}})
    there = to(store, shop, tmp_path, max_deletes=0.01, **NOT_FIT)
    report = plan(there)
    assert (report.state, push(there, report).state, len(shop.rows)) == ("held", "held", 1)
    assert (push(there, report, yes=True).acked, shop.rows) == (1, {})


def test_a_record_edited_between_the_pull_and_the_deletion_stays(store, tmp_path):
    made(store)
    shop = Removing({"7": {"source_id": "7", "full_name": "Lan Mới"}})
    there = to(store, shop, tmp_path, **NOT_FIT)
    assert push(there, plan(there), yes=True).reasons == {"rejected": {"changed_there": 1}}
    assert "7" in shop.rows


def test_what_was_taken_out_is_not_taken_out_again(store, tmp_path):
    made(store)
    shop = Removing({"7": {"source_id": "7", "full_name": "Nguyễn Thị Lan"}})
    there = to(store, shop, tmp_path, **NOT_FIT)
    push(there, plan(there), yes=True)
    assert plan(to(store, shop, tmp_path, 2, **NOT_FIT)).plan_id is None


def removed(store, rid=1):
    """The record is gone from its system, as two sweeps have shown."""
    with store.begin() as conn:
        conn.execute(tables.landed.update().where(tables.landed.c.rid == rid).values(state="removed"))
        conn.execute(tables.records.delete().where(tables.records.c.rid == rid))
        conn.execute(tables.xref.delete().where(tables.xref.c.rid == rid))
        conn.execute(insert(tables.xref_past).values(rid=rid, golden_id="g1", until=AT))


def test_who_fits_again_is_created_again_after_the_hub_itself_took_them_out(store, tmp_path):
    made(store)
    shop = Removing({"7": {"source_id": "7", "full_name": "Nguyễn Thị Lan"}})
    there = to(store, shop, tmp_path, **NOT_FIT)
    push(there, plan(there), yes=True)
    removed(store)
    able = replace(ABLE, requires=frozenset({"full_name"}))
    assert plan(to(store, shop, tmp_path, 2, able)).planned["create"] == 1


def test_a_deletion_whose_answer_was_lost_is_the_hubs_own_also_when_a_pull_came_first(store, tmp_path):
    made(store)
    shop = Removing({"7": {"source_id": "7", "full_name": "Nguyễn Thị Lan"}})
    shop.moods = ["swallow"]
    there = to(store, shop, tmp_path, **NOT_FIT)
    assert push(there, plan(there), yes=True).unknown == 1
    removed(store)
    plan(to(store, shop, tmp_path, 2, **NOT_FIT))
    able = replace(ABLE, requires=frozenset({"full_name"}))
    assert plan(to(store, shop, tmp_path, 3, able)).planned["create"] == 1


def test_a_deletion_that_never_arrived_is_wished_again(store, tmp_path):
    made(store)
    shop = Removing({"7": {"source_id": "7", "full_name": "Nguyễn Thị Lan"}})
    shop.moods = ["lost"]
    there = to(store, shop, tmp_path, **NOT_FIT)
    assert push(there, plan(there), yes=True).unknown == 1
    assert plan(to(store, shop, tmp_path, 2, **NOT_FIT)).planned["delete"] == 1


def test_a_record_that_only_the_system_itself_had_is_not_made_again_either(store, tmp_path):
    put_customer(store, LAN)
    put_record(store, 1, "g1", {"source_id": "7"})
    put_record(store, 2, "g1", {"source_id": "A1"}, source="pos")
    removed(store)
    able = replace(ABLE, requires=frozenset({"full_name"}))
    report = plan(to(store, Shop(), tmp_path, able=able, mode="upsert"))
    assert report.reasons == {"blocked": {"deleted_there": 1}}


def test_it_is_made_again_once_when_a_person_asks_for_that_one(store, tmp_path):
    put_customer(store, LAN)
    put_record(store, 1, "g1", {"source_id": "7"})
    put_record(store, 2, "g1", {"source_id": "A1"}, source="pos")
    removed(store)
    able, shop = replace(ABLE, requires=frozenset({"full_name"})), Shop()
    with store.begin() as conn:
        ledger.wish(conn, "shop", "g1", "recreate", AT, "an")
    there = to(store, shop, tmp_path, able=able, mode="upsert")
    assert push(there, plan(there), yes=True).acked == 1
    with store.read() as conn:
        assert ledger.wished(conn, "shop", "recreate") == {}
        assert conn.scalar(select(tables.created_records.c.source_id)) == "new1"


def test_the_run_that_made_them_is_told_in_the_ledger(store, tmp_path):
    made(store)
    shop = Removing({"7": {"source_id": "7", "full_name": "Nguyễn Thị Lan"}})
    there = replace(to(store, shop, tmp_path, **NOT_FIT), run=make_run(8))
    push(there, plan(there), yes=True)
    with store.read() as conn:
        rows = conn.execute(select(tables.deliveries.c.action, tables.deliveries.c.state)).all()
    assert rows == [("delete", "sent"), ("delete", "acked")]
