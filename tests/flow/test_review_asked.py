"""What becomes a question for a person, and what rests (promises 3.2, 3.5, 3.8, 3.9, 4.4)."""

from __future__ import annotations

import itertools

import pytest
from fakes import make_run
from once import once
from questions import GRANTED, HOA, HUNG, SON, SWAPPED, answer, order, question, swapped, waiting
from sqlalchemy import insert, select
from steps import LAN, SETTINGS, SHOP, bring, decide, person, rows, settle, whose

from hub.flow import judge
from hub.flow.pin import pin
from hub.flow.review_report import report
from hub.matching.blast import FLOOR
from hub.store.tables import dirty_records, records, reviews, suggestions


@pytest.fixture(autouse=True)
def _unscored(monkeypatch):
    """No scores: what they suggest of these few records is another test's."""
    monkeypatch.setattr("hub.flow.scoring.read", lambda *_, **__: None)


def test_a_shared_phone_of_two_people_is_related_and_asks_nobody(store):
    bring(store, person("1", *HUNG), person("2", *HOA))
    matched, _ = settle(store)
    assert (matched.related, waiting(store)) == (1, set())


def test_names_that_nearly_agree_are_asked_about_once(store):
    told = swapped(store)
    assert waiting(store) == {("name", "pos:1", "shop:9")}
    assert told["about"] == "name_unsure.swapped.phone"
    bring(store, person("2", "Kiều Văn Sơn", "0912345678"), number=2)
    settle(store, 2)
    assert len(rows(store, reviews)) == 1


def test_a_number_that_a_campaign_may_write_to_is_asked_about(store):
    bring(store, person("1", *HUNG), person("2", *HOA, **GRANTED))
    settle(store)
    assert waiting(store) == {("reach", "pos:1", "pos:2")}


def test_a_withdrawn_consent_ends_the_question(store):
    bring(store, person("1", *HUNG), person("2", *HOA, **GRANTED))
    settle(store)
    gone = {"consents": [{**GRANTED["consents"][0], "status": "withdrawn"}]}
    bring(store, person("2", *HOA, **gone), number=2)
    settle(store, 2)
    assert question(store)["state"] == "gone"


@pytest.fixture
@once
def nameless(store):
    """Two people with one phone, and a record without a name that bears it too."""
    bring(store, person("1", *HUNG), person("2", *HOA), person("3", None, "0938271564"))
    settle(store)
    return store


def test_a_nameless_record_without_orders_rests(nameless):
    assert waiting(nameless) == set()


def test_orders_of_a_record_that_belongs_to_nobody_are_asked_about_once(nameless):
    order(nameless, "pos", "3", 250_000)
    settle(nameless, 2)
    told = question(nameless)
    assert (told["kind"], told["b"], told["money"]) == ("money", "pos:3", 250_000)


def test_apart_asks_about_the_next_one_whose_the_orders_may_be(nameless):
    order(nameless, "pos", "3", 250_000)
    settle(nameless, 2)
    answer(nameless, "apart", question(nameless)["review_id"])
    assert waiting(nameless) == {("money", "pos:2", "pos:3")}


def test_cancelled_orders_are_no_money(nameless):
    order(nameless, "pos", "3", 250_000, kind="cancelled")
    settle(nameless, 2)
    assert waiting(nameless) == set()


def suggest(store, a, b, bits):
    """What the score says of two records."""
    with store.begin() as conn:
        rids = dict(conn.execute(select(records.c.source + ":" + records.c.source_id, records.c.rid)).all())
        conn.execute(insert(suggestions).values(rid_a=rids[a], rid_b=rids[b], bits=bits))
        conn.execute(insert(dirty_records).values(rid=rids[a]))


def test_a_suggestion_is_no_question_where_the_rules_refused_a_shared_phone(store):
    bring(store, person("1", *HUNG), person("2", *HOA))
    settle(store)
    suggest(store, "pos:1", "pos:2", 12.5)
    settle(store, 3)
    assert waiting(store) == set()


