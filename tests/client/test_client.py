"""The client: calls, errors, and a feed that survives being killed."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from served import EVENTS, Hub, tell

from hub.client import Client, Desk, FeedGone, FilePosition, follow, resynchronized
from hub.errors import AuthError, ConfigError, GuardError, PermanentError, TransientError
from hub.flow import segments as flow
from hub.store.engine import Store

READER = Path(__file__).parent / "reader.py"


@pytest.fixture
def client(hub: Hub) -> Client:
    return Client(hub.url, hub.token)


def test_customers_are_found_by_phone_code_and_a_systems_own_id(client: Client) -> None:
    (found,) = client.by_phone("0938 271 510")
    assert client.customer(found["customer_code"]) == found
    assert client.xref("till", "10") == found["golden_id"]
    assert len(list(client.search("hung tran"))) == 2
    assert len(list(client.customers(limit=1))) >= 2
    assert client.by_email("nobody@example.com") == []


def test_a_record_in_answers_with_its_customer(client: Client) -> None:
    sent = {"source_id": "10", "full_name": "Trần Văn Hùng", "phones": [{"value": "0938271510", "use": "own"}]}
    assert client.post("till", sent)["golden_id"] == client.xref("till", "10")


def test_wishes_and_reports_are_taken(client: Client) -> None:
    assert client.consent(client.xref("till", "11"), "withdrawn", "marketing.sms")["consents"]
    assert client.report(client.xref("till", "11"), "two people")["review_id"]


def test_what_happened_is_read_part_by_part(client: Client) -> None:
    sent = {"source_id": "12", "full_name": "Lê Văn Tám", "phones": [{"value": "0938271512"}]}
    key = str(client.post("till", sent)["golden_id"])
    client.post("till", sent | {"full_name": "Lê Văn Chín"})
    told = list(client.timeline(key, limit=1))
    assert [(one["what"], one["version"]) for one in told] == [("change", 2), ("change", 1)]
    assert [one["version"] for one in client.history(key, limit=1)] == [1, 2]
    assert list(client.orders(key)) == []


def test_segments_and_their_members_are_told(hub: Hub, client: Client) -> None:
    flow.ready(hub.place.store, hub.place.settings)
    (never,) = [one for one in client.segments() if one["name"] == "never"]
    assert never["customers"] == len(list(client.customers(segment="never"))) > 1
    assert not never["private"]


def test_a_question_is_claimed_put_off_brought_back_and_answered(hub: Hub) -> None:
    desk = Desk(hub.url, hub.token)
    asked = desk.report(desk.xref("till", "11"), "wrong phone")["review_id"]
    assert asked in [one["review_id"] for one in desk.reviews(limit=1)]
    assert desk.review(asked, effects=True)["kind"] == "report"
    assert desk.claim(asked)["author"] == "token:client"
    assert desk.claim(asked, release=True)["author"] is None
    desk.put_off(asked, "2099-01-01")
    assert asked not in [one["review_id"] for one in desk.reviews()]
    assert desk.back(asked)["state"] == "open"
    with pytest.raises(GuardError):
        desk.back(asked)


def test_decisions_are_made_and_taken_back(hub: Hub) -> None:
    desk = Desk(hub.url, hub.token)
    made = desk.merge(desk.xref("till", "10"), desk.xref("till", "11"), reason="asked")
    assert desk.xref("till", "10") == desk.xref("till", "11")
    desk.undo(made["decision_id"])
    assert desk.xref("till", "10") != desk.xref("till", "11")
    assert list(desk.withdrawals()) == []
    with pytest.raises(PermanentError, match="404"):
        desk.withdrawal_done("none")


def test_errors_say_what_the_caller_must_do(hub: Hub, client: Client) -> None:
    with pytest.raises(PermanentError, match=r"customer\.none"):
        client.customer("nobody")
    with pytest.raises(AuthError):
        Client(hub.url, "hub_wrong").customer("x")
    with pytest.raises(GuardError):
        client.consent(client.xref("till", "11"), "granted", "nothing.sms")
    waits: list[float] = []
    with pytest.raises(TransientError):
        Client("http://127.0.0.1:1", "t", wait=waits.append).customer("x")
    assert waits == [0.5, 1.0, 2.0]
    with pytest.raises(ConfigError):
        Client("file:///etc/passwd", "t")


def test_a_snapshot_is_read_whole_and_followed_from_there(client: Client, tmp_path: Path) -> None:
    held: list[str] = []
    position = FilePosition(tmp_path / "position")
    resynchronized(client, position, lambda whole: held.extend(one["golden_id"] for one in whole.customers))
    assert client.xref("till", "10") in held
    assert position.load() == client.snapshot().position


def test_a_position_of_another_feed_is_told(client: Client, tmp_path: Path) -> None:
    position = FilePosition(tmp_path / "position")
    position.save(10**9)
    with pytest.raises(FeedGone):
        next(follow(client, position))


def test_a_broken_position_is_told_and_a_missing_one_is_the_beginning(tmp_path: Path) -> None:
    assert FilePosition(tmp_path / "none").load() == 0
    (tmp_path / "broken").write_text("{")
    with pytest.raises(ConfigError):
        FilePosition(tmp_path / "broken").load()


def test_a_reader_that_stops_goes_on_where_it_was(client: Client, tmp_path: Path) -> None:
    position, seen = FilePosition(tmp_path / "position"), []
    while len(seen) < 60:
        reader = follow(client, position, wait=0, limit=5)
        seen += [next(reader)["seq"] for _ in range(8)][:7]  # the eighth is asked for, so the seventh is done
        reader.close()
    assert seen == list(range(1, len(seen) + 1))


def _go_on_telling(store: Store) -> None:
    """The feed grows while it is read."""
    for n in range(EVENTS // 2, EVENTS, 4):
        tell(store, range(n, n + 4))
        time.sleep(0.03)


def test_a_reader_that_is_killed_sees_every_event_once_in_order(hub: Hub, tmp_path: Path) -> None:
    base, dice, kills = tmp_path / "reader.db", random.Random(7), 0
    growing = threading.Thread(target=_go_on_telling, args=(hub.place.store,))
    growing.start()
    while kills < 40:
        process = subprocess.Popen([sys.executable, str(READER), str(base), hub.url, hub.token])
        time.sleep(0.15)
        while len(_seen(base)) < EVENTS * (kills + 1) / 6 and process.poll() is None:
            time.sleep(dice.random() * 0.05)
        process.kill()
        process.wait(10)
        kills += 1
        if len(_seen(base)) >= EVENTS:
            break
    growing.join(60)
    seen = _seen(base)
    assert kills >= 4
    assert seen == list(range(1, len(seen) + 1))
    assert len(seen) >= EVENTS


def _seen(base: Path) -> list[int]:
    if not base.exists():
        return []
    with closing(sqlite3.connect(base)) as conn:
        try:
            return [row[0] for row in conn.execute("SELECT seq FROM seen ORDER BY n")]
        except sqlite3.OperationalError:
            return []
