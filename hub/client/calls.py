"""Calls of the API, with what went wrong as the hub's errors.

Belongs here: HTTP by the standard library. Does not: following the feed (feed.py).
Only what may be done twice is tried again: looks, and records, which replace themselves.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast
from urllib.parse import quote, urlencode

from hub.client.shapes import Change, Customer, Happened, Page, Posted, Segment, Snapshot
from hub.errors import AuthError, ConfigError, GuardError, PermanentError, TransientError

TRIES = 4
LONGEST_WAIT = 30.0
Json = Any


class _Stay(urllib.request.HTTPRedirectHandler):
    """A hub never sends elsewhere; a token is never taken there."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing."""


class Client:
    """One hub and one token. timeout: seconds of silence. wait: how to sleep (replaceable in tests)."""

    def __init__(
        self, url: str, token: str, *, timeout: float = 30.0, wait: Callable[[float], None] = time.sleep
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise ConfigError("the hub's address begins with http:// or https://")
        self._url, self._token, self._timeout, self._wait = url.rstrip("/"), token, timeout, wait
        self._opener = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))

    # looking

    def customer(self, key: str, *, as_of: str | None = None) -> Customer:
        """By any id ever given, or by customer code. Raises PermanentError: `customer.none`, `customer.erased`."""
        return cast(Customer, self._look(f"/v1/customers/{part(key)}", {"as_of": as_of}))

    def by_phone(self, phone: str) -> list[Customer]:
        """Customers with this phone, however it is typed."""
        return list(self.page(phone=phone).items)

    def by_email(self, email: str) -> list[Customer]:
        """Customers with this e-mail."""
        return list(self.page(email=email).items)

    def search(self, text: str) -> Iterator[Customer]:
        """What is remembered: parts of a name, digits, a code."""
        return self.customers(q=text)

    def customers(self, **asked: str | int | None) -> Iterator[Customer]:
        """All of a list, page by page. asked: as `page`, without a cursor."""
        return cast("Iterator[Customer]", self.pages("/v1/customers", **asked))

    def timeline(self, key: str, *, limit: int = 50) -> Iterator[Happened]:
        """What happened around a customer, the newest first. limit: of what is fetched at once."""
        return cast("Iterator[Happened]", self.pages(f"/v1/customers/{part(key)}/timeline", limit=limit))

    def history(self, key: str, *, limit: int = 50) -> Iterator[Change]:
        """The events of one customer, the oldest first, each with `cause`."""
        return cast("Iterator[Change]", self.pages(f"/v1/customers/{part(key)}/history", limit=limit))

    def orders(self, key: str, *, limit: int = 50) -> Iterator[dict[str, Json]]:
        """Orders of a customer, the newest first; amounts in minor units."""
        return self.pages(f"/v1/customers/{part(key)}/orders", limit=limit)

    def segments(self) -> Iterator[Segment]:
        """Segments and how many customers are in each today; whose they are: `customers(segment=NAME)`."""
        return cast("Iterator[Segment]", self.pages("/v1/segments"))

    def pages(self, path: str, **asked: str | int | None) -> Iterator[dict[str, Json]]:
        """All of any list, page by page."""
        cursor: str | None = None
        while True:
            told = self._look(path, {**asked, "cursor": cursor})
            yield from told["items"]
            cursor = told["next"]
            if cursor is None:
                return

    def page(self, **asked: str | int | None) -> Page:
        """One page. asked: phone, email, code, q, segment, updated_since, cursor, limit."""
        told = self._look("/v1/customers", asked)
        return Page(told["items"], told["next"])

    def xref(self, source: str, source_id: str) -> str:
        """The golden id for a system's own id. Raises PermanentError `customer.none`."""
        return str(self._look(f"/v1/xref/{part(source)}/{part(source_id)}", {})["golden_id"])

    def changes(self, after: int, *, limit: int = 200, wait: int = 0) -> tuple[list[Change], int]:
        """Events after a number, and the number to ask after next. wait: seconds to wait when there are none (30 at most)."""
        told = self._look("/v1/changes", {"after": after, "limit": limit, "wait": wait}, patience=self._timeout + wait)
        return told["items"], int(told["next"])

    def snapshot(self) -> Snapshot:
        """All customers as of one position of the feed; needs the right `export`."""
        lines = iter(self._open(self._request("GET", "/v1/snapshot"), self._timeout))
        head = json.loads(next(lines))
        return Snapshot(head["position"], head["at"], head["newest_record"], _customers(lines))

    # writing

    def post(self, source: str, record: Mapping[str, Json]) -> Posted:
        """A record in; the answer is its customer. With the same `source_id` it replaces what stood, so it is tried again."""
        request = self._request("POST", f"/v1/records/{part(source)}", record)
        return cast(Posted, self._again(request, self._timeout))

    def consent(self, key: str, status: str, *scopes: str, **more: str) -> dict[str, Json]:
        """What a customer agreed to or took back. scopes: `marketing.sms`; more: address, at, reason."""
        sent = {"status": status, "scopes": list(scopes), **more}
        return self._once(self._request("POST", f"/v1/customers/{part(key)}/consents", sent))

    def report(self, key: str, what: str, comment: str | None = None) -> dict[str, Json]:
        """`two people` or `wrong phone`: a question on top; nothing is written about the customer until it is answered."""
        sent = {"what": what} | ({"comment": comment} if comment else {})
        return self._once(self._request("POST", f"/v1/customers/{part(key)}/reports", sent))

    # HTTP

    def _look(
        self, path: str, query: Mapping[str, str | int | None], *, patience: float | None = None
    ) -> dict[str, Json]:
        text = urlencode({name: value for name, value in query.items() if value is not None})
        return self._again(self._request("GET", path + (f"?{text}" if text else "")), patience or self._timeout)

    def _request(self, method: str, path: str, sent: Json = None) -> urllib.request.Request:
        data = None if sent is None else json.dumps(sent).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        headers |= {"Content-Type": "application/json"} if data is not None else {}
        return urllib.request.Request(self._url + path, data, headers, method=method)  # noqa: S310  # http(s) only

    def _once(self, request: urllib.request.Request, patience: float | None = None) -> dict[str, Json]:
        with self._open(request, patience or self._timeout) as answer:
            told: dict[str, Json] = json.loads(_whole(answer))
        return told

    def _again(self, request: urllib.request.Request, patience: float) -> dict[str, Json]:
        """Ask up to TRIES times, waiting as long as the hub says, else a little longer each time."""
        for number in range(1, TRIES):
            try:
                return self._once(request, patience)
            except TransientError as error:
                self._wait(min(error.retry_after or 0.25 * 2**number, LONGEST_WAIT))
        return self._once(request, patience)

    def _open(self, request: urllib.request.Request, patience: float) -> Any:
        try:
            return self._opener.open(request, timeout=patience)
        except urllib.error.HTTPError as error:
            with error:
                raise _told(error) from None
        except (urllib.error.URLError, OSError, http.client.HTTPException) as error:
            raise TransientError(f"the hub cannot be reached: {type(error).__name__}") from None


