"""Several writes under way at once: never two of one customer, intents first, one failure stops the giving out."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest
from shop import SHOP, Shop, golden, outlet, put_customer, put_record
from sqlalchemy import select

from hub.connectors.kit.port import Capabilities
from hub.errors import TransientError
from hub.flow import send
from hub.flow.outlet import Outlet
from hub.flow.plan import plan
from hub.flow.push import push
from hub.model import Receipt, Write
from hub.store import tables

PATIENCE = 5.0
"""Seconds after which a test that waits for another thread fails."""
PEOPLE, RECORDS = 4, 3
ABLE = replace(SHOP, at_once=3, batch=1, rereads=True)


@dataclass
class Counter:
    """Where the shop's requests meet: how many were under way at once, and whose."""

    wanted: int = 1
    now: list[str] = field(default_factory=list)
    most: int = 0
    overlaps: list[str] = field(default_factory=list)
    order: dict[str, list[str]] = field(default_factory=dict)
    met: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def at(self, write: Write) -> Iterator[None]:
        with self.lock:
            self.overlaps += [write.golden_id] if write.golden_id in self.now else []
            self.now.append(write.golden_id)
            self.order.setdefault(write.golden_id, []).append(str(write.target))
            self.most = max(self.most, len(self.now))
            if len(self.now) >= self.wanted:
                self.met.set()
        self.met.wait(PATIENCE)
        yield
        with self.lock:
            self.now.remove(write.golden_id)


class Till(Shop):
    """One connection to the shop; all share its rows and its counter."""

    def __init__(self, counter: Counter, moods: Sequence[str] = ()) -> None:
        super().__init__()
        self.counter, self.moods, self.users = counter, list(moods), set[int]()

    def write(self, writes: Sequence[Write]) -> Iterator[Receipt]:
        self.users.add(threading.get_ident())
        for write in writes:
            with self.counter.at(write):
                mood = self.moods.pop(0) if self.moods else "ack"
                if mood == "away":
                    raise TransientError("the shop is away")
                if mood == "bug":
                    raise RuntimeError("a connector's bug")
                self.writes.append(write)
                yield self._one(write, mood)


def opened(store, tmp_path, tills: list[Till], able: Capabilities = ABLE, number: int = 1) -> Outlet:
    """An outlet whose first connection is the first till; each further one is a till of its own."""
    counter = tills[0].counter

    @contextmanager
    def more():
        till = Till(counter)
        tills.append(till)
        yield till

    return replace(outlet(store, tills[0], tmp_path, number), capabilities=able, more=more)


@pytest.fixture
def world(store):
    """Four customers with three records each."""
    for n in range(1, PEOPLE + 1):
        put_customer(store, golden(f"g{n}", f"Nguyễn Thị Lan {n}"))
        for m in range(RECORDS):
            put_record(store, n * 10 + m, f"g{n}", {"source_id": f"{n * 10 + m}", "full_name": "Phạm Văn Cũ"})
    return store


def go(store, tmp_path, tills, able=ABLE, number=1):
    to = opened(store, tmp_path, tills, able, number)
    return push(to, plan(to), yes=True)


def states(store):
    with store.read() as conn:
        return list(conn.scalars(select(tables.deliveries.c.state).order_by(tables.deliveries.c.seq)))


def test_as_many_writes_are_under_way_as_the_connector_allows(world, tmp_path):
    counter = Counter(wanted=3)
    report = go(world, tmp_path, [Till(counter)])
    assert (report.acked, counter.most, counter.met.is_set()) == (PEOPLE * RECORDS, 3, True)


def test_one_customers_records_are_written_one_after_another_in_the_plans_order(world, tmp_path):
    counter = Counter(wanted=2)
    go(world, tmp_path, [Till(counter)], replace(ABLE, batch=2))
    assert counter.overlaps == []
    assert all(targets == sorted(targets) and len(targets) == RECORDS for targets in counter.order.values())


def test_each_sender_has_a_connection_of_its_own(world, tmp_path):
    tills = [Till(Counter(wanted=3))]
    go(world, tmp_path, tills)
    assert [len(till.users) for till in tills] == [1, 1, 1]
    assert len(set().union(*(till.users for till in tills))) == 3


