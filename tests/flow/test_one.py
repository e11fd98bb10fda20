"""Records handed in one by one: answered with their customers at once, or kept while a run holds the workspace."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fakes import make_run
from sqlalchemy import func, select
from steps import partition, rows, whose

from hub.errors import PermanentError
from hub.flow import match, one
from hub.flow.lock import lock
from hub.flow.resolve import resolve
from hub.flow.sync import finish
from hub.flow.workspace import Workspace
from hub.settings import Matching, Settings, Source
from hub.store import headcount, tally
from hub.store.tables import arrivals, changes, raw_records, runs, source_state

TILL = Source("till", "api", "pos", {})
SETTINGS = Settings(Path("hub.toml"), "", sources={"till": TILL}, matching=Matching(compare_up_to=0))


def person(source_id, name, *phones, **more):
    return {"source_id": source_id, "full_name": name, "phones": [{"value": phone} for phone in phones], **more}


def post(store, *payloads, number=1, settings=SETTINGS, **options):
    return one.resolve_records(store, settings, TILL, payloads, make_run(number), **options)


def test_a_record_is_answered_with_its_customer(store):
    (answer,) = post(store, person("1", "Nguyễn Thị Lan", "0912345678"))
    assert (answer.source_id, answer.golden_id) == ("1", whose(store)["till:1"])
    assert not answer.pending


def test_the_same_phone_and_name_get_the_same_customer(store):
    (first,) = post(store, person("1", "Nguyễn Thị Lan", "0912345678"))
    (second,) = post(store, person("2", "NGUYEN THI LAN", "+84 912 345 678"), number=2)
    assert second.golden_id == first.golden_id


def test_answers_come_in_the_order_of_the_records(store):
    told = post(store, *(person(name, f"Trần Văn {name}", f"091234567{n}") for n, name in enumerate("cab")))
    assert [answer.source_id for answer in told] == ["c", "a", "b"]
    assert [answer.golden_id for answer in told] == [whose(store)[f"till:{name}"] for name in "cab"]


def test_the_same_record_again_changes_nothing(store):
    lan = person("1", "Nguyễn Thị Lan", "0912345678")
    assert post(store, lan) == post(store, lan, number=2)
    assert len(rows(store, raw_records)) == len(rows(store, changes)) == 1


def test_an_older_version_does_not_replace_a_newer_one(store):
    post(store, person("1", "Nguyễn Thị Lan", "0912345678", updated_at="2026-11-02T00:00:00Z"))
    post(store, person("1", "Lê Lan", "0987654321", updated_at="2026-11-01T00:00:00Z"), number=2)
    post(store, person("2", "Nguyễn Thị Lan", "0912345678"), number=3)
    assert partition(store) == {frozenset({"till:1", "till:2"})}


def test_an_unusable_record_goes_to_quarantine_with_its_code_and_stops_nobody(store):
    bad, good = post(
        store, {"source_id": "1", "phones": [{"value": "8.49E+10"}]}, person("2", "Nguyễn Thị Lan", "0912345678")
    )
    assert (bad.golden_id, bad.trouble is not None) == (None, True)
    assert good.golden_id is not None


def test_a_wrong_field_is_left_out_and_the_rest_is_used(store):
    (answer,) = post(store, {**person("1", "Nguyễn Thị Lan", "0912345678"), "shoe_size": 38})
    assert (answer.golden_id is not None, answer.trouble) == (True, None)


@pytest.mark.parametrize("payload", [{}, {"source_id": 7}, {"source_id": " "}])
def test_a_record_without_an_id_is_refused_before_anything_is_kept(store, payload):
    with pytest.raises(PermanentError):
        post(store, person("1", "Lan", "0912345678"), payload)
    assert rows(store, raw_records) == []


def test_no_run_is_written_down(store):
    post(store, person("1", "Nguyễn Thị Lan", "0912345678"))
    assert rows(store, runs) == []


def test_the_source_is_known_to_have_spoken(store):
    post(store, person("1", "Nguyễn Thị Lan", "0912345678"))
    (state,) = rows(store, source_state)
    assert (state["source"], state["status"], state["newest_record"] is not None) == ("till", "ok", True)


def test_the_records_of_the_source_stay_counted(store):
    post(store, person("1", "Nguyễn Thị Lan", "0912345678"))
    with store.begin() as conn:
        headcount.keep(conn, headcount.RECORDS + "till")
    post(store, person("2", "Trần Văn Hùng", "0987654321"), number=2)
    with store.read() as conn:
        assert headcount.count(conn, headcount.RECORDS + "till") == 2


class TestWhileARunHoldsTheWorkspace:
    """What is handed in meanwhile."""

    @pytest.fixture
    def held(self, store):
        """The answer to a record of Lan, whom the store knows, posted while another run holds the workspace."""
        (self.known,) = post(store, person("1", "Nguyễn Thị Lan", "0912345678"))
        with lock(store, make_run(2)):
            (answer,) = post(store, person("2", "Nguyễn Thị Lan", "0912345678"), number=3, patience=0.0)
        return answer

    def test_it_is_pending_and_names_the_customers_that_its_phone_fits(self, held):
        assert (held.golden_id, held.pending, held.near) == (None, True, [self.known.golden_id])

    def test_it_is_kept(self, store, held):
        assert [row["source_id"] for row in rows(store, arrivals)] == ["2"]

    def test_the_next_record_takes_it_in(self, store, held):
        post(store, person("3", "Trần Văn Hùng", "0987654321"), number=4)
        assert partition(store) == {frozenset({"till:1", "till:2"}), frozenset({"till:3"})}
        assert rows(store, arrivals) == []

    def test_the_end_of_the_run_takes_it_in(self, store, held):
        finish(Workspace(SETTINGS, store), make_run(5))
        assert partition(store) == {frozenset({"till:1", "till:2"})}

    def test_versions_land_in_the_order_in_which_they_were_handed_in(self, store, held):
        with lock(store, make_run(5)):
            post(store, person("2", "Trần Văn Hùng", "0987654321"), number=6, patience=0.0)
        finish(Workspace(SETTINGS, store), make_run(7))
        assert partition(store) == {frozenset({"till:1"}), frozenset({"till:2"})}


def test_more_than_a_little_to_match_is_left_to_a_run(store, monkeypatch):
    monkeypatch.setattr(one, "MOST", 1)
    (first,) = post(store, person("1", "Nguyễn Thị Lan", "0912345678"))
    others = [person(str(n), f"Trần Văn {n}", f"09123456{n}") for n in range(10, 14)]
    monkeypatch.setattr(one, "MOST", 4)
    post(store, *others, number=2)
    monkeypatch.setattr(one, "MOST", 1)
    merging = replace(SETTINGS, matching=replace(SETTINGS.matching, merge_above="careful"))
    (answer,) = post(store, person("9", "Nguyễn Thị Lan", "0912345678"), number=3, settings=merging)
    assert (answer.golden_id, answer.pending, answer.near) == (None, True, [first.golden_id])


def test_records_handed_in_one_by_one_end_as_a_rebuild_does(store):
    people = [person(str(n), name, phone) for n, (name, phone) in enumerate([
        ("Nguyễn Thị Lan", "0912345678"), ("Trần Văn Hùng", "0912345678"), ("NGUYEN THI LAN", "0912345678"),
        ("Lan", "0912345678"), ("Trần Văn Hùng", "0987654321"), ("Phạm Minh", "0987654321"),
    ])]  # fmt: skip
    for number, payload in enumerate(people, 1):
        post(store, payload, number=number)
    step_by_step = partition(store)
    with store.read() as conn:
        counted = tally.totals(conn)
    match.match(store, SETTINGS, make_run(50), rebuild=True)
    resolve(store, SETTINGS, make_run(50))
    with store.read() as conn:
        assert (partition(store), tally.totals(conn)) == (step_by_step, counted)
        assert conn.scalar(select(func.count()).select_from(raw_records)) == len(people)
