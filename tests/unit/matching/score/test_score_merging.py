"""Merging by score: what joins, and what no score may join."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from made_scores import JUDGEMENTS, NO_WORDS, divided, normalized, person, scorer_of, together

from hub.matching.score import merge, shipped

LENIENT = replace(shipped(), thresholds=replace(shipped().thresholds, balanced=-14.0, careful=-14.0))
"""Thresholds at which the guards alone decide."""


def _merged(people, level="balanced", words=(), parameters=LENIENT, shuffled=False):
    records, identifiers = normalized(people)
    if shuffled:
        records, identifiers = records.sample(fraction=1.0, shuffle=True, seed=3), identifiers.reverse()
    said = pl.DataFrame(list(words), schema=JUDGEMENTS, orient="row") if words else NO_WORDS
    rules = divided(records, identifiers, said)
    scorer = scorer_of(records, identifiers, parameters)
    return merge(scorer, scorer.candidates(-30.0), records, identifiers, said, rules, level)


TWO = [
    person(0, "Nguyễn Thị Lan", birth="1990-02-03", line="12 Lê Lợi, Huế", phone="0912345678"),
    person(1, "Nguyen Thi Lan", birth="1990-02-03", line="12 Lê Lợi, Huế", phone="0387654321"),
]


def _with(first, second):
    return [{**TWO[0], **first}, {**TWO[1], **second}]


@pytest.mark.parametrize("level", ["careful", "balanced"])
def test_two_records_that_agree_on_all_but_the_phone_become_one(level):
    assert together(_merged(TWO, level, parameters=shipped()).partition) == {frozenset({0, 1})}


def test_a_join_by_score_is_told_as_such():
    edges = _merged(TWO).partition.edges
    assert edges.select("rid_a", "rid_b", "rule", "type").rows() == [(0, 1, "score", "score")]
    assert _merged(TWO).partition.assignment["rule"].to_list() == ["score", "score"]


def test_what_a_person_called_different_stays_apart():
    done = _merged(TWO, words=[(0, 1, "different", "t1")])
    assert together(done.partition) == {frozenset({0}), frozenset({1})}
    assert done.partition.refusals.filter(pl.col("type") == "score")["rule"].to_list() == ["cannot_link"]


def test_national_ids_that_differ_forbid_a_join_by_score():
    ids = [[{"type": "national_id", "value": value, "issuer": "VN"}] for value in ("001090000123", "079088000555")]
    done = _merged(_with({"ids": ids[0]}, {"ids": ids[1]}))
    assert together(done.partition) == {frozenset({0}), frozenset({1})}


def test_numbers_of_a_country_that_nobody_tells_are_evidence_and_forbid_nothing():
    ids = [[{"type": "national_id", "value": value}] for value in ("1804974", "6089216")]
    done = _merged(_with({"ids": ids[0]}, {"ids": ids[1]}))
    assert together(done.partition) == {frozenset({0, 1})}


@pytest.mark.parametrize("level", ["careful", "balanced"])
@pytest.mark.parametrize("other", ["Nguyễn Thị Lân", "Nguyễn Thị Loan", "Nguyễn Văn Hùng"])
def test_two_vietnamese_names_that_differ_are_two_people_whatever_else_agrees(level, other):
    same = {"phone": "0912345678", "birth": "1990-02-03", "line": "12 Lê Lợi, Huế"}
    done = _merged([person(0, "Nguyễn Thị Lan", **same), person(1, other, **same)], level)
    assert together(done.partition) == {frozenset({0}), frozenset({1})}


def test_two_full_names_that_are_not_alike_do_not_join_by_a_shared_phone():
    done = _merged([person(0, "Mary Johnson", phone="0912345678"), person(1, "Peter Walsh", phone="0912345678")])
    assert together(done.partition) == {frozenset({0}), frozenset({1})}


def test_a_person_and_an_organisation_never_join_by_score():
    firm = {
        **person(1, None, line="12 Lê Lợi, Huế", phone="0387654321"),
        "company_name": "Công ty TNHH Lan",
        "kind": "organisation",
    }
    done = _merged([TWO[0], firm])
    assert together(done.partition) == {frozenset({0}), frozenset({1})}


TOWN = {"addresses": [{"ward": "Vĩ Dạ", "province": "Huế"}]}


def test_careful_asks_for_something_of_a_persons_own_beyond_name_and_town():
    people = [person(0, "Nguyễn Thị Lan", phone="0912345678", **TOWN), person(1, "Nguyễn Thị Lan", gender="nữ", **TOWN)]
    assert len(together(_merged(people, "careful").partition)) == 2
    assert len(together(_merged(people, "balanced").partition)) == 1


@pytest.mark.parametrize("level", ["careful", "balanced"])
def test_namesakes_of_one_town_with_phones_of_their_own_stay_two(level):
    people = [person(n, "Nguyễn Thị Lan", phone=one, **TOWN) for n, one in enumerate(("0912345678", "0387654321"))]
    assert len(together(_merged(people, level).partition)) == 2


def test_what_the_rules_joined_stays_joined():
    people = [*TWO, {**person(2, "Nguyễn Thị Lan", phone="0912345678"), "birth_date": "1950-01-09"}]
    rules = together(divided(*normalized(people)))
    merged = together(_merged(people).partition)
    assert all(any(one <= other for other in merged) for one in rules)


def test_the_order_of_rows_does_not_matter():
    people = [*TWO, *(person(n, "Trần Văn Hùng", birth="1985-07-09", line=f"{n} Hùng Vương, Huế") for n in range(2, 7))]
    assert _merged(people).partition.assignment.equals(_merged(people, shuffled=True).partition.assignment)


def test_refusals_between_records_that_are_one_now_are_gone():
    partition = _merged(TWO).partition
    own = dict(partition.assignment.select("rid", "cluster").iter_rows())
    assert all(own[a] != own[b] for a, b in partition.refusals.select("rid_a", "rid_b").iter_rows())


def _strict(**bits):
    return replace(shipped(), thresholds=replace(shipped().thresholds, **bits))


def test_two_households_of_one_address_stay_two():
    place = {"addresses": [{"line": "12 Market Street", "ward": "Hill", "postal_code": "2119", "province": "nsw"}]}
    done = _merged([person(0, "Mary Johnson", **place), person(1, "Peter Walsh", **place)])
    assert together(done.partition) == {frozenset({0}), frozenset({1})}
    assert done.partition.refusals["rule"].to_list() == ["name_incompatible"]


def test_an_address_alone_joins_no_records_without_names():
    place = {"addresses": [{"line": "12 Market Street", "ward": "Hill", "postal_code": "2119", "province": "nsw"}]}
    people = [person(n, None, phone=one, **place) for n, one in enumerate(("0912345678", "0387654321"))]
    assert len(together(_merged(people).partition)) == 2


def test_names_alone_need_more_than_the_threshold():
    people = [person(n, "Zoltan Quibble") for n in range(2)]
    weight = float(_merged(people).partition.edges["value"][0])
    near, far = (_strict(balanced=weight - less) for less in (1.5, 2.5))
    assert len(together(_merged(people, parameters=near).partition)) == 2
    assert len(together(_merged(people, parameters=far).partition)) == 1


def test_namesakes_whose_mailboxes_differ_in_digits_stay_two():
    people = [person(n, "Kim Minsu", email=f"minsu.kim.{one}@example.com") for n, one in enumerate((2431, 2453))]
    assert len(together(_merged(people).partition)) == 2
