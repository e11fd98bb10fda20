"""Who may use the pages and the API: people, their sessions, tokens of programs.

Secrets stand here as digests only: passwords as argon2, session and API tokens as SHA-256 of random text.
"""

# fmt: off
from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table

from hub.store.tables.base import metadata
from hub.store.tables.base import text_column as _text

users = Table(
    "users", metadata,
    _text("user_id", key=True), _text("name", null=False),   # what is typed at sign-in, lower case
    _text("password", null=False),               # argon2id, with its own salt and cost
    _text("role", null=False),                   # reader | writer | operator | steward | admin
    _text("stores"),                             # JSON [store, …]; null = all
    _text("scopes", null=False),                 # JSON [pii, export]
    Column("active", Boolean, nullable=False), Column("failures", Integer, nullable=False),
    _text("locked_until"), _text("created_at", null=False), _text("changed_at", null=False),
    _text("email"),                              # lower case; whose proven address at a provider links it, the first time
    Index("users_name", "name", unique=True), Index("users_email", "email", unique=True),
)
user_links = Table(
    "user_links", metadata,                      # who a person is at an OpenID Connect provider
    _text("issuer", key=True), _text("subject", key=True), _text("user_id", null=False),
    _text("created_at", null=False),
    Index("user_links_user", "user_id", "issuer", unique=True),
)
sessions = Table(
    "sessions", metadata,
    _text("digest", key=True),                   # of the cookie's text
    _text("user_id", null=False), _text("created_at", null=False), _text("seen_at", null=False),
    Index("sessions_user", "user_id"),
)
tokens = Table(
    "tokens", metadata,
    _text("token_id", key=True), _text("digest", null=False), _text("name", null=False),
    _text("role", null=False), _text("stores"), _text("scopes", null=False),
    Column("rate", Integer, nullable=False),     # units of work a second (web/rates.py)
    _text("created_at", null=False), _text("created_by", null=False), _text("expires_at", null=False),
    _text("revoked_at"), Index("tokens_digest", "digest", unique=True),
)
