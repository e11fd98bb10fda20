"""Receivers of webhooks, kind and hostile ones: each is told how far the feed has grown, in order, until it has taken it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from sqlalchemy import insert

from hub.client.nudges import NudgeRefused, nudged
from hub.connectors.kit import nudge
from hub.connectors.kit.nudge import Unreachable
from hub.flow import webhooks
from hub.flow.webhooks import _later as later
from hub.settings import Settings, Webhook
from hub.store import receivers
from hub.store.engine import Store
from hub.store.tables import changes

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = "2026-11-22T10:00:00.000Z"
UNIX = 1795341600


class Receiver(BaseHTTPRequestHandler):
    """Keeps what it is sent; answers as its server is told to."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("location", self.server.elsewhere)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""


@pytest.fixture
def server() -> Iterator[Any]:
    made: Any = HTTPServer(("127.0.0.1", 0), Receiver)
    made.got, made.status, made.elsewhere = [], 204, ""
    made.url = f"http://127.0.0.1:{made.server_address[1]}/hook?a=1"
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def hook(server: Any, **more: Any) -> Webhook:
    return Webhook("bi", server.url, SECRET, private=True, **more)


def grow(store: Store, *kinds: str) -> None:
    """The feed gets these events."""
    rows = [{"at": NOW, "kind": kind, "golden_id": "g", "version": 1, "run_id": "r"} for kind in kinds]
    with store.begin() as conn:
        conn.execute(insert(changes), rows)


def tell(store: Store, one: Webhook, now: str = NOW, post: Any = nudge.post) -> bool:
    return webhooks.tell(store, one, lambda: now, post)


def state(store: Store, name: str = "bi") -> receivers.Receiver:
    with store.read() as conn:
        found = receivers.read(conn, name)
    assert found
    return found


def told(server: Any) -> list[int]:
    return [nudged(headers, body, SECRET, UNIX) for headers, body in server.got]


def test_a_new_receiver_hears_of_what_comes_from_now_on(store: Store, server: Any) -> None:
    grow(store, "created")
    assert not tell(store, hook(server))
    grow(store, "updated")
    assert tell(store, hook(server))
    assert told(server) == [2]


def test_what_came_meanwhile_is_one_nudge_and_nothing_new_is_none(store: Store, server: Any) -> None:
    tell(store, hook(server))
    grow(store, *["updated"] * 5)
    tell(store, hook(server))
    tell(store, hook(server))
    assert told(server) == [5]
    assert state(store).delivered_at == NOW


def test_a_nudge_names_nobody(store: Store, server: Any) -> None:
    tell(store, hook(server))
    grow(store, "created")
    tell(store, hook(server))
    headers, body = server.got[0]
    assert body == b'{"type":"changes","timestamp":"2026-11-22T10:00:00.000Z","data":{"position":1}}'
    assert headers["webhook-id"] == "bi-1"


def test_the_signature_is_that_of_the_standard() -> None:
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    signed = webhooks.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_only_kinds_that_were_asked_for_count(store: Store, server: Any) -> None:
    one = hook(server, events=("erased", "merged"))
    tell(store, one)
    grow(store, "updated", "created")
    assert not tell(store, one)
    grow(store, "erased", "updated")
    tell(store, one)
    assert told(server) == [3]


@pytest.mark.parametrize(
    ("status", "error"), [(500, "status_500"), (410, "status_410"), (302, "status_302"), (401, "status_401")]
)
def test_a_refusal_is_tried_again_later_each_time(store: Store, server: Any, status: int, error: str) -> None:
    server.status, server.elsewhere = status, server.url
    tell(store, hook(server))
    grow(store, "created")
    tell(store, hook(server))
    first = state(store)
    assert (first.error, first.failures, first.position, first.failing_since) == (f"status_{status}", 1, 0, NOW)
    assert len(server.got) == 1
    assert not tell(store, hook(server), later(NOW, 4))
    assert tell(store, hook(server), later(NOW, 5))
    assert state(store).next_at == later(NOW, 15)
    server.status = 200
    tell(store, hook(server), later(NOW, 15))
    assert state(store) == receivers.Receiver(1, delivered_at=later(NOW, 15))
    assert len({headers["webhook-id"] for headers, _ in server.got}) == 1


def test_the_wait_is_at_most_an_hour(store: Store, server: Any) -> None:
    server.status, now = 500, NOW
    tell(store, hook(server))
    grow(store, "created")
    for _ in range(14):
        tell(store, hook(server), now)
        last, now = now, state(store).next_at or ""
    assert now == later(last, 3600)


def test_of_two_who_tell_one_does(store: Store, server: Any) -> None:
    tell(store, hook(server))
    grow(store, "created")
    inside: list[bool] = []

    def post(*sent: Any, **more: Any) -> int:
        inside.append(tell(store, hook(server)))
        return nudge.post(*sent, **more)

    tell(store, hook(server), post=post)
    assert inside == [False]
    assert told(server) == [1]


def test_who_died_while_telling_is_followed_by_another(store: Store, server: Any) -> None:
    tell(store, hook(server))
    grow(store, "created")

    def dies(*_: Any, **__: Any) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tell(store, hook(server), post=dies)
    assert not tell(store, hook(server), later(NOW, 59))
    assert tell(store, hook(server), later(NOW, 60))
    assert len(server.got) == 1


