"""Suggestions are replaced where they differ, of all records or of some."""

from __future__ import annotations

import polars as pl

from hub.store import suggestions

NONE = pl.DataFrame(schema={"rid_a": pl.Int64, "rid_b": pl.Int64, "bits": pl.Float64})


def pairs(*rows: tuple[int, int, float]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=NONE.schema, orient="row")


def put(store, found, rids=None):
    with store.begin() as conn:
        return suggestions.replace(conn, found, rids)


def held(store, most=None):
    with store.read() as conn:
        return suggestions.read(conn, most).rows()


def test_suggestions_come_back_the_likeliest_first(store):
    put(store, pairs((1, 2, 3.125), (3, 4, 9.001), (1, 5, 9.001)))
    assert held(store) == [(1, 5, 9.001), (3, 4, 9.001), (1, 2, 3.125)]


def test_only_the_likeliest_are_read(store):
    put(store, pairs((1, 2, 3.5), (3, 4, 9.0)))
    assert held(store, 1) == [(3, 4, 9.0)]


def test_all_that_are_kept_are_counted(store):
    put(store, pairs((1, 2, 3.5), (3, 4, 9.0)))
    with store.read() as conn:
        assert suggestions.count(conn) == 2


def test_what_stands_is_not_written_again(store):
    put(store, pairs((1, 2, 3.333), (3, 4, -2.007)))
    assert put(store, pairs((3, 4, -2.007), (1, 2, 3.333))) == 0


def test_a_weight_that_changed_is_written(store):
    put(store, pairs((1, 2, 3.0), (3, 4, 5.0)))
    assert put(store, pairs((1, 2, 3.5), (3, 4, 5.0))) == 2
    assert held(store) == [(3, 4, 5.0), (1, 2, 3.5)]


def test_suggestions_of_other_records_stay(store):
    put(store, pairs((1, 2, 3.0), (2, 3, 4.0), (3, 4, 5.0)))
    assert put(store, NONE, [2]) == 2
    assert held(store) == [(3, 4, 5.0)]


def test_all_go_when_none_is_found(store):
    put(store, pairs((1, 2, 3.0), (3, 4, 5.0)))
    assert put(store, NONE) == 2
    assert held(store) == []
