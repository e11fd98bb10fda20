"""Whether a webhook really comes from the vendor: signatures over the raw body, compared in constant time.

Belongs here: one check per vendor. Does not: what a webhook does (api/webhooks.py). Facts are the vendors' own pages.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping

from starlette.requests import Request

Check = Callable[[Request, bytes, str], bool]


def same(a: str, b: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(a.encode(), b.encode())


def woocommerce(request: Request, body: bytes, secret: str) -> bool:
    """`X-WC-Webhook-Signature`: base64 of HMAC-SHA256 with the hook's secret."""
    made = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return same(made, request.headers.get("x-wc-webhook-signature", ""))


def kiotviet(request: Request, body: bytes, secret: str) -> bool:
    """`X-Hub-Signature`: hex of HMAC-SHA256, with or without `algo=` before it.

    The vendor is told the base64 of a secret and does not say whether it signs with that text or with what it stands for.
    """
    sent = request.headers.get("x-hub-signature", "").rpartition("=")[2].lower()
    return any(same(hmac.new(key, body, hashlib.sha256).hexdigest(), sent) for key in _keys(secret))


def _keys(secret: str) -> list[bytes]:
    keys = [secret.encode(), base64.b64encode(secret.encode())]
    try:
        keys.append(base64.b64decode(secret, validate=True))
    except (binascii.Error, ValueError):
        return keys
    return [key for key in keys if key]


def mailchimp(request: Request, body: bytes, secret: str) -> bool:
    """The vendor signs nothing: the hook's address bears the secret, `?key=…`."""
    return same(request.query_params.get("key", ""), secret)


CHECKS: Mapping[str, Check] = {"woocommerce": woocommerce, "kiotviet": kiotviet, "mailchimp": mailchimp}
"""Connector → its check."""
