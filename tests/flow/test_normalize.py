"""Normalizing in the flow: promises 1.3, 1.4, 4.1 (times of values), 5.5 (echoes) of the design."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from fakes import CAPABILITIES, CUSTOMERS, ORDERS, FakeConnection, make_run, make_source, page, record
from sqlalchemy import func, insert, select

from hub.connectors.kit.port import Capabilities
from hub.flow.land import pull
from hub.flow.normalize import normalize
from hub.model import RawRecord, Tombstone
from hub.settings import Destination, Matching, Settings
from hub.store import normalized, quarantine
from hub.store.tables import (
    dirty_records,
    dirty_values,
    field_refusals,
    identifiers,
    orders,
    records,
    sent,
    waiting,
)

T1, T2 = "2026-10-01T00:00:00.000Z", "2026-10-02T00:00:00.000Z"
LAN = {"full_name": "Nguyễn Thị Lan", "phones": [{"value": "0912345678", "use": "own"}]}
SETTINGS = Settings(Path("hub.toml"), "")


def step(store, *pages, run=None, settings=SETTINGS, capabilities=CAPABILITIES, connection=None):
    source, run = make_source(), run or make_run()
    connection = connection or FakeConnection(pages)
    connection.pages = pages
    report = pull(store, source, connection, run, capabilities=capabilities)
    return normalize(store, settings, source, connection, run, report, capabilities=capabilities)


def every(store, *columns, **where):
    with store.read() as conn:
        statement = select(*columns)
        for name, value in where.items():
            statement = statement.where(columns[0].table.c[name] == value)
        return [tuple(row) for row in conn.execute(statement)]


def count(store, table):
    with store.read() as conn:
        return conn.scalar(select(func.count()).select_from(table))


def clean(store):
    with store.begin() as conn:
        conn.execute(dirty_records.delete())
        conn.execute(dirty_values.delete())


def test_a_payload_becomes_a_record_with_its_identifiers(store):
    step(store, page([record("a", T1, **LAN)]))
    assert every(store, records.c.source_id, records.c.kind, records.c.name_key) == [("a", "person", "lan nguyen thi")]
    assert every(store, identifiers.c.type, identifiers.c.value, identifiers.c.key, identifiers.c.first_seen) == [
        ("phone", "+84912345678", True, T1)
    ]
    assert count(store, dirty_records) == 1
    assert count(store, waiting) == 0


def test_nothing_new_makes_nothing_dirty(store):
    step(store, page([record("a", T1, **LAN)]))
    clean(store)
    step(store, page([record("a", T1, **LAN)]), run=make_run(2))
    assert count(store, dirty_records) == 0


def test_a_new_payload_with_the_same_meaning_writes_nothing(store):
    step(store, page([record("a", **LAN)]))
    clean(store)
    step(store, page([record("a", full_name="Nguyễn Thị  Lan", phones=LAN["phones"])]), run=make_run(2))
    assert count(store, dirty_records) == 0


def test_a_value_keeps_the_time_at_which_it_began(store):
    step(store, page([record("a", T1, **LAN)]))
    step(store, page([record("a", T2, **LAN, gender="female")]), run=make_run(2))
    assert every(store, records.c.first_at) == [(T1,)]
    assert orjson.loads(every(store, records.c.since)[0][0]) == {"gender": T2}
    assert every(store, identifiers.c.first_seen, identifiers.c.last_seen) == [(T1, T2)]


def test_a_value_that_is_no_longer_borne_is_dirty(store):
    step(store, page([record("a", T1, **LAN)]))
    clean(store)
    step(store, page([record("a", T2, full_name="Nguyễn Thị Lan")]), run=make_run(2))
    assert every(store, dirty_values.c.type, dirty_values.c.value) == [("phone", "+84912345678")]
    assert count(store, identifiers) == 0


def test_a_removed_record_leaves_and_its_values_are_dirty(store):
    step(store, page([record("a", T1, **LAN)]))
    clean(store)
    step(store, page(tombstones=[Tombstone("a", T2)]), run=make_run(2))
    assert (count(store, records), count(store, identifiers), count(store, dirty_records)) == (0, 0, 0)
    assert count(store, dirty_values) == 1


def test_one_bad_field_does_not_take_the_record(store):
    report = step(store, page([record("a", **LAN, birth_date=19900131)]))
    assert (report.quarantined, report.fields_refused) == (0, 1)
    assert every(store, field_refusals.c.field, field_refusals.c.code) == [("birth_date", "schema.type")]
    assert count(store, records) == 1


def test_a_payload_that_nobody_can_read_is_quarantined_and_blocks_no_other(store):
    report = step(store, page([RawRecord("x", "<html>"), record("a", **LAN)]))
    assert report.quarantined == 1
    with store.read() as conn:
        (entry,) = quarantine.entries(conn)
    assert (entry["source_id"], entry["code"], entry["attempts"]) == ("x", "payload.json", 1)
    assert count(store, records) == 1


def test_a_record_without_usable_content_is_quarantined_with_its_reason(store):
    report = step(store, page([record("a", phones=[{"value": "8.49E+10"}])]))
    assert report.quarantined == 1
    with store.read() as conn:
        (entry,) = quarantine.entries(conn)
    assert (entry["code"], entry["field"]) == ("phone.scientific", "phones")


def test_quarantine_closes_by_a_newer_good_version(store):
    step(store, page([RawRecord("a", "<html>", T1)]))
    step(store, page([record("a", T2, **LAN)]), run=make_run(2))
    with store.read() as conn:
        assert quarantine.entries(conn) == []
        assert [e["state"] for e in quarantine.entries(conn, state=None)] == ["closed"]


def test_a_bad_new_version_leaves_the_last_good_one(store):
    step(store, page([record("a", T1, **LAN)]))
    step(store, page([RawRecord("a", "<html>", T2)]), run=make_run(2))
    assert every(store, records.c.full_name) == [("Nguyễn Thị Lan",)]


def test_replay_runs_todays_mapping_and_counts_attempts(store):
    class Broken(FakeConnection):
        def to_canonical(self, stream, payloads):
            raise ValueError("0912345678")

    step(store, page([record("a", T1, **LAN), record("b", T1)]), connection=Broken())
    with store.begin() as conn:
        entries = quarantine.entries(conn)
        assert [e["code"] for e in entries] == ["mapping.failed", "mapping.failed"]
        assert quarantine.again(conn, [e["qid"] for e in entries]) == 2
    step(store, run=make_run(2))
    assert count(store, records) == 2
    with store.read() as conn:
        assert quarantine.entries(conn) == []


def test_a_mapping_that_fails_for_one_payload_blocks_no_other(store):
    class Picky(FakeConnection):
        def to_canonical(self, stream, payloads):
            if any(raw.source_id == "b" for raw in payloads):
                raise KeyError("b")
            return super().to_canonical(stream, payloads)

    report = step(store, page([record(i, **LAN) for i in "abcde"]), connection=Picky())
    assert (report.quarantined, count(store, records)) == (1, 4)


def test_a_discarded_record_stays_out_until_a_new_version(store):
    step(store, page([RawRecord("a", "<html>", T1)]))
    with store.begin() as conn:
        (entry,) = quarantine.entries(conn)
        assert quarantine.discard(conn, [entry["qid"]], T2) == 1
    step(store, page([RawRecord("a", "<html>", T1)]), run=make_run(2))
    with store.read() as conn:
        assert quarantine.entries(conn) == []


def test_changed_settings_normalize_stored_payloads_anew(store):
    step(store, page([record("a", T1, **LAN)]))
    own = Settings(Path("hub.toml"), "", matching=Matching(own=("0912 345 678",)))
    step(store, run=make_run(2), settings=own)
    assert "own" in every(store, identifiers.c.flags)[0][0]


def with_sent(store, **fields):
    with store.begin() as conn:
        conn.execute(
            insert(sent).values(
                destination="till", source_id="a", golden_id="g", fields=orjson.dumps(fields).decode(), acked_at=T1
            )
        )
    target = Destination("till", "pos", "fake", "pos", {})
    return Settings(Path("hub.toml"), "", destinations={"till": target})


def test_a_value_that_repeats_what_was_sent_is_an_echo(store):
    settings = with_sent(store, phone="+84912345678", full_name="NGUYỄN THỊ LAN", gender="male")
    step(store, page([record("a", T1, **LAN, gender="nữ")]), settings=settings)
    assert every(store, records.c.echo) == [('["full_name"]',)]
    assert every(store, identifiers.c.key, identifiers.c.flags) == [(False, "echo")]


def test_a_value_changed_there_is_evidence_again(store):
    settings = with_sent(store, full_name="Nguyễn Thị Lan")
    step(store, page([record("a", T1, **LAN)]), settings=settings)
    step(store, page([record("a", T2, full_name="Nguyễn Thị Hoa")]), settings=settings, run=make_run(2))
    assert every(store, records.c.echo) == [(None,)]
    assert "full_name" in every(store, records.c.since)[0][0]


def test_orders_keep_amounts_and_the_customers_id(store):
    both = Capabilities(streams=(CUSTOMERS, ORDERS))
    order = {"kind": "sale", "total": 250000, "currency": "VND", "customer_source_id": "a", "at": T1, "lines": []}
    report = step(store, page([record("o1", **order), record("o2", kind="gift")], stream="orders"), capabilities=both)
    assert report.quarantined == 1
    assert every(store, orders.c.source_id, orders.c.total, orders.c.customer_source_id) == [("o1", 250000, "a")]


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_in_a_chunk_the_next_run_ends_the_same(store, when, monkeypatch):
    replace = normalized.replace

    def dies(conn, incoming):
        if when == "after":
            replace(conn, incoming)
        raise KeyboardInterrupt

    monkeypatch.setattr(normalized, "replace", dies)
    with pytest.raises(KeyboardInterrupt):
        step(store, page([record("a", T1, **LAN)]))
    assert (count(store, records), count(store, waiting)) == (0, 1)
    monkeypatch.setattr(normalized, "replace", replace)
    step(store, run=make_run(2))
    assert (count(store, records), count(store, waiting), count(store, identifiers)) == (1, 0, 1)