def test_without_a_way_to_open_more_there_is_one_sender(world, tmp_path):
    counter = Counter()
    to = replace(opened(world, tmp_path, [Till(counter)]), more=None)
    assert push(to, plan(to), yes=True).acked == PEOPLE * RECORDS
    assert counter.most == 1


def test_a_connection_that_cannot_be_opened_leaves_the_work_to_the_others(world, tmp_path):
    def more():
        raise OSError("no socket left")

    to = replace(opened(world, tmp_path, [Till(Counter())]), more=more)
    assert push(to, plan(to), yes=True).acked == PEOPLE * RECORDS


def test_every_intent_is_in_the_store_before_its_write_leaves(world, tmp_path):
    missing = []

    class Looking(Till):
        def write(self, writes):
            with world.read() as conn:
                announced = set(conn.scalars(select(tables.deliveries.c.idempotency_key)))
            missing.extend(one.key for one in writes if one.key not in announced)
            return super().write(writes)

    go(world, tmp_path, [Looking(Counter(wanted=3))])
    assert missing == []


def test_a_sender_that_finds_the_system_away_stops_the_giving_out(world, tmp_path):
    counter = Counter(wanted=3)
    report = go(world, tmp_path, [Till(counter, ["away"])])
    assert (report.state, report.error["code"]) == ("failed", "network")
    told = states(world)
    assert told.count("retry") == 1
    assert told.count("sent") == report.acked + 1 < PEOPLE * RECORDS


def test_what_was_left_goes_on_in_the_next_run_and_nothing_twice(world, tmp_path):
    tills = [Till(Counter(wanted=3), ["away"])]
    first = go(world, tmp_path, tills)
    to = opened(world, tmp_path, [Till(Counter(wanted=3))], number=2)
    second = push(to, plan(to))
    assert first.acked + second.acked == PEOPLE * RECORDS
    assert second.state == "applied"


def test_a_bug_in_one_sender_is_raised_after_the_others_are_kept(world, tmp_path):
    with pytest.raises(RuntimeError, match="a connector's bug"):
        go(world, tmp_path, [Till(Counter(wanted=3), ["bug"])])
    told = states(world)
    assert told.count("sent") == told.count("acked") + 1


def test_after_the_slice_nothing_more_is_given_out(world, tmp_path):
    to = opened(world, tmp_path, [Till(Counter())], replace(ABLE, at_once=1))
    looks = iter([False, False])
    report = push(to, plan(to), yes=True, deadline=lambda: next(looks, True))
    assert (report.state, report.error) == ("waiting", None)
    assert 0 < report.acked < PEOPLE * RECORDS


def test_a_sender_that_never_comes_back_is_left_and_its_write_read_back_later(world, tmp_path, monkeypatch):
    monkeypatch.setattr(send, "LISTEN", 0.01)
    monkeypatch.setattr(send, "GRACE", 0.02)
    counter, over = Counter(wanted=99), threading.Event()
    to = opened(world, tmp_path, [Till(counter)], replace(ABLE, at_once=1))
    ready = plan(to)
    report = push(to, ready, yes=True, deadline=lambda: bool(counter.now) or over.is_set())
    counter.met.set()
    assert (report.state, report.unknown, report.error["code"]) == ("failed", 1, "hung")
    with world.read() as conn:
        item = conn.execute(select(tables.plan_items.c.state).where(tables.plan_items.c.state == "sent")).all()
    assert len(item) == 1


def test_few_are_announced_where_the_vendor_takes_them_one_by_one(world, tmp_path):
    sizes = []

    class Sized(Till):
        def write(self, writes):
            sizes.append(len(writes))
            return super().write(writes)

    go(world, tmp_path, [Sized(Counter())], replace(ABLE, at_once=1, batch=50, singly=frozenset({"update"})))
    assert max(sizes) <= send.FEW


def test_customers_wait_their_turn_however_far_the_plan_is_read_ahead(world, tmp_path, monkeypatch):
    monkeypatch.setattr(send, "AHEAD", 2)
    counter = Counter()
    report = go(world, tmp_path, [Till(counter)])
    assert (report.acked, counter.overlaps, report.state) == (PEOPLE * RECORDS, [], "applied")
