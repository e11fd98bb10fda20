"""Pushes: approval, receipts, unknown outcomes, nothing sent twice (behaviour 5.1, 5.2, 5.4, 5.7)."""

from __future__ import annotations

import pytest
from shop import Shop, golden, outlet, put_customer, put_record
from sqlalchemy import select

from hub.errors import ConfigError, GuardError
from hub.flow.plan import plan
from hub.flow.push import push
from hub.store import plans, tables

NAMES = {"g1": "Nguyễn Thị Lan", "g2": "Trần Văn Hùng", "g3": "Lê Hoa"}


@pytest.fixture
def three(store):
    for n, (key, name) in enumerate(NAMES.items(), 1):
        put_customer(store, golden(key, name, f"+8491234567{n}", f"k{n}@example.vn"))
        put_record(store, n, key, {"source_id": str(n), "full_name": "Phạm Văn Cũ"})
    return store


def go(store, shop, tmp_path, number=1, **values):
    to = outlet(store, shop, tmp_path, number, **values)
    return push(to, plan(to), yes=True)


def test_without_a_persons_yes_nothing_is_sent(three, tmp_path):
    shop = Shop()
    to = outlet(three, shop, tmp_path)
    report = push(to, plan(to))
    assert (report.state, shop.writes) == ("waiting", [])


def test_an_approved_plan_is_applied_whole(three, tmp_path):
    shop = Shop()
    report = go(three, shop, tmp_path)
    assert (report.state, report.acked) == ("applied", 3)
    assert {key: row["full_name"] for key, row in shop.rows.items()} == dict(zip("123", NAMES.values(), strict=True))


def test_phones_go_out_in_the_form_that_people_type_there(three, tmp_path):
    shop = Shop()
    go(three, shop, tmp_path)
    assert shop.rows["1"]["phones"][0]["value"] == "0912345671"


def test_a_second_push_sends_no_write(three, tmp_path):
    shop = Shop()
    go(three, shop, tmp_path)
    report = go(three, shop, tmp_path, 2)
    assert (report.plan_id, len(shop.writes)) == (None, 3)


def test_a_rejected_wish_is_not_sent_again(three, tmp_path):
    shop = Shop()
    shop.moods = ["reject"]
    assert go(three, shop, tmp_path).rejected == 1
    assert go(three, shop, tmp_path, 2).planned["blocked"] == 1
    assert len(shop.writes) == 3


def test_a_destination_that_is_away_keeps_the_rest_open(three, tmp_path):
    shop = Shop()
    shop.moods = ["ack", "away"]
    report = go(three, shop, tmp_path)
    assert (report.state, report.acked, report.error["code"]) == ("failed", 1, "network")


def test_what_is_left_of_an_approved_plan_needs_no_second_yes(three, tmp_path):
    shop = Shop()
    shop.moods = ["ack", "away"]
    go(three, shop, tmp_path)
    to = outlet(three, shop, tmp_path, 2)
    assert push(to, plan(to)).acked == 2


def _dies(self, writes):
    raise RuntimeError("the process died")


def test_what_never_arrived_of_an_approved_plan_is_sent_by_the_next_push(three, tmp_path, monkeypatch):
    shop, real = Shop(), Shop.write
    monkeypatch.setattr(Shop, "write", _dies)
    with pytest.raises(RuntimeError):
        go(three, shop, tmp_path)
    monkeypatch.setattr(Shop, "write", real)
    to = outlet(three, shop, tmp_path, 2)
    assert push(to, plan(to)).acked == 3


@pytest.mark.parametrize("mood", ["lost", "swallow"])
def test_an_unknown_update_is_read_back_before_anything_is_sent_again(three, tmp_path, mood):
    shop = Shop({key: {"source_id": key, "full_name": "Phạm Văn Cũ"} for key in "123"})
    shop.moods = [mood]
    assert go(three, shop, tmp_path).unknown == 1
    go(three, shop, tmp_path, 2)
    assert shop.rows["1"]["full_name"] == NAMES["g1"]
    assert len(shop.writes) == (4 if mood == "lost" else 3)


