"""WooCommerce's REST API wc/v3: addresses, credentials, error bodies, answers with noise before the JSON.

Belongs here: how to ask. Does not: what rows mean (mapping), cursors (reads), writes (writes).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

from hub.connectors.kit.answers import Answer
from hub.connectors.kit.auth import basic_header
from hub.connectors.kit.http import HttpClient
from hub.connectors.kit.limits import Limiter, shared
from hub.connectors.kit.options import needed, share, web_address
from hub.connectors.kit.patience import Waiting
from hub.connectors.kit.port import Context
from hub.connectors.kit.text import parse
from hub.errors import HubError, PermanentError, TransientError
from hub.model import Json

T = TypeVar("T")
PAGE = 100
COURTESY = 8.0
"""Requests per second, of which the budget is a share: WooCommerce states no limit, small hosts bear about half of it."""
BURST = 40.0
AT_ONCE = 2
"""Connections that write side by side: a small host has few workers, and its customers need them too."""
_START = re.compile(rb"(?:^|>)\s*(?=[\[{])", re.MULTILINE)


@dataclass(slots=True)
class KeyPair:
    """Consumer key and secret as HTTP Basic; after a 401 in the query, for hosts that strip the header."""

    key: str = field(repr=False)
    secret: str = field(repr=False)
    confidential: bool = True
    in_query: bool = False

    def apply(self, headers: MutableMapping[str, str], params: MutableMapping[str, str]) -> None:
        """The credentials, where this host wants them."""
        if self.in_query:
            params.update(consumer_key=self.key, consumer_secret=self.secret)
        else:
            headers["Authorization"] = basic_header(self.key, self.secret)

    def renew(self) -> bool:
        """Once: put them into the query."""
        changed, self.in_query = not self.in_query, True
        return changed


class Api:
    """One shop's API. Not thread safe."""

    def __init__(self, context: Context) -> None:
        self._site = web_address(context, "url")
        self._auth = KeyPair(needed(context, "consumer_key"), needed(context, "consumer_secret"))
        self._waiting = Waiting.of(context)
        part = share(context)
        key = f"{urlsplit(self._site).netloc}/woocommerce/{part}"
        self._limiter = shared(key, lambda: Limiter(COURTESY * part, BURST))
        self._client = self._open(f"{self._site}/wp-json/wc/v3", None)
        self._settled = False

    def _open(self, base: str, route: tuple[str, str] | None) -> HttpClient:
        return HttpClient(
            base,
            self._auth,
            limiter=self._limiter,
            classify=classify,
            parse=tail_json,
            waiting=self._waiting,
            route=route,
        )

    def rows(self, path: str, params: Mapping[str, object]) -> tuple[Answer, Sequence[Mapping[str, Json]]]:
        """One page of a list: the answer and its rows."""
        answer = self._try(lambda client: client.get(path, params=params))
        if not isinstance(answer.data, list):
            raise TransientError(f"GET {path}: not the shape of a list", code="bad_answer")
        return answer, [row for row in answer.data if isinstance(row, Mapping)]

    def customer(self, customer_id: str) -> Mapping[str, Json] | None:
        """One customer, None when it is gone."""
        try:
            answer = self._try(lambda client: client.get("/customers/{id}", args={"id": customer_id}))
        except PermanentError as error:
            if error.code == "not_found":
                return None
            raise
        return answer.data if isinstance(answer.data, Mapping) else None

    def batch(self, kind: str, items: Sequence[Mapping[str, Json]], *, once: bool = False) -> Sequence[Json]:
        """Up to 100 creates or updates in one request; the results in order. Nothing is repeated blindly.

        once: see `patiently`.
        """
        self.settle()
        answer = self._client.send("POST", "/customers/batch", json={kind: list(items)}, idempotent=False, once=once)
        results = answer.data.get(kind) if isinstance(answer.data, Mapping) else None
        return results if isinstance(results, list) else []

    def patiently(self, work: Callable[[], T]) -> T:
        """Work that ends in a write told to go `once`, from its beginning again when that was refused for now."""
        self.settle()
        return self._client.patiently(work)

    def delete(self, customer_id: str, *, once: bool = False) -> None:
        """Delete a customer for good (there is no trash); one that is gone already is fine. once: see `patiently`."""
        self.settle()
        args, asked = {"id": customer_id}, {"force": True}
        try:
            self._client.send("DELETE", "/customers/{id}", args=args, params=asked, idempotent=True, once=once)
        except PermanentError as error:
            if error.code != "not_found":
                raise

    def settle(self) -> None:
        """Find out which form of address this shop answers, by the cheapest reading request."""
        if not self._settled:
            self.ping()

    def ping(self) -> None:
        """The cheapest reading request."""
        self.rows("/customers", {"per_page": 1})

    def _try(self, send: Callable[[HttpClient], Answer]) -> Answer:
        """Send by the pretty address; a shop with plain permalinks is asked by `?rest_route=` from then on."""
        try:
            answer = send(self._client)
        except HubError as error:
            if self._settled or error.code not in ("no_route", "bad_answer"):
                raise
            plain = self._open(self._site, ("rest_route", "/wc/v3"))
            answer = send(plain)
            self._client = plain
        self._settled = True
        return answer

    def close(self) -> None:
        """Close the sockets."""
        self._client.close()


def total(answer: Answer) -> int | None:
    """The list's length as X-WP-Total tells it."""
    value = answer.headers.get("X-WP-Total", "")
    return int(value) if value.isdigit() else None


def tail_json(body: bytes) -> Json:
    """JSON that may stand behind notices of plugins; ValueError when there is none."""
    try:
        return parse(body)
    except ValueError:
        for match in list(_START.finditer(body))[:8]:
            try:
                return parse(body[match.end() :])
            except ValueError:
                continue
        raise


def classify(answer: Answer) -> HubError | None:
    """Reads `code` of an error body; 401, 403 and 5xx stay with their status."""
    code = answer.data.get("code") if isinstance(answer.data, Mapping) and answer.status >= 400 else None
    if not isinstance(code, str):
        return None
    if code == "rest_no_route":
        return PermanentError(
            f"{answer.label}: this address has no wc/v3", code="no_route", hint="is WooCommerce active there?"
        )
    if answer.status in (400, 404, 409, 422):
        return PermanentError(f"{answer.label}: refused ({slug(code)})", code=reason(code))
    return None


REASONS = {
    "registration-error-email-exists": "duplicate.email",
    "registration-error-invalid-email": "invalid.email",
    "woocommerce_rest_customer_invalid_email": "invalid.email",
    "woocommerce_rest_invalid_id": "not_found",
    "woocommerce_rest_customer_invalid_id": "not_found",
    "woocommerce_rest_term_invalid": "not_found",
}
"""Stable codes for what WooCommerce says about one customer."""


def reason(code: str) -> str:
    """The stable code for an error of WooCommerce."""
    return REASONS.get(code, "rejected")


def slug(code: str) -> str:
    """A vendor's error code, shortened to what cannot hold a customer's value."""
    return "".join(c for c in code if c.isascii() and (c.isalnum() or c in "_-"))[:60]
