"""Sign-ins under way: sent to the provider, not yet back. Kept in memory, each for one browser, ten minutes and one use.

Belongs here: what was sent along and must come back. Does not: cookies (pages/signin_oidc.py).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

LASTS = 600
"""Seconds in which somebody must be back."""
MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Started:
    """One sign-in. onward: the path of this site to go on to. until: by the clock of Pending."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    onward: str
    until: float

    @property
    def challenge(self) -> str:
        """PKCE's S256."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


class Pending:
    """Kept under the digest of a text that only the browser which began has in a cookie."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._kept: dict[str, Started] = {}

    def begin(self, onward: str) -> tuple[str, Started]:
        """The cookie's text, and what goes along."""
        text, (state, nonce, verifier) = secrets.token_urlsafe(32), (secrets.token_urlsafe(32) for _ in range(3))
        started = Started(state, nonce, verifier, onward, self._clock() + LASTS)
        with self._lock:
            self._kept[_digest(text)] = started
            if len(self._kept) > MOST_KEPT:
                self._forget()
        return text, started

    def take(self, text: str, state: str) -> Started | None:
        """What this browser began with this state, once; None: nothing, over, or used. A wrong state uses nothing up."""
        with self._lock:
            found = self._kept.get(_digest(text))
            if found is None or not hmac.compare_digest(found.state.encode(), state.encode()):
                return None
            del self._kept[_digest(text)]
        return found if found.until > self._clock() else None

    def _forget(self) -> None:
        """Drop what is over; when all still runs, the older half."""
        now = self._clock()
        left = {key: started for key, started in self._kept.items() if started.until > now}
        self._kept = left if len(left) <= MOST_KEPT else dict(list(left.items())[MOST_KEPT // 2 :])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
