"""Credentials on requests: Basic, Bearer, client credentials with renewal.

Belongs here: putting credentials on a request, getting new ones. Does not: sending (kit.http), vendors' names for them.
Nothing here prints a secret: secrets are left out of every repr.
"""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Protocol

from hub.errors import AuthError, HubError, PermanentError
from hub.model import Json


class Auth(Protocol):
    """Puts credentials on a request. confidential: they must not travel in clear over a network."""

    @property
    def confidential(self) -> bool:
        """Whether plain http is refused (except to loopback)."""
        ...

    def apply(self, headers: MutableMapping[str, str], params: MutableMapping[str, str]) -> None:
        """Add what the vendor wants to headers or query; may fetch a token first (raises HubError)."""
        ...

    def renew(self) -> bool:
        """After a 401: True when the credentials differ now, so that one more try makes sense."""
        ...


@dataclass(frozen=True, slots=True)
class NoAuth:
    """No credentials on the request. confidential: the body carries secrets all the same."""

    confidential: bool = False

    def apply(self, headers: MutableMapping[str, str], params: MutableMapping[str, str]) -> None:
        """Nothing to add."""

    def renew(self) -> bool:
        """Nothing to renew."""
        return False


@dataclass(frozen=True, slots=True)
class Basic:
    """HTTP Basic, UTF-8."""

    user: str = field(repr=False)
    password: str = field(repr=False)
    confidential: bool = True

    def apply(self, headers: MutableMapping[str, str], params: MutableMapping[str, str]) -> None:
        """The Authorization header."""
        headers["Authorization"] = basic_header(self.user, self.password)

    def renew(self) -> bool:
        """A password does not change by itself."""
        return False


def basic_header(user: str, password: str) -> str:
    """The value of an Authorization header for HTTP Basic."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


@dataclass(frozen=True, slots=True)
class Bearer:
    """A fixed token, with further headers that name the account."""

    token: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    confidential: bool = True

    def apply(self, headers: MutableMapping[str, str], params: MutableMapping[str, str]) -> None:
        """The Authorization header and the account's."""
        headers.update(self.headers)
        headers["Authorization"] = f"Bearer {self.token}"

    def renew(self) -> bool:
        """A fixed token does not change by itself."""
        return False


@dataclass(slots=True)
class ClientCredentials:
    """OAuth 2 client credentials. ask: asks the token address and returns its JSON (raises HubError).

    A token is renewed an hour, or a quarter of its life when that is less, before it ends, and after a 401. May be shared by
    threads: one of them asks at a time, and a 401 drops the token only when nobody has renewed it since.
    """

    ask: Callable[[], Json] = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    clock: Callable[[], float] = time.monotonic
    confidential: bool = True
    _token: str | None = field(init=False, default=None, repr=False)
    _until: float = field(init=False, default=0.0)
    _lock: threading.Lock = field(init=False, repr=False, default_factory=threading.Lock)
    _mine: threading.local = field(init=False, repr=False, default_factory=threading.local)

    def apply(self, headers: MutableMapping[str, str], params: MutableMapping[str, str]) -> None:
        """The Authorization header, with a token that is still good, and the account's headers."""
        with self._lock:
            if self._token is None or self.clock() >= self._until:
                self._fetch()
            token = self._mine.token = self._token
        headers.update(self.headers)
        headers["Authorization"] = f"Bearer {token}"

    def renew(self) -> bool:
        """Forget the token; the next request asks for a new one."""
        with self._lock:
            if self._token == getattr(self._mine, "token", self._token):
                self._token = None
        return True

    def _fetch(self) -> None:
        asked_at = self.clock()
        answer = self.ask()
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            raise AuthError("the token address gave no access_token", hint="check client_id and client_secret")
        self._token, self._until = token, asked_at + _useful(answer.get("expires_in"))


def _useful(expires_in: Json) -> float:
    """Seconds for which a token is used, from its life in seconds (number or text; an hour when not told)."""
    try:
        life = float(expires_in)
    except (TypeError, ValueError):
        life = 3600.0
    return max(0.0, life - min(3600.0, life / 4))


def token_error(status: int, body: Json) -> HubError | None:
    """Reads an OAuth 2 error answer (RFC 6749, 5.2): a refused client is an AuthError, other 4xx a PermanentError."""
    if status < 400 or status >= 500 or status in (408, 425, 429):
        return None
    code = body.get("error") if isinstance(body, dict) else None
    if status in (401, 403) or code in ("invalid_client", "unauthorized_client", "invalid_grant", "access_denied"):
        return AuthError("the token address refused the client", hint="check client_id and client_secret")
    return PermanentError(f"the token address answered {status}", hint="check token_url")
