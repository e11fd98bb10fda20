"""Tokens of programs: made, listed, revoked, recognised.

Belongs here: tokens. Does not: people and sessions (access.py), headers (web). A token is shown once, kept is its digest.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import orjson

from hub.errors import ConfigError
from hub.flow.access import Who, checked, digest, later, stores_text, who_of
from hub.flow.run import utc_now
from hub.store import access, audit
from hub.store.engine import Store, StoreConnection

HEAD = "hub_"
"""How every token begins, so that scanners for leaked secrets know one."""
DAY = 86_400
RATE = 10_000
"""Units of work a second: one look-up is one, a list fifty (web/rates.py)."""


def create(
    store: Store,
    name: str,
    role: str,
    by: str,
    *,
    days: int = 365,
    stores: Sequence[str] | None = None,
    scopes: Sequence[str] = (),
    rate: int = RATE,
) -> tuple[str, str]:
    """token_id and the token's text, which is told only now."""
    checked(role, scopes)
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise ConfigError("a token needs a name: what uses it", code="access.name")
    text, token_id, at = HEAD + secrets.token_urlsafe(32), secrets.token_hex(4), utc_now()
    row = {
        "token_id": token_id, "digest": digest(text), "name": name.strip(), "role": role, "stores": stores_text(stores),
        "scopes": orjson.dumps(sorted(scopes)).decode(), "rate": rate, "created_at": at, "created_by": by,
        "expires_at": later(at, days * DAY), "revoked_at": None,
    }  # fmt: skip
    with store.begin() as conn:
        access.add_token(conn, row)
        told = {
            "name": row["name"],
            "role": role,
            "scopes": sorted(scopes),
            "stores": sorted(stores) if stores else None,
        }
        audit.write(conn, at=at, actor=by, action="token.create", subjects=[token_id], details=told)
    return token_id, text


def listed(store: Store, now: str | None = None) -> list[dict[str, Any]]:
    """All tokens without their text; state: good | expired | revoked."""
    at = now or utc_now()
    with store.read() as conn:
        rows = access.all_tokens(conn)
    names = ("token_id", "name", "role", "rate", "created_at", "created_by", "expires_at", "revoked_at")
    return [
        {name: row[name] for name in names}
        | {"stores": orjson.loads(row["stores"] or "null"), "scopes": orjson.loads(row["scopes"])}
        | {"state": "revoked" if row["revoked_at"] else "expired" if row["expires_at"] <= at else "good"}
        for row in rows
    ]


def revoke(store: Store, token_id: str, by: str = "hub") -> None:
    """From now on the token opens nothing. Raises ConfigError when there is none that stands."""
    with store.begin() as conn:
        at = utc_now()
        if not access.revoke_token(conn, token_id, at):
            raise ConfigError(f"no token {token_id!r} stands", hint="see `hub tokens list`", code="access.token")
        audit.write(conn, at=at, actor=by, action="token.revoke", subjects=[token_id])


def bearer(conn: StoreConnection, text: str, now: str) -> Who | None:
    """Whose token this is; None when unknown, expired or revoked."""
    if not text.startswith(HEAD) or len(text) > 200:
        return None
    row = access.token(conn, digest(text))
    if row is None or row["revoked_at"] or row["expires_at"] <= now:
        return None
    return who_of(row, "token")
