"""Moving rows in bulk: what goes in comes out the same on both databases."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from hub.errors import ConfigError
from hub.store.bulk import among, delete_in, insert_frame, next_number, upsert_frame
from hub.store.engine import StoreError, open_store
from hub.store.frames import read_batches, read_frame
from hub.store.tables import cursors, identifiers, landed

CURSOR = ("source", "stream", "cursor", "updated_at")
TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=20)


def frame(*rows):
    return pl.DataFrame(rows, schema=dict.fromkeys(CURSOR, pl.String), orient="row")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.tuples(TEXT, TEXT), unique_by=lambda pair: pair[0], max_size=8))
def test_texts_come_back_as_they_went_in(store, values):
    given_ = frame(*[("s", key, value, "") for key, value in values])
    with store.begin() as conn:
        conn.execute(cursors.delete())
        insert_frame(conn, cursors, given_)
    with store.read() as conn:
        assert read_frame(conn, select(cursors)).sort("stream").equals(given_.sort("stream"))


NASTY = [
    'a"b',
    "a,b",
    "line\nbreak\r\n",
    "\\N",
    "\\.",
    "'; DROP",
    "100%",
    "%s %%",
    "{a,b}",
    "Nguyễn Thị Lân",
    "",
    " ",
    "null",
    "0912",
]


def test_sets_of_keys_find_exactly_their_rows(store):
    with store.begin() as conn:
        insert_frame(conn, cursors, frame(*[("s", key, "x", "y") for key in NASTY]))
        for key in NASTY:
            found = select(cursors.c.stream).where(among(conn, cursors.c.stream, [key, "nothing"]))
            assert conn.scalars(found).all() == [key]
            assert read_frame(conn, found)["stream"].to_list() == [key]
        assert delete_in(conn, cursors.c.stream, NASTY[:5]) == 5
        assert (
            conn.scalar(select(func.count()).select_from(cursors).where(among(conn, cursors.c.stream, NASTY)))
            == len(NASTY) - 5
        )


def test_nulls_numbers_and_truth_keep_their_types(store):
    rows = pl.DataFrame(
        {
            "rid": [1, 2],
            "n": [0, 0],
            "type": ["phone", "email"],
            "value": ["", "b"],
            "issuer": ["", ""],
            "class": [None, "personal"],
            "use": ["own", "own"],
            "key": [True, False],
            "flags": ["", ""],
            "raw": [None, None],
            "national": [None, None],
            "first_seen": [None, None],
            "last_seen": [None, None],
        },
        schema_overrides=dict.fromkeys(("class", "raw", "national", "first_seen", "last_seen"), pl.String),
    )
    with store.begin() as conn:
        insert_frame(conn, identifiers, rows)
        got = read_frame(conn, select(identifiers).order_by(identifiers.c.rid))
    assert got.equals(rows.select(got.columns))
    assert got.schema["key"] == pl.Boolean


def test_a_nul_character_is_replaced_in_both_databases(store):
    with store.begin() as conn:
        insert_frame(conn, cursors, frame(("s", "a\x00b", "x", "y")))
        assert conn.scalar(select(cursors.c.stream)) == "a\ufffdb"


def test_upsert_replaces_by_the_primary_key(store):
    with store.begin() as conn:
        insert_frame(conn, cursors, frame(("s", "a", "1", "t"), ("s", "b", "1", "t")))
        upsert_frame(conn, cursors, frame(("s", "b", "2", "t"), ("s", "c", "2", "t")))
        upsert_frame(conn, cursors, frame(("s", "c", "3", "t")))
        rows = conn.execute(select(cursors.c.stream, cursors.c.cursor).order_by(cursors.c.stream)).all()
    assert [tuple(row) for row in rows] == [("a", "1"), ("b", "2"), ("c", "3")]


def test_constants_stand_for_every_row(store):
    with store.begin() as conn:
        insert_frame(
            conn,
            cursors,
            frame(("", "a", "1", ""), ("", "b", "2", "")).select("stream", "cursor"),
            {"source": "o'x", "updated_at": "t:%s"},
        )
        rows = conn.execute(select(cursors.c.source, cursors.c.updated_at)).all()
    assert {tuple(row) for row in rows} == {("o'x", "t:%s")}


def test_batches_are_bounded_and_none_is_empty(store):
    with store.begin() as conn:
        insert_frame(conn, cursors, frame(*[("s", f"{n:03d}", "x", "y") for n in range(25)]))
        parts = list(read_batches(conn, select(cursors.c.stream).order_by(cursors.c.stream), 10))
        assert list(read_batches(conn, select(cursors.c.stream).where(cursors.c.source == "none"), 10)) == []
    assert [part.height for part in parts] == [10, 10, 5]
    assert pl.concat(parts)["stream"].to_list() == [f"{n:03d}" for n in range(25)]


def test_the_next_number_follows_the_highest(store):
    with store.begin() as conn:
        assert next_number(conn, landed.c.rid) == 1


def write(store, *statements):
    """Run statements in one transaction; None stands for a failure of ours."""
    with store.begin() as conn:
        for statement in statements:
            if statement is None:
                raise KeyboardInterrupt
            conn.execute(statement)


ROW = cursors.insert().values(source="0912345678", stream="s", cursor="x", updated_at="y")


def test_errors_of_the_store_hold_no_values(store):
    with pytest.raises(StoreError) as caught:
        write(store, ROW, ROW)
    assert "0912345678" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_transaction_is_whole_or_nothing(store):
    with pytest.raises(KeyboardInterrupt):
        write(store, ROW, None)
    with store.read() as conn:
        assert conn.scalar(select(func.count()).select_from(cursors)) == 0


def test_reading_sees_one_state_while_others_write(store):
    with store.read() as reader:
        assert reader.scalar(select(func.count()).select_from(cursors)) == 0
        with store.begin() as writer:
            insert_frame(writer, cursors, frame(("s", "a", "1", "t")))
        assert reader.scalar(select(func.count()).select_from(cursors)) == 0


@pytest.mark.parametrize("url", ["mysql://x/y", "no url", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused(url):
    with pytest.raises(ConfigError):
        open_store(url)
