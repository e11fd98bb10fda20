"""Conflicts and undone merges as plans tell them: what is sent, what is shown, what comes back (behaviour 4.6, 5.3)."""

from __future__ import annotations

import orjson
import pytest
from shop import Shop, golden, outlet, put_customer, put_record
from sqlalchemy import insert

from hub.flow.plan import plan
from hub.flow.push import push
from hub.store import ledger, plans, tables

EARLY, LATE = "2026-09-01T00:00:00.000Z", "2026-11-20T00:00:00.000Z"


def there(store, held, ours, *, sent=None, owner="newest", acked=EARLY, **kept):
    """A record with this name, a golden name, and what was acknowledged."""
    put_customer(store, golden("g1", ours), provenance={"full_name": {"rid": 2, "rule": "most_recent"}})
    put_record(store, 1, "g1", {"source_id": "7", **({"full_name": held} if held else {})})
    put_record(store, 2, "g1", {"source_id": "A1", "full_name": ours}, source="pos")
    if sent is not None:
        with store.begin() as conn:
            plans.acknowledge(conn, "shop", "7", "g1", {"full_name": sent}, acked, **kept)
    return {"full_name": owner}


def told(store, tmp_path, fields, number=1, **values):
    report = plan(outlet(store, Shop(), tmp_path, number, fields=fields, **values))
    with store.read() as conn:
        head = report.plan_id or (plans.nothing_to_send(conn, "shop") or {}).get("plan_id")
        return report, plans.all_items(conn, str(head))


def test_what_both_sides_changed_is_a_conflict_with_all_three_values_and_nothing_is_sent(store, tmp_path):
    fields = there(store, "Trần Hoa", "Nguyễn Lan", sent="Lê Mai")
    report, (item,) = told(store, tmp_path, fields)
    assert (report.plan_id, report.planned["conflict"], report.reasons) == (None, 1, {"conflict": {"both_changed": 1}})
    assert orjson.loads(item["changes"]) == {"full_name": ["Trần Hoa", "Nguyễn Lan"]}
    assert orjson.loads(item["notes"]) == {"base": {"full_name": "Lê Mai"}}


def test_an_edit_of_the_hubs_own_field_is_written_over_and_a_person_sees_it(store, tmp_path):
    fields = there(store, "Trần Hoa", "Nguyễn Lan", sent="Nguyễn Lan", owner="hub")
    report, (item,) = told(store, tmp_path, fields)
    assert (item["action"], report.reasons) == ("update", {"update": {"edited_there_too": 1}})
    assert orjson.loads(item["notes"])["base"] == {"full_name": "Nguyễn Lan"}


def test_an_unchanged_conflict_is_kept_once(store, tmp_path):
    fields = there(store, "Trần Hoa", "Nguyễn Lan", sent="Lê Mai")
    first, second = (told(store, tmp_path, fields, number)[1][0]["plan_id"] for number in (1, 2))
    assert first == second


def parted(store):
    """The record whose name was sent went to another customer."""
    put_customer(store, golden("g2", "Nguyễn Lan"))
    with store.begin() as conn:
        moved = [{"source": "pos", "source_id": "A1", "from": "g1", "to": "g2"}]
        conn.execute(tables.xref.update().where(tables.xref.c.rid == 2).values(golden_id="g2"))
        conn.execute(
            insert(tables.changes).values(
                at=LATE, kind="split", golden_id="g1", version=2, moved=orjson.dumps(moved).decode(), run_id="r"
            )
        )
        lost = orjson.dumps({"golden_id": "g1"}).decode()
        conn.execute(
            tables.customers.update().where(tables.customers.c.golden_id == "g1").values(doc=lost, provenance=None)
        )


WRONG = {"origin": {"full_name": 2}, "before": {"full_name": "Lê Mai"}}


@pytest.mark.parametrize("owner", ["hub", "newest", "fill_if_blank"])
def test_after_an_undo_the_value_that_stood_there_before_comes_back(store, tmp_path, owner):
    fields = there(store, "Nguyễn Lan", "Nguyễn Lan", sent="Nguyễn Lan", owner=owner, **WRONG)
    parted(store)
    _, (item,) = told(store, tmp_path, fields)
    assert orjson.loads(item["changes"]) == {"full_name": ["Nguyễn Lan", "Lê Mai"]}


def test_what_came_back_is_no_word_of_the_hubs_any_more(store, tmp_path):
    fields = there(store, "Nguyễn Lan", "Nguyễn Lan", sent="Nguyễn Lan", owner="hub", **WRONG)
    parted(store)
    shop = Shop({"7": {"source_id": "7", "full_name": "Nguyễn Lan"}})
    to = outlet(store, shop, tmp_path, fields=fields)
    assert push(to, plan(to), yes=True).acked == 1
    with store.read() as conn:
        kept = plans.acknowledged(conn, "shop", "7")
    assert (shop.rows["7"]["full_name"], kept["fields"], kept["before"], kept["origin"]) == ("Lê Mai", "{}", "{}", "{}")
    assert plan(outlet(store, shop, tmp_path, 2, fields=fields)).plan_id is None


