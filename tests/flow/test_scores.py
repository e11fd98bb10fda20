"""Scores in the flow (promise 3.9): they suggest, and merge only when an admin opts in, under all guards."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes import make_run, record
from once import once
from steps import SETTINGS as SILENT
from steps import SHOP, bring, partition, rows, whose

from hub.errors import ConfigError
from hub.flow import effect, judge, train
from hub.flow.effect import what_if
from hub.flow.explain import explain
from hub.flow.match import match
from hub.flow.radius import approve
from hub.flow.resolve import resolve
from hub.flow.status import status
from hub.matching.score.scorer import Scorer
from hub.settings import Matching
from hub.store import suggestions
from hub.store.tables import edges, records, refusals

SETTINGS = replace(SILENT, matching=Matching())
CAREFUL = replace(SETTINGS, language="en", matching=Matching(merge_above="careful"))
BALANCED = replace(SETTINGS, language="en", matching=Matching(merge_above="balanced"))
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ")
GIVEN = (
    "Thị Lan", "Văn Hùng", "Quốc Bảo", "Thị Hương", "Văn Tám", "Ngọc Ánh", "Đức Long", "Thị Yến", "Minh Khôi", "Gia Hân",
)  # fmt: skip


def somebody(n, *, source_id=None, phone=None, **more):
    """A person of a town, born on a day of their own; with another phone in every list."""
    name = f"{FAMILY[n % 10]} {GIVEN[n // 10 % 10]}"
    return record(
        source_id or f"p{n}",
        full_name=name,
        phones=[{"value": phone or f"09{n % 89 + 10}{n * 7919 % 1000000:06d}", "use": "own"}],
        birth_date=f"{1950 + n % 50}-{n % 12 + 1:02d}-{n % 28 + 1:02d}",
        addresses=[{"line": f"{n * 37 % 400 + 1} đường số {n % 60 + 1}", "province": "Cần Thơ"}],
        **more,
    )


def decide(store, plan, number=50):
    """Write a decision and let it take effect."""
    with store.begin() as conn:
        judge.write(conn, plan(conn), make_run(number), "an", None)
    settle(store, SETTINGS, number + 1)


def settle(store, settings, number=1, *, rebuild=False, thorough=False):
    run = make_run(number)
    return match(store, settings, run, rebuild, thorough=thorough), resolve(store, settings, run)


def asked(store):
    """The pairs that are suggested, as names."""
    with store.read() as conn:
        pairs = suggestions.read(conn).select("rid_a", "rid_b").rows()
    names = {row["rid"]: f"{row['source']}:{row['source_id']}" for row in rows(store, records)}
    return {frozenset((names[a], names[b])) for a, b in pairs}


@pytest.fixture
@once
def twice(store):
    """Thirty people, each a second time with another phone; the rules join nobody."""
    bring(store, *[somebody(n) for n in range(30)])
    bring(
        store,
        *[somebody(n, source_id=f"s{n}", phone=f"0938{n:02d}{n * 31 % 10000:04d}") for n in range(30)],
        source=SHOP,
    )
    return store


def together(store):
    return {frozenset(part) for part in partition(store) if len(part) > 1}


PAIRS = {frozenset({f"pos:p{n}", f"shop:s{n}"}) for n in range(30)}


def test_never_suggests_and_merges_nobody(twice):
    matched, _ = settle(twice, SETTINGS)
    assert together(twice) == set()
    assert asked(twice) >= PAIRS
    assert (matched.suggestions, matched.not_compared, matched.merge_above) == (len(asked(twice)), 0, "never")


def test_careful_merges_what_is_nearly_certain(twice):
    matched, _ = settle(twice, CAREFUL)
    assert together(twice) <= PAIRS
    assert len(together(twice)) >= 25
    assert {row["rule"] for row in rows(twice, edges)} == {"score"}
    assert matched.merge_above == "careful"


def test_what_was_merged_is_no_suggestion(twice):
    settle(twice, CAREFUL)
    assert asked(twice) & together(twice) == set()


def test_a_second_match_of_the_same_writes_nothing(twice):
    settle(twice, CAREFUL)
    matched, golden = settle(twice, CAREFUL, 5)
    assert (golden.updated, golden.merged, golden.created) == (0, 0, 0)
    assert matched.merge_above == "careful"


def test_a_record_that_comes_later_is_merged_too_and_nobody_else_changes(twice):
    settle(twice, CAREFUL)
    before = whose(twice)
    bring(twice, somebody(77), source=SHOP, number=3)
    bring(twice, somebody(77, source_id="q77", phone="0977000111"), number=4)
    settle(twice, CAREFUL, 5)
    assert frozenset({"pos:q77", "shop:p77"}) in together(twice)
    assert before.items() <= whose(twice).items()


def test_never_again_parts_what_scores_have_joined(twice):
    settle(twice, CAREFUL)
    settle(twice, SETTINGS, 5)
    assert together(twice) == set()


def test_a_judgement_outranks_the_score(twice):
    settle(twice, CAREFUL)
    decide(twice, judge.split(CAREFUL, "pos:p3", ["pos:p3"]))
    settle(twice, CAREFUL, 60, rebuild=True)
    assert frozenset({"pos:p3", "shop:s3"}) not in together(twice)


def test_joins_by_score_are_undone_by_their_rule(twice):
    settle(twice, CAREFUL)
    with twice.begin() as conn:
        judge.write(conn, judge.undo_rule("score")(conn), make_run(50), "an", None)
    settle(twice, CAREFUL, 60)
    assert together(twice) == set()


def test_balanced_works_as_careful_until_something_was_learnt(twice):
    matched, _ = settle(twice, BALANCED)
    assert (matched.merge_above, matched.untrained) == ("careful", True)
    assert status(twice, BALANCED)["scores"]["in_force"] == "careful"


def many(store):
    """A hundred people, most of them twice, a few with a misspelt name."""
    bring(store, *[somebody(n) for n in range(100)])
    given = [somebody(n, source_id=f"s{n}", phone=f"0938{n:02d}{n * 31 % 10000:04d}") for n in range(80)]
    bring(store, *given, source=SHOP)


def test_training_keeps_what_was_learnt_and_says_it(store):
    many(store)
    settle(store, BALANCED)
    learnt = train.train(store, BALANCED, make_run(5))
    assert (learnt["records"], learnt["changed"]) == (180, True)
    assert set(learnt["levels"]) == {"careful", "balanced"}
    told = status(store, BALANCED)["scores"]
    assert (told["in_force"], told["trained"]) == ("balanced", True)
    assert told["levels"]["balanced"]["wrong_per_1000"] == learnt["levels"]["balanced"]["wrong_per_1000"]


def test_training_twice_on_the_same_records_learns_the_same(store):
    many(store)
    settle(store, BALANCED)
    first = train.train(store, BALANCED, make_run(5))
    again = train.train(store, BALANCED, make_run(6))
    assert (again["digest"], again["changed"]) == (first["digest"], False)


def test_only_training_changes_the_parameters(store):
    many(store)
    settle(store, BALANCED)
    learnt = train.train(store, BALANCED, make_run(5))["digest"]
    settle(store, BALANCED, 6)
    bring(store, *[somebody(n, source_id=f"n{n}") for n in range(200, 260)], number=7)
    settle(store, BALANCED, 8, rebuild=True)
    with store.read() as conn:
        from hub.flow.scoring import in_force, parameters

        assert in_force(conn, BALANCED).digest == parameters(conn).digest == learnt


def test_the_first_match_after_an_opt_in_may_merge_as_it_likes(store):
    many(store)
    settle(store, SETTINGS)
    train.train(store, BALANCED, make_run(5))
    matched, golden = settle(store, BALANCED, 6, thorough=True)
    assert golden.merged > 20
    assert matched.guards["held"] == 0
    assert matched.outlook["balanced"]["joins"] >= golden.merged >= matched.outlook["careful"]["joins"] - 1


def test_later_score_joins_of_far_more_customers_than_usual_are_held(store, monkeypatch):
    monkeypatch.setattr("hub.matching.blast.FLOOR", 3)
    strangers = [somebody(n + 300, source_id=f"s{n}", phone=f"0938{n:02d}{n:04d}") for n in range(12)]
    bring(store, *[somebody(n) for n in range(12)])
    bring(store, *strangers, source=SHOP)
    settle(store, CAREFUL)
    assert together(store) == set()
    now = [somebody(n, source_id=f"s{n}", phone=f"0938{n:02d}{n:04d}") for n in range(12)]
    bring(store, *now, source=SHOP, number=30)
    matched, golden = settle(store, CAREFUL, 40)
    assert (together(store), golden.merged) == (set(), 0)
    assert matched.guards["held"] >= 10
    with store.begin() as conn:
        judge.write(conn, approve("run-40")(conn), make_run(41), "an", None)
    settle(store, CAREFUL, 42)
    assert len(together(store)) >= 10


def test_what_if_tells_what_merging_by_score_would_do(twice):
    settle(twice, SETTINGS)
    before = whose(twice)
    assert what_if(twice, CAREFUL, make_run(9))["merged"] >= 25
    assert whose(twice) == before


def test_a_score_join_is_explained_with_every_step(twice):
    settle(twice, CAREFUL)
    part = next(iter(together(twice)))
    (link,) = explain(twice, CAREFUL, min(part))["links"]
    weight = link["weight"]
    assert link["rule"] == "score"
    assert "bits" in link["evidence"]
    assert weight["bits"] == pytest.approx(sum(one["bits"] + one["tf"] for one in weight["steps"]))
    assert weight["bits"] == pytest.approx(float(link["value"]), abs=0.06)
    assert all(one["sentence"] for one in weight["steps"])


def apart(a, b):
    """Keep two records apart."""
    return lambda conn: judge.Act("split", (), [(a, b, "different")])


THREE = frozenset({"pos:p3", "shop:s3"})


def test_a_suggestion_falls_when_the_two_are_judged_different(twice):
    settle(twice, SETTINGS)
    decide(twice, apart("pos:p3", "shop:s3"))
    assert asked(twice) & PAIRS == PAIRS - {THREE}


def test_a_suggestion_falls_when_the_two_are_one(twice):
    settle(twice, SETTINGS)
    decide(twice, judge.merge(SETTINGS, ["pos:p3", "shop:s3"]))
    assert asked(twice) & PAIRS == PAIRS - {THREE}


def test_a_suggestion_falls_when_a_record_leaves(twice):
    settle(twice, SETTINGS)
    bring(twice, gone=["p3"], number=5)
    settle(twice, SETTINGS, 6)
    assert asked(twice) & PAIRS == PAIRS - {THREE}


def test_above_compare_up_to_nothing_is_compared_and_that_is_said(twice):
    few = replace(SETTINGS, matching=Matching(compare_up_to=59))
    matched, _ = settle(twice, few)
    assert (matched.suggestions, matched.not_compared) == (0, 60)
    matched, _ = settle(twice, few, 5, thorough=True)
    assert (matched.suggestions >= 30, matched.not_compared) == (True, 0)


def test_nothing_is_learnt_from_a_handful_of_records(twice):
    with pytest.raises(ConfigError, match="too few"):
        train.train(twice, SETTINGS, make_run(5))


def test_names_that_exclude_each_other_are_not_joined_by_a_score(store):
    """Twins: everything but the given name."""
    same = {"birth_date": "1990-02-03", "addresses": [{"line": "12 đường số 7", "province": "Cần Thơ"}]}
    bring(store, record("1", full_name="Nguyễn Thị Lan", phones=[{"value": "0912345678", "use": "own"}], **same))
    bring(store, record("2", full_name="Nguyễn Thị Huệ", phones=[{"value": "0912345678", "use": "own"}], **same))
    settle(store, CAREFUL)
    assert together(store) == set()
    assert "name_incompatible" in {row["rule"] for row in rows(store, refusals)}


def test_several_previews_weigh_the_pairs_once_and_say_what_each_says_alone(twice, monkeypatch):
    settle(twice, CAREFUL)
    plans = {
        "merge": judge.merge(CAREFUL, ["pos:p1", "pos:p2"]),
        "split": judge.split(CAREFUL, "pos:p3", ["shop:s3"]),
        "other": judge.merge(CAREFUL, ["pos:p4", "pos:p5"]),
    }
    alone = {name: effect.preview(twice, CAREFUL, make_run(9), plan)["fields"] for name, plan in plans.items()}
    weighed, weigh = [], Scorer.candidates
    monkeypatch.setattr(
        Scorer, "candidates", lambda self, *args, **more: weighed.append(1) or weigh(self, *args, **more)
    )
    told = effect.previews(twice, CAREFUL, make_run(9), plans)
    assert {name: one["fields"] for name, one in told.items()} == alone
    assert ([one["split"] for one in told.values()], len(weighed)) == ([0, 1, 0], 1)