def test_a_suggestion_of_the_score_is_a_question_with_its_bits(store):
    bring(store, person("1", *LAN), person("2", "Nguyễn Thị Lan", "0933333333"))
    settle(store)
    suggest(store, "pos:1", "pos:2", 12.5)
    settle(store, 3)
    assert (question(store)["kind"], question(store)["bits"]) == ("score", 12_500)


def test_a_pair_that_people_have_judged_is_not_asked_again(store):
    told = swapped(store)
    answer(store, "apart", told["review_id"])
    settle(store, 60, rebuild=True)
    assert waiting(store) == set()


def test_joins_held_back_are_one_question_for_each_run(store):
    names = [f"Nguyễn Thị {chr(65 + n // 5)}an {chr(65 + n % 5)}ương" for n in range(FLOOR + 5)]
    bring(store, *[person(f"a{n}", name, f"09123{n:02d}4{n:02d}") for n, name in enumerate(names)])
    bring(store, *[person(f"b{n}", name, f"09155{n:02d}4{n:02d}") for n, name in enumerate(names)], source=SHOP)
    settle(store)
    more = [person(f"b{n}", name, f"09155{n:02d}4{n:02d}", f"09123{n:02d}4{n:02d}") for n, name in enumerate(names)]
    bring(store, *more, source=SHOP, number=40)
    settle(store, 40)
    told = question(store, "held")
    assert (told["about"], told["records"], told["state"]) == ("run-40", FLOOR + 5, "open")
    answer(store, "merge", told["review_id"])
    assert question(store, "held")["state"] == "decided"
    assert len(set(whose(store).values())) == FLOOR + 5


# what was decided before ---------------------------------------------------------------------------------------------


@pytest.fixture
@once
def merged(store):
    """Two records that a person made one customer."""
    bring(store, person("1", *LAN), person("2", "Nguyễn Thị Lan", "0933333333"))
    settle(store)
    decide(store, judge.merge(SETTINGS, ["pos:1", "pos:2"]))
    return store


def test_a_judgement_is_raised_again_when_its_evidence_changes(merged):
    bring(merged, person("2", "Trần Văn Hùng", "0933333333"), number=60)
    settle(merged, 60)
    assert waiting(merged) == {("changed", "pos:1", "pos:2")}


@pytest.mark.parametrize("more", [{"gender": "nữ"}, {"note": "khách quen"}])
def test_a_judgement_rests_while_only_other_things_change(merged, more):
    bring(merged, person("2", "Nguyễn Thị Lan", "0933333333", **more), number=60)
    settle(merged, 60)
    assert waiting(merged) == set()


def test_a_value_more_that_the_two_do_not_share_is_no_change_of_evidence(merged):
    bring(merged, person("2", "Nguyễn Thị Lan", "0933333333", "0944444444"), number=60)
    settle(merged, 60)
    assert waiting(merged) == set()


def test_a_raised_judgement_rests_when_it_is_confirmed_or_the_evidence_returns(merged):
    bring(merged, person("2", "Trần Văn Hùng", "0933333333"), number=60)
    settle(merged, 60)
    answer(merged, "merge", question(merged)["review_id"], number=61)
    settle(merged, 62, rebuild=True)
    assert waiting(merged) == set()
    bring(merged, person("2", "Nguyễn Thị Lan", "0933333333"), number=63)
    settle(merged, 63)
    assert waiting(merged) == {("changed", "pos:1", "pos:2")}
    bring(merged, person("2", "Trần Văn Hùng", "0933333333"), number=64)
    settle(merged, 64)
    assert waiting(merged) == set()


def test_a_raised_judgement_may_be_answered_apart(merged):
    bring(merged, person("2", "Trần Văn Hùng", "0933333333"), number=60)
    settle(merged, 60)
    answer(merged, "apart", question(merged)["review_id"], number=61)
    assert len(set(whose(merged).values())) == 2
    assert waiting(merged) == set()


