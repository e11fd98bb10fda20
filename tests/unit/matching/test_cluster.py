"""Judgements, receipts, refusals: behaviour 3.2, 3.4, 3.5 and 3.6, what the spec table cannot say in clusters alone."""

from __future__ import annotations

from itertools import combinations

import pytest
from made_frames import clusters, frames, record

from hub.matching.partition import partition
from hub.matching.policy import Policy

LAN, HUNG, HOA = "Nguyễn Thị Lan", "Trần Văn Hùng", "Lê Thu Hoa"
P, Q = "phone:+84900000001", "phone:+84900000002"


def _run(people, judgements=(), receipts=(), policy=Policy()):  # noqa: B008
    return partition(
        *frames([(record(n, name), ids) for n, (name, *ids) in enumerate(people, 1)], judgements, receipts), policy
    )


def _told(result):
    return result.refusals.select("rid_a", "rid_b", "rule", "related").rows()


def test_a_same_judgement_joins_what_nothing_else_would():
    result = _run([(LAN, P), (HUNG, Q)], [(1, 2, "same", "t1")])
    assert clusters(result) == {frozenset({1, 2})}
    assert result.assignment["rule"].to_list() == ["judgement", "judgement"]


def test_a_different_judgement_keeps_apart_what_all_else_would_join():
    result = _run([(LAN, P, "passport:C1"), (LAN, P, "passport:C1")], [(2, 1, "different", "t1")])
    assert clusters(result) == {frozenset({1}), frozenset({2})}
    assert {told[2:] for told in _told(result)} == {("cannot_link", True)}


def test_a_same_judgement_outranks_national_ids():
    ids = ("national_id/cccd:001090000001", "national_id/cccd:079085000333")
    assert clusters(_run([(LAN, ids[0]), (LAN, ids[1])], [(1, 2, "same", "t1")])) == {frozenset({1, 2})}


@pytest.mark.parametrize(
    ("later", "expected"), [("same", {frozenset({1, 2})}), ("different", {frozenset({1}), frozenset({2})})]
)
def test_of_contradicting_judgements_the_later_stands(later, expected):
    earlier = "different" if later == "same" else "same"
    result = _run([(LAN, P), (LAN, P)], [(1, 2, earlier, "t1"), (1, 2, later, "t2")])
    assert clusters(result) == expected
    assert "overruled" in result.refusals["rule"].to_list()


def test_judgements_reach_whole_clusters():
    people = [(LAN, P), (LAN, P), (LAN, Q), (LAN, Q)]
    result = _run(people, [(1, 3, "same", "t1"), (2, 4, "different", "t2")])
    together = [cluster for cluster in clusters(result) if 2 in cluster]
    assert 4 not in together[0]


def test_a_person_and_a_company_are_not_one_by_judgement():
    people = [(record(1, LAN), []), (record(2, "Công ty An Phú", kind="organisation"), [])]
    result = partition(*frames(people, [(1, 2, "same", "t1")]), Policy())
    assert _told(result) == [(1, 2, "kind", True)]


def test_a_created_record_belongs_to_its_anchor_by_the_receipt():
    result = _run([(LAN, P), (LAN,)], receipts=[(2, 1)])
    assert result.edges.select("rid_a", "rid_b", "rule").rows() == [(1, 2, "sent")]


def test_a_receipt_whose_anchor_is_gone_joins_nobody():
    assert clusters(_run([(LAN, P)], receipts=[(1, 77)])) == {frozenset({1})}


def test_a_receipt_gives_way_to_a_different_judgement():
    assert len(clusters(_run([(LAN, P), (LAN, P)], [(1, 2, "different", "t1")], [(2, 1)]))) == 2


@pytest.mark.parametrize("kind", ["anonymous", "masked", "staff", "test"])
def test_other_kinds_stay_alone_but_get_a_cluster(kind):
    people = [(record(1, LAN), [P]), (record(2, LAN, kind=kind), [P])]
    assert partition(*frames(people), Policy()).assignment.rows() == [(1, 1, "single"), (2, 2, "single")]


