"""Each rule of survivorship on a handful of candidates, and the order of rules: behaviour 4.3."""

from __future__ import annotations

import pytest

from hub.matching.survivorship import DEFAULTS, RULES, decide, pinned
from hub.matching.survivorship.aggregate import union
from hub.matching.survivorship.base import Candidate, Trust
from hub.matching.survivorship.most_restrictive import marketing, most_restrictive

TRUST = Trust({"pos": 0, "shop": 1}, anchor=3)


def _some(*values):
    """(value, source, at, weight) → candidates with rids from 1."""
    return [
        Candidate(value, rid, source, at, value, weight, value is not None)
        for rid, (value, source, at, weight) in enumerate(values, 1)
    ]


def _kept(rule, *values):
    return [one.value for one in RULES[rule](_some(*values), TRUST)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("source_priority", ["a"]),
        ("most_recent", ["b"]),
        ("most_frequent", ["c", "c"]),
        ("most_complete", ["d"]),
        ("oldest", ["c"]),
        ("same_source_as", ["c"]),
    ],
)
def test_a_rule_keeps_what_it_prefers(rule, expected):
    values = [
        ("a", "pos", "t2", 1),
        ("b", "shop", "t4", 1),
        ("c", "mail", "", 2),
        ("c", "shop", "t3", 2),
        ("d", "mail", "t1", 5),
    ]
    assert _kept(rule, *values) == expected


def test_a_value_without_a_time_is_the_oldest_evidence():
    assert _kept("most_recent", ("a", "pos", "", 1), ("b", "pos", "2020", 1)) == ["b"]


def test_a_source_that_is_not_listed_comes_after_all_others():
    assert _kept("source_priority", ("a", "mail", "", 1), ("b", "shop", "", 1)) == ["b"]


def test_proven_values_come_before_cleared_ones():
    assert _kept("validated_first", (None, "pos", "t2", 0), ("b", "shop", "t1", 1)) == ["b"]


def test_the_first_rule_that_leaves_one_statement_decides():
    values = _some(("a", "pos", "t1", 1), ("b", "shop", "t2", 2), ("b", "mail", "t3", 2))
    winner, rule = decide(values, ("most_complete", "source_priority"), TRUST)
    assert (winner.value, winner.rid, rule) == ("b", 2, "most_complete")


def test_a_tie_passes_to_the_next_rule():
    winner, rule = decide(
        _some(("a", "shop", "t1", 1), ("b", "pos", "t1", 1)), ("most_recent", "source_priority"), TRUST
    )
    assert (winner.value, rule) == ("b", "source_priority")


def test_a_tie_of_all_rules_goes_to_the_first_record():
    winner, rule = decide(_some(("a", "shop", "t1", 1), ("b", "shop", "t1", 1)), ("most_recent",), TRUST)
    assert (winner.value, rule) == ("a", "first_record")


def test_a_later_clearing_wins_over_an_older_value():
    winner, rule = decide(_some(("a", "shop", "t1", 1), (None, "shop", "t2", 0)), ("most_recent",), TRUST)
    assert (winner.value, rule) == (None, "most_recent")


def test_aggregate_gathers_texts():
    winner, rule = decide(
        _some(("a", "shop", "t1", 1), ("b", "pos", "t2", 1), ("a", "pos", "", 1)), ("aggregate",), TRUST
    )
    assert (winner.value, rule) == ("a; b", "aggregate")


def test_every_default_names_rules_that_exist():
    assert {rule for rules in DEFAULTS.values() for rule in rules} <= {*RULES, pinned.NAME}


def test_union_is_sorted_and_each_once():
    assert union([["b", "a"], ["a", ""], []]) == ["a", "b"]


def _consent(status, **more):
    return {"purpose": "marketing", "channel": "email", "status": status, **more}


@pytest.mark.parametrize(
    ("one", "other", "stands"),
    [("granted", "withdrawn", "withdrawn"), ("unknown", "granted", "granted"), ("refused", "granted", "refused")],
)
def test_the_most_restrictive_consent_stands_whatever_its_time(one, other, stands):
    for pair in ((one, other), (other, one)):
        found = most_restrictive(
            [_consent(status, at=f"t{n}", address="a@example.com") for n, status in enumerate(pair)]
        )
        assert [consent["status"] for consent in found] == [stands]


def test_consents_for_different_addresses_stand_side_by_side():
    assert (
        len(
            most_restrictive(
                [_consent("granted", address="a@example.com"), _consent("withdrawn", address="b@example.com")]
            )
        )
        == 2
    )


@pytest.mark.parametrize(
    ("consents", "expected"),
    [
        ([], "unknown"),
        ([_consent("granted")], "unknown"),
        ([_consent("granted", address="a@example.com")], "granted"),
        ([_consent("granted", address="old@example.com")], "unknown"),
        ([_consent("withdrawn", address="old@example.com")], "unknown"),
        ([_consent("granted"), _consent("refused", address="a@example.com")], "withdrawn"),
        ([{"purpose": "service", "channel": "*", "status": "withdrawn"}], "unknown"),
        ([{"purpose": "marketing", "channel": "*", "status": "withdrawn"}], "withdrawn"),
        ([{"purpose": "*", "channel": "sms", "status": "withdrawn"}], "unknown"),
        ([_consent("granted"), {"purpose": "all", "channel": "all", "status": "withdrawn"}], "withdrawn"),
        ([{"purpose": "service", "channel": "email", "status": "withdrawn"}], "unknown"),
        ([{"purpose": "marketing", "channel": "sms", "status": "granted"}], "unknown"),
    ],
)
def test_marketing_by_email(consents, expected):
    assert marketing(consents, "email", "a@example.com") == expected
