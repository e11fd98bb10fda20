"""The provider of the settings: where it is asked, what it answers, who somebody is by its word.

Belongs here: discovery, keys, the code's exchange. Does not: proofs (tokens.py), people (flow.access_links).
For the event loop's thread only. The place to come back to is built from the settings, never from a request.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from hub.flow.access_links import LONGEST_SUBJECT, Shown, folded
from hub.model import Json
from hub.settings import Oidc
from hub.settings.oidc import safe
from hub.web.oidc.fetch import Away, document
from hub.web.oidc.kept import Kept
from hub.web.oidc.pending import Started
from hub.web.oidc.tokens import Key, UnknownKey, Untrusted, keys_of, verified

BACK = "/signin/oidc/back"
KNOWN_AT = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Described:
    """The discovery document, as far as it is needed. names_itself: it says its name in every answer (RFC 9207).

    basic: the secret goes into a header, else into the form.
    """

    authorization: str
    token: str
    jwks: str
    names_itself: bool
    basic: bool


class Provider:
    """One provider. address: the hub's own public address."""

    def __init__(self, told: Oidc, address: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.told = told
        self._back = address.rstrip("/") + BACK
        self._described = Kept(self._discover, clock)
        self._keys = Kept(self._fetch_keys, clock)

    async def _discover(self) -> Described:
        status, told = await document(self.told.issuer.rstrip("/") + KNOWN_AT)
        if status != 200 or told.get("issuer") != self.told.issuer:
            raise Away("discovery")
        methods = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return Described(
            authorization=_safe(told, "authorization_endpoint"),
            token=_safe(told, "token_endpoint"),
            jwks=_safe(told, "jwks_uri"),
            names_itself=told.get("authorization_response_iss_parameter_supported") is True,
            basic="client_secret_basic" in methods,
        )

    async def _fetch_keys(self) -> list[Key]:
        status, told = await document((await self._described.get()).jwks)
        found = keys_of(told)
        if status != 200 or not found:
            raise Away("keys")
        return found

    async def ready(self) -> None:
        """Raises Away when the provider cannot be asked."""
        await self._described.get()

    async def leading(self, started: Started) -> str:
        """The address to which the browser is sent. Raises Away."""
        end = (await self._described.get()).authorization
        asked = {
            "response_type": "code", "client_id": self.told.client_id, "redirect_uri": self._back,
            "scope": " ".join(self.told.scopes), "state": started.state, "nonce": started.nonce,
            "code_challenge": started.challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        return end + ("&" if urlsplit(end).query else "?") + urlencode(asked)

    async def shown(self, answer: Mapping[str, str], started: Started, now: int) -> Shown:
        """Who came back. answer: the parameters. now: seconds since 1970. Raises Away, Untrusted."""
        described = await self._described.get()
        if answer.get("iss", self.told.issuer) != self.told.issuer or (described.names_itself and "iss" not in answer):
            raise Untrusted("issuer")
        if "error" in answer or not answer.get("code"):
            raise Untrusted("denied")
        text = await self._exchanged(described, answer["code"], started)
        return self._person(await self._claims(text, started.nonce, now))

    async def _exchanged(self, described: Described, code: str, started: Started) -> str:
        """The ID token for a code."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._back}
        form |= {"code_verifier": started.verifier}
        name, secret = self.told.client_id, self.told.client_secret
        basic = (quote_plus(name), quote_plus(secret)) if secret and described.basic else None
        if basic is None:
            form |= {"client_id": name} | ({"client_secret": secret} if secret else {})
        status, told = await document(described.token, form, basic)
        if status >= 500:
            raise Away("token")
        if status != 200 or not isinstance(told.get("id_token"), str):
            raise Untrusted("code")
        return str(told["id_token"])

    async def _claims(self, text: str, nonce: str, now: int) -> Mapping[str, Any]:
        """The claims of an ID token; of an unknown key the provider is asked once more, and not by everybody."""
        known: dict[str, Any] = {
            "issuer": self.told.issuer,
            "client_id": self.told.client_id,
            "nonce": nonce,
            "now": now,
        }
        try:
            return verified(text, await self._keys.get(), **known)
        except UnknownKey:
            return verified(text, await self._keys.again(), **known)

    def _person(self, claims: Mapping[str, Any]) -> Shown:
        subject = claims["sub"]
        if not 0 < len(subject) <= LONGEST_SUBJECT:
            raise Untrusted("subject")
        proven = claims.get("email_verified") is True
        return Shown(self.told.issuer, subject, folded(claims.get("email")) if proven else "")


def _safe(told: Mapping[str, Json], name: str) -> str:
    end = told.get(name)
    if not isinstance(end, str) or not safe(urlsplit(end)):
        raise Away("discovery")
    return end