def test_a_raised_judgement_stays_when_another_record_of_its_customer_leaves(store, monkeypatch):
    monkeypatch.setattr("hub.flow.match.FULL_SHARE", 2.0)
    bring(store, *[person(n, *LAN) for n in "123"])
    settle(store)
    decide(store, judge.split(SETTINGS, "pos:1", ["pos:3"]))
    bring(store, person("3", "Trần Văn Hùng", "0933333333"), number=60)
    settle(store, 60)
    raised = waiting(store)
    assert {kind for kind, _, _ in raised} == {"changed"}
    bring(store, number=61, gone=["2"])
    settle(store, 61)
    assert waiting(store) == raised


@pytest.fixture
@once
def pinned(store):
    bring(store, person("1", *LAN, birth_date="1990-02-01"))
    settle(store)
    decide(store, pin(SETTINGS, "pos:1", "birth_date", "1991-04-03"))
    return store


def test_a_stale_pin_opens_a_review(pinned):
    assert waiting(pinned) == set()
    bring(pinned, person("1", *LAN, birth_date="1992-01-05"), number=60)
    settle(pinned, 60)
    assert waiting(pinned) == {("pin", "pos:1", "")}


def test_a_pin_that_the_records_come_to_agree_with_is_no_question(pinned):
    bring(pinned, person("1", *LAN, birth_date="1991-04-03"), number=60)
    settle(pinned, 60)
    assert waiting(pinned) == set()


def test_a_second_pin_over_a_first_is_not_stale_from_the_start(pinned):
    decide(pinned, pin(SETTINGS, "pos:1", "birth_date", "1993-01-01"), 51)
    assert waiting(pinned) == set()


@pytest.mark.parametrize(("verdict", "birth"), [("keep", "1991-04-03"), ("drop", "1992-01-05")])
def test_a_stale_pin_is_kept_or_dropped(pinned, verdict, birth):
    from steps import customer

    bring(pinned, person("1", *LAN, birth_date="1992-01-05"), number=60)
    settle(pinned, 60)
    decision = answer(pinned, verdict, question(pinned)["review_id"], number=61)
    assert (waiting(pinned), customer(pinned, whose(pinned)["pos:1"])["birth_date"]) == (set(), birth)
    decide(pinned, judge.undo(decision), 62)
    assert waiting(pinned) == {("pin", "pos:1", "")}


# stable --------------------------------------------------------------------------------------------------------------


def test_a_second_unchanged_run_writes_nothing(store):
    swapped(store)
    report(store, SETTINGS, make_run(2), "pos:1", "two_people", "an")
    before = rows(store, reviews, reviews.c.review_id)
    settle(store, 3)
    settle(store, 4, rebuild=True)
    assert rows(store, reviews, reviews.c.review_id) == before


def test_a_question_keeps_its_id_when_others_join_its_customers(store):
    told = swapped(store)
    bring(store, person("0", "Kiều Văn Sơn", "0912345678"), person("00", "Kiều Văn Sơn", "0912345678"), number=2)
    settle(store, 2)
    assert question(store)["review_id"] == told["review_id"]
    settle(store, 3, rebuild=True)
    assert (question(store)["review_id"], question(store)["records"]) == (told["review_id"], 4)


@pytest.mark.parametrize("order_", list(itertools.permutations(range(3)))[1:4])
def test_the_order_of_arrival_does_not_matter_to_the_questions(store, twin, order_):
    given = [person("1", *SON), person("2", *SWAPPED), person("3", *HOA, **GRANTED), person("4", *HUNG)]
    parts = [given[:1], given[1:2], given[2:]]
    for number, place in enumerate(order_, 1):
        bring(store, *parts[place], number=number)
    settle(store)
    bring(twin, *given)
    settle(twin)
    names = ("review_id", "kind", "a", "b", "about", "records")
    told = [
        [tuple(row[name] for name in names) for row in rows(one, reviews, reviews.c.review_id)] for one in (store, twin)
    ]
    assert told[0] == told[1] != []


def test_the_run_tells_how_many_questions_it_opened(store):
    bring(store, person("1", *SON), person("2", *SWAPPED))
    assert settle(store)[1].reviews_opened == 1
    bring(store, person("1", *SON, gender="nam"), number=2)
    assert settle(store, 2)[1].reviews_opened == 0
