"""Forgetting a person: every table, whoever shares something with them, what comes again, other systems (behaviour 6)."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from fakes import make_run
from leaving import LAN, MAIL, POS, SECRET, bring, everything, forgotten, order, place
from steps import decide, person, rows, settle, whose

from hub.errors import ConfigError
from hub.flow import forget, forget_key, judge
from hub.flow import review_decide as answers
from hub.flow.explain import explain
from hub.flow.forget_screen import guard_of
from hub.flow.review_show import shown
from hub.flow.workspace import Workspace
from hub.store import notes, scrub, tables

__all__ = ["place"]


def test_no_table_holds_a_value_of_hers_any_more(place):
    bring(place, LAN, person("2", "Trần Văn Hùng", "0987654321"))
    bring(place, order(), order("10", "2"), stream="orders", number=2)
    bring(place, person("m", "Lan", "0912000999"), source=MAIL, number=3)
    decide(place.store, judge.merge(place.settings, ["pos:1", "mail:m"]))
    forgotten(place)
    told = everything(place.store)
    assert [word for word in SECRET if word in told] == []
    assert "0987654321" in told


def test_her_orders_stay_as_amounts(place):
    bring(place, LAN)
    bring(place, order(), stream="orders", number=2)
    forgotten(place)
    (row,) = rows(place.store, tables.orders)
    assert (row["total"], row["customer_source_id"]) == (50_000, None)
    assert set(orjson.loads(row["doc"])) == {"source_id", "kind", "total", "currency"}


def test_her_id_answers_as_erased_and_the_feed_says_so(place):
    bring(place, LAN)
    golden_id, _ = forgotten(place)
    story = explain(place.store, place.settings, golden_id)
    assert story["golden"]["status"] == "erased"
    assert [row["kind"] for row in rows(place.store, tables.changes, tables.changes.c.seq)] == ["created", "erased"]
    with place.store.read() as conn:
        assert forget.found(conn, place.settings, golden_id) == []


@pytest.mark.parametrize("again", [LAN, person("77", "LAN NGUYEN THI", "+84 912 345 678")])
def test_the_next_sync_does_not_bring_her_back(place, again):
    bring(place, LAN)
    forgotten(place)
    bring(place, again, number=30)
    assert whose(place.store) == {}
    assert [word for word in SECRET if word in everything(place.store)] == []


def test_her_later_orders_come_without_her(place):
    bring(place, LAN)
    forgotten(place)
    bring(place, order(), stream="orders", number=30)
    bring(place, replace(order(), updated_at="2026-11-20T00:00:00.000Z"), stream="orders", number=31)
    assert [word for word in SECRET if word in everything(place.store)] == []
    assert [row["total"] for row in rows(place.store, tables.orders)] == [50_000]


def test_who_shares_her_number_stays_and_is_told_apart(place):
    bring(place, LAN, person("2", "Trần Văn Hùng", "0912345678"))
    forgotten(place)
    bring(place, person("2", "Trần Văn Hùng", "0912345678", note="x"), person("3", "Lê Thu", "0912345678"), number=30)
    assert set(whose(place.store)) == {"pos:2", "pos:3"}
    bring(place, person("4", "Nguyễn Thị Lan", "0912345678"), number=31)
    assert set(whose(place.store)) == {"pos:2", "pos:3"}


def asked(place):
    return [row for row in rows(place.store, tables.reviews) if row["kind"] == "erased" and row["state"] == "open"]


def test_her_number_under_another_name_is_asked_about_and_let_in(place):
    bring(place, LAN)
    forgotten(place)
    bring(place, person("5", "Phạm Văn Bình", "0912345678"), number=30)
    (question,) = asked(place)
    assert (question["a"], whose(place.store)) == ("pos:5", {})
    assert [row["code"] for row in rows(place.store, tables.quarantine)] == ["erased.name"]
    decide(place.store, answers.decide(place.settings, answers.named([question["review_id"]]), "apart"), number=31)
    bring(place, number=32)
    assert set(whose(place.store)) == {"pos:5"}
    assert [row["state"] for row in rows(place.store, tables.quarantine)] == ["closed"]


def test_the_question_shows_what_each_answer_would_do(place):
    bring(place, LAN)
    forgotten(place)
    bring(place, person("5", "Phạm Văn Bình", "0912345678"), number=30)
    told = shown(place.store, place.settings, make_run(31), asked(place)[0]["review_id"])
    assert set(told["answers"]) == {"merge", "apart"}
    assert len(asked(place)) == 1


def test_an_answer_that_it_is_her_keeps_the_record_out(place):
    bring(place, LAN)
    forgotten(place)
    bring(place, person("5", "Phạm Văn Bình", "0912345678"), number=30)
    decide(
        place.store, answers.decide(place.settings, answers.named([asked(place)[0]["review_id"]]), "merge"), number=31
    )
    bring(place, person("5", "Phạm Văn Bình", "0912345678"), number=32)
    assert whose(place.store) == {}
    assert "Phạm Văn Bình" not in everything(place.store)


def test_a_consent_given_since_is_asked_about(place):
    bring(place, LAN)
    forgotten(place)
    said = {"purpose": "marketing", "channel": "email", "address": "lan@example.com", "status": "granted"}
    bring(
        place,
        person("1", "Nguyễn Thị Lan", "0912345678", consents=[{**said, "at": "2026-11-30T00:00:00.000Z"}]),
        number=30,
    )
    assert [row["about"].partition(".")[0] for row in asked(place)] == ["consent"]


def test_lifted_she_comes_back_under_a_new_id(place):
    bring(place, LAN)
    golden_id, erasure_id = forgotten(place)
    forget.lift(place, make_run(25), erasure_id, "came back", "an")
    bring(place, LAN, number=30)
    assert whose(place.store)["pos:1"] != golden_id
    with pytest.raises(ConfigError):
        forget.lift(place, make_run(26), erasure_id, None, "an")


def test_an_erasure_that_the_store_does_not_know_is_done_again(place, twin):
    bring(place, LAN)
    backup = Workspace(place.settings, twin)
    bring(backup, LAN)
    forgotten(place)
    assert forget.catch_up(backup, make_run(40)) == 1
    settle(twin, 41)
    assert [word for word in SECRET if word in everything(twin)] == []
    assert forget.catch_up(backup, make_run(42)) == 0


def test_a_file_that_is_still_to_be_rewritten_is_so_by_the_next_run(place):
    bring(place, LAN)
    forgotten(place)
    with place.store.read() as conn:
        assert scrub.wanted(conn)
    forget.catch_up(place, make_run(40))
    with place.store.read() as conn:
        assert not scrub.wanted(conn)


def test_without_its_key_nobody_is_let_in(place):
    bring(place, LAN)
    forgotten(place)
    (forget_key.folder(place.settings) / forget_key.KEY).unlink()
    with pytest.raises(ConfigError):
        guard_of(place.store, place.settings, POS)


def test_an_older_store_in_its_place_gets_no_new_key_while_erasures_stand_beside_it(place):
    bring(place, LAN)
    forgotten(place)
    (forget_key.folder(place.settings) / forget_key.KEY).unlink()
    with place.store.begin() as conn:
        notes.drop(conn, forget_key.NOTE)
    with pytest.raises(ConfigError, match="missing"):
        forget_key.the_key(place.store, place.settings, make=True)


def test_the_key_and_the_lines_are_the_owners_alone(place):
    bring(place, LAN)
    forgotten(place)
    modes = {path.name: path.stat().st_mode & 0o777 for path in forget_key.folder(place.settings).glob("*.*[yl]")}
    assert modes[forget_key.KEY] == modes[forget_key.LINES] == 0o600


def test_the_audit_log_says_who_forgot_whom(place):
    bring(place, LAN)
    golden_id, _ = forgotten(place)
    (line,) = [row for row in rows(place.store, tables.audit) if row["action"] == "forget"]
    assert (line["actor"], orjson.loads(line["subjects"])) == ("an", [golden_id])


def test_counts_are_those_of_a_store_that_never_knew_her(place):
    bring(place, LAN, person("2", "Trần Văn Hùng", "0912345678"), person("3", "Lê Thu", "0977000111"))
    forgotten(place)
    told, _ = settle(place.store, 30)
    again, _ = settle(place.store, 31, rebuild=True)
    names = ("records", "customers", "links", "related")
    assert [getattr(told, name) for name in names] == [getattr(again, name) for name in names] == [2, 2, 0, 0]
