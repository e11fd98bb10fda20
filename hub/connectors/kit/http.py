"""The one way out: an HTTP client that obeys limits, retries what may be retried, and tells no secrets.

Belongs here: sending, waiting, retrying, following. Does not: what a status means (kit.answers), budgets (kit.limits),
credentials (kit.auth), a vendor's error bodies (its `classify`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar
from urllib.parse import quote, urlencode, urljoin, urlsplit

import orjson
import requests
import tenacity
import urllib3.exceptions

from hub.connectors.kit.address import check_address, is_loopback
from hub.connectors.kit.answers import UNREADABLE, Answer, network_error, status_error
from hub.connectors.kit.auth import Auth, NoAuth
from hub.connectors.kit.limits import Limiter
from hub.connectors.kit.patience import REAL, USUAL, Patience, Waiting, enough, how_long
from hub.connectors.kit.text import parse as parse_json
from hub.errors import AuthError, HubError, PermanentError, TransientError, UnknownOutcome
from hub.model import Json

Classify = Callable[[Answer], HubError | None]
"""Reads a vendor's error body; None: the status decides."""
T = TypeVar("T")
CHUNK = 65_536
HOPS = 3
LOOKS = 3
"""So often it is looked whether somebody else was told to wait, while one waits."""


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    label: str
    url: str = field(repr=False)
    params: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)
    kind: str
    idempotent: bool


class _AsTold(requests.auth.AuthBase):
    """Leaves the request alone, so that no ~/.netrc replaces the credentials."""

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        return r


