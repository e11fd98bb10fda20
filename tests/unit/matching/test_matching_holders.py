"""Numbers that changed hands: identifiers are dated by the source's own times; without them nothing is inferred (3.8)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_frames import clusters, frames, record
from made_times import facts

from hub.matching.partition import partition
from hub.matching.policy import Policy

OLD, NEW, BETWEEN = ("2018-01-01", "2019-01-01"), ("2021-01-01", "2022-01-01"), ("2020-01-01", "2020-01-02")
PHONE = "phone:+84900000001"
HUNG, LAN = "Trần Văn Hùng", "Nguyễn Thị Lan"


def _matched(people, times, policy=None, **told):
    given = frames([(record(rid, name), ids) for rid, (name, ids) in enumerate(people, 1)], told.pop("judgements", ()))
    return partition(*given, policy or Policy(), facts=facts(given[1], dict(enumerate(times, 1)), **told))


def _people(*names, **more):
    return [(name, [PHONE, *more.get(f"r{n}", ())]) for n, name in enumerate(names, 1)]


def test_a_recycled_number_is_told_and_dated():
    found = _matched(_people(HUNG, LAN), [OLD, NEW])
    assert found.refusals.select("rule", "related").rows() == [("reassigned", True)]
    assert found.reassigned.rows() == [
        (1, "phone", "+84900000001", "", "2019-01-01T00:00:00.000Z", "2021-01-01T00:00:00.000Z")
    ]


def test_a_nameless_record_belongs_to_the_holder_of_its_own_time():
    found = _matched(_people(HUNG, LAN, "", ""), [OLD, NEW, ("2018-02-01", "2018-03-01"), ("2023-01-01", "2024-01-01")])
    assert clusters(found) == {frozenset({1, 3}), frozenset({2, 4})}


def test_a_toneless_record_joins_its_own_holder():
    found = _matched(_people(HUNG, LAN, "NGUYEN THI LAN"), [OLD, NEW, NEW])
    assert clusters(found) == {frozenset({1}), frozenset({2, 3})}


@pytest.mark.parametrize("span", [None, BETWEEN, ("2018-02-01", "2022-01-01")], ids=["undated", "between", "both"])
def test_a_nameless_record_of_no_certain_time_stays_alone(span):
    assert clusters(_matched(_people(HUNG, LAN, ""), [OLD, NEW, span])) == {frozenset({n}) for n in (1, 2, 3)}


@pytest.mark.parametrize("times", [(OLD, None), (None, NEW), (None, None)])
def test_without_times_nothing_is_inferred(times):
    found = _matched(_people(HUNG, LAN), times)
    assert found.refusals["rule"].to_list() == ["name_incompatible"]
    assert found.reassigned.is_empty()


@pytest.mark.parametrize(
    ("names", "times"),
    [
        ((HUNG, LAN, HUNG), (OLD, NEW, NEW)),
        ((HUNG, LAN), (OLD, ("2019-12-31", "2022-01-01"))),
        ((HUNG, "Trần Văn Hừng"), (OLD, NEW)),
        ((HUNG, "Lê Hùng", "Hùng", LAN), (OLD, OLD, OLD, NEW)),
    ],
    ids=["used by both", "too short a gap", "names nearly agree", "a family before"],
)
def test_what_is_not_beyond_doubt_stays_shared(names, times):
    assert _matched(_people(*names), times).reassigned.is_empty()


@pytest.mark.parametrize(
    "told",
    [
        {"homes": [(1, "12 lê lợi, huế"), (2, "12 lê lợi, huế")]},
        {"used": [(1, "2021-06-01")]},
        {"judgements": [(1, 2, "same", "t1")]},
    ],
    ids=["one address", "bought since", "a person said same"],
)
def test_people_who_belong_together_share_their_number(told):
    assert _matched(_people(HUNG, LAN), [OLD, NEW], **told).reassigned.is_empty()


def test_people_who_share_more_than_the_number_are_no_strangers():
    people = _people(HUNG, LAN, r1=["email:home@example.com"], r2=["email:home@example.com"])
    assert _matched(people, [OLD, NEW]).reassigned.is_empty()


def test_a_number_may_pass_through_several_hands():
    found = _matched(_people(HUNG, LAN, "Phạm Quốc Bảo"), [OLD, NEW, ("2024-01-01", "2024-01-02")])
    assert found.reassigned.select("rid", "until").rows() == [
        (1, "2019-01-01T00:00:00.000Z"), (2, "2022-01-01T00:00:00.000Z")
    ]  # fmt: skip


@pytest.mark.parametrize(("gap", "expected"), [(0, 0), (731, 1), (732, 0)])
def test_the_gap_is_the_policys(gap, expected):
    assert _matched(_people(HUNG, LAN), [OLD, NEW], replace(Policy(), gap=gap)).reassigned.height == expected


def test_a_judgement_that_they_differ_is_told_before_the_change_of_hands():
    found = _matched(_people(HUNG, LAN), [OLD, NEW], judgements=[(1, 2, "different", "t1")])
    assert found.refusals["rule"].to_list() == ["cannot_link"]
