"""Answering questions: one, several, all of a pattern; nobody overwrites another; all of it can be taken back (promise 3.5)."""

from __future__ import annotations

import pytest
from fakes import make_run
from once import once
from questions import GRANTED, HOA, HUNG, SON, SWAPPED, answer, question, swapped, waiting
from steps import LAN, SETTINGS, SHOP, bring, decide, partition, person, rows, settle, whose

from hub.errors import ConfigError
from hub.flow import judge, review
from hub.flow.explain import explain
from hub.flow.match import match
from hub.flow.resolve import resolve
from hub.flow.review_decide import decide as answered
from hub.flow.review_decide import matching, named
from hub.flow.review_show import shown
from hub.store import evidence
from hub.store.tables import decisions, judgements, reviews
from hub.store.tables import evidence as kept

NOW = "2026-11-20T00:00:00.000Z"


@pytest.fixture(autouse=True)
def _unscored(monkeypatch):
    """No scores: what they suggest of these few records is another test's."""
    monkeypatch.setattr("hub.flow.scoring.read", lambda *_, **__: None)


@pytest.fixture
@once
def asked(store):
    """One question: do two swapped names mean one person?"""
    swapped(store)
    return store


def number_of(store):
    return question(store)["review_id"]


def test_merge_makes_one_customer(asked):
    answer(asked, "merge", number_of(asked))
    assert partition(asked) == {frozenset({"pos:1", "shop:9"})}
    told = question(asked)
    assert (told["state"], told["verdict"], told["author"]) == ("decided", "merge", "an")
    assert [row["kind"] for row in rows(asked, decisions)] == ["review"]


@pytest.mark.parametrize("verdict", ["apart", "related"])
def test_apart_and_related_keep_two_for_good(asked, verdict):
    answer(asked, verdict, number_of(asked))
    settle(asked, 60, rebuild=True)
    assert len(partition(asked)) == 2
    assert question(asked)["verdict"] == verdict
    assert [one["golden_id"] for one in explain(asked, SETTINGS, "pos:1")["related"]] == [whose(asked)["shop:9"]]


def test_related_is_kept_as_a_relation_without_any_shared_value(store):
    bring(store, person("1", *LAN), person("2", "Nguyễn Thị Lan", "0933333333"))
    settle(store)
    from test_review_asked import suggest

    suggest(store, "pos:1", "pos:2", 12.5)
    settle(store, 3)
    answer(store, "related", number_of(store))
    assert [one["golden_id"] for one in explain(store, SETTINGS, "pos:1")["related"]] == [whose(store)["pos:2"]]


def test_undo_of_an_answer_opens_the_question_again(asked):
    before = whose(asked)
    decision = answer(asked, "merge", number_of(asked))
    decide(asked, judge.undo(decision), 51)
    assert (whose(asked), waiting(asked)) == (before, {("name", "pos:1", "shop:9")})
    back = rows(asked, decisions, decisions.c.at)[-1]["decision_id"]
    decide(asked, judge.undo(back), 52)
    assert (question(asked)["state"], len(partition(asked))) == ("decided", 1)


def test_two_stewards_never_overwrite_each_other(asked):
    answer(asked, "apart", number_of(asked), by="binh")
    with pytest.raises(ConfigError, match="was decided by binh at 2026-11-01") as told:
        answer(asked, "merge", number_of(asked), number=51)
    assert (told.value.code, len(partition(asked))) == ("review.decided", 2)


def test_again_decides_anew_and_the_later_stands(asked):
    answer(asked, "apart", number_of(asked))
    answer(asked, "merge", number_of(asked), number=51, again=True)
    assert (len(partition(asked)), question(asked)["verdict"]) == (1, "merge")


def test_exclude_leaves_one_record_out_of_a_merge(store):
    bring(store, person("1", *SON), person("2", *SON))
    bring(store, person("9", *SWAPPED), source=SHOP)
    settle(store)
    answer(store, "merge", number_of(store), exclude=["pos:2"])
    assert partition(store) == {frozenset({"pos:1", "shop:9"}), frozenset({"pos:2"})}


def many(store, count=6):
    """So many pairs of swapped names, and one pair of another pattern."""
    family = ("Kiều", "Vương", "Lương", "Lý", "Hoàng", "Châu", "Thái")
    for n, one in enumerate(family[:count]):
        bring(store, person(f"a{n}", f"{one} Văn Sơn", f"09123{n:02d}4{n:02d}"), number=1)
        bring(store, person(f"b{n}", f"Sơn {one} Văn", f"09123{n:02d}4{n:02d}"), source=SHOP, number=1)
    bring(store, person("x", "Nguyễn Lan Anh", "0905556234"), person("y", "Lan", "0905556234"))
    settle(store)


def test_all_of_a_pattern_is_one_decision_and_one_undo(store):
    many(store)
    before = whose(store)
    decision = answer(store, "merge", rows_=matching("name", "swapped", NOW))
    assert sum(len(part) > 1 for part in partition(store)) == 6
    assert len(rows(store, decisions)) == 1
    decide(store, judge.undo(decision), 51)
    assert (whose(store), len(waiting(store))) == (before, 7)


def test_several_at_once_are_one_decision(store):
    many(store, 3)
    ids = [row["review_id"] for row in rows(store, reviews) if "swapped" in row["about"]]
    answer(store, "apart", *ids)
    assert len(rows(store, decisions)) == 1
    assert {row["verdict"] for row in rows(store, judgements)} == {"different"}


