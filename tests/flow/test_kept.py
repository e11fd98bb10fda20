"""Rows of a first load are not read back in the same run, and never when the store holds anything else."""

from __future__ import annotations

from unittest.mock import patch

import polars as pl
import pytest
from fakes import make_run
from sqlalchemy import select
from steps import SETTINGS, SHOP, bring, person, settle

from hub.flow.match import match
from hub.flow.resolve import resolve
from hub.store import facts, goldens, kept, normalized, notes, scope
from hub.store.frames import read_frame
from hub.store.tables import identifiers, records

LAN = person("1", "Nguyễn Thị Lan\x00", "0912345678", at="2026-11-01T00:00:00.000Z")
HUNG = person("2", "Trần Văn Hùng", "0987123456")
MAI = person("w1", "NGUYEN THI LAN", "0912345678", birth_date="1990-02-01")
TABLES = (
    (records, scope.RECORDS),
    (records, goldens.MEMBER),
    (identifiers, scope.IDENTIFIERS),
    (identifiers, goldens.BORNE),
)


@pytest.fixture
def loaded(store):
    bring(store, LAN, HUNG)
    bring(store, MAI, source=SHOP)
    return store


def held(store):
    """How many writes are kept; 0 also when what is kept is not what the store holds."""
    with store.read() as conn:
        return len(kept.of(conn).files["records"]) if kept.whole(conn) else 0


@pytest.mark.parametrize(("table", "names"), TABLES)
def test_what_is_kept_is_what_the_store_holds(loaded, table, names):
    with loaded.read() as conn:
        assert kept.whole(conn)
        told = read_frame(conn, select(*[table.c[name] for name in names]))
        assert kept.everything(conn, table, names).sort(names).equals(told.sort(names))
        where = told.select("rid").unique().with_columns(place=pl.col("rid") % 3)
        for place, part in enumerate(kept.deal(conn, table, names, where, 3)):
            assert part.sort(names).equals(told.filter(pl.col("rid") % 3 == place).sort(names))


def test_when_keys_were_seen_is_kept_as_the_store_holds_it(loaded):
    with loaded.read() as conn:
        read = facts.seen(conn, [1, 3], ["phone"])
        with patch.object(facts, "MANY", 1), patch.object(facts, "read_frame"):
            found = facts.seen(conn, [1, 3], ["phone"])
    assert read["rid"].sort().to_list() == [1, 3]
    assert found.sort("rid").equals(read.sort("rid"))


def test_a_part_without_identifiers_has_their_columns(store):
    bring(store, LAN, person("5", "Phạm Văn Đức"))
    with store.read() as conn:
        where = pl.DataFrame({"rid": [1, 2], "place": [0, 1]})
        parts = list(kept.deal(conn, identifiers, goldens.BORNE, where, 2))
        assert [part.columns for part in parts] == [list(goldens.BORNE)] * 2
        assert sorted(part.height for part in parts) == [0, 1]


def test_customers_in_several_parts_are_whole(loaded):
    with loaded.read() as conn, patch.object(goldens, "DEALT", 1), patch.object(goldens, "READ", 1):
        new = pl.DataFrame({"rid": [1, 3, 2], "golden_id": ["a", "a", "b"]})
        dealt = [(list(people["rid"].sort()), list(ids["rid"].sort())) for people, ids in goldens.parts(conn, new)]
        kept.of(conn).drop()
        read = [(list(people["rid"].sort()), list(ids["rid"].sort())) for people, ids in goldens.parts(conn, new)]
    assert dealt == read == [([1, 3], [1, 3]), ([2], [2])]


def test_the_first_writes_of_all_sources_are_kept_until_the_golden_records_stand(loaded):
    assert held(loaded) == 2
    settle(loaded)
    with loaded.read() as conn:
        assert kept.of(conn) == kept.Kept(kept.of(conn).folder)


def test_a_record_that_changes_ends_the_keeping(loaded):
    bring(loaded, person("2", "Trần Văn Hùng", "0987123457", at="2026-11-02T00:00:00.000Z"), number=2)
    assert held(loaded) == 0


def test_a_record_that_goes_ends_the_keeping(loaded):
    with loaded.begin() as conn:
        normalized.take_out(conn, [2])
    assert held(loaded) == 0


def test_a_write_that_was_undone_ends_the_keeping(loaded):
    with loaded.begin() as conn:
        notes.put(conn, kept.STAMP, "3")
        kept.keep(conn, 3, read_frame(conn, select(records)), read_frame(conn, select(identifiers)), first=False)
        conn.rollback()
    assert held(loaded) == 0
    bring(loaded, person("9", "Lê Thị Hoa", "0933333333"), number=2)
    assert held(loaded) == 0


@pytest.mark.parametrize("note", [True, False])
def test_a_store_that_was_filled_before_is_read(store, note):
    """Also one whose writes were not numbered yet."""
    bring(store, LAN)
    with store.begin() as conn:
        kept.of(conn).drop()
        if not note:
            notes.drop(conn, kept.STAMP)
    bring(store, HUNG, number=2)
    assert held(store) == 0


def test_golden_records_are_the_same_whether_kept_or_read(loaded):
    """The golden records of a run that keeps, decided anew from what the store holds, differ in nothing."""
    settle(loaded)
    run = make_run(2)
    with loaded.begin() as conn:
        notes.drop(conn, "basis")
    match(loaded, SETTINGS, run, rebuild=True)
    told = resolve(loaded, SETTINGS, run)
    assert (told.created, told.updated, told.unchanged) == (0, 0, 2)
