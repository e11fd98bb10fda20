"""Helpers of tests about questions: people who give rise to each kind, orders, answering as the commands do."""

from __future__ import annotations

from fakes import make_run
from sqlalchemy import insert
from steps import SETTINGS, SHOP, bring, rows, settle

from hub.flow import judge
from hub.flow.match import match
from hub.flow.resolve import resolve
from hub.flow.review_decide import decide, named
from hub.store import review_facts
from hub.store.tables import orders, reviews

SON, SWAPPED = ("Kiều Văn Sơn", "0912345678"), ("Sơn Kiều Văn", "0912345678")
HUNG, HOA = ("Trần Văn Hùng", "0938271564"), ("Phạm Thu Hoa", "0938271564")
GRANTED = {"consents": [{"purpose": "marketing", "channel": "sms", "address": "0938271564", "status": "granted"}]}


def waiting(store):
    """Kind and records of the questions that are open."""
    return {(row["kind"], row["a"], row["b"]) for row in rows(store, reviews) if row["state"] == "open"}


def question(store, kind=None):
    """The one question (of a kind), whatever its state."""
    (row,) = [row for row in rows(store, reviews) if kind in (None, row["kind"])]
    return row


def order(store, source, customer, total, rid=900_001, kind="sale"):
    """An order of a record, as normalizing writes it."""
    row = {
        "rid": rid,
        "source": source,
        "source_id": str(rid),
        "kind": kind,
        "customer_source_id": customer,
        "total": total,
    }
    with store.begin() as conn:
        conn.execute(insert(orders).values(**row, currency="VND", doc="{}"))
        review_facts.soil_orders(conn, [rid])


def answer(store, verdict, *ids, number=50, again=False, exclude=(), rows_=None, by="an"):
    """Answer questions and let it take effect."""
    run = make_run(number)
    wish = decide(SETTINGS, rows_ or named(ids, again=again), verdict, exclude)
    with store.begin() as conn:
        decision_id = judge.write(conn, wish(conn), run, by, None)
    match(store, SETTINGS, run)
    resolve(store, SETTINGS, run)
    return decision_id


def swapped(store):
    """Two customers whose names nearly agree."""
    from steps import person

    bring(store, person("1", *SON))
    bring(store, person("9", *SWAPPED), source=SHOP)
    settle(store)
    return question(store)
