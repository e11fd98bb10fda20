"""Matching in the flow: promises 3.1 to 3.5 and 5.5 of the design."""

from __future__ import annotations

from sqlalchemy import insert, select
from steps import HUNG, LAN, LAN2, MAIL, SHOP, bring, customer, partition, person, rows, settle, whose

from hub.store.tables import (
    blocked_values,
    created_records,
    dirty_records,
    edges,
    judgements,
    landed,
    xref,
)


def test_two_records_with_one_phone_and_name_become_one_customer(store):
    bring(store, person("1", *LAN), person("2", *HUNG))
    bring(store, person("9", *LAN2), source=SHOP)
    matched, made = settle(store)
    assert partition(store) == {frozenset({"pos:1", "shop:9"}), frozenset({"pos:2"})}
    assert (matched.records, matched.customers, matched.links) == (3, 2, 1)
    assert (made.created, made.updated, made.merged) == (2, 0, 0)
    assert set(made.proof.values()) == {0}


def test_a_removed_bridge_parts_what_it_held_together(store):
    bring(
        store,
        person("1", "Nguyễn Thị Lan", "0912345678"),
        person("2", "Nguyễn Thị Lan", "0912345678", "0933333333"),
        person("3", "Nguyễn Thị Lan", "0933333333"),
    )
    settle(store, 1)
    assert len(partition(store)) == 1
    bring(store, gone=["2"], number=2)
    settle(store, 2)
    assert partition(store) == {frozenset({"pos:1"}), frozenset({"pos:3"})}
    assert rows(store, edges) == []


def test_a_number_that_too_many_bear_comes_apart_again(store):
    names = ["Nguyễn Thị Lan", "Nguyễn Thị Lan", "Trần Văn Hùng", "Lê Minh Tuấn", "Phạm Thu Hoa"]
    bring(store, *[person(str(n), name, "0912345678") for n, name in enumerate(names)])
    settle(store, 1)
    assert frozenset({"pos:0", "pos:1"}) in partition(store)
    bring(store, person("x", "Võ Quốc Bảo", "0912345678"), source=SHOP, number=2)
    matched, _ = settle(store, 2)
    assert all(len(part) == 1 for part in partition(store))
    assert [row["value"] for row in rows(store, blocked_values)] == ["+84912345678"]
    bring(store, gone=["x"], source=SHOP, number=3)
    settle(store, 3)
    assert frozenset({"pos:0", "pos:1"}) in partition(store)
    assert rows(store, blocked_values) == []
    assert matched.links == 0


def judge(store, a, b, verdict):
    with store.begin() as conn:
        conn.execute(
            insert(judgements).values(
                a=a, b=b, verdict=verdict, author="an", at="2026-11-01T00:00:00.000Z", active=True
            )
        )
        rids = conn.scalars(select(landed.c.rid)).all()
        conn.execute(insert(dirty_records), [{"rid": rid} for rid in rids])


def test_a_cannot_link_judgement_parts_two_records(store):
    bring(store, person("1", *LAN), person("2", *LAN))
    settle(store, 1)
    judge(store, "pos:1", "pos:2", "different")
    settle(store, 2)
    assert len(partition(store)) == 2


def test_a_same_judgement_joins_two_records(store):
    bring(store, person("1", *LAN), person("2", *HUNG))
    settle(store, 1)
    judge(store, "pos:1", "pos:2", "same")
    settle(store, 2)
    assert len(partition(store)) == 1


def test_a_record_that_the_hub_created_belongs_to_its_customer(store):
    bring(store, person("1", *LAN))
    settle(store, 1)
    golden_id = whose(store)["pos:1"]
    with store.begin() as conn:
        conn.execute(
            insert(created_records).values(
                source="shop", source_id="9", golden_id=golden_id, anchor="pos:1", at="2026-11-01T00:00:00.000Z"
            )
        )
    bring(store, person("9", "Cô Lan", "0900000001"), source=SHOP, number=2)
    settle(store, 2)
    assert whose(store)["shop:9"] == golden_id
    (row,) = [row for row in rows(store, xref) if row["rule"] == "sent"][:1]
    assert row["golden_id"] == golden_id


def test_customers_of_bystander_sources_only_are_kept_as_anonymous(store):
    bring(store, person("m", *LAN), source=MAIL)
    matched, _ = settle(store, 1)
    assert (matched.records, matched.customers) == (1, 0)
    assert customer(store, whose(store)["mail:m"])["kind"] == "anonymous"
    bring(store, person("1", *LAN), number=2)
    matched, _ = settle(store, 2)
    assert matched.customers == 1
    assert customer(store, whose(store)["mail:m"])["kind"] == "person"


def test_a_shared_number_is_nobodys_primary(store):
    bring(store, person("1", *LAN))
    settle(store, 1)
    assert customer(store, whose(store)["pos:1"])["phone"] == "+84912345678"
    bring(store, person("2", "Trần Văn Hùng", "0912345678"), number=2)
    matched, _ = settle(store, 2)
    assert matched.related == 1
    assert customer(store, whose(store)["pos:1"])["phone"] is None
