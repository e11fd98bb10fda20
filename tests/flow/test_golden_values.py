"""Golden values and ids over the life of customers: promises 3.2, 3.3, 4.1, 4.2 and 4.7 of the design."""

from __future__ import annotations

from dataclasses import replace

import orjson
from fakes import make_run, record
from steps import HUNG, LAN, SETTINGS, SHOP, bring, customer, partition, person, rows, settle, whose

from hub.flow.match import match
from hub.flow.resolve import resolve
from hub.settings import Matching, Survivorship
from hub.store import story
from hub.store.tables import customers

ALONE = person("2", "Nguyễn Thị Lan", "0933333333", gender="nữ")
JOINED = person("2", "Nguyễn Thị Lan", "0933333333", "0912345678", gender="nữ")


def values(store):
    """Live golden id → its values."""
    return {row["golden_id"]: row["doc"] for row in rows(store, customers) if row["status"] == "active"}


def test_people_who_share_a_number_are_related_and_nobody_is_asked(store):
    bring(store, person("1", *LAN), person("2", HUNG[0], LAN[1]))
    matched, _ = settle(store)
    assert (matched.related, matched.reviews_opened, len(partition(store))) == (1, 0, 2)


def test_a_join_undone_gives_every_part_its_values_back(store):
    bring(store, person("1", *LAN))
    settle(store, 1)
    bring(store, ALONE, number=2)
    settle(store, 2)
    before = values(store)
    bring(store, JOINED, number=3)
    settle(store, 3)
    assert len(values(store)) == 1
    bring(store, ALONE, number=4)
    settle(store, 4)
    assert values(store) == before


def test_a_policy_changed_and_changed_back_gives_the_same_ids_and_values(store):
    people = [person(str(n), name, LAN[1]) for n, name in enumerate((LAN[0], LAN[0], HUNG[0]))]
    bring(store, *people)
    settle(store, 1)
    before, ids = values(store), whose(store)
    strict, run = replace(SETTINGS, matching=Matching(max_names=1)), make_run(2)
    match(store, strict, run)
    resolve(store, strict, run)
    assert len(partition(store)) == 3
    settle(store, 3)
    assert (values(store), whose(store)) == (before, ids)


def test_a_change_of_trust_shows_in_the_golden_values_of_the_next_run(store):
    bring(store, person("1", *LAN, gender="nữ", at="2026-01-01T00:00:00.000Z"))
    bring(store, person("9", *LAN, gender="nam", at="2026-02-01T00:00:00.000Z"), source=SHOP)
    for sources, gender in (((), "male"), (("pos",), "female"), ((), "male")):
        trusting, run = replace(SETTINGS, survivorship=Survivorship(sources)), make_run(len(gender))
        match(store, trusting, run)
        resolve(store, trusting, run)
        assert customer(store, whose(store)["pos:1"])["gender"] == gender


def test_every_id_and_code_ever_given_answers(store):
    bring(store, person("1", *LAN))
    settle(store, 1)
    bring(store, ALONE, number=2)
    settle(store, 2)
    given = {row["golden_id"]: row["customer_code"] for row in rows(store, customers)}
    bring(store, JOINED, number=3)
    settle(store, 3)
    bring(store, gone=["1"], number=4)
    settle(store, 4)
    with store.read() as conn:
        answers = {story.live(conn, golden_id) for golden_id in given}
        by_code = {story.live(conn, found) for code in given.values() for found in story.by_customer_code(conn, code)}
    assert answers == by_code == {whose(store)["pos:2"]}
    assert {row["golden_id"]: row["customer_code"] for row in rows(store, customers)} == given


def test_an_id_is_never_given_to_other_records(store):
    bring(store, person("1", *LAN))
    settle(store, 1)
    old = whose(store)["pos:1"]
    bring(store, person("2", *LAN), gone=["1"], number=2)
    settle(store, 2)
    assert whose(store)["pos:2"] != old
    assert customer(store, old)["status"] == "inactive"


def test_a_number_of_work_is_never_the_primary_one(store):
    bring(store, record("1", full_name=LAN[0], phones=[{"value": LAN[1], "use": "work"}]))
    settle(store)
    row = customer(store, whose(store)["pos:1"])
    assert (row["phone"], [one["use"] for one in orjson.loads(row["doc"])["phones"]]) == (None, ["work"])
