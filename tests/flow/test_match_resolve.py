"""Matching and resolving in the flow: promises 3.3, 3.7, 4.1, 4.2, 4.5, 5.5 and 7.4 of the design."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from fakes import CAPABILITIES, FakeConnection, make_run, make_source, page, record
from sqlalchemy import func, insert, select, update

from hub.errors import InvariantError
from hub.flow.land import pull
from hub.flow.match import match
from hub.flow.normalize import normalize
from hub.flow.resolve import proof, resolve
from hub.model import Tombstone
from hub.settings import Settings
from hub.store import links
from hub.store.tables import (
    blocked_values,
    candidate_xref,
    changes,
    created_records,
    customers,
    dirty_records,
    edges,
    history,
    judgements,
    landed,
    records,
    refusals,
    xref,
    xref_past,
)

POS, SHOP, MAIL = make_source("pos"), make_source("shop"), make_source("mail", creates=False)
SETTINGS = Settings(Path("hub.toml"), "", sources={one.name: one for one in (POS, SHOP, MAIL)})


def person(source_id, name, *phones, at=None, **more):
    return record(source_id, at, full_name=name, phones=[{"value": phone, "use": "own"} for phone in phones], **more)


def bring(store, *given, source=POS, number=1, gone=()):
    """Pull and normalize records of one source."""
    run, connection = make_run(number), FakeConnection([page(given, tombstones=[Tombstone(i) for i in gone])])
    report = pull(store, source, connection, run, capabilities=CAPABILITIES)
    normalize(store, SETTINGS, source, connection, run, report, capabilities=CAPABILITIES)


def settle(store, number=1, *, rebuild=False):
    run = make_run(number)
    return match(store, SETTINGS, run, rebuild), resolve(store, SETTINGS, run)


def whose(store):
    """`source:source_id` → golden id."""
    with store.read() as conn:
        joined = select(records.c.source, records.c.source_id, xref.c.golden_id).join(xref, xref.c.rid == records.c.rid)
        return {f"{source}:{source_id}": golden_id for source, source_id, golden_id in conn.execute(joined)}


def partition(store):
    """The set of sets of records."""
    found: dict[str, set[str]] = {}
    for name, golden_id in whose(store).items():
        found.setdefault(golden_id, set()).add(name)
    return {frozenset(names) for names in found.values()}


def rows(store, table, *order):
    with store.read() as conn:
        return [dict(row) for row in conn.execute(select(table).order_by(*order)).mappings()]


def customer(store, golden_id):
    with store.read() as conn:
        return dict(conn.execute(select(customers).where(customers.c.golden_id == golden_id)).mappings().one())


LAN, LAN2, HUNG = ("Nguyễn Thị Lan", "0912345678"), ("NGUYEN THI LAN", "0912 345 678"), ("Trần Văn Hùng", "0987654321")


def test_two_records_with_one_phone_and_name_become_one_customer(store):
    bring(store, person("1", *LAN), person("2", *HUNG))
    bring(store, person("9", *LAN2), source=SHOP)
    matched, made = settle(store)
    assert partition(store) == {frozenset({"pos:1", "shop:9"}), frozenset({"pos:2"})}
    assert (matched.records, matched.customers, matched.links) == (3, 2, 1)
    assert (made.created, made.updated, made.merged) == (2, 0, 0)
    assert set(made.proof.values()) == {0}


def test_a_second_run_with_nothing_changed_writes_nothing(store):
    bring(store, person("1", *LAN), person("2", *HUNG))
    settle(store)
    before = [rows(store, table) for table in (customers, xref, edges, changes, history)]
    bring(store, person("1", *LAN), person("2", *HUNG), number=2)
    matched, made = settle(store, 2)
    assert [rows(store, table) for table in (customers, xref, edges, changes, history)] == before
    assert (matched.records, matched.customers) == (2, 2)
    assert (made.created, made.updated, made.unchanged) == (0, 0, 2)


def test_a_rebuild_with_nothing_changed_writes_nothing(store):
    bring(store, person("1", *LAN), person("2", *HUNG), person("3", *LAN2))
    first, _ = settle(store)
    before = [rows(store, table) for table in (customers, xref, edges, refusals, changes, history)]
    again, made = settle(store, 2, rebuild=True)
    assert [rows(store, table) for table in (customers, xref, edges, refusals, changes, history)] == before
    assert (again.records, again.customers, again.links) == (first.records, first.customers, first.links)
    assert (made.created, made.updated, made.unchanged) == (0, 0, 2)


def test_a_changed_value_is_a_new_version_with_history_and_an_event(store):
    bring(store, person("1", *LAN))
    settle(store)
    golden_id = whose(store)["pos:1"]
    bring(store, person("1", *LAN, gender="nữ"), number=2)
    _, made = settle(store, 2)
    now = customer(store, golden_id)
    assert (made.updated, now["version"], now["gender"]) == (1, 2, "female")
    (old,) = rows(store, history)
    assert (old["version"], "gender" in orjson.loads(old["doc"])) == (1, False)
    events = rows(store, changes, changes.c.seq)
    assert [event["kind"] for event in events] == ["created", "updated"]
    assert orjson.loads(events[1]["changed"]) == ["gender"]


def test_a_merge_keeps_the_earliest_id_and_the_other_leads_to_it(store):
    bring(store, person("1", *LAN))
    settle(store, 1)
    bring(store, person("2", "Nguyễn Thị Lan", "0933333333"), number=2)
    settle(store, 2)
    ids = whose(store)
    bring(store, person("2", "Nguyễn Thị Lan", "0933333333", "0912345678"), number=3)
    _, made = settle(store, 3)
    assert made.merged == 1
    assert whose(store) == {"pos:1": ids["pos:1"], "pos:2": ids["pos:1"]}
    gone = customer(store, ids["pos:2"])
    assert (gone["status"], gone["merged_into"]) == ("merged", ids["pos:1"])
    event = rows(store, changes, changes.c.seq)[-1]
    assert (event["kind"], event["golden_id"]) == ("merged", ids["pos:1"])
    assert orjson.loads(event["moved"]) == [{"source": "pos", "source_id": "2", "from": ids["pos:2"], "to": ids["pos:1"]}]


def test_a_part_that_leaves_takes_its_own_id_back(store):
    bring(store, person("1", *LAN))
    settle(store, 1)
    bring(store, person("2", "Nguyễn Thị Lan", "0933333333"), number=2)
    settle(store, 2)
    ids = whose(store)
    bring(store, person("2", "Nguyễn Thị Lan", "0933333333", "0912345678"), number=3)
    settle(store, 3)
    bring(store, person("2", "Nguyễn Thị Lan", "0933333333"), number=4)
    _, made = settle(store, 4)
    assert whose(store) == ids
    assert made.split == 1
    assert customer(store, ids["pos:2"])["status"] == "active"
    assert customer(store, ids["pos:2"])["merged_into"] is None


def test_a_customer_whose_last_record_is_gone_rests_and_comes_back_with_its_id(store):
    bring(store, person("1", *LAN), person("2", *HUNG))
    settle(store, 1)
    golden_id = whose(store)["pos:1"]
    bring(store, gone=["1"], number=2)
    matched, _ = settle(store, 2)
    resting = customer(store, golden_id)
    assert (resting["status"], resting["full_name"], matched.customers) == ("inactive", "Nguyễn Thị Lan", 1)
    bring(store, person("1", *LAN), number=3)
    settle(store, 3)
    assert whose(store)["pos:1"] == golden_id
    assert customer(store, golden_id)["status"] == "active"


def test_a_removed_bridge_parts_what_it_held_together(store):
    bring(store, person("1", "Nguyễn Thị Lan", "0912345678"), person("2", "Nguyễn Thị Lan", "0912345678", "0933333333"),
          person("3", "Nguyễn Thị Lan", "0933333333"))
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
        conn.execute(insert(judgements).values(a=a, b=b, verdict=verdict, author="an", at="2026-11-01T00:00:00.000Z", active=True))
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
        conn.execute(insert(created_records).values(
            source="shop", source_id="9", golden_id=golden_id, anchor="pos:1", at="2026-11-01T00:00:00.000Z"))
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


def test_a_broken_candidate_is_never_promoted(store):
    bring(store, person("1", *LAN), person("2", *HUNG))
    match(store, SETTINGS, make_run(1))
    with store.begin() as conn:
        conn.execute(candidate_xref.delete().where(candidate_xref.c.rid == select(func.max(candidate_xref.c.rid)).scalar_subquery()))
    assert proof(store)["record_without_id"] == 1
    with pytest.raises(InvariantError, match="record_without_id 1"):
        resolve(store, SETTINGS, make_run(1))
    assert rows(store, customers) == []
    match(store, SETTINGS, make_run(2))
    resolve(store, SETTINGS, make_run(2))
    assert len(rows(store, customers)) == 2


def test_an_id_given_to_other_records_is_never_promoted(store):
    bring(store, person("1", *LAN), person("2", *HUNG))
    settle(store, 1)
    ids = whose(store)
    match(store, SETTINGS, make_run(2), rebuild=True)
    with store.begin() as conn:
        for golden_id, other in ((ids["pos:1"], "x"), (ids["pos:2"], ids["pos:1"]), ("x", ids["pos:2"])):
            conn.execute(update(candidate_xref).where(candidate_xref.c.golden_id == golden_id).values(golden_id=other))
    assert proof(store)["id_moved"] == 2


@pytest.mark.parametrize("boundary", ["match", "before", "after"])
def test_killed_at_a_boundary_the_next_run_ends_the_same(store, boundary, monkeypatch):
    bring(store, person("1", *LAN), person("2", *HUNG), person("3", *LAN2))
    joins = links.joins

    def dies(*given):
        if boundary == "after":
            joins(*given)
        raise KeyboardInterrupt

    match(store, SETTINGS, make_run(1))
    if boundary != "match":
        monkeypatch.setattr(links, "joins", dies)
        with pytest.raises(KeyboardInterrupt):
            resolve(store, SETTINGS, make_run(1))
        monkeypatch.setattr(links, "joins", joins)
    assert rows(store, customers) == []
    settle(store, 2)
    assert partition(store) == {frozenset({"pos:1", "pos:3"}), frozenset({"pos:2"})}
    assert rows(store, xref_past) == []
    assert len(rows(store, changes)) == 2
