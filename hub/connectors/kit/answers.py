"""What came back, and what it means: answers, status codes, Retry-After, network failures.

Belongs here: turning an answer or a failure of the network into one HubError. Does not: sending, retrying.
No message holds an address, a body or a credential: method, path template and status only.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import requests
import urllib3.exceptions as low

from hub.connectors.kit.times import from_http, seconds_between
from hub.errors import AuthError, HubError, PermanentError, TransientError, UnknownOutcome
from hub.model import Json

BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which the same reading request may work later."""
UNREACHABLE = "unreachable"
"""Code of a request that never arrived: nobody listens, the name is unknown, the network is down."""
UNSENT = (low.NewConnectionError, low.ConnectTimeoutError, requests.exceptions.ProxyError)
LATE = (requests.exceptions.Timeout, low.TimeoutError, TimeoutError)


class Unreadable:
    """Stands for a body that is no JSON (cut short, or a page for people)."""


UNREADABLE = Unreadable()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. label: `GET /customers/{id}`; data: the parsed JSON, None when empty, UNREADABLE when it is none."""

    label: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    data: Json = field(repr=False)

    @property
    def server_time(self) -> str | None:
        """The Date header as canonical text."""
        return from_http(self.headers.get("Date"))

    @property
    def readable(self) -> bool:
        """Whether the body is JSON or empty."""
        return self.data is not UNREADABLE


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait as the other side says: a number (decimals too), or an HTTP date against its own Date header."""
    value = (headers.get("Retry-After") or "").strip()
    try:
        seconds = float(value)
    except ValueError:
        until, now = from_http(value), from_http(headers.get("Date"))
        return max(0.0, seconds_between(now, until)) if until and now else None
    return seconds if 0 <= seconds < float("inf") else None


def status_error(answer: Answer, idempotent: bool) -> HubError | None:
    """The error that a status stands for, None for a good answer.

    A write that is not idempotent is known not to have happened only after 429 and after 503 with Retry-After.
    """
    status, wait = answer.status, retry_after(answer.headers)
    if 200 <= status < 300:
        return None if answer.readable else _maybe(f"{answer.label}: the answer is no JSON", "bad_answer", idempotent)
    if status in BUSY:
        refused = status == 429 or (status == 503 and wait is not None)
        code = "rate_limited" if status == 429 else "server"
        return _maybe(f"{answer.label} answered {status}", code, idempotent or refused, wait)
    return _refusal(answer)


def _maybe(message: str, code: str, safe: bool, wait: float | None = None) -> HubError:
    if safe:
        return TransientError(message, code=code, retry_after=wait)
    return UnknownOutcome(message, hint="it may have happened; it is read back before it is sent again")


def _refusal(answer: Answer) -> HubError:
    message = f"{answer.label} answered {answer.status}"
    if answer.status == 401:
        return AuthError(message, hint="check the credentials")
    if answer.status == 403:
        return AuthError(message, code="permission", hint="the key lacks the right to this")
    if answer.status in (404, 410):
        return PermanentError(message, code="not_found" if answer.readable else "no_route")
    if 300 <= answer.status < 400:
        return PermanentError(message, code="redirect", hint="put the final address into the settings")
    return PermanentError(message, code="rejected")


def causes(exc: BaseException) -> Iterator[BaseException]:
    """An exception and what it wraps, outermost first: arguments, `reason`, causes and contexts."""
    waiting: list[object] = [exc]
    seen: set[int] = set()
    while waiting:
        item = waiting.pop(0)
        if not isinstance(item, BaseException) or id(item) in seen:
            continue
        seen.add(id(item))
        yield item
        waiting += [*item.args, getattr(item, "reason", None), item.__cause__, item.__context__]


def network_error(exc: BaseException, label: str, idempotent: bool) -> HubError:
    """What a failure of the network means: not sent, cut after sending (a write: unknown), bad certificate."""
    chain = list(causes(exc))
    if any(isinstance(item, ssl.SSLCertVerificationError) for item in chain):
        return PermanentError(f"{label}: the certificate is not trusted", code="tls", hint="check the address")
    if any(isinstance(item, UNSENT) for item in chain):
        return TransientError(
            f"{label}: no connection", code=UNREACHABLE, hint="is the address right, is the network up?"
        )
    if any(isinstance(item, LATE) for item in chain):
        return _maybe(f"{label}: no answer in time", "timeout", idempotent)
    return _maybe(f"{label}: the connection broke", "network", idempotent)
