"""Writes that do no harm twice, and still are not sent twice: an answer that never came is looked up first.

Belongs here: looking before sending again. Does not: creates (their outcome is settled by flow), http retries (kit.http).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from hub.errors import HubError, UnknownOutcome
from hub.model import Json

T = TypeVar("T")
TRIES = 4


def until_it_stands(send: Callable[[], T], look: Callable[[], T | None]) -> T:
    """Send; when the outcome is unknown, `look` (None: it is not there) and send again only then, a few times.

    Raises UnknownOutcome when it cannot be found out, or when nothing but silence comes back.
    """
    for _ in range(TRIES - 1):
        try:
            return send()
        except UnknownOutcome as error:
            found = _looked(look, error)
        if found is not None:
            return found
    return send()


def _looked(look: Callable[[], T | None], lost: UnknownOutcome) -> T | None:
    try:
        return look()
    except HubError:
        raise lost from None


def holds(record: Json, wish: Json) -> bool:
    """Whether a record read back bears everything that was sent; null, absent and empty are one, texts compare stripped."""
    if isinstance(wish, Mapping):
        told = record if isinstance(record, Mapping) else {}
        return all(holds(told.get(key), value) for key, value in wish.items())
    if wish in (None, ""):
        return record in (None, "")
    return str(record).strip() == str(wish).strip()