class HttpClient:
    """Requests to one base address. Not thread safe: one per thread; the limiter is what they share.

    route: (parameter, prefix) when the path travels in the query: `?rest_route=/wc/v3/customers`.
    """

    def __init__(
        self,
        base_url: str,
        auth: Auth | None = None,
        *,
        limiter: Limiter | None = None,
        classify: Classify | None = None,
        parse: Callable[[bytes], Json] = parse_json,
        patience: Patience = USUAL,
        waiting: Waiting = REAL,
        setting: str = "base_url",
        route: tuple[str, str] | None = None,
    ) -> None:
        self.auth: Auth = auth or NoAuth()
        self.base_url = check_address(base_url, setting, self.auth.confidential)
        self.route = route
        self._limiter, self._classify, self._parse, self._patience = limiter, classify, parse, patience
        self._waiting = waiting
        self._spent: TransientError | None = None
        self._refused: TransientError | None = None
        self._session = requests.Session()
        self._session.trust_env = not is_loopback(urlsplit(self.base_url).hostname or "")
        self._session.headers.update({"User-Agent": "customer-hub", "Accept": "application/json"})
        logging.getLogger("urllib3").setLevel(logging.ERROR)  # its lower levels write addresses, which may name people

    def get(
        self, template: str, *, args: Mapping[str, object] | None = None, params: Mapping[str, object] | None = None
    ) -> Answer:
        """Read; retried. template: path with `{name}` parts, filled (and quoted) from args."""
        return self.send("GET", template, args=args, params=params, idempotent=True)

    def send(
        self,
        method: str,
        template: str,
        *,
        idempotent: bool,
        args: Mapping[str, object] | None = None,
        params: Mapping[str, object] | None = None,
        json: Json = None,
        form: Mapping[str, str] | None = None,
        once: bool = False,
    ) -> Answer:
        """Send; retried when idempotent, else only when it is certain that nothing happened there.

        once: one attempt, inside `patiently`. Raises UnknownOutcome when a write that is not idempotent may have happened,
        and the rest of the error tree.
        """
        url, query = self._address(template, args or {}, params or {})
        body, kind = _body(json, form)
        call = _Call(method, f"{method} {template}", url, query, body, kind, idempotent)
        if once:
            return self._alone(call)
        return self._retrying(self._again)(self._attempt, call)

    def patiently(self, work: Callable[[], T]) -> T:
        """Do work that ends in a `send(once=True)`, and do all of it again when just that was refused for now.

        For writes that rest on what was read before them: after a pause it has to be read again.
        """
        return self._retrying(lambda error: error is self._refused and self._again(error))(work)

    def _alone(self, call: _Call) -> Answer:
        try:
            return self._attempt(call)
        except TransientError as error:
            self._refused = error
            raise

    def _retrying(self, again: Callable[[BaseException], bool]) -> tenacity.Retrying:
        return tenacity.Retrying(
            stop=partial(enough, self._patience),
            reraise=True,
            sleep=self._pause,
            retry=tenacity.retry_if_exception(again),
            wait=partial(how_long, self._patience, self._waiting.jitter),
        )

    def close(self) -> None:
        """Close the sockets."""
        self._session.close()

    def _address(
        self, template: str, args: Mapping[str, object], params: Mapping[str, object]
    ) -> tuple[str, dict[str, str]]:
        path = template.format_map({key: quote(str(value), safe="") for key, value in args.items()})
        query = {key: _plain(value) for key, value in params.items() if value is not None}
        if self.route:
            return self.base_url + "/", {self.route[0]: self.route[1] + path, **query}
        return self.base_url + path, query

    def _attempt(self, call: _Call) -> Answer:
        answer = self._exchange(call)
        error = self._judge(call, answer)
        if isinstance(error, AuthError) and error.code != "permission" and self.auth.renew():
            answer = self._exchange(call)
            error = self._judge(call, answer)
        if error is not None:
            raise error
        return answer

    def _judge(self, call: _Call, answer: Answer) -> HubError | None:
        error = self._classify(answer) if self._classify else None
        error = error or status_error(answer, call.idempotent)
        if error is not None and self._limiter:
            self._tell(self._limiter, error)
        return error

    def _tell(self, limiter: Limiter, error: HubError) -> None:
        """Others who speak to this account hear of it too."""
        if error.code == "rate_limited":
            limiter.drain()
        if isinstance(error, TransientError) and error.retry_after:
            limiter.hold(error.retry_after)

    def _exchange(self, call: _Call) -> Answer:
        url, params = call.url, dict(call.params)
        for _ in range(HOPS + 1):
            headers = {"Content-Type": call.kind} if call.body is not None else {}
            self._credentials(headers, params)
            answer = self._once(call, url, headers, params)
            onward = self._onward(call, url, answer)
            if onward is None:
                return answer
            url, params = onward, {}
        raise PermanentError(f"{call.label}: too many redirects", code="redirect")

    def _credentials(self, headers: dict[str, str], params: dict[str, str]) -> None:
        """Put them on. A token that could not be had was asked for often enough already: not once more per try."""
        try:
            self.auth.apply(headers, params)
        except TransientError as error:
            self._spent = error
            raise

    def _onward(self, call: _Call, url: str, answer: Answer) -> str | None:
        """Where a redirect of a reading request leads, within one origin only; others stay an answer."""
        target = answer.headers.get("Location")
        if call.method != "GET" or answer.status not in (301, 302, 303, 307, 308) or not target:
            return None
        onward = urljoin(url, target)
        return onward if urlsplit(onward)[:2] == urlsplit(url)[:2] else None

    def _once(self, call: _Call, url: str, headers: Mapping[str, str], params: Mapping[str, str]) -> Answer:
        if self._limiter:
            self._wait_for(self._limiter, call)
        if not call.idempotent:
            self._session.close()  # a kept-alive socket may be dead already, and then nobody could tell what happened
        patience, failed = self._patience, None
        try:
            with self._session.request(
                call.method,
                url,
                params=params,
                data=call.body,
                headers=headers,
                auth=_AsTold(),
                stream=True,
                allow_redirects=False,
                timeout=(patience.connect, patience.silence),
            ) as response:
                body = self._read(response, call)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as exc:
            failed = network_error(exc, call.label, call.idempotent)
        if failed is not None:  # outside of `except`, so that the address in the cause is not carried along
            raise failed
        return Answer(call.label, response.status_code, response.headers, body, self._data(body))

    def _wait_for(self, limiter: Limiter, call: _Call) -> None:
        """Until the budget allows it, and nobody was told to wait meanwhile. Raises TransientError when that takes too long."""
        seconds = limiter.take()
        for _ in range(LOOKS):
            held = limiter.held()
            if held > self._patience.longest:
                raise TransientError(f"{call.label}: too many requests", code="rate_limited", retry_after=held)
            self._pause(max(seconds, held))
            seconds = 0.0

    def _read(self, response: requests.Response, call: _Call) -> bytes:
        began, parts, size = self._waiting.clock(), [], 0
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            parts.append(chunk)
            size += len(chunk)
            if size > self._patience.max_bytes:
                raise PermanentError(f"{call.label}: the answer is too large", code="too_large")
            if self._waiting.clock() - began > self._patience.total:
                raise TimeoutError
        return b"".join(parts)

    def _data(self, body: bytes) -> Json:
        text = body.removeprefix(b"\xef\xbb\xbf").strip()
        try:
            return self._parse(text) if text else None
        except ValueError:
            return UNREADABLE

    def _again(self, exc: BaseException) -> bool:
        if not isinstance(exc, TransientError) or isinstance(exc, UnknownOutcome) or exc is self._spent:
            return False
        return (exc.retry_after or 0) <= self._patience.longest and not self._waiting.deadline()

    def _pause(self, seconds: float) -> None:
        if seconds > 0:
            self._waiting.on_wait(seconds)
            self._waiting.wait(seconds)


def _body(json: Json, form: Mapping[str, str] | None) -> tuple[bytes | None, str]:
    if form is not None:
        return urlencode(form).encode(), "application/x-www-form-urlencoded"
    return (None if json is None else orjson.dumps(json)), "application/json"


def _plain(value: object) -> str:
    """A query value: booleans as `true`/`false`, lists joined by commas."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value)
