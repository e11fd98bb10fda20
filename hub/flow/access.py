"""Who is there: people with passwords and sessions, programs with tokens.

Belongs here: sign-in with lock-out, sessions, people. Does not: cookies, headers and pages (web), rows (store.access), tokens
(access_tokens.py). Passwords are kept as argon2id; a session is random text that only its bearer knows: kept is its digest.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import orjson
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hub.errors import AuthError, ConfigError
from hub.flow.run import utc_now
from hub.model import from_utc_text, utc_text
from hub.store import access, audit
from hub.store.engine import Store, StoreConnection

ROLES = ("reader", "writer", "operator", "steward", "admin")
SCOPES = ("pii", "export")
SHORTEST = 10
"""Characters of a password."""
FREE_FAILURES = 5
LOCK_SECONDS = 30
LONGEST_LOCK = 900
SEEN_STEP = 60
"""Seconds between two notes that a session is in use."""


@dataclass(frozen=True, slots=True)
class Who:
    """A person or a program that has shown who it is.

    stores: the only stores whose customers it may see (None: all). kind: user | token. rate: units of work a second.
    """

    id: str
    name: str
    role: str
    kind: str
    stores: frozenset[str] | None = None
    scopes: frozenset[str] = frozenset()
    rate: int = 0

    @property
    def author(self) -> str:
        """As decisions and the audit log name it."""
        return f"{self.kind}:{self.name}"

    def may(self, *roles: str) -> bool:
        """Whether its role is one of these; everybody is a reader, an admin is everything."""
        return self.role == "admin" or self.role in roles or "reader" in roles


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts, in seconds: without use, and at most."""

    idle: int = 3_600
    longest: int = 43_200


def digest(text: str) -> str:
    """SHA-256 in hex: enough for random text of 256 bits."""
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    """A hash to verify against when there is no such person, so that both answers take as long."""
    return _hasher().hash(secrets.token_hex(16))


def _fits(kept: str, password: str) -> bool:
    try:
        return _hasher().verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def later(at: str, seconds: int) -> str:
    """A canonical time so many seconds after another."""
    return utc_text(from_utc_text(at) + timedelta(seconds=seconds))


def who_of(row: Mapping[str, Any], kind: str) -> Who:
    """The bearer of a row of users or tokens."""
    stores = frozenset(orjson.loads(row["stores"])) if row["stores"] is not None else None
    scopes = frozenset(orjson.loads(row["scopes"]))
    return Who(
        row.get("user_id") or row["token_id"], row["name"], row["role"], kind, stores, scopes, row.get("rate", 0)
    )


# signing in ----------------------------------------------------------------------------------------------------------


def sign_in(store: Store, name: str, password: str, now: str | None = None) -> tuple[Who, str]:
    """Who it is, and the text of a new session. Raises AuthError: `signin.wrong`, or `signin.locked` after many failures.

    Five failures are free, each further one doubles the wait, up to a quarter of an hour; a right password ends it.
    """
    at = now or utc_now()
    with store.read() as conn:
        row = access.user(conn, name.strip().lower())
    right = _fits(row["password"] if row else _nobody(), password)
    if row is None or not row["active"]:
        raise AuthError("name or password is wrong", code="signin.wrong")
    if row["locked_until"] and row["locked_until"] > at:
        raise AuthError("too many wrong passwords; wait a little", code="signin.locked")
    if not right:
        _count_failure(store, row, at)
        raise AuthError("name or password is wrong", code="signin.wrong")
    text = secrets.token_urlsafe(32)
    with store.begin() as conn:
        access.change_user(conn, row["user_id"], {"failures": 0, "locked_until": None} | _renewed(row, password))
        access.open_session(conn, digest(text), row["user_id"], at)
    return who_of(row, "user"), text


def _renewed(row: Mapping[str, Any], password: str) -> dict[str, str]:
    """The password hashed anew where the cost has risen since."""
    return {"password": _hasher().hash(password)} if _hasher().check_needs_rehash(row["password"]) else {}


def _count_failure(store: Store, row: Mapping[str, Any], at: str) -> None:
    with store.begin() as conn:
        fresh = access.user(conn, row["name"]) or row
        failures = fresh["failures"] + 1
        over = failures - FREE_FAILURES
        wait = min(LOCK_SECONDS * 2 ** min(over, 10), LONGEST_LOCK) if over >= 0 else 0
        until = later(at, wait) if wait else None
        access.change_user(conn, row["user_id"], {"failures": failures, "locked_until": until})


def session(store: Store, text: str, limits: Limits, now: str | None = None) -> Who | None:
    """Who bears this session; None when it is over, unknown, or its person is shut out."""
    at, key = now or utc_now(), digest(text)
    with store.read() as conn:
        row = access.session(conn, key)
    if row is None or not row["active"]:
        return None
    if later(row["seen_at"], limits.idle) < at or later(row["session_at"], limits.longest) < at:
        sign_out(store, text)
        return None
    if later(row["seen_at"], SEEN_STEP) < at:
        with store.begin() as conn:
            access.seen(conn, key, at)
            access.sweep_sessions(conn, later(at, -limits.longest), later(at, -limits.idle))
    return who_of(row, "user")


