"""Vendors' webhooks: a nudge to pull soon; a shop's customer lands at once.

Belongs here: `/v1/webhooks/{source}`. Does not: signatures (hub.web.signatures), pulling (flow, assets). One that is sent again
changes nothing: what landed is the same or older, and a source that is to be pulled is to be pulled.
"""

from __future__ import annotations

import re

import orjson

from hub.connectors.kit.times import canonical
from hub.flow.run import utc_now
from hub.model import Json, RawRecord
from hub.settings import Source
from hub.store import arrivals, nudges
from hub.web import signatures
from hub.web.api.table import Answer, Asked, Line, answer, text
from hub.web.problem import Problem

PING = re.compile(rb"webhook_id=\d{1,18}")
"""What a shop posts, unsigned, when a hook is saved."""
LANDING = ("customer.created", "customer.updated")


def take(asked: Asked) -> Answer:
    """Check the signature, note that the source is to be pulled, let a customer wait for landing."""
    source, body = _source(asked), bytes(asked.body)
    if source.connector == "woocommerce" and PING.fullmatch(body):
        return Answer({"taken": False})
    _genuine(asked, source, body)
    landed = _customer(asked, body) if source.connector == "woocommerce" else None
    with asked.ground.workspace.store.begin() as conn:
        nudges.put(conn, source.name, utc_now())
        if landed:
            arrivals.add(conn, source.name, [landed], utc_now())
    return Answer({"taken": True})


def greet(asked: Asked) -> Answer:
    """A vendor looks whether the address is there."""
    source = _source(asked)
    if source.connector == "mailchimp":
        _genuine(asked, source, b"")
    return Answer({"taken": False})


def _source(asked: Asked) -> Source:
    source = asked.ground.workspace.settings.sources.get(asked.path["source"])
    if source is None or source.connector not in signatures.CHECKS or not source.options.get("webhook_secret"):
        raise Problem(404, "source.none")
    return source


def _genuine(asked: Asked, source: Source, body: bytes) -> None:
    if not signatures.CHECKS[source.connector](asked.request, body, str(source.options["webhook_secret"])):
        raise Problem(401, "signature")


def _customer(asked: Asked, body: bytes) -> RawRecord | None:
    """The customer that a shop's webhook holds, as a pull would land it."""
    if asked.request.headers.get("x-wc-webhook-topic") not in LANDING:
        return None
    try:
        told: Json = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(told, dict) or not isinstance(told.get("id"), int) or not told.get("date_modified_gmt"):
        return None
    return RawRecord(str(told["id"]), orjson.dumps(told).decode(), canonical(f"{told['date_modified_gmt']}Z"))


TAKEN = answer(("taken",), taken={"type": "boolean"})
KEY = {"key": text(200, description="The secret, of vendors that sign nothing")}
LINES = (
    Line(
        "POST", "/v1/webhooks/{source}", "webhook", "What a vendor tells", take, TAKEN, open=True, raw=True, query=KEY,
        about="Signed by the vendor with the source's `webhook_secret`, over the body as it comes. Mailchimp signs nothing: its "
        "address bears `?key=SECRET`.",
    ),
    Line("GET", "/v1/webhooks/{source}", "webhook_address", "Whether the address is there", greet, TAKEN, open=True, query=KEY),
)  # fmt: skip