def test_a_merge_elsewhere_answers_the_question(asked):
    decision = decide(asked, judge.merge(SETTINGS, ["pos:1", "shop:9"]))
    told = question(asked)
    assert (told["state"], told["verdict"], told["decision_id"]) == ("decided", "merge", decision)


def test_a_cause_that_goes_away_closes_the_question(asked):
    bring(asked, person("9", "Sơn Kiều Văn", "0933333333"), source=SHOP, number=2)
    settle(asked, 2)
    assert question(asked)["state"] == "gone"
    with pytest.raises(ConfigError, match="no cause any more"):
        answer(asked, "merge", number_of(asked))


def test_killed_between_deciding_and_applying_the_next_run_applies_it(asked):
    with asked.begin() as conn:
        judge.write(conn, answered(SETTINGS, named([number_of(asked)]), "merge")(conn), make_run(50), "an", None)
    assert (question(asked)["state"], len(partition(asked))) == ("decided", 2)
    settle(asked, 51)
    assert (question(asked)["state"], len(partition(asked))) == ("decided", 1)


def test_a_question_put_off_comes_back_by_itself(asked):
    with asked.begin() as conn:
        review.postpone(conn, named([number_of(asked)])(conn), make_run(50), "an", "asked her to call")
    settle(asked, 51, rebuild=True)
    early = review.listed(asked, SETTINGS, "2026-11-02T00:00:00.000Z")
    late = review.listed(asked, SETTINGS, "2026-11-09T00:00:00.000Z")
    assert (early["questions"], early["later"]) == ([], 1)
    assert ([one["kind"] for one in late["questions"]], late["later"]) == (["name"], 0)


@pytest.mark.parametrize(
    ("verdict", "ids", "exclude", "code"),
    [
        ("keep", [""], (), "review.verdict"),
        ("merge", ["ZZZZ"], (), "review.none"),
        ("merge", ["x"], (), "review.none"),
        ("merge", [""], ("pos:77",), "review.strange"),
        ("merge", [""], ("pos:1",), "review.exclude"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_written(asked, verdict, ids, exclude, code):
    with pytest.raises(ConfigError) as told:
        answer(asked, verdict, *[one or number_of(asked) for one in ids], exclude=exclude)
    assert told.value.code == code
    assert rows(asked, decisions) == rows(asked, judgements) == rows(asked, kept) == []


def test_a_question_is_named_by_its_first_characters_in_any_case(asked):
    answer(asked, "merge", f"{number_of(asked)[:4].lower()}-{number_of(asked)[4:6]}")
    assert question(asked)["state"] == "decided"


# showing -------------------------------------------------------------------------------------------------------------


def test_show_tells_both_sides_why_not_and_what_each_answer_changes(asked):
    told = shown(asked, SETTINGS, make_run(50), number_of(asked))
    assert [side["records"][0]["values"]["full_name"] for side in told["sides"]] == ["Kiều Văn Sơn", "Sơn Kiều Văn"]
    assert [one["reason"] for one in told["refusals"]] == ["name_unsure"]
    assert round(sum(step["bits"] + step["tf"] for step in told["weight"]["steps"]), 3) == told["weight"]["bits"]
    assert {verdict: effect["merged"] for verdict, effect in told["answers"].items()} == {
        "merge": 1,
        "apart": 0,
        "related": 0,
    }
    assert len(partition(asked)) == 2


def test_show_tells_what_changed_since_a_person_decided(store):
    bring(store, person("1", *LAN), person("2", "Nguyễn Thị Lan", "0933333333"))
    settle(store)
    decide(store, judge.merge(SETTINGS, ["pos:1", "pos:2"]))
    bring(store, person("2", "Trần Văn Hùng", "0944444444"), number=60)
    settle(store, 60)
    told = shown(store, SETTINGS, make_run(61), number_of(store))["differences"]
    assert [(one["field"], one["then"], one["now"]) for one in told] == [
        ("name", "Nguyễn Thị Lan", "Trần Văn Hùng"),
        ("phone", "+84933333333", "+84944444444"),
    ]


def test_forgetting_takes_out_what_a_judgement_rested_on(asked):
    answer(asked, "apart", number_of(asked))
    with asked.begin() as conn:
        assert evidence.erase(conn, ["pos:1"]) == 1
    assert [row["name"] for row in rows(asked, kept)] == ["shop:9"]
    settle(asked, 60, rebuild=True)
    assert waiting(asked) == set()


def test_no_personal_value_stands_in_a_question(store):
    bring(store, person("1", *SON), person("2", *SWAPPED), person("3", *HUNG), person("4", *HOA, **GRANTED))
    settle(store)
    text = str([{name: row[name] for name in row if name != "comment"} for row in rows(store, reviews)])
    assert not any(word in text for word in ("Sơn", "Hùng", "0912345678", "912345678", "938271564"))


def test_only_so_many_are_asked_and_the_rest_is_one_number(store):
    from dataclasses import replace

    from hub.settings.model import Review

    many(store, 7)
    few = replace(SETTINGS, review=Review(daily=2))
    told = review.listed(store, few, NOW)
    assert (len(told["questions"]), told["today"], told["asked"], told["rest"]) == (2, 2, 8, 0)
    assert told["minutes"] == 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hub.flow.review_refresh.DAYS", 3)
        assert {name: review.listed(store, few, NOW)[name] for name in ("asked", "rest")} == {"asked": 6, "rest": 2}


def test_a_match_alone_writes_no_question(asked):
    bring(asked, person("5", *SON), number=2)
    before = rows(asked, reviews)
    match(asked, SETTINGS, make_run(2))
    assert rows(asked, reviews) == before
    resolve(asked, SETTINGS, make_run(2))
