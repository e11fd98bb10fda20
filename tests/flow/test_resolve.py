"""The proof before promotion, and crashes: promise 7.4 of the design."""

from __future__ import annotations

import pytest
from fakes import make_run
from sqlalchemy import func, select, update
from steps import HUNG, LAN, LAN2, SETTINGS, bring, partition, person, rows, settle, whose

from hub.errors import InvariantError
from hub.flow.match import match
from hub.flow.resolve import proof, resolve
from hub.store import links
from hub.store.tables import (
    candidate_xref,
    changes,
    customers,
    xref_past,
)


def test_a_broken_candidate_is_never_promoted(store):
    bring(store, person("1", *LAN), person("2", *HUNG))
    match(store, SETTINGS, make_run(1))
    with store.begin() as conn:
        conn.execute(
            candidate_xref.delete().where(
                candidate_xref.c.rid == select(func.max(candidate_xref.c.rid)).scalar_subquery()
            )
        )
    assert proof(store)["record_without_id"] == 1
    with pytest.raises(InvariantError, match="record_without_id 1"):
        resolve(store, SETTINGS, make_run(1))
    assert rows(store, customers) == []
    match(store, SETTINGS, make_run(2))
    resolve(store, SETTINGS, make_run(2))
    assert len(rows(store, customers)) == 2


def test_an_id_given_to_other_records_is_never_promoted(store):
    bring(store, person("1", *LAN), person("2", *HUNG))
    settle(store, 1)
    ids = whose(store)
    match(store, SETTINGS, make_run(2), rebuild=True)
    with store.begin() as conn:
        for golden_id, other in ((ids["pos:1"], "x"), (ids["pos:2"], ids["pos:1"]), ("x", ids["pos:2"])):
            conn.execute(update(candidate_xref).where(candidate_xref.c.golden_id == golden_id).values(golden_id=other))
    assert proof(store)["id_moved"] == 2


@pytest.mark.parametrize("boundary", ["match", "before", "after"])
def test_killed_at_a_boundary_the_next_run_ends_the_same(store, boundary, monkeypatch):
    bring(store, person("1", *LAN), person("2", *HUNG), person("3", *LAN2))
    joins = links.joins

    def dies(*given):
        if boundary == "after":
            joins(*given)
        raise KeyboardInterrupt

    match(store, SETTINGS, make_run(1))
    if boundary != "match":
        monkeypatch.setattr(links, "joins", dies)
        with pytest.raises(KeyboardInterrupt):
            resolve(store, SETTINGS, make_run(1))
        monkeypatch.setattr(links, "joins", joins)
    assert rows(store, customers) == []
    settle(store, 2)
    assert partition(store) == {frozenset({"pos:1", "pos:3"}), frozenset({"pos:2"})}
    assert rows(store, xref_past) == []
    assert len(rows(store, changes)) == 2
