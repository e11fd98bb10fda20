"""The mark of a create: what is found again by it, and what it must not disturb (behaviour 5.4, 5.5, 5.6)."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from shop import SHOP, Shop, golden, outlet, put_customer, put_record
from sqlalchemy import select

from hub.errors import TransientError
from hub.flow import marks
from hub.flow.plan import plan
from hub.flow.push import push
from hub.store import plans, tables

ABLE = replace(
    SHOP, find_by=frozenset({"code"}), marks=frozenset({"code", "comments"}), requires=frozenset({"full_name"})
)


class Till(Shop):
    """A shop that keeps codes and comments, and looks up by code."""

    def __init__(self, slot="code", rows=None):
        super().__init__(rows)
        self.slot, self.deaf = slot, False

    def _one(self, write, mood):
        receipt = super()._one(write, mood)
        if write.mark and mood != "lost":
            self.rows[next(reversed(self.rows))]["code" if self.slot == "code" else "note"] = write.mark
        return receipt

    def find(self, field, value):
        if self.deaf:
            raise TransientError("the till is away")
        return [self._found(key) for key, row in self.rows.items() if row.get("code") == value]


@pytest.fixture
def lan(store):
    """A customer whom the till does not know, and one whom it does."""
    put_record(store, 9, "g0", {"source_id": "9"})
    put_customer(store, golden("g1", "Nguyễn Thị Lan"))
    return store


def go(store, till, tmp_path, number=1, able=ABLE, **values):
    to = replace(outlet(store, till, tmp_path, number, mode="upsert", **values), capabilities=able)
    return push(to, plan(to), yes=True)


def test_a_create_bears_no_mark_unless_the_owner_wants_one(lan, tmp_path):
    till = Till()
    go(lan, till, tmp_path)
    assert till.writes[0].mark is None


@pytest.mark.parametrize("slot", ["code", "comments"])
def test_a_create_bears_the_customers_code(lan, tmp_path, slot):
    till = Till(slot)
    go(lan, till, tmp_path, mark=slot)
    assert (till.writes[0].mark, "mark" in till.writes[0].fields) == ("KHg1", False)


def test_a_system_without_room_for_it_gets_no_mark(lan, tmp_path):
    till = Till()
    go(lan, till, tmp_path, able=replace(ABLE, marks=frozenset()), mark="code")
    assert till.writes[0].mark is None


@pytest.mark.parametrize(("mood", "sent"), [("lost", 2), ("swallow", 1)])
def test_an_unknown_create_is_found_by_its_code_alone(lan, tmp_path, mood, sent):
    till = Till()
    till.moods = [mood]
    go(lan, till, tmp_path, mark="code")
    go(lan, till, tmp_path, 2, mark="code")
    assert (len(till.rows), len(till.writes)) == (1, sent)


def test_a_record_without_the_mark_is_not_taken_for_ours(lan, tmp_path):
    till = Till(rows={"1": {"source_id": "1", "full_name": "Nguyễn Thị Lan"}})
    till.moods = ["lost"]
    go(lan, till, tmp_path, mark="code")
    go(lan, till, tmp_path, 2, mark="code")
    with lan.read() as conn:
        assert conn.scalar(select(tables.created_records.c.source_id)) == "new2"


def test_nothing_is_sent_again_while_the_outcome_cannot_be_asked(lan, tmp_path):
    till = Till()
    till.moods, till.deaf = ["swallow"], True
    go(lan, till, tmp_path, mark="code")
    report = go(lan, till, tmp_path, 2, mark="code")
    assert (report.planned["blocked"], len(till.writes)) == (1, 1)


def test_a_create_that_nobody_can_look_up_is_never_repeated(lan, tmp_path):
    till, blind = Till(), replace(ABLE, find_by=frozenset({"email"}))
    till.moods = ["lost"]
    go(lan, till, tmp_path, able=blind)
    assert go(lan, till, tmp_path, 2, able=blind).planned["blocked"] == 1
    assert len(till.writes) == 1


def swept(store, at):
    """A complete sweep of the shop ended then."""
    with store.begin() as conn:
        conn.execute(tables.source_state.update().values(last_sweep=at))


def come(store, rid, note, held=()):
    """A record of the customer's name that a pull has brought after the write. held: what else stands in it."""
    doc = {"full_name": "Nguyễn Thị Lan", "note": note, **dict(held), "source_id": str(rid)}
    put_record(store, rid, "g2", doc)
    with store.begin() as conn:
        late = tables.raw_records.update().where(tables.raw_records.c.rid == rid)
        conn.execute(late.values(landed_at="2026-11-09T00:00:00.000Z"))


