"""Keys from which the next page of a list goes on, opaque and signed, so that nobody makes one up.

Belongs here: sealing, opening. Does not: what the keys mean (the lists). The key of the seal is made once and kept in the
store, so that a cursor outlives a restart.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from functools import cached_property

import orjson

from hub.model import Json
from hub.store import notes
from hub.store.engine import Store
from hub.web.problem import Problem

NOTE = "web.cursor_key"
SEAL = 12
"""Bytes of a signature."""


class Cursors:
    """Sealed by a key of this store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @cached_property
    def _key(self) -> bytes:
        with self._store.begin() as conn:
            kept = notes.get(conn, NOTE)
            if kept is None:
                kept = secrets.token_hex(32)
                notes.put(conn, NOTE, kept)
        return bytes.fromhex(kept)

    def seal(self, name: str, key: Json) -> str:
        """The cursor of a list."""
        body = orjson.dumps(key)
        return base64.urlsafe_b64encode(self._sign(name, body) + body).rstrip(b"=").decode()

    def open(self, name: str, text: str | None) -> Json:
        """The key of a cursor of this list; None without a cursor. Raises Problem 404 for one that was not made here."""
        if text is None:
            return None
        try:
            whole = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise Problem(404, "cursor") from None
        if not hmac.compare_digest(whole[:SEAL], self._sign(name, whole[SEAL:])):
            raise Problem(404, "cursor")
        return orjson.loads(whole[SEAL:])

    def _sign(self, name: str, body: bytes) -> bytes:
        return hmac.new(self._key, name.encode() + b"\0" + body, hashlib.sha256).digest()[:SEAL]