def sign_out(store: Store, text: str) -> None:
    """End a session."""
    with store.begin() as conn:
        access.close_session(conn, digest(text))


# people --------------------------------------------------------------------------------------------------------------


def checked(role: str, scopes: Sequence[str]) -> None:
    """Raises ConfigError for a role or scope that there is not."""
    if role not in ROLES:
        raise ConfigError(f"no role named {role!r}", hint=", ".join(ROLES), code="access.role")
    if set(scopes) - set(SCOPES):
        raise ConfigError("no such scope", hint=", ".join(SCOPES), code="access.scope")


def add_user(
    store: Store,
    name: str,
    password: str,
    role: str,
    stores: Sequence[str] | None = None,
    scopes: Sequence[str] = (),
    by: str = "hub",
) -> str:
    """A new person; gives the id. by: who adds them, for the audit log.

    Raises ConfigError: name taken or empty, password too short, no such role or scope.
    """
    checked(role, scopes)
    told, kept = name.strip().lower(), _hashed(password)
    if not told or len(told) > 100 or not told.isprintable():
        raise ConfigError("a name to sign in with is needed", code="access.name")
    with store.begin() as conn:
        if access.user(conn, told) is not None:
            raise ConfigError(f"there is a user named {told!r} already", code="access.taken")
        return enrol(conn, told, kept, role, stores, scopes, by=by, at=utc_now())


def enrol(
    conn: StoreConnection,
    name: str,
    kept: str,
    role: str,
    stores: Sequence[str] | None,
    scopes: Sequence[str],
    *,
    by: str,
    at: str,
    email: str | None = None,
) -> str:
    """Write a new person, name and kept password checked; gives the id."""
    user_id = secrets.token_hex(8)
    row = {
        "user_id": user_id,
        "name": name,
        "password": kept,
        "role": role,
        "active": True,
        "failures": 0,
        "email": email,
    }
    more = {"stores": stores_text(stores), "scopes": orjson.dumps(sorted(scopes)).decode(), "locked_until": None}
    access.add_user(conn, row | more | {"created_at": at, "changed_at": at})
    told = {"role": role, "scopes": sorted(scopes), "stores": sorted(stores) if stores else None}
    audit.write(conn, at=at, actor=by, action="user.add", subjects=[name], details=told)
    return user_id


def no_password() -> str:
    """What is kept for somebody who has no password: the hash of a text that nobody knows."""
    return _hashed(secrets.token_urlsafe(32))


def stores_text(stores: Sequence[str] | None) -> str | None:
    """Stores as they are kept; None: all."""
    return orjson.dumps(sorted(stores)).decode() if stores else None


def _hashed(password: str) -> str:
    if len(password) < SHORTEST:
        raise ConfigError(f"a password has {SHORTEST} characters or more", code="access.password")
    if len(password) > 1_000:
        raise ConfigError("a password has 1,000 characters at most", code="access.password")
    return _hasher().hash(password)


def set_password(store: Store, name: str, password: str, by: str = "hub") -> None:
    """A new password; ends the person's sessions and lock-out."""
    kept, at = _hashed(password), utc_now()
    with store.begin() as conn:
        row = known(conn, name)
        told = {"password": kept, "failures": 0, "locked_until": None, "changed_at": at}
        access.change_user(conn, row["user_id"], told)
        access.close_sessions(conn, row["user_id"])
        audit.write(conn, at=at, actor=by, action="user.password", subjects=[row["name"]])


def set_active(store: Store, name: str, *, active: bool, by: str = "hub") -> None:
    """Shut a person out, or let them in again."""
    with store.begin() as conn:
        row = known(conn, name)
        at, action = utc_now(), "user.enable" if active else "user.disable"
        access.change_user(conn, row["user_id"], {"active": active, "changed_at": at})
        access.close_sessions(conn, row["user_id"])
        audit.write(conn, at=at, actor=by, action=action, subjects=[row["name"]])


def known(conn: StoreConnection, name: str) -> Mapping[str, Any]:
    """The person of a name. Raises ConfigError when there is none."""
    row = access.user(conn, name.strip().lower())
    if row is None:
        raise ConfigError(f"no user named {name!r}", hint="see `hub users list`", code="access.nobody")
    return row


def listed(store: Store) -> list[dict[str, Any]]:
    """Everybody, without secrets."""
    with store.read() as conn:
        rows, links = access.people(conn), {link["user_id"]: link["subject"] for link in access.links(conn)}
    names = ("name", "role", "active", "locked_until", "created_at", "email")
    return [
        {name: row[name] for name in names}
        | {"subject": links.get(row["user_id"])}
        | {"stores": orjson.loads(row["stores"] or "null"), "scopes": orjson.loads(row["scopes"])}
        for row in rows
    ]
