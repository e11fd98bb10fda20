"""Whether an ID token is the provider's, for us, of this very sign-in, and fresh.

Belongs here: keys and claims. Does not: fetching them (provider.py). Only signatures by a private key of the provider's count:
`none` and the HS family, whose key is no secret of the provider's alone, are not in the list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from joserfc import jwk, jws, jwt
from joserfc.errors import BadSignatureError, JoseError

from hub.model import Json

FAMILIES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
"""First letters of an algorithm → type of its keys."""
ALGORITHMS = (*(f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)), "Ed25519")
MOST_KEYS = 50
SHORTEST_RSA = 2_048
LEEWAY, OLDEST = 60, 600
"""Seconds by which clocks may differ; after which an ID token is too old for a sign-in."""
HEADER = 4_096
Key = jwk.RSAKey | jwk.ECKey | jwk.OKPKey


class Untrusted(Exception):  # what the provider said is not believed
    """What came is not proven. code: which proof is missing, never a value."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class UnknownKey(Untrusted):
    """The key that it names is not among those that we know."""


def keys_of(document: Mapping[str, Json]) -> list[Key]:
    """The public keys for signatures out of a JWKS; what cannot be used is left out."""
    told = document.get("keys")
    entries = told[:MOST_KEYS] if isinstance(told, list) else []
    return [key for entry in entries if isinstance(entry, dict) and (key := _key(entry)) is not None]


def _key(entry: Mapping[str, Json]) -> Key | None:
    if entry.get("kty") not in FAMILIES.values() or entry.get("use", "sig") != "sig":
        return None
    if entry["kty"] == "RSA" and len(str(entry.get("n", ""))) * 6 < SHORTEST_RSA:
        return None
    try:
        key = jwk.import_key(dict(entry))
        size = key.raw_value.key_size if isinstance(key, jwk.RSAKey) else SHORTEST_RSA
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return key if isinstance(key, jwk.RSAKey | jwk.ECKey | jwk.OKPKey) and size >= SHORTEST_RSA else None


def verified(text: str, keys: Sequence[Key], *, issuer: str, client_id: str, nonce: str, now: int) -> dict[str, Any]:
    """The claims of an ID token. now: seconds since 1970. Raises UnknownKey, or Untrusted when any proof is missing."""
    claims = _signed(text, keys)
    if claims.get("aud") not in (client_id, [client_id]) or claims.get("azp", client_id) != client_id:
        raise Untrusted("audience")
    if claims.get("nonce") != nonce:
        raise Untrusted("nonce")
    needed: Any = {"essential": True}
    registry = jwt.JWTClaimsRegistry(
        now, LEEWAY, iss={"essential": True, "value": issuer}, sub=needed, exp=needed, iat=needed
    )
    try:
        registry.validate(claims)
    except JoseError as error:
        raise Untrusted(f"{error.error} {getattr(error, 'claim', '')}".strip()) from None
    if now - claims["iat"] > OLDEST + LEEWAY:
        raise Untrusted("age")
    return claims


def _signed(text: str, keys: Sequence[Key]) -> dict[str, Any]:
    """The claims of a token that one of these keys has signed."""
    registry = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    registry.max_header_length = HEADER
    try:
        header = jws.extract_compact(text.encode(), registry=registry).headers()
        fitting = _fitting(header, keys)
        for key in fitting:
            try:
                return jwt.decode(text, key, registry=registry).claims
            except BadSignatureError:
                continue
    except (JoseError, ValueError) as error:
        raise Untrusted(getattr(error, "error", "token")) from None
    raise Untrusted("signature")


def _fitting(header: Mapping[str, Any], keys: Sequence[Key]) -> list[Key]:
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS or "crit" in header:
        raise Untrusted("algorithm")
    family = FAMILIES[str(algorithm)[:2]]
    found = [
        key for key in keys
        if key.key_type == family and key.alg in (None, algorithm) and (kid is None or key.kid == kid)
    ]  # fmt: skip
    if not found:
        raise UnknownKey("key")
    return found
