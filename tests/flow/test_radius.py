"""The blast radius (promise 3.8): far more merges than usual are held back until a person says so; all else goes on."""

from __future__ import annotations

import pytest
from fakes import make_run
from once import once
from steps import SETTINGS, SHOP, bring, decide, partition, person, rows, settle, whose

from hub.errors import ConfigError
from hub.flow import judge, radius
from hub.flow.radius import approve, refuse
from hub.matching.blast import FLOOR, limit
from hub.store import held
from hub.store.tables import held_joins, judgements

MANY = FLOOR + 5


def name(n):
    return f"Nguyễn Thị {chr(65 + n // 5)}an {chr(65 + n % 5)}ương"


def phone(n):
    return f"09123{n:02d}4{n:02d}"


@pytest.fixture
@once
def pairs(store):
    """Many people twice, each time with another phone."""
    bring(store, *[person(f"a{n}", name(n), phone(n)) for n in range(MANY)], person("x", "Võ Quốc Bảo", "0933111222"))
    bring(store, *[person(f"b{n}", name(n), phone(50 + n)) for n in range(MANY)], source=SHOP)
    settle(store)
    assert len(partition(store)) == 2 * MANY + 1
    return store


def meet(store, number=40, count=MANY, run=None):
    """The shop's records get the phones of the till's: each pair would become one."""
    given = [person(f"b{n}", name(n), phone(50 + n), phone(n)) for n in range(count)]
    bring(store, *given, person("new", "Lê Văn Tám", "0933111333"), source=SHOP, number=number)
    return settle(store, run or number)


def together(store):
    return sum(len(part) > 1 for part in partition(store))


def test_far_more_merges_than_usual_are_held_and_the_rest_goes_on(pairs):
    matched, golden = meet(pairs)
    assert (together(pairs), golden.merged) == (0, 0)
    assert matched.guards["held"] == MANY
    assert "shop:new" in whose(pairs)


def test_few_merges_are_not_held(pairs):
    matched, golden = meet(pairs, count=FLOOR)
    assert (golden.merged, matched.guards["held"]) == (FLOOR, 0)


def test_held_joins_stay_held_in_later_runs_and_rebuilds(pairs):
    meet(pairs)
    bring(pairs, person("x", "Võ Quốc Bảo", "0933111222", gender="nam"), number=41)
    matched, _ = settle(pairs, 41)
    assert (together(pairs), matched.guards["held"]) == (0, MANY)
    matched, _ = settle(pairs, 42, rebuild=True)
    assert (together(pairs), matched.guards["held"]) == (0, MANY)


def test_approved_joins_go_on_and_are_not_held_again(pairs):
    meet(pairs)
    decide(pairs, approve("run-40"), 43)
    assert together(pairs) == MANY
    matched, _ = settle(pairs, 44, rebuild=True)
    assert (together(pairs), matched.guards["held"]) == (MANY, 0)


def test_an_undone_approval_holds_them_again(pairs):
    meet(pairs)
    decision = decide(pairs, approve("run-40"), 43)
    decide(pairs, judge.undo(decision), 44)
    assert together(pairs) == 0
    with pairs.read() as conn:
        assert [row["run_id"] for row in held.waiting(conn)] == ["run-40"]


def test_refused_joins_are_judged_different_for_good(pairs):
    meet(pairs)
    decide(pairs, refuse("run-40"), 43)
    matched, _ = settle(pairs, 44, rebuild=True)
    assert (together(pairs), matched.guards["held"]) == (0, 0)
    assert {row["verdict"] for row in rows(pairs, judgements)} == {"different"}


def test_a_person_may_merge_one_of_them_while_the_rest_is_held(pairs):
    meet(pairs)
    decide(pairs, judge.merge(SETTINGS, ["pos:a1", "shop:b1"]), 43)
    assert frozenset({"pos:a1", "shop:b1"}) in partition(pairs)
    assert together(pairs) == 1


def test_a_sources_first_match_may_merge_as_it_likes(store):
    bring(store, *[person(f"a{n}", name(n), phone(n)) for n in range(MANY)])
    bring(store, *[person(f"c{n}", name(n), phone(50 + n)) for n in range(MANY)])
    settle(store)
    given = [person(f"b{n}", name(n), phone(n), phone(50 + n)) for n in range(MANY)]
    bring(store, *given, source=SHOP, number=2)
    matched, golden = settle(store, 2)
    assert (golden.merged, matched.guards["held"]) == (MANY, 0)


def test_an_undo_of_a_bulk_undo_restores_all_joins_however_many(store):
    bring(store, *[person(f"a{n}", name(n), phone(n)) for n in range(MANY)])
    bring(store, *[person(f"b{n}", name(n), phone(n)) for n in range(MANY)], source=SHOP)
    settle(store)
    joined = whose(store)
    decision = decide(store, judge.undo_rule("phone"), 43)
    assert together(store) == 0
    decide(store, judge.undo(decision), 44)
    assert whose(store) == joined


def test_nothing_to_approve_is_told(store):
    with pytest.raises(ConfigError, match="holds nothing back"), store.begin() as conn:
        judge.write(conn, radius.approve("run-9")(conn), make_run(50), "an", None)


def test_held_joins_are_kept_by_record_pairs(pairs):
    meet(pairs)
    kept = {(row["a"], row["b"], row["run_id"], row["state"]) for row in rows(pairs, held_joins)}
    assert kept == {(f"pos:a{n}", f"shop:b{n}", "run-40", "held") for n in range(MANY)}


@pytest.mark.parametrize(
    ("customers", "usual", "most"),
    [(100, [], FLOOR), (100_000, [], 1_000), (1_000, [100, 200], 750), (0, [0, 0], FLOOR)],
)
def test_the_limit_is_the_largest_of_floor_share_and_five_times_the_usual(customers, usual, most):
    assert limit(customers, usual) == most
