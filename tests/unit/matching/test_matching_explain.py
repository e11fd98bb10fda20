"""Every rule, reason and outcome has its sentence in both languages, with the values used."""

from __future__ import annotations

import string

import pytest

from hub.matching.component import GUARD_OF, RELATED
from hub.matching.explain import (
    Party,
    explain_blocked,
    explain_edge,
    explain_field,
    explain_refusal,
    label,
    labels,
    sentences,
)
from hub.matching.golden import SCALARS
from hub.matching.rules import RULES, SINGLE
from hub.matching.survivorship import OUTCOMES
from hub.matching.survivorship import RULES as CHOOSING

LAN = Party("pos", "1", "Nguyễn Thị Lan", "1990-02-03", "001090000001")
HUNG = Party("shop", "7", "Trần Văn Hùng", "1985-07-09", "001085000002")
EVERY = {
    "link": {*(rule.name for rule in RULES), SINGLE},
    "refusal": {*GUARD_OF, *RELATED},
    "score": {*GUARD_OF, *RELATED} - {"overruled"},
    "relation": {"shares_phone", "shares_email", "shares_id", "household", "employer", "reassigned", "said_apart"},
    "blocked": {"own", "names", "nameless"},
    "field": {*CHOOSING, *OUTCOMES, "pinned", "aggregate", "most_restrictive"},
}


@pytest.mark.parametrize("group", sorted(EVERY))
def test_each_code_has_a_sentence_and_each_sentence_a_code(group):
    assert {code for one, code in sentences() if one == group} == EVERY[group]


@pytest.mark.parametrize("key", sorted(sentences()))
def test_both_languages_use_the_same_values(key):
    used = [
        {name for _, name, _, _ in string.Formatter().parse(sentences()[key][language]) if name}
        for language in ("vi", "en")
    ]
    assert used[0] == used[1]
    assert used[0]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("rule", sorted(EVERY["link"] - {"judgement", "sent", "single", "phone_email"}))
def test_a_link_names_both_records_and_the_shared_value(rule, language):
    told = explain_edge(rule, "phone", "+84912345678", "club", a=LAN, b=HUNG, language=language)
    assert all(shown in told for shown in ("pos:1", "shop:7", "+84912345678"))


def test_phone_and_email_together_are_both_shown():
    told = explain_edge("phone_email", "phone+email", "+84912345678 a@example.com", "", a=LAN, b=HUNG, language="en")
    assert "phone +84912345678 and same e-mail a@example.com" in told


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("reason", sorted(EVERY["refusal"] - {"overruled"}))
def test_a_refusal_shows_what_is_shared(reason, language):
    assert "+84912345678" in explain_refusal(reason, "phone", "+84912345678", "", a=LAN, b=HUNG, language=language)


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("name_incompatible", "Nguyễn Thị Lan; Trần Văn Hùng"),
        ("birth_date", "1990-02-03; 1985-07-09"),
        ("national_id", "001090000001; 001085000002"),
    ],
)
def test_a_refusal_shows_the_values_that_decided(reason, shown):
    assert shown in explain_refusal(reason, "phone", "+84912345678", "", a=LAN, b=HUNG)


def test_a_missing_name_is_told_as_such():
    told = explain_refusal("name_weak", "phone", "+84912345678", "", a=Party("pos", "2"), b=LAN, language="en")
    assert "(no name; Nguyễn Thị Lan)" in told


def test_a_blocked_value_tells_how_many_bear_it():
    assert "5 different given names" in explain_blocked(
        "names", "phone", "+84912345678", names=5, nameless=0, language="en"
    )


def test_a_field_shows_value_record_and_losers_but_not_itself():
    told = explain_field(
        "full_name",
        "Nguyễn Thị Lan",
        "most_complete",
        record=LAN,
        losers=["Lan", "Nguyễn Thị Lan", "Lan"],
        language="en",
    )
    assert told == "Full name: Nguyễn Thị Lan, from pos:1, the most complete value (others: Lan)."


def test_many_losers_are_cut():
    told = explain_field("note", "x", "most_recent", record=LAN, losers=["a", "b", "c", "d"], language="en")
    assert "others: a; b; c; …" in told


def test_every_scalar_field_has_a_label():
    assert set(SCALARS) <= set(labels())


def test_a_declared_extra_field_is_its_own_label():
    assert label("shoe_size") == "shoe_size"
