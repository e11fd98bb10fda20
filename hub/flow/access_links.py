"""Who somebody is whom an OpenID Connect provider has shown to us.

Belongs here: which person a subject is, sessions for them, linking. Does not: proving what a provider said (web/oidc).
A person is known by issuer and subject, which never change hands. A proven e-mail links a person once, the first time;
who has a subject already is not given another by an address that somebody else may have got since.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.errors import AuthError, ConfigError
from hub.flow.access import Who, digest, enrol, known, no_password, who_of
from hub.flow.run import utc_now
from hub.settings import Oidc
from hub.store import access, audit
from hub.store.engine import Store, StoreConnection, StoreError

PROVIDER = "provider:oidc"
"""Who links and adds people in the audit log where no admin did."""
LONGEST_SUBJECT, LONGEST_EMAIL = 255, 254


@dataclass(frozen=True, slots=True)
class Shown:
    """What a provider has proven. email: lower case, "" unless the provider vouches for it."""

    issuer: str
    subject: str
    email: str = ""


def sign_in(store: Store, shown: Shown, told: Oidc, now: str | None = None) -> tuple[Who, str]:
    """Who it is, and the text of a new session. Raises AuthError `signin.unlinked` for nobody of ours, or one shut out."""
    at = now or utc_now()
    try:
        return _signed_in(store, shown, told, at)
    except StoreError:
        return _signed_in(store, shown, told, at)  # another request linked the same person at this moment


def _signed_in(store: Store, shown: Shown, told: Oidc, at: str) -> tuple[Who, str]:
    text = secrets.token_urlsafe(32)
    with store.begin() as conn:
        row = _person(conn, shown, told, at)
        if row is None or not row["active"]:
            raise AuthError("nobody here is linked to this account", code="signin.unlinked")
        access.open_session(conn, digest(text), row["user_id"], at)
    return who_of(row, "user"), text


def _person(conn: StoreConnection, shown: Shown, told: Oidc, at: str) -> Mapping[str, Any] | None:
    row = access.linked(conn, shown.issuer, shown.subject)
    if row is not None or not shown.email:
        return row
    row = access.user_of_email(conn, shown.email)
    if row is None:
        return _newcomer(conn, shown, told, at)
    taken = any(link["issuer"] == shown.issuer for link in access.links(conn, row["user_id"]))
    if taken or not row["active"]:
        return None
    _link(conn, row, shown.issuer, shown.subject, PROVIDER, at)
    return row


def _newcomer(conn: StoreConnection, shown: Shown, told: Oidc, at: str) -> Mapping[str, Any] | None:
    """Somebody of the shop's own domains whom nobody has added, where settings let them in."""
    local, _, domain = shown.email.rpartition("@")
    if not told.create_role or domain not in told.create_domains:
        return None
    free = access.user(conn, local) is None and len(local) <= 90 and local.isprintable()
    name = local if free else f"{local[:80]}-{secrets.token_hex(3)}"
    enrol(conn, name, no_password(), told.create_role, None, (), by=PROVIDER, at=at, email=shown.email)
    row = known(conn, name)
    _link(conn, row, shown.issuer, shown.subject, PROVIDER, at)
    return row


def _link(conn: StoreConnection, row: Mapping[str, Any], issuer: str, subject: str, by: str, at: str) -> None:
    access.add_link(conn, issuer, subject, row["user_id"], at)
    audit.write(conn, at=at, actor=by, action="user.link", subjects=[row["name"]], details={"by": "subject"})


# by an admin ---------------------------------------------------------------------------------------------------------


def link_subject(store: Store, name: str, subject: str, told: Oidc | None, by: str = "hub") -> None:
    """A person is this subject at the settings' provider, in the place of what they were there.

    Raises ConfigError: no provider in the settings, no such person, no subject, the subject is somebody else's.
    """
    if told is None:
        raise ConfigError(
            "no provider in the settings", hint="see [oidc] in the settings' reference", code="access.oidc"
        )
    if not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise ConfigError("a subject has 1 to 255 printable signs", code="access.subject")
    with store.begin() as conn:
        row, there = known(conn, name), access.linked(conn, told.issuer, subject)
        if there is not None and there["user_id"] != row["user_id"]:
            raise ConfigError("this subject is somebody else's", hint="hub users unlink NAME", code="access.taken")
        _loosen(conn, row)
        _link(conn, row, told.issuer, subject, by, utc_now())


def link_email(store: Store, name: str, email: str, by: str = "hub") -> None:
    """Whoever the provider proves to have this address is the person, from their first sign-in on.

    Raises ConfigError: no such person, no address, the address is listed on somebody else.
    """
    address = folded(email)
    if not address:
        raise ConfigError("no e-mail address", hint="lan@cuahang.vn", code="access.email")
    with store.begin() as conn:
        row, there = known(conn, name), access.user_of_email(conn, address)
        if there is not None and there["user_id"] != row["user_id"]:
            raise ConfigError("this address is listed on somebody else", code="access.taken")
        at = utc_now()
        _loosen(conn, row)
        access.change_user(conn, row["user_id"], {"email": address, "changed_at": at})
        audit.write(conn, at=at, actor=by, action="user.link", subjects=[row["name"]], details={"by": "email"})


def unlink(store: Store, name: str, by: str = "hub") -> None:
    """A person is nobody at the provider any more; ends their sessions. Raises ConfigError: no such person."""
    with store.begin() as conn:
        row, at = known(conn, name), utc_now()
        _loosen(conn, row)
        access.change_user(conn, row["user_id"], {"email": None, "changed_at": at})
        audit.write(conn, at=at, actor=by, action="user.unlink", subjects=[row["name"]])


def _loosen(conn: StoreConnection, row: Mapping[str, Any]) -> None:
    """What a person was before ends, with their sessions, which may stand on it."""
    if access.drop_links(conn, row["user_id"]):
        access.close_sessions(conn, row["user_id"])


def folded(email: object) -> str:
    """An address as it is compared: trimmed, lower case; "" for what is none."""
    text = email.strip().lower() if isinstance(email, str) else ""
    local, _, domain = text.rpartition("@")
    good = local and "." in domain and len(text) <= LONGEST_EMAIL and text.isprintable() and " " not in text
    return text if good else ""