def part(text: str) -> str:
    """A key as a part of a path."""
    return quote(text, safe="")


def _whole(answer: Any) -> bytes:
    try:
        body: bytes = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise TransientError(f"the answer was cut: {type(error).__name__}") from None
    return body


def _customers(lines: Iterator[bytes]) -> Iterator[Customer]:
    """Customers of a snapshot, up to its last line; raises TransientError when that never comes."""
    count = 0
    try:
        for line in lines:
            told = json.loads(line)
            if told.get("end") is True and told["customers"] == count:
                return
            count += 1
            yield told
    except (OSError, http.client.HTTPException, ValueError):
        raise TransientError("the snapshot was cut: take another") from None
    raise TransientError("the snapshot was cut: take another")


def _told(error: urllib.error.HTTPError) -> PermanentError | TransientError | GuardError:
    """The hub's problem document as an error: its code, never what was sent."""
    try:
        code = str(json.loads(error.read()).get("type", "")).removeprefix("urn:hub:problem:")
    except (ValueError, AttributeError, OSError, http.client.HTTPException):
        code = ""
    code, said = code or f"http.{error.code}", f"the hub answered {error.code}"
    if error.code == 429 or error.code >= 500:
        after = error.headers.get("retry-after", "")
        return TransientError(said, code=code, retry_after=float(after) if after.isdigit() else None)
    if error.code in (401, 403):
        return AuthError(f"{said} ({code})", code=code)
    if error.code in (409, 412):
        return GuardError(f"{said} ({code})", code=code)
    return PermanentError(f"{said} ({code})", code=code)
