"""People, their sessions, and programs' tokens, as rows.

Belongs here: the tables users, user_links, sessions, tokens. Does not: passwords and digests (flow.access), rights (web).
Times are canonical text; digests are hex.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from hub.store.tables import sessions, tokens, user_links, users

Row = Mapping[str, Any]


def _one(conn: Connection, statement: Any) -> Row | None:
    row = conn.execute(statement).mappings().first()
    return {str(name): value for name, value in row.items()} if row is not None else None


def _all(conn: Connection, statement: Any) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in conn.execute(statement).mappings()]


# people --------------------------------------------------------------------------------------------------------------


def user(conn: Connection, name: str) -> Row | None:
    """The person of a sign-in name (lower case)."""
    return _one(conn, select(users).where(users.c.name == name))


def people(conn: Connection) -> list[Row]:
    """Everybody, by name."""
    return _all(conn, select(users).order_by(users.c.name))


def add_user(conn: Connection, row: Row) -> None:
    """A new person: all columns."""
    conn.execute(insert(users).values(dict(row)))


def change_user(conn: Connection, user_id: str, values: Row) -> None:
    """Overwrite columns of a person."""
    conn.execute(update(users).where(users.c.user_id == user_id).values(dict(values)))


# who they are at a provider ------------------------------------------------------------------------------------------


def linked(conn: Connection, issuer: str, subject: str) -> Row | None:
    """The person behind a provider's subject."""
    joined = select(users).join(user_links, users.c.user_id == user_links.c.user_id)
    return _one(conn, joined.where(user_links.c.issuer == issuer, user_links.c.subject == subject))


def user_of_email(conn: Connection, email: str) -> Row | None:
    """The person on whom an address (lower case) is listed."""
    return _one(conn, select(users).where(users.c.email == email))


def links(conn: Connection, user_id: str | None = None) -> list[Row]:
    """The links of a person, or all."""
    chosen = select(user_links).order_by(user_links.c.user_id, user_links.c.issuer)
    return _all(conn, chosen if user_id is None else chosen.where(user_links.c.user_id == user_id))


def add_link(conn: Connection, issuer: str, subject: str, user_id: str, at: str) -> None:
    """A person is this subject at the provider. StoreError: the subject is somebody's, or the person another subject."""
    conn.execute(insert(user_links).values(issuer=issuer, subject=subject, user_id=user_id, created_at=at))


def drop_links(conn: Connection, user_id: str) -> int:
    """All links of a person; how many there were."""
    return conn.execute(delete(user_links).where(user_links.c.user_id == user_id)).rowcount


# sessions ------------------------------------------------------------------------------------------------------------


def open_session(conn: Connection, digest: str, user_id: str, at: str) -> None:
    """A person has signed in."""
    conn.execute(insert(sessions).values(digest=digest, user_id=user_id, created_at=at, seen_at=at))


def session(conn: Connection, digest: str) -> Row | None:
    """A session with the columns of its person; session_at and seen_at are the session's."""
    told = (users, sessions.c.created_at.label("session_at"), sessions.c.seen_at)
    joined = select(*told).join(users, users.c.user_id == sessions.c.user_id)
    return _one(conn, joined.where(sessions.c.digest == digest))


def seen(conn: Connection, digest: str, at: str) -> None:
    """The session was used."""
    conn.execute(update(sessions).where(sessions.c.digest == digest).values(seen_at=at))


def close_session(conn: Connection, digest: str) -> None:
    """The person has signed out."""
    conn.execute(delete(sessions).where(sessions.c.digest == digest))


def close_sessions(conn: Connection, user_id: str) -> None:
    """All sessions of a person."""
    conn.execute(delete(sessions).where(sessions.c.user_id == user_id))


def sweep_sessions(conn: Connection, created_before: str, seen_before: str) -> None:
    """Take away sessions that are over."""
    conn.execute(delete(sessions).where(or_(sessions.c.created_at < created_before, sessions.c.seen_at < seen_before)))


# tokens --------------------------------------------------------------------------------------------------------------


def token(conn: Connection, digest: str) -> Row | None:
    """The token of a digest, revoked and expired ones too."""
    return _one(conn, select(tokens).where(tokens.c.digest == digest))


def all_tokens(conn: Connection) -> list[Row]:
    """All tokens, oldest first."""
    return _all(conn, select(tokens).order_by(tokens.c.created_at, tokens.c.token_id))


def add_token(conn: Connection, row: Row) -> None:
    """A new token: all columns."""
    conn.execute(insert(tokens).values(dict(row)))


def revoke_token(conn: Connection, token_id: str, at: str) -> bool:
    """Whether there was such a token that stood."""
    mine = (tokens.c.token_id == token_id, tokens.c.revoked_at.is_(None))
    return conn.execute(update(tokens).where(*mine).values(revoked_at=at)).rowcount > 0
