"""Connections side by side to one account: one budget, one Retry-After, one token, whichever thread asks."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from fake_vendor import Reply

from hub.connectors.kit.auth import ClientCredentials
from hub.connectors.kit.http import HttpClient
from hub.connectors.kit.limits import Limiter
from hub.connectors.kit.patience import Waiting
from hub.errors import TransientError

OK = Reply(200, {"fine": True})


class Clock:
    """A clock that stands still unless somebody waits."""

    now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pair(vendor, clock):
    """Two clients of one account; what they wait moves the clock."""
    limiter = Limiter(None, clock=clock)
    waiting = Waiting(wait=clock.sleep, jitter=lambda: 0.0, clock=clock)
    made = [HttpClient(vendor.url, limiter=limiter, waiting=waiting) for _ in range(2)]
    yield made
    for client in made:
        client.close()


def test_requests_of_many_threads_share_one_budget(clock):
    limiter = Limiter(2.0, 4.0, clock)
    with ThreadPoolExecutor(8) as pool:
        waits = sorted(pool.map(lambda _: limiter.take(), range(12)))
    assert waits == [0.0] * 4 + [n / 2 for n in range(1, 9)]


def test_a_pause_told_to_one_is_kept_by_the_other(vendor, clock, pair):
    vendor.replies(Reply(429, headers={"Retry-After": "300"}), OK)
    with pytest.raises(TransientError):
        pair[0].get("/x")
    clock.now = 200.0
    assert pair[1].get("/x").data == {"fine": True}
    assert clock.now >= 300.0


def test_a_pause_that_is_longer_than_anybody_waits_lets_nobody_ask(vendor, clock, pair):
    vendor.replies(Reply(429, headers={"Retry-After": "3600"}), OK)
    with pytest.raises(TransientError):
        pair[0].get("/x")
    with pytest.raises(TransientError) as caught:
        pair[1].get("/x")
    assert (caught.value.code, caught.value.retry_after, len(vendor.seen)) == ("rate_limited", 3600.0, 1)


def test_a_pause_of_a_vendor_that_is_down_is_kept_too(vendor, clock, pair):
    vendor.replies(Reply(503, headers={"Retry-After": "400"}), OK)
    with pytest.raises(TransientError):
        pair[0].get("/x")
    assert clock.now < 400.0 <= pair[0]._limiter.held() + clock.now


def test_somebody_who_waits_for_the_budget_hears_of_a_pause_meanwhile(vendor, clock):
    limiter = Limiter(1.0, 1.0, clock)
    limiter.take()

    def sleep(seconds):
        if clock.now == 0.0:
            limiter.hold(30.0)
        clock.sleep(seconds)

    vendor.replies(OK)
    client = HttpClient(vendor.url, limiter=limiter, waiting=Waiting(wait=sleep, clock=clock))
    client.get("/x")
    client.close()
    assert clock.now == 30.0


def test_threads_that_need_a_token_ask_for_one_only():
    asked, together = [], threading.Barrier(4)

    def ask():
        asked.append(1)
        return {"access_token": f"t{len(asked)}", "expires_in": 86_400}

    auth = ClientCredentials(ask)

    def use(_):
        together.wait(5)
        headers = {}
        auth.apply(headers, {})
        return headers["Authorization"]

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(use, range(4))) == {"Bearer t1"}


def test_a_token_refused_to_all_is_renewed_once():
    asked, together = [], threading.Barrier(4)

    def ask():
        asked.append(1)
        return {"access_token": f"t{len(asked)}", "expires_in": 86_400}

    auth = ClientCredentials(ask)

    def refused(_):
        headers = {}
        auth.apply(headers, {})
        together.wait(5)
        auth.renew()
        auth.apply(headers, {})
        return headers["Authorization"]

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(refused, range(4))) == {"Bearer t2"}
