"""One JSON document from the provider over HTTP, with limits of time and size.

Belongs here: asking. Does not: what is asked for (provider.py). Nothing is followed, nothing that was sent or got is logged.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx
import orjson

from hub.model import Json

LONGEST = 10.0
"""Seconds for a whole answer."""
LARGEST = 262_144
"""Bytes of an answer."""
HEADERS = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "customer-hub"}


class Away(Exception):  # a state of the provider, told to people as such
    """The provider cannot be reached or answers nonsense. code: what is wrong."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def document(
    url: str, sent: Mapping[str, str] | None = None, basic: tuple[str, str] | None = None
) -> tuple[int, dict[str, Json]]:
    """Status and JSON object of an answer: of a GET, or of a POST of the form `sent`. Raises Away.

    On this machine past every proxy; elsewhere as the environment says (proxies, SSL_CERT_FILE).
    """
    trust = url.startswith("https:")
    try:
        async with asyncio.timeout(LONGEST), httpx.AsyncClient(trust_env=trust, timeout=LONGEST) as speaker:
            method = "GET" if sent is None else "POST"
            auth = httpx.BasicAuth(*basic) if basic else None
            async with speaker.stream(method, url, headers=HEADERS, data=sent, auth=auth) as answer:
                return answer.status_code, _object(await _body(answer))
    except TimeoutError:
        raise Away("timeout") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise Away(type(error).__name__) from None


async def _body(answer: httpx.Response) -> bytes:
    read = bytearray()
    async for part in answer.aiter_raw():
        read += part
        if len(read) > LARGEST:
            raise Away("size")
    return bytes(read)


def _object(body: bytes) -> dict[str, Json]:
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Away("json") from None
    if not isinstance(told, dict):
        raise Away("json")
    return told
