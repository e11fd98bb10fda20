"""What no schema can say of `[oidc]`: addresses that must be safe, settings that need one another.

Every finding bears the key's path and a hint; no secret is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import SplitResult, urlsplit

from hub.model import Json
from hub.settings.model import Finding

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def safe(parts: SplitResult) -> bool:
    """Whether an address is https, or stays on this machine."""
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


def findings(filled: Mapping[str, Json]) -> Iterator[Finding]:
    """Everything that is wrong. filled: the raw settings with the secrets in them."""
    table = filled.get("oidc")
    if table is None:
        return
    issuer = urlsplit(table["issuer"])
    if not safe(issuer) or issuer.username or issuer.query or issuer.fragment:
        yield Finding(
            "settings.oidc_issuer", "oidc.issuer", "no address of a provider", "https://..., as it names itself"
        )
    if not table["client_id"] or table.get("client_secret") == "":
        yield Finding("settings.oidc_client", "oidc.client_id", "empty", "the provider gives an id and a secret")
    if table.get("create_role") and not table.get("create_domains"):
        hint = 'whose e-mails count: create_domains = ["cuahang.vn"]'
        yield Finding("settings.oidc_domains", "oidc.create_domains", "create_role lets nobody in without it", hint)
    yield from _address(filled.get("web", {}))


def _address(web: Mapping[str, Json]) -> Iterator[Finding]:
    """The provider sends people back to the public address, which must be one that it is safe to send them to."""
    parts = urlsplit(web.get("address", ""))
    if not safe(parts):
        hint = 'where people open the pages: address = "https://hub.cuahang.vn"'
        yield Finding("settings.oidc_address", "web.address", "[oidc] needs the public address, by https", hint)
    elif parts.scheme == "https" and not web.get("https", False):
        yield Finding(
            "settings.oidc_https", "web.https", "the address is https", "https = true: cookies go nowhere else"
        )
