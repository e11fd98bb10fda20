"""What a request asks for, read with care.

Belongs here: small readers of query and form values that several pages share. Does not: pages.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from starlette.requests import Request

from hub.flow.access import Who
from hub.model import Json
from hub.web.ground import form, signed
from hub.web.problems import Problem

LONGEST, REASON = 200, 500


def header(request: Request, name: bytes) -> str | None:
    """The first header of a name (in small letters), without reading the others: this is asked for with every look-up."""
    headers: list[tuple[bytes, bytes]] = request.scope["headers"]
    return next((value.decode("latin-1") for told, value in headers if told == name), None)


def chosen(value: str | None, known: Collection[str]) -> str | None:
    """The value when it is one of the known ones."""
    return value if value in known else None


def new_run() -> str:
    """An id for a run, or for a look at what one would do."""
    return str(uuid.uuid4())


def whole_number(value: str | None) -> int | None:
    """A positive number, None for anything else."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 12 else None


def typed(value: str | None, most: int = LONGEST) -> str:
    """What somebody typed, at most so many signs, without any that cannot be printed."""
    return "".join(sign for sign in (value or "")[:most] if sign.isprintable()).strip()


def reason(request: Request) -> str | None:
    """Why, as somebody typed it."""
    return typed(form(request).get("reason"), REASON) or None


def sees_all(request: Request) -> bool:
    """Whether who asks may see personal data whole."""
    return "pii" in signed(request).scopes


def must_see_all(request: Request) -> None:
    """For pages that are of no use without personal data."""
    if not sees_all(request):
        raise Problem(403, "pii")


def everywhere(request: Request) -> None:
    """For pages about all customers at once: not for people who are limited to some stores."""
    if signed(request).stores is not None:
        raise Problem(403, "stores")


def may_see(who: Who, doc: Mapping[str, Json]) -> bool:
    """Whether a customer, by their golden document, is one of the stores that this person sees."""
    return who.stores is None or not who.stores.isdisjoint(doc.get("stores", ()))
