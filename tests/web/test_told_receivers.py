"""Receivers of webhooks: they are told while the application serves, and the page of sources says how they do."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from places import browser, person, sign_in
from town import Town

from hub.flow.workspace import Workspace
from hub.settings import Webhook
from hub.store import receivers
from hub.web import nudging

HOOK = Webhook("crm", "https://crm.example/hook", "whsec_" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz")


def with_hook(town: Town) -> Workspace:
    return Workspace(replace(town.place.settings, webhooks={"crm": HOOK}), town.place.store)


def test_a_receiver_is_told_again_and_again_until_the_end(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    told, twice = [], threading.Event()

    def tell(_store: object, hook: Webhook) -> None:
        told.append(hook.name)
        if len(told) == 2:
            twice.set()

    monkeypatch.setattr(nudging.webhooks, "tell", tell)
    with nudging.told(with_hook(town), step=0.01):
        assert twice.wait(10)
    _ended()
    after = len(told)
    assert set(told) == {"crm"}
    time.sleep(0.05)
    assert len(told) == after


LONG_AGO, RIGHT_NOW = "2020-01-01T00:00:00.000Z", "2999-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("since", "error", "shade"), [(None, None, "good"), (RIGHT_NOW, "network", "warn"), (LONG_AGO, "status_500", "bad")]
)
def test_the_page_of_sources_says_how_a_receiver_does(town: Town, since: str, error: str, shade: str) -> None:
    place = with_hook(town)
    with place.store.begin() as conn:
        if receivers.read(conn, "crm") is None:
            receivers.begin(conn, "crm")
        seen = receivers.read(conn, "crm")
        assert seen
        new = replace(seen, position=receivers.head(conn) - 1, failing_since=since, error=error)
        assert receivers.swap(conn, "crm", seen, new)
    name = f"op-{shade}"
    person(place, "operator", name)
    client = browser(place)
    sign_in(client, name)
    told = client.get("/sources", headers={"accept-language": "en"}).text
    client.app.state.ground.points.close()
    card = told[told.index("Programs that are told") :]
    assert f'class="card {shade}"><h3>crm</h3>' in card
    assert (f"({error})" in card) is (error is not None)
    assert "<dd>1</dd>" in card


def _ended() -> None:
    for thread in threading.enumerate():
        if thread.name == "tell-crm":
            thread.join(10)
            assert not thread.is_alive()