def test_a_broken_receiver_delays_nobody(store: Store, server: Any) -> None:
    broken = Webhook("broken", "http://127.0.0.1:1/", SECRET, private=True)
    settings = Settings.__new__(Settings)
    object.__setattr__(settings, "webhooks", {"broken": broken, "bi": hook(server)})
    webhooks.deliver(store, settings)
    grow(store, "created")
    webhooks.deliver(store, settings)
    assert len(server.got) == 1
    assert (state(store, "broken").error, state(store).error) == ("network", None)


def test_long_failing_is_told(store: Store, server: Any, tmp_path: Any) -> None:
    settings = Settings(tmp_path / "hub.toml", "", webhooks={"bi": hook(server)})
    server.status = 500
    tell(store, hook(server))
    grow(store, "created", "created")
    tell(store, hook(server))
    with store.read() as conn:
        soon, then = (webhooks.states(conn, settings, later(NOW, seconds))[0] for seconds in (3599, 3600))
    assert (soon["failing"], then["failing"]) == (False, True)
    assert (then["name"], then["behind"], then["error"]) == ("bi", 2, "status_500")


# hostile ones --------------------------------------------------------------------------------------------------------


def answering(act: Callable[[socket.socket], None]) -> tuple[str, threading.Thread]:
    """The address of a server that does this to the first who comes."""
    opened = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with opened:
            made, _ = opened.accept()
            with made:
                act(made)

    thread = threading.Thread(target=serve)
    thread.start()
    return f"http://127.0.0.1:{opened.getsockname()[1]}/", thread


def drip(made: socket.socket) -> None:
    """A sign of a header now and then, for as long as anybody listens."""
    pause = threading.Event()
    try:
        made.sendall(b"HTTP/1.1 200 OK\r\n")
        while not pause.wait(0.05):
            made.sendall(b"a")
    except OSError:
        return


def hang(made: socket.socket) -> None:
    while made.recv(4096):
        pass


@pytest.mark.parametrize("act", [drip, hang])
def test_who_takes_too_long_is_left(act: Callable[[socket.socket], None]) -> None:
    url, thread = answering(act)
    with pytest.raises(Unreachable, match="timeout"):
        nudge.post(url, {}, b"{}", private=True, total=0.4)
    thread.join(5)
    assert not thread.is_alive()


@pytest.mark.parametrize(
    "said", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 500]
)
def test_who_answers_nonsense_has_not_taken_it(said: bytes) -> None:
    url, thread = answering(lambda made: (made.recv(4096), made.sendall(said))[0] and None)
    with pytest.raises(Unreachable, match="network"):
        nudge.post(url, {}, b"{}", private=True, total=2)
    thread.join(5)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://10.0.0.1/", "https://192.168.1.1/", "https://172.16.0.1/",
        "https://169.254.169.254/latest/meta-data", "https://0.0.0.0/", "https://100.64.0.1/", "https://[fe80::1]/", "https://[fd00::1]/",
        "https://[::ffff:127.0.0.1]/", "https://2130706433/", "https://0x7f.1/", "http://93.184.216.34/", "ftp://127.0.0.1/", "https:///",
    ],
)  # fmt: skip
def test_no_address_of_our_own_networks_is_reached_unless_allowed(url: str) -> None:
    with pytest.raises(Unreachable, match=r"address|network"):
        nudge.post(url, {}, b"{}", private=False, total=1)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "::1",
        "10.1.2.3",
        "169.254.169.254",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "224.0.0.1",
        "fe80::1%eth0",
    ],
)
def test_what_is_not_of_the_internet(address: str) -> None:
    assert not nudge.public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_what_is(address: str) -> None:
    assert nudge.public(address)


def test_a_name_that_leads_to_both_is_not_honest(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("93.184.216.34", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(Unreachable, match="address"):
        nudge.post("https://example.com/", {}, b"{}", private=False)


# for those who are told ----------------------------------------------------------------------------------------------


def sent(**changed: str) -> tuple[dict[str, str], bytes]:
    headers, body = webhooks.message(Webhook("bi", "", SECRET), 7, NOW)
    return headers | {name.replace("_", "-"): value for name, value in changed.items()}, body


def test_a_program_knows_the_hubs_nudge() -> None:
    assert nudged(*sent(), SECRET, UNIX) == 7


FORGED = (
    {"webhook_id": "bi-8"}, {"webhook_timestamp": str(UNIX + 1)}, {"webhook_signature": "v1,AAAA"}, {"webhook_signature": "é"},
)  # fmt: skip


@pytest.mark.parametrize("changed", FORGED, ids=str)
def test_a_changed_nudge_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(NudgeRefused):
        nudged(*sent(**changed), SECRET, UNIX)


@pytest.mark.parametrize("now", [UNIX + 301, UNIX - 301])
def test_an_old_nudge_is_refused(now: int) -> None:
    with pytest.raises(NudgeRefused):
        nudged(*sent(), SECRET, now)


def test_another_secret_is_refused_and_one_of_two_is_enough() -> None:
    headers, body = sent()
    with pytest.raises(NudgeRefused):
        nudged(headers, body, SECRET.replace("M", "N"), UNIX)
    both = f"v1,AAAA {headers['webhook-signature']}"
    assert nudged({**headers, "webhook-signature": both}, body, SECRET, UNIX) == 7
