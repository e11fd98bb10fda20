"""Matching on made people, every scenario of duplicates and strangers among them."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations

import polars as pl
import pytest
from made_frames import JUDGEMENTS, RECEIPTS
from made_shop_frames import frames
from made_times import facts

from hub.matching.evaluate import evaluate
from hub.matching.partition import partition
from hub.matching.policy import Policy
from hub.sandbox.people import make


@pytest.fixture(scope="module")
def world():
    made = make(11, 4000).records.to_dicts()
    records, identifiers = frames(made)
    found = partition(records, identifiers, pl.DataFrame(schema=JUDGEMENTS),
                      pl.DataFrame(schema=RECEIPTS), Policy(), facts=_facts(made, records, identifiers))  # fmt: skip
    truth = pl.DataFrame([(f"{r['source']}:{r['source_id']}", r["cluster"], r["scenario"]) for r in made],
                         schema=["record", "cluster", "scenario"], orient="row")  # fmt: skip
    named = records.select("rid", "kind", "name_level", pl.col("source_id").alias("record"))
    rows = named.join(found.assignment, on="rid").join(truth.rename({"cluster": "true"}), on="record")
    gone = found.reassigned.select("rid").unique().with_columns(former=True)
    return rows.join(gone, on="rid", how="left"), truth


def _facts(made, records, identifiers):
    """When the made systems saw their records, and where their people live."""
    rids = dict(records.select("source_id", "rid").iter_rows())
    rows = [
        (rids[f"{row['source']}:{row['source_id']}"], row)
        for row in made
        if f"{row['source']}:{row['source_id']}" in rids
    ]
    times = {
        rid: tuple(str(datetime.fromtimestamp(row[at], UTC).date()) for at in ("made", "updated")) for rid, row in rows
    }
    return facts(identifiers, times, [(rid, f"{row['line']}, {row['province']}") for rid, row in rows if row["line"]])


def test_nearly_all_joins_are_right_and_most_are_found(world):
    rows, truth = world
    result = evaluate(rows.filter(pl.col("kind").is_in(["person", "organisation"])).select("record", "cluster"), truth)
    assert result["pairs"]["precision"] >= 0.995
    assert result["pairs"]["recall"] >= 0.7


@pytest.mark.parametrize(
    "scenario", ["family_phone", "couple_phone", "couple_email", "father_and_son", "twins", "shop_phone_named"]
)
def test_no_two_full_names_of_different_people_become_one(world, scenario):
    rows, _ = world
    full = rows.filter((pl.col("scenario") == scenario) & (pl.col("name_level") == "full"))
    together = full.group_by("cluster").agg("true")["true"].to_list()
    assert full.height > 0
    assert all(a == b for one in together for a, b in combinations(one, 2))


def test_a_recycled_number_joins_no_strangers_and_gives_nameless_records_to_the_present_holder(world):
    rows = world[0].filter(pl.col("scenario") == "recycled_number")
    together = rows.group_by("cluster").agg("true")["true"].to_list()
    assert all(len(set(one)) == 1 for one in together)
    nameless = rows.filter(pl.col("name_level") == "missing")
    mine = rows.filter(pl.col("name_level") != "missing").select("true", owner="cluster").unique()
    found = nameless.join(mine, on="true").filter(pl.col("cluster") == pl.col("owner"))["rid"].n_unique()
    assert found >= 0.9 * nameless.height > 0
    assert rows.filter("former").height >= 0.9 * rows["true"].n_unique() / 2
    assert rows.filter("former")["cluster"].is_in(mine["owner"].implode()).all()


def test_a_household_is_hardly_ever_taken_for_a_recycled_number(world):
    homes = world[0].filter(pl.col("scenario").is_in(["family_phone", "couple_phone", "father_and_son"]))
    assert homes.filter("former").height <= 0.01 * homes.height
