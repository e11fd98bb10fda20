"""Vendors' webhooks: signed over the raw body, safe to be sent again."""

from __future__ import annotations

import base64
import hashlib
import hmac

import orjson
import pytest
from sqlalchemy import select
from town import SECRET, Town

from hub.store import nudges
from hub.store.tables import arrivals

BODY = orjson.dumps({"id": 5, "email": "lan@example.com", "date_modified_gmt": "2026-01-01T00:00:00"})


def mac(body: bytes, key: bytes = SECRET.encode()) -> bytes:
    return hmac.new(key, body, hashlib.sha256).digest()


def shop(body: bytes, topic: str = "customer.updated") -> dict[str, str]:
    return {"x-wc-webhook-signature": base64.b64encode(mac(body)).decode(), "x-wc-webhook-topic": topic}


def test_a_signed_customer_waits_for_landing_and_the_source_for_a_pull(town: Town) -> None:
    assert town.ask("POST", "/v1/webhooks/shop", None, content=BODY, headers=shop(BODY)).json() == {"taken": True}
    with town.place.store.read() as conn:
        assert "shop" in nudges.standing(conn)
        assert conn.execute(select(arrivals.c.source_id, arrivals.c.updated_at)).all() == [
            ("5", "2026-01-01T00:00:00.000Z")
        ]


@pytest.mark.parametrize(
    "headers", [{}, {"x-wc-webhook-signature": ""}, shop(b"another body"), {"x-wc-webhook-signature": "é"}]
)
def test_an_unsigned_one_is_refused(town: Town, headers: dict[str, str]) -> None:
    sent = {name: value.encode() for name, value in headers.items()}
    assert town.ask("POST", "/v1/webhooks/shop", None, content=BODY, headers=sent).status_code == 401


def test_a_ping_is_greeted_and_does_nothing(town: Town) -> None:
    assert town.ask("POST", "/v1/webhooks/shop", None, content=b"webhook_id=12").json() == {"taken": False}


@pytest.mark.parametrize("head", ["", "sha1=", "sha256="])
@pytest.mark.parametrize("key", [SECRET.encode(), base64.b64encode(SECRET.encode())])
def test_a_till_signs_in_hex_with_either_form_of_the_secret(town: Town, head: str, key: bytes) -> None:
    headers = {"x-hub-signature": head + mac(b"{}", key).hex()}
    assert town.ask("POST", "/v1/webhooks/pos", None, content=b"{}", headers=headers).status_code == 200


def test_a_mailing_service_shows_the_secret_in_its_address(town: Town) -> None:
    for method in ("GET", "POST"):
        assert town.ask(method, "/v1/webhooks/mail", None, params={"key": SECRET}).status_code == 200
        assert town.ask(method, "/v1/webhooks/mail", None, params={"key": "wrong"}).status_code == 401


def test_sources_without_a_secret_take_none(town: Town) -> None:
    assert town.ask("POST", "/v1/webhooks/till", None, content=b"{}").status_code == 404