def test_what_was_blank_before_is_cleared_again(store, tmp_path):
    fields = there(store, "Nguyễn Lan", "Nguyễn Lan", sent="Nguyễn Lan", owner="hub", origin={"full_name": 2})
    parted(store)
    _, (item,) = told(store, tmp_path, fields)
    assert orjson.loads(item["known"]) == {"full_name": None}


def test_what_was_edited_there_since_is_left_alone_after_an_undo(store, tmp_path):
    fields = there(store, "Trần Hoa", "Nguyễn Lan", sent="Nguyễn Lan", owner="hub", **WRONG)
    parted(store)
    report, _ = told(store, tmp_path, fields)
    assert (report.plan_id, report.planned["update"]) == (None, 0)


def test_a_source_record_that_is_merely_gone_takes_nothing_back(store, tmp_path):
    fields = there(store, "Nguyễn Lan", "Nguyễn Lan", sent="Nguyễn Lan", owner="hub", **WRONG)
    parted(store)
    with store.begin() as conn:
        conn.execute(tables.xref.delete().where(tables.xref.c.rid == 2))
    assert told(store, tmp_path, fields)[0].plan_id is None


def test_a_write_remembers_what_stood_there_and_whose_value_it_is(store, tmp_path):
    fields = there(store, "Lê Mai", "Nguyễn Lan", owner="hub")
    to = outlet(store, Shop({"7": {"source_id": "7", "full_name": "Lê Mai"}}), tmp_path, fields=fields)
    push(to, plan(to), yes=True)
    with store.read() as conn:
        kept = plans.acknowledged(conn, "shop", "7")
    assert [orjson.loads(kept[name]) for name in ("before", "origin")] == [{"full_name": "Lê Mai"}, {"full_name": 2}]


def test_an_old_plan_is_stale_and_made_anew(store, tmp_path):
    fields = there(store, "Lê Mai", "Nguyễn Lan", owner="hub")
    first, _ = told(store, tmp_path, fields, plan_expires=0)
    second, _ = told(store, tmp_path, fields, 2, plan_expires=0)
    assert first.plan_id != second.plan_id


def failing(store, shop, tmp_path, fields, runs, mood="retry"):
    for number in runs:
        shop.moods = [mood]
        to = outlet(store, shop, tmp_path, number, fields=fields)
        report = push(to, plan(to), yes=True)
    return report


class Poisoned(Shop):
    """One record makes it stumble every time; the others are taken."""

    def _one(self, write, mood):
        from hub.model import Receipt

        if write.target == "7":
            return Receipt(write.key, "retry", "7", reason="server")
        return super()._one(write, "ack")


def test_what_fails_while_others_succeed_is_given_up_with_its_reason_until_a_person_asks(store, tmp_path):
    fields, shop = there(store, "Lê Mai", "Nguyễn Lan", owner="hub"), Poisoned()
    put_record(store, 50, "g50", {"source_id": "50", "full_name": "cũ"})
    for number in range(1, ledger.GIVE_UP + 2):
        put_customer(store, golden(f"h{number}", "Trần Văn Hùng"))
        put_record(store, 100 + number, f"h{number}", {"source_id": f"h{number}", "full_name": "Phạm Cũ"})
        to = outlet(store, shop, tmp_path, number, fields=fields)
        report = push(to, plan(to), yes=True)
    assert report.reasons == {"blocked": {"given_up:server": 1}}
    with store.begin() as conn:
        ledger.wish(conn, "shop", "g1", "retry", LATE, "an")
    assert plan(outlet(store, shop, tmp_path, 9, fields=fields)).planned["update"] == 1


def test_a_system_that_is_down_makes_nobody_give_up(store, tmp_path):
    fields, shop = there(store, "Lê Mai", "Nguyễn Lan", owner="hub"), Poisoned()
    for number in range(1, ledger.GIVE_UP + 3):
        to = outlet(store, shop, tmp_path, number, fields=fields)
        report = push(to, plan(to), yes=True)
    assert report.planned["update"] == 1


def test_a_value_that_a_system_takes_and_never_keeps_is_not_sent_for_ever(store, tmp_path):
    fields = there(store, "Lê Mai", "Nguyễn Lan", owner="hub")
    shop = Shop()
    for number in range(1, ledger.KEPT + 3):
        to = outlet(store, shop, tmp_path, number, fields=fields)
        report = push(to, plan(to), yes=True)
        shop.rows.clear()
        with store.begin() as conn:  # pulled again, and nothing was kept
            conn.execute(tables.raw_records.update().values(landed_at=LATE))
    assert (len(shop.writes), report.reasons["blocked"]) == (ledger.KEPT, {"not_kept": 1})
