"""After a siege the vendors hold what was wished: nothing written twice, nothing newer overwritten, all accounted for.

Behaviour 5.1 to 5.8 at once, over real HTTP, with faults, reformatting and clerks drawn from a seed.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest
from databases import fresh
from siege import DESTINATIONS, TABLES, Siege, besieged, deliveries_of
from sqlalchemy import select

from hub.store import tables

SEEDS = [("sqlite", "1"), ("postgres", "3")]
if given := os.environ.get("HUB_SIEGE_SEEDS"):
    SEEDS = [(kind, seed) for seed in given.split() for kind in ("sqlite", "postgres")]
WRITES = ("create", "update", "deactivate", "delete")
ENDED = ("acked", "rejected", "retry", "unknown")


@pytest.fixture(scope="module", params=SEEDS, ids="-".join)
def after(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """The world after four rounds of rage and three calm ones: siege, last report, ledger, items."""
    kind, seed = request.param
    folder = tmp_path_factory.mktemp("siege")
    with (
        fresh(request, kind, folder / "store") as url,
        pytest.MonkeyPatch.context() as patch,
        besieged(folder / "shop", int(seed), patch, url) as siege,
    ):
        siege.rage(4)
        reports = siege.calm()
        with siege.opened() as workspace, workspace.store.read() as conn:
            ledger = [dict(row) for row in conn.execute(select(tables.deliveries).order_by("seq")).mappings()]
            items = [dict(row) for row in conn.execute(select(tables.plan_items)).mappings()]
            sent = [dict(row) for row in conn.execute(select(tables.sent)).mappings()]
        yield siege, reports[-1], ledger, items, sent


def test_the_siege_was_one(after):
    siege, _, ledger, *_ = after
    assert len(siege.box.journal.faults) > 20
    assert siege.witness.edited
    assert Counter(row["state"] for row in ledger)["acked"] > 5


def test_it_ends_with_nothing_left_to_send(after):
    report = after[1]
    left = {
        name: {a: n for a, n in part["planned"].items() if a in WRITES and n} for name, part in report["push"].items()
    }
    assert left == {name: {} for name in DESTINATIONS}
    assert {part["state"] for part in report["push"].values()} == {"applied"}


def test_no_record_is_written_twice_and_none_is_made_twice(after):
    siege: Siege = after[0]
    assert siege.witness.doubled == []
    for vendor, table in TABLES.items():
        people = Counter(_who(vendor, row) for row in siege.box.vendors[vendor].rows(table))
        assert [who for who, times in people.items() if times > 1] == []


def _who(vendor: str, row: Any) -> str:
    if vendor == "kiotviet":
        return "".join(filter(str.isdigit, row.get("contactNumber") or "")) or str(row["id"])
    return str(row.get("email") or row.get("email_address")).lower()


def test_no_value_that_is_newer_than_the_read_before_the_write_is_overwritten(after):
    assert after[0].witness.lost == []


def test_every_write_that_was_announced_has_its_outcome_in_the_ledger(after):
    told = deliveries_of(after[2])
    assert {states[-1] for states in told.values()} <= {"acked", "rejected", "retry"}
    assert {states[0] for states in told.values()} == {"sent"}


def test_every_accepted_write_is_acknowledged_for_its_record(after):
    """Of one whose answer was lost and that a clerk edited at once nobody can tell whether it was taken."""
    siege, _, ledger, *_ = after
    source = {"kiotviet": "pos", "woocommerce": "shop", "mailchimp": "mail"}
    acked = {(row["destination"], row["target"]) for row in ledger if row["state"] == "acked"}
    by_clerks = {(source[vendor], str(record)) for vendor, record, _ in siege.witness.edited}
    done = {(source[one.vendor], str(one.record)) for one in siege.box.journal.writes}
    assert done - by_clerks <= acked


def test_every_item_of_a_plan_that_was_applied_has_ended(after):
    applied = {row["plan_id"] for row in after[2]}
    states = {row["state"] for row in after[3] if row["plan_id"] in applied and row["action"] in WRITES}
    assert states & {"sent", "unknown"} == set()
