"""Ids after one record in a hundred has changed: who keeps theirs (behaviour 4.2)."""

from __future__ import annotations

import random
from functools import cache

import polars as pl
import pytest
from made_frames import JUDGEMENTS, RECEIPTS
from made_shop_frames import frames

from hub.matching.identity import assign
from hub.matching.partition import partition
from hub.matching.policy import Policy
from hub.sandbox.people import make

PEOPLE = 6_000
PREVIOUS = {"rid": pl.Int64, "golden_id": pl.String, "created_at": pl.String}


@cache
def before():
    """The made rows, their partition and its ids."""
    made = make(5, PEOPLE).records.to_dicts()
    parts = found(made)
    ids = assign(parts.assignment, pl.DataFrame(schema=PREVIOUS), (f"a{n:06}" for n in range(10**6)))
    return made, parts, ids


def found(made):
    """Who is who."""
    records, identifiers = frames(made)
    return partition(records, identifiers, pl.DataFrame(schema=JUDGEMENTS), pl.DataFrame(schema=RECEIPTS), Policy())


def changed(made, seed):
    """The rows after one in a hundred was edited, removed or added, and the numbers of these."""
    rng = random.Random(seed)
    rows, touched = list(made), set(rng.sample(range(len(made)), len(made) // 100))
    for n in touched:
        row, other = dict(rows[n]), made[rng.randrange(len(made))]
        kind = rng.choice(["phone", "email", "name", "gone", "blank"])
        if kind == "gone":
            rows[n] = None
            continue
        row[kind if kind in row else "phone"] = None if kind == "blank" else other[kind]
        rows[n] = row
    for n in range(len(made) // 500):
        touched.add(len(rows))
        rows.append(rng.choice(made) | {"source_id": f"new{n}", "email": None})
    return rows, touched


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_one_in_a_hundred_records_changed_nobody_else_gets_another_id(seed):
    made, parts, ids = before()
    rows, touched = changed(made, seed)
    again = found(rows)
    old = ids.assigned.with_columns(created_at=pl.lit("2026-01-01T00:00:00.000Z"))
    there = [n for n, row in enumerate(rows) if row]
    now = assign(again.assignment, old.filter(pl.col("rid").is_in(there)), (f"b{n:06}" for n in range(10**6)))
    both = old.select("rid", was="golden_id").join(now.assigned, on="rid")
    same = both.with_columns(same=pl.col("was") == pl.col("golden_id"))
    loose = generic(parts) ^ generic(again)
    concerned = old.filter(pl.col("rid").is_in(sorted(touched) + bearers(made, loose)))["golden_id"]
    joined = now.assigned.filter(pl.col("rid").is_in(sorted(touched)))["golden_id"]
    rest = same.filter(~pl.col("was").is_in(concerned.implode()) & ~pl.col("golden_id").is_in(joined.implode()))
    customers = rest.group_by("was").agg(pl.col("same").any())
    assert customers.height > PEOPLE / 2
    assert customers.filter(~pl.col("same"))["was"].to_list() == []
    others = same.filter(pl.col("was").is_in(concerned.implode())).group_by("was").agg(pl.col("same").any())
    assert others.height > 100
    assert others["same"].mean() >= 0.95
    lost = set(old["golden_id"]) - set(now.assigned["golden_id"])
    answered = set(now.redirects["old"])
    gone = set(old.filter(~pl.col("rid").is_in(there))["golden_id"])
    assert lost <= answered | gone


def generic(parts):
    """Values that join nobody."""
    return set(parts.blocked.select("type", "value").iter_rows())


def bearers(made, values):
    """Numbers of the rows that bear one of these values."""
    _, identifiers = frames(made)
    wanted = pl.DataFrame(sorted(values), schema={"type": pl.String, "value": pl.String}, orient="row")
    return identifiers.join(wanted, on=["type", "value"], how="semi")["rid"].to_list()
