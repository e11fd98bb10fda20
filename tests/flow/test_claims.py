"""Questions for a team: who looks at which, until when one is put off, and how it comes back."""

from __future__ import annotations

import pytest
from fakes import make_run
from questions import order, swapped
from steps import SETTINGS

from hub.errors import ConfigError
from hub.flow import claiming, review
from hub.flow.review_decide import one
from hub.store import audit, claims
from hub.store.tables import orders

NOW, SOON, LATE = "2026-11-20T08:00:00.000Z", "2026-11-20T08:05:00.000Z", "2026-11-20T08:10:01.000Z"


@pytest.fixture(autouse=True)
def _unscored(monkeypatch):
    """No scores: what they suggest of these few records is another test's."""
    monkeypatch.setattr("hub.flow.scoring.read", lambda *_, **__: None)


@pytest.fixture
def asked(store):
    return store, swapped(store)["review_id"]


def test_who_opens_a_question_first_is_named_to_the_second(asked):
    store, name = asked
    assert claiming.look(store, name, "lan", NOW) is None
    assert claiming.look(store, name, "mai", SOON) == "lan"
    assert claiming.claim(store, name, "mai", SOON)["author"] == "lan"


def test_a_claim_runs_out_by_itself_and_looking_again_renews_it(asked):
    store, name = asked
    claiming.look(store, name, "lan", NOW)
    assert claiming.look(store, name, "mai", LATE) is None
    claiming.look(store, name, "mai", LATE)
    assert claiming.claim(store, name, "mai", LATE)["until"] > LATE


def test_a_claim_is_told_with_the_question_and_given_back(asked):
    store, name = asked
    claiming.claim(store, name, "lan", NOW)
    (told,) = review.listed(store, SETTINGS, SOON)["questions"]
    assert told["claimed"]["author"] == "lan"
    assert claiming.give_back(store, name, "mai") == 0
    assert claiming.give_back(store, name, "lan") == 1


def test_a_look_while_somebody_writes_shows_the_page_without_a_claim(asked):
    store, name = asked
    if not store.sqlite:
        pytest.skip("only SQLite has one writer")
    with store.begin() as conn:
        claims.drop(conn, [name])
        assert claiming.look(store, name, "lan", NOW) is None
    with store.read() as conn:
        assert claims.standing(conn, NOW) == {}


def put_off(store, name, until=None):
    with store.begin() as conn:
        return review.postpone(conn, [one(conn, name)], make_run(60, 20), "lan", None, until)


def test_a_question_is_put_off_until_the_day_that_was_named(asked):
    store, name = asked
    day = "2026-12-24T17:00:00.000Z"
    assert put_off(store, name, day) == day
    assert review.listed(store, SETTINGS, "2026-12-24T16:59:00.000Z")["questions"] == []
    assert len(review.listed(store, SETTINGS, day)["questions"]) == 1


def test_a_day_that_is_over_is_refused(asked):
    with pytest.raises(ConfigError, match="over"):
        put_off(*asked, "2026-11-01T00:00:00.000Z")


def test_what_was_put_off_is_asked_again_at_once_when_somebody_takes_that_back(asked):
    store, name = asked
    put_off(store, name)
    with store.begin() as conn:
        assert review.bring_back(conn, [one(conn, name)], make_run(61, 20), "lan") == 1
    (told,) = review.listed(store, SETTINGS, NOW)["questions"]
    assert (told["state"], told["until"], told["verdict"], told["author"]) == ("open", None, None, None)
    with store.read() as conn:
        assert [row["action"] for row in audit.read(conn)] == ["review.back", "review.later"]
    with store.begin() as conn, pytest.raises(ConfigError):
        review.bring_back(conn, [one(conn, name)], make_run(62, 20), "lan")


@pytest.mark.parametrize(("second", "told"), [("USD", "USD"), ("VND", None)])
def test_the_money_of_a_question_is_in_the_currency_of_its_orders(asked, second, told):
    store, _ = asked
    for rid, (source, customer) in enumerate((("pos", "1"), ("shop", "9")), 900_001):
        order(store, source, customer, 500, rid)
    with store.begin() as conn:
        conn.execute(orders.update().values(currency="USD"))
        conn.execute(orders.update().where(orders.c.rid == 900_002).values(currency=second))
    assert [one_["currency"] for one_ in review.listed(store, SETTINGS, NOW)["questions"]] == [told]