def test_values_that_are_no_keys_join_nobody():
    from made_frames import identifier

    people = [(record(n, LAN), [identifier(n, P, key=False)]) for n in (1, 2)]
    assert len(clusters(partition(*frames(people), Policy()))) == 2


def test_people_with_incompatible_names_on_one_phone_are_related():
    result = _run([(LAN, P), (HUNG, P)])
    assert _told(result) == [(1, 2, "name_incompatible", True)]
    assert (result.related, result.guards["name"]) == (1, 1)


def test_unsure_names_are_told_and_not_related():
    assert _told(_run([("LAN", P), ("Nguyễn Thị Lan Anh", P)])) == [(1, 2, "name_unsure", False)]


def test_a_person_and_a_company_on_one_phone_are_related_once():
    people = [(record(n, LAN), [P]) for n in (1, 2)] + [(record(3, "Công ty An Phú", kind="organisation"), [P])]
    result = partition(*frames(people), Policy())
    assert _told(result) == [(1, 3, "kind", True)]


def test_persons_who_bear_a_companys_tax_code_are_related_to_it():
    firm = (record(3, "Công ty An Phú", kind="organisation"), ["tax_code:0301234567"])
    result = partition(*frames([(record(1, LAN), ["tax_code:0301234567"]), firm]), Policy())
    assert (_told(result), result.related) == ([(1, 3, "kind", True)], 1)


def test_a_join_refused_because_of_other_members_says_so():
    people = [(LAN, P, "passport:C1"), (HUNG, "passport:C1", Q), (LAN, P)]
    assert (1, 3, "cluster", False) in _told(_run(people))


def test_refusals_of_one_identifier_grow_with_its_clusters_not_with_their_square():
    people = [
        (f"{last} Thị Lan", P)
        for last in ("Nguyễn", "Trần", "Lê", "Phạm", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Lý", "Hà")
    ]
    result = _run(people)
    assert len(clusters(result)) == 12
    assert result.refusals.height == 15 + 6
    assert {rid for row in _told(result) for rid in row[:2]} == set(range(1, 13))


def test_many_records_of_two_people_give_one_refusal():
    result = _run([(LAN if n % 2 else HUNG, P) for n in range(200)])
    assert result.refusals.height == 1


def test_phone_and_email_are_shown_together():
    result = _run([(LAN, P, "email:a@example.com"), (LAN, P, "email:a@example.com")])
    assert result.edges.select("rule", "type", "value").rows() == [
        ("phone_email", "phone+email", "+84900000001 a@example.com")
    ]


def test_a_record_shows_the_strongest_rule_that_holds_it():
    people = [(LAN, P, "passport:C1"), (LAN, P), (LAN, "passport:C1")]
    assert _run(people).assignment["rule"].to_list() == ["personal_number", "phone", "personal_number"]


@pytest.mark.parametrize("switch", ["phone", "email", "personal_number", "loyalty"])
def test_a_rule_that_is_off_joins_nobody(switch):
    value = {"phone": P, "email": "email:a@example.com", "personal_number": "passport:C1", "loyalty": "loyalty:7"}[
        switch
    ]
    assert len(clusters(_run([(LAN, value), (LAN, value)]))) == 1
    assert len(clusters(_run([(LAN, value), (LAN, value)], policy=Policy(**{switch: False})))) == 2


def test_every_setting_of_the_policy_shows_in_its_version():
    policies = [
        Policy(),
        Policy(5),
        Policy(4, 4),
        Policy(own=frozenset({"x"})),
        Policy(phone=False),
        Policy(email_weak=False),
    ]
    assert all(a.version != b.version for a, b in combinations(policies, 2))


def test_no_records_give_an_empty_partition():
    result = partition(*frames([]), Policy())
    assert (result.assignment.height, result.edges.height, result.related) == (0, 0, 0)
