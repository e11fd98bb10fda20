"""For a program that a hub tells of changes: is this nudge the hub's, and how far has the feed grown?

Belongs here: verifying. Does not: receiving over HTTP (the program's own), reading the feed (feed.py). A nudge is no news, only a
reason to read the feed now: read it from your own position, and nothing is lost or done twice however often you are nudged.

    position = nudged(request.headers, request.body, secret)    # NudgeRefused: answer 401
    for change in follow(hub, FilePosition("position")): ...
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping

from hub.errors import AuthError

MARK = "whsec_"
TOLERANCE = 300
"""Seconds by which a nudge may be old, or a clock wrong."""


class NudgeRefused(AuthError):
    """This is no nudge of the hub, or an old one."""

    code = "nudge"


def nudged(headers: Mapping[str, str], body: bytes, secret: str, now: float | None = None) -> int:
    """The feed's position that a nudge tells. headers: of any case. secret: as in the hub's settings. Raises NudgeRefused."""
    told = {name.lower(): value for name, value in headers.items()}
    id_, stamp = told.get("webhook-id", ""), told.get("webhook-timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and abs((now or time.time()) - int(stamp)) <= TOLERANCE):
        raise NudgeRefused("the nudge is too old")
    right = base64.b64encode(hmac.digest(_key(secret), f"{id_}.{stamp}.".encode() + body, hashlib.sha256))
    given = [part[3:].encode() for part in told.get("webhook-signature", "").split() if part.startswith("v1,")]
    if not any([hmac.compare_digest(right, one) for one in given]):  # noqa: C419  # all are compared, in the same time
        raise NudgeRefused("the nudge is not signed by the hub")
    try:
        return int(json.loads(body)["data"]["position"])
    except (ValueError, KeyError, TypeError):
        raise NudgeRefused("the nudge says nothing") from None


def _key(secret: str) -> bytes:
    try:
        return (
            base64.b64decode(secret.removeprefix(MARK), validate=True) if secret.startswith(MARK) else secret.encode()
        )
    except binascii.Error:
        return secret.encode()