def test_a_create_that_nobody_can_look_up_is_repeated_once_a_complete_sweep_proves_that_it_is_not_there(lan, tmp_path):
    till, blind = Till("comments"), replace(ABLE, find_by=frozenset({"email"}))
    till.moods = ["lost"]
    go(lan, till, tmp_path, able=blind, mark="comments")
    swept(lan, "2026-10-09T00:00:00.000Z")
    assert go(lan, till, tmp_path, 2, able=blind, mark="comments").planned["blocked"] == 1
    swept(lan, "2026-11-09T00:00:00.000Z")
    assert go(lan, till, tmp_path, 3, able=blind, mark="comments").acked == 1


@pytest.mark.parametrize(("mark", "note"), [("comments", "quen\nKHg1"), ("none", None)])
def test_what_a_later_pull_brought_is_known_by_its_mark_or_by_all_that_was_written(lan, tmp_path, mark, note):
    till, blind = Till("comments"), replace(ABLE, find_by=frozenset({"email"}))
    till.moods = ["swallow"]
    go(lan, till, tmp_path, able=blind, mark=mark)
    put_customer(lan, golden("g2", "Nguyễn Thị Lan"))
    come(lan, 5, note)
    go(lan, till, tmp_path, 2, able=blind, mark=mark)
    with lan.read() as conn:
        assert conn.scalar(select(tables.created_records.c.source_id)) == "5"


def test_a_later_record_with_another_mark_is_not_taken_for_ours(lan, tmp_path):
    till, blind = Till("comments"), replace(ABLE, find_by=frozenset({"email"}))
    till.moods = ["swallow"]
    go(lan, till, tmp_path, able=blind, mark="comments")
    put_customer(lan, golden("g2", "Nguyễn Thị Lan"))
    come(lan, 5, "KHg9")
    report = go(lan, till, tmp_path, 2, able=blind, mark="comments")
    assert report.reasons["blocked"] == {"outcome_unknown": 1}


def test_a_create_with_an_idempotency_key_may_be_repeated(lan, tmp_path):
    till, keyed = Till(), replace(ABLE, find_by=frozenset({"email"}), idempotency=True)
    till.moods = ["lost"]
    go(lan, till, tmp_path, able=keyed)
    assert go(lan, till, tmp_path, 2, able=keyed).acked == 1


def test_a_mark_in_the_comments_is_remembered_as_ours(lan, tmp_path):
    go(lan, Till("comments"), tmp_path, mark="comments")
    with lan.read() as conn:
        assert orjson.loads(conn.scalar(select(tables.sent.c.fields)))["note"] == "KHg1"


def test_a_mark_in_the_comments_is_no_difference(store, tmp_path):
    put_customer(store, golden("g1", "Nguyễn Thị Lan", note="gọi sau 5 giờ"))
    put_record(store, 1, "g1", {"source_id": "1", "note": "gọi sau 5 giờ\nKHg1"})
    able = replace(ABLE, write_fields=frozenset({"note"}))
    to = replace(outlet(store, Till(), tmp_path, fields={"note": "hub"}, mark="comments"), capabilities=able)
    assert plan(to).planned["noop"] == 1


