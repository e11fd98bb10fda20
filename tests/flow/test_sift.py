"""What a glance calls quiet gets no line from the judge, whatever the fields, their owners and the system's abilities."""

from __future__ import annotations

import random
from dataclasses import replace

import orjson
from shop import SHOP
from steps import SETTINGS

from hub.flow.judging import Judge, Known
from hub.flow.outlet import Outlet
from hub.flow.run import Run
from hub.flow.sift import Sift
from hub.settings import Destination
from hub.store.there import Glance

CASES = 4_000
OWNERS = ("hub", "destination", "fill_if_blank", "newest")
VALUES = {
    "full_name": ["Nguyễn Thị Lan", "NGUYỄN THỊ LAN", "Trần Hùng"],
    "birth_date": ["1990-05-01", "--05-01", "1991-05-01", "1990"],
    "gender": ["female", "male"],
    "note": ["vip", "vip\nKH-1", "KH-1"],
    "tags": [["a", "b"], ["b", "a"], ["a"]],
    "addresses": [
        [{"line": "1 Lê Lợi", "province": "Huế"}],
        [{"line": "1 Lê Lợi", "province": "Huế", "country": "VN"}],
        [{"line": "1 Lê Lợi"}],
        [{"province": "Huế"}],
    ],
    "consents": [[{"purpose": "marketing", "channel": "email", "status": "granted"}]],
}
CONTACTS = {"phones": ["+84912345678", "+84987654321"], "emails": ["a@example.com", "b@example.com"]}
FIELDS = ("full_name", "birth_date", "gender", "note", "tags", "address", "phone", "email", "marketing_email")


KNOWN = Known(parted=frozenset({"parted"}), owners={1: "somebody else"})


def made(rng, *, golden):
    """A golden record or a record of a system, at random."""
    doc = {name: rng.choice(some) for name, some in VALUES.items() if rng.random() < 0.6}
    for name, some in CONTACTS.items():
        listed = rng.sample(some, rng.choice((0, 1, 2)))
        more = {"primary": True} if golden else {"use": rng.choice(("own", "work"))}
        doc |= (
            {name: [{"value": value, **(more if n == 0 else {})} for n, value in enumerate(listed)]} if listed else {}
        )
    return doc


def judge_of(rng):
    fields = {name: rng.choice(OWNERS) for name in FIELDS if rng.random() < 0.4}
    able = replace(
        SHOP,
        writes=frozenset({"create", "update", "delete"}),
        write_fields=frozenset(FIELDS),
        requires=frozenset(),
        birth_year=rng.random() < 0.5,
        address_parts=frozenset(rng.choice((("line", "province", "country"), ("line", "province"), ("line",), ()))),
        marks=frozenset({"comments"}),
    )
    mode = rng.choice(("update_only", "update_only", "mirror", "append"))
    mark, only = rng.choice(("none", "comments")), rng.choice(({}, {"gender": "female"}))
    destination = Destination("shop", "shop", "fake", "shop", {}, fields=fields, mode=mode, mark=mark, only=only)
    return Judge(Outlet(None, SETTINGS, destination, able, None, Run("r")), KNOWN)


def row_of(rng):
    """A row as it is judged."""
    sent = made(rng, golden=False) if rng.random() < 0.4 else None
    told = (
        {"full_name": "Nguyễn Thị Lan", "phone": None, "address": None}
        if sent is not None and rng.random() < 0.3
        else {}
    )
    flat = (
        None
        if sent is None
        else {name: sent.get(name) for name in ("full_name", "note", "tags") if name in sent} | told
    )
    return {
        "golden_id": rng.choice(("one", "one", "one", "parted")),
        "customer_code": "KH-1",
        "kind": "person",
        "source_id": "1",
        "record": orjson.dumps(made(rng, golden=False)).decode(),
        "golden": orjson.dumps(made(rng, golden=True)).decode(),
        "provenance": None,
        "since": None,
        "first_at": None,
        "sent": None if flat is None else orjson.dumps(flat).decode(),
        "before": None,
        "origin": None if flat is None else orjson.dumps(dict.fromkeys(flat, 1)).decode(),
        "acked_at": None if flat is None else "2026-11-02",
        "landed_at": rng.choice(("2026-11-01", "2026-11-03")),
        "state": None,
        "made": rng.choice((None, "2026-11-01")),
    }


def test_what_a_glance_calls_quiet_gets_no_line():
    rng, quiet = random.Random(7), 0
    for _ in range(CASES):
        judge, row = judge_of(rng), row_of(rng)
        if Sift(judge).quiet(Glance(**{name: row[name] for name in Glance._fields})):
            quiet += 1
            assert list(judge.present([row])) == [None], (judge.fields, row)
    assert quiet > CASES // 10


def test_a_record_that_holds_all_is_quiet_and_another_name_is_not():
    judge = judge_of(random.Random(1))
    judge.fields, judge.mirror = {"full_name": "hub", "phone": "hub"}, False
    ours = {"full_name": "Lan", "phones": [{"value": "+84912345678", "primary": True}]}
    golden, texts = (
        orjson.dumps(ours).decode(),
        [orjson.dumps({**ours, "full_name": one}).decode() for one in ("Lan", "Hoa")],
    )
    rows = [Glance("one", text, golden, None, None, "", None) for text in texts]
    sift = Sift(judge)
    sift.appends = False
    assert [sift.quiet(row) for row in rows] == [True, False]
