"""Receivers are told that the feed of changes has grown: a nudge, nothing more. The feed is the truth.

Belongs here: when a receiver is told, what, how that is signed. Does not: reaching it (connectors.kit.nudge), its state
(store.receivers). A nudge bears a position of the feed and no customer. What came while a receiver was away is one nudge: the
newest position. At least once: a nudge whose answer was lost is sent again under the same id.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging
import math
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import orjson

from hub.connectors.kit import nudge
from hub.flow.run import utc_now
from hub.model import Json, from_utc_text, utc_text
from hub.settings import Settings, Webhook
from hub.store import receivers
from hub.store.engine import Store, StoreConnection, StoreError
from hub.store.receivers import Receiver

FIRST, MOST = 5, 3_600
"""Seconds before the second attempt; the longest between two. Each failure doubles them; a receiver is never given up."""
CLAIM = 60
"""Seconds for which one process may be telling a receiver."""
FAILING = 3_600
"""Seconds of failing after which people are told."""
SECRET = "whsec_"  # noqa: S105  # the mark before a secret in base64, not one
Post = Callable[..., int]

log = logging.getLogger("hub.web")


def signature(secret: str, id_: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64, as Standard Webhooks has it."""
    text = f"{id_}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key(secret), text, hashlib.sha256)).decode()


def key(secret: str) -> bytes:
    """The bytes of a secret: base64 behind `whsec_`, else the text itself."""
    if not secret.startswith(SECRET):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(SECRET), validate=True)
    except binascii.Error:
        return secret.encode()


def message(hook: Webhook, position: int, now: str) -> tuple[dict[str, str], bytes]:
    """Headers and body of a nudge."""
    body = orjson.dumps({"type": "changes", "timestamp": now, "data": {"position": position}})
    id_, moment = f"{hook.name}-{position}", math.floor(from_utc_text(now).timestamp())
    signed = {"webhook-id": id_, "webhook-timestamp": str(moment)}
    return {
        **signed,
        "webhook-signature": signature(hook.secret, id_, moment, body),
        "content-type": "application/json",
        "user-agent": "customer-hub",
    }, body


def deliver(store: Store, settings: Settings, post: Post = nudge.post) -> None:
    """Tell all receivers that are due, side by side; one attempt each. Never raises for what a receiver does."""
    if settings.webhooks:
        with ThreadPoolExecutor(min(len(settings.webhooks), 16)) as pool:
            list(pool.map(lambda hook: tell(store, hook, post=post), settings.webhooks.values()))


def tell(store: Store, hook: Webhook, now: Callable[[], str] = utc_now, post: Post = nudge.post) -> bool:
    """Tell one receiver, if it is due and nobody else is telling it; whether an attempt was made."""
    try:
        claimed = _claim(store, hook, now())
        if claimed is None:
            return False
        mine, position = claimed
        error = _attempt(hook, position, now(), post)
        with store.begin() as conn:
            receivers.swap(conn, hook.name, mine, _after(mine, position, error, now()))
    except StoreError as failed:
        log.warning("receiver %s: the store could not be asked: %s", hook.name, failed.code)
        return False
    if error:
        log.warning("receiver %s was not told: %s", hook.name, error)
    return True


def _claim(store: Store, hook: Webhook, now: str) -> tuple[Receiver, int] | None:
    """The receiver's state, ours to change, and the position to tell; None: nothing to tell now."""
    with store.read() as conn:
        seen = receivers.read(conn, hook.name)
        position = receivers.newest(conn, seen.position, hook.events) if seen else None
    if seen is None:
        with store.begin() as conn:
            if receivers.read(conn, hook.name) is None:
                receivers.begin(conn, hook.name)
        return None
    if position is None or (seen.next_at or "") > now or (seen.claimed_until or "") > now:
        return None
    mine = replace(seen, claimed_until=_later(now, CLAIM))
    with store.begin() as conn:
        return (mine, position) if receivers.swap(conn, hook.name, seen, mine) else None


def _attempt(hook: Webhook, position: int, now: str, post: Post) -> str | None:
    """None when the receiver has taken it, else what was wrong, as a code."""
    headers, body = message(hook, position, now)
    try:
        status = post(hook.url, headers, body, private=hook.private)
    except nudge.Unreachable as error:
        return error.code
    return None if 200 <= status < 300 else f"status_{status}"


def _after(mine: Receiver, position: int, error: str | None, now: str) -> Receiver:
    if error is None:
        return Receiver(position, delivered_at=now)
    wait = min(FIRST * 2 ** min(mine.failures, 20), MOST)
    return replace(
        mine,
        failures=mine.failures + 1,
        next_at=_later(now, wait),
        failing_since=mine.failing_since or now,
        error=error,
        claimed_until=None,
    )


def _later(at: str, seconds: int) -> str:
    return utc_text(from_utc_text(at) + timedelta(seconds=seconds))


def states(conn: StoreConnection, settings: Settings, now: str) -> list[dict[str, Json]]:
    """Each receiver: name, position, behind (positions not told), failing_since, error, delivered_at, failing (long enough)."""
    head = receivers.head(conn)
    return [_state(name, receivers.read(conn, name) or Receiver(head), head, now) for name in settings.webhooks]


def _state(name: str, one: Receiver, head: int, now: str) -> dict[str, Json]:
    failing = one.failing_since is not None and _later(one.failing_since, FAILING) <= now
    told: Mapping[str, Json] = {
        "position": one.position, "behind": head - one.position, "failing_since": one.failing_since, "error": one.error,
        "delivered_at": one.delivered_at, "failing": failing,
    }  # fmt: skip
    return {"name": name, **told}