@pytest.mark.parametrize(("mood", "sent"), [("lost", 2), ("swallow", 1)])
def test_an_unknown_create_is_looked_up_and_never_doubled(store, tmp_path, mood, sent):
    put_record(store, 9, "g0", {"source_id": "9"})
    put_customer(store, golden("g1", "Nguyễn Thị Lan", "+84912345678", "lan@example.vn"))
    shop = Shop()
    shop.moods = [mood]
    go(store, shop, tmp_path, mode="upsert")
    go(store, shop, tmp_path, 2, mode="upsert")
    assert (len(shop.rows), len(shop.writes)) == (1, sent)


def test_a_created_record_belongs_to_its_customer_by_the_receipt(store, tmp_path):
    put_record(store, 9, "g0", {"source_id": "9"})
    put_record(store, 1, "g1", {"source_id": "A1"}, source="pos")
    put_customer(store, golden("g1", "Nguyễn Thị Lan", None, "lan@example.vn"))
    go(store, Shop(), tmp_path, mode="upsert")
    with store.read() as conn:
        row = conn.execute(select(tables.created_records)).one()
    assert (row.source_id, row.golden_id, row.anchor) == ("new1", "g1", "pos:A1")


def test_a_created_record_is_not_created_again_before_it_is_seen(store, tmp_path):
    put_record(store, 9, "g0", {"source_id": "9"})
    put_customer(store, golden("g1", "Nguyễn Thị Lan", None, "lan@example.vn"))
    shop = Shop()
    go(store, shop, tmp_path, mode="upsert")
    assert go(store, shop, tmp_path, 2, mode="upsert").planned["create"] == 0


def test_a_stale_plan_is_refused_and_says_so(three, tmp_path):
    to = outlet(three, Shop(), tmp_path)
    report = plan(to)
    put_record(three, 4, "g3", {"source_id": "4", "full_name": "x"})
    with pytest.raises(GuardError, match="3 writes, 4 are wanted"):
        push(to, report, yes=True)
    with three.read() as conn:
        assert plans.plan(conn, report.plan_id)["state"] == "stale"


def test_an_unknown_plan_is_a_clear_error(three, tmp_path):
    to = outlet(three, Shop(), tmp_path)
    report = plan(to)
    report.plan_id = "nonsense"
    with pytest.raises(ConfigError, match="nonsense"):
        push(to, report, yes=True)


def test_the_ledger_holds_no_personal_values(three, tmp_path):
    go(three, Shop(), tmp_path)
    with three.read() as conn:
        ledger = str(conn.execute(select(tables.deliveries)).all())
    assert "Lan" not in ledger
    assert "9123456" not in ledger


def test_every_write_stands_in_the_ledger_before_it_is_sent(three, tmp_path):
    shop = Shop()
    shop.moods = ["away"]
    go(three, shop, tmp_path)
    with three.read() as conn:
        states = [row.state for row in conn.execute(select(tables.deliveries).order_by(tables.deliveries.c.seq))]
    assert states == ["sent", "sent", "retry", "retry"]


def test_after_trust_a_new_plan_goes_out_by_itself(three, tmp_path):
    shop = Shop()
    go(three, shop, tmp_path, approve="auto")
    put_record(three, 4, "g3", {"source_id": "4", "full_name": "x"})
    to = outlet(three, shop, tmp_path, 2, approve="auto")
    assert push(to, plan(to)).acked == 1


def test_reasons_are_counted_by_what_happened(three, tmp_path):
    shop = Shop()
    shop.moods = ["reject", "lost"]
    assert go(three, shop, tmp_path).reasons == {"rejected": {"bad_value": 1}, "unknown": {"timeout": 1}}
    assert go(three, shop, tmp_path, 2).reasons == {"blocked": {"rejected:bad_value": 1}}
