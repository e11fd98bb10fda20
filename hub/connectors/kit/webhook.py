"""One JSON document to an address that somebody wants to be told at.

Belongs here: posting it, with a short patience. Does not: what is told, and when (flow.alerts).
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from hub.connectors.kit.http import HttpClient
from hub.connectors.kit.patience import Patience, Waiting
from hub.model import Json

PATIENCE = Patience(attempts=3, base=0.5, cap=2.0, longest=5.0, connect=5.0, silence=10.0, total=15.0, max_bytes=65_536)
"""A receiver that is down holds a run up for about half a minute at most."""


def post_json(url: str, body: Json, *, patience: Patience = PATIENCE, waiting: Waiting | None = None) -> None:
    """POST `body`; any 2xx is good, whatever it answers. Sent again when unsure: it may arrive twice.

    Raises the error tree of kit.http (ConfigError for what is no address); no message holds the address, which may be secret.
    """
    address, _, query = url.strip().partition("#")[0].partition("?")
    client = HttpClient(
        address, parse=lambda answer: None, patience=patience, waiting=waiting or Waiting(), setting="alerts.webhook"
    )
    try:
        path, params = "/" if address.endswith("/") else "", dict(parse_qsl(query, keep_blank_values=True))
        client.send("POST", path, params=params, json=body, idempotent=True)
    finally:
        client.close()
