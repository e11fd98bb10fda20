"""Writes that do no harm twice, and still are not sent twice: an answer that never came is looked up first.

Belongs here: looking before sending again. Does not: creates (their outcome is settled by flow), http retries (kit.http).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from hub.errors import HubError, TransientError, UnknownOutcome
from hub.model import Json

T = TypeVar("T")
TRIES = 4
Lost = tuple[Mapping[str, Json], Mapping[str, Json]]
"""A record as it stood and what was sent, by a write whose answer never came."""


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
    """Whether a record read back bears everything that was sent; null, absent and empty are one.

    Texts compare without spaces, case and the signs that stand in phones: many vendors keep them in a form of their own.
    """
    if isinstance(wish, Mapping):
        told = record if isinstance(record, Mapping) else {}
        return all(holds(told.get(key), value) for key, value in wish.items())
    if wish in (None, ""):
        return record in (None, "")
    return _plain(record) == _plain(wish)


def _plain(value: Json) -> str:
    return "".join(
        c for c in unicodedata.normalize("NFC", str(value)).casefold() if not c.isspace() and c not in "().-"
    )


def again(patiently: Callable[[Callable[[], T | None]], T | None], attempt: Callable[[list[Lost]], T | None]) -> T:
    """Read, check and write in one attempt, from the beginning whenever its answer was lost or a pause was asked for.

    attempt: gets the lost ones before it, adds itself and gives None when its answer is lost too. patiently: the client's.
    Raises UnknownOutcome when it cannot be found out what became of them.
    """
    lost: list[Lost] = []
    for _ in range(TRIES):
        try:
            told = patiently(lambda: attempt(lost))
        except TransientError as error:
            raise (UnknownOutcome("an earlier try may have arrived") if lost else error) from None
        if told is not None:
            return told
    raise UnknownOutcome("nothing but silence came back")


def arrived(lost: Sequence[Lost], now: Mapping[str, Json]) -> bool:
    """Whether the last of the writes whose answer never came did arrive: what it changed is there now, or a part of it.

    That somebody has edited the rest since does not speak against it. All in the vendor's own form.
    """
    if not lost:
        return False
    stood, sent = map(_flat, lost[-1])
    changed = [key for key, value in sent.items() if not holds(stood.get(key), value)]
    return not changed or any(holds(_flat(now).get(key), sent[key]) for key in changed)


def _flat(row: Mapping[str, Json]) -> dict[str, Json]:
    flat: dict[str, Json] = {}
    for key, value in row.items():
        flat |= (
            {f"{key}.{name}": one for name, one in _flat(value).items()} if isinstance(value, Mapping) else {key: value}
        )
    return flat