def test_a_system_that_is_down_is_not_asked_about_every_open_outcome(store, tmp_path):
    put_record(store, 99, "g99", {"source_id": "99"})
    for n in range(8):
        put_customer(store, golden(f"g{n}", "Nguyễn Thị Lan"))
    till, asked = Till(), []
    till.moods = ["swallow"] * 8
    go(store, till, tmp_path, mark="code")
    till.deaf, find = True, till.find
    till.find = lambda field, value: asked.append(value) or find(field, value)
    go(store, till, tmp_path, 2, mark="code")
    assert (len(asked), len(till.writes)) == (3, 8)


def test_the_mark_is_part_of_what_a_person_approves(lan, tmp_path):
    to = replace(outlet(lan, Till(), tmp_path, mode="upsert", mark="code"), capabilities=ABLE)
    report = plan(to)
    with lan.read() as conn:
        (item,) = plans.all_items(conn, report.plan_id)
    assert marks.split(item["known"])[1] == {"in": "code", "text": "KHg1"}


@pytest.fixture
def reached(store):
    """The same with a phone, an e-mail and a birth date, of which the till keeps what a clerk makes of them."""
    put_record(store, 9, "g0", {"source_id": "9"})
    put_customer(store, golden("g1", "Nguyễn Thị Lan", "+84912345678", "lan@example.vn", birth_date="1990-02-03"))
    return store


BORN = replace(ABLE, write_fields=frozenset({"full_name", "phone", "email", "birth_date"}))
WISHED = {"full_name": "hub", "phone": "hub", "email": "hub", "birth_date": "hub"}
EDITS = [
    {"birth_date": "1991-01-01"},
    {"birth_date": None, "emails": []},
    {"phones": [{"value": "+84987654321", "use": "own"}]},
    {"full_name": "Lan Trần"},
]


class Reachable(Till):
    """A till that looks up by phone, loosely."""

    def find(self, field, value):
        return [self._found(key) for key in self.rows]


@pytest.mark.parametrize("edit", EDITS)
def test_an_unknown_create_that_somebody_has_edited_since_is_not_made_again(reached, tmp_path, edit):
    till, able = Reachable(), replace(BORN, find_by=frozenset({"phone"}))
    till.moods = ["swallow"]
    go(reached, till, tmp_path, able=able, fields=WISHED)
    till.rows["new1"].update(edit)
    go(reached, till, tmp_path, 2, able=able, fields=WISHED)
    assert [write.action for write in till.writes] == ["create"]
    with reached.read() as conn:
        assert conn.scalar(select(tables.created_records.c.source_id)) == "new1"


@pytest.mark.parametrize("edit", EDITS)
def test_neither_when_only_pulls_can_tell(reached, tmp_path, edit):
    till, blind = Till(), replace(BORN, find_by=frozenset())
    till.moods = ["swallow"]
    go(reached, till, tmp_path, able=blind, fields=WISHED)
    put_customer(reached, golden("g2", "Nguyễn Thị Lan"))
    phones, emails = ([{"value": value, "use": "own"}] for value in ("+84912345678", "lan@example.vn"))
    come(reached, 5, None, {"phones": phones, "emails": emails, "birth_date": "1990-02-03", **edit})
    swept(reached, "2026-11-09T01:00:00.000Z")
    go(reached, till, tmp_path, 2, able=blind, fields=WISHED)
    assert [write.action for write in till.writes].count("create") == 1


def test_a_record_of_the_same_name_and_phone_that_stood_there_before_is_not_taken_for_the_create(reached, tmp_path):
    other = {"source_id": "5", "full_name": "Nguyễn Thị Lan", "phones": [{"value": "+84912345678", "use": "own"}]}
    put_customer(reached, golden("g2", "Nguyễn Thị Lan"))
    put_record(reached, 5, "g2", other)
    till, able = Reachable(rows={"5": other}), replace(BORN, find_by=frozenset({"phone"}))
    till.moods = ["lost"]
    go(reached, till, tmp_path, able=able, fields=WISHED)
    go(reached, till, tmp_path, 2, able=able, fields=WISHED)
    with reached.read() as conn:
        assert set(conn.scalars(select(tables.created_records.c.source_id))) <= {"new2"}
