"""What a line of the route table says: one operation of the API.

Belongs here: the nouns of the table, and shorthands for schemas. Does not: the lines (customers.py, reviews.py, …), what is done
with them (entry.py answers, openapi.py describes).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub import contracts
from hub.flow.access import Who
from hub.model import Json
from hub.web.ground import Ground

Schema = Mapping[str, Any]
LIST = 50
"""Units of work of a list; a look-up by a key is one."""
EVERYBODY = ("reader",)
PLAIN = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f]*$"
"""Text without control signs, which no database and no person can use."""


def text(most: int = 200, **more: Json) -> dict[str, Json]:
    """A text that says something."""
    return {"type": "string", "minLength": 1, "maxLength": most, "pattern": PLAIN} | more


def whole(least: int = 0, most: int = 2**53 - 1, **more: Json) -> dict[str, Json]:
    """A whole number."""
    return {"type": "integer", "minimum": least, "maximum": most} | more


def record(required: Sequence[str] = (), **properties: Schema) -> dict[str, Json]:
    """An object that is sent: nothing beside these."""
    return {
        "type": "object", "additionalProperties": False, "required": list(required), "properties": dict(properties)
    }  # fmt: skip


def answer(required: Sequence[str] = (), **properties: Schema) -> dict[str, Json]:
    """An object that is answered: more may come with any version."""
    return {"type": "object", "required": list(required), "properties": dict(properties)}


def ref(name: str) -> dict[str, Json]:
    """A schema of the document's components."""
    return {"$ref": f"#/components/schemas/{name}"}


def listing(item: Schema) -> dict[str, Json]:
    """A page of a list."""
    return answer(("items", "next"), items={"type": "array", "items": item}, next={"type": ["string", "null"]})


DAY = "(20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|20[0-9]{2}-(0[13-9]|1[0-2])-(29|30)|20[0-9]{2}-(0[13578]|1[02])-31)"
CLOCK = "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])?"
MOMENT = {
    "type": "string", "pattern": f"^{DAY}({CLOCK})?$",
    "description": "A day (meant to its end), or a moment (YYYY-MM-DDTHH:MM:SS, the shop's clock unless it bears Z or an offset)",
}  # fmt: skip
LIMIT = whole(1, 200, default=50)
CURSOR = text(500, description="`next` of the page before")


@dataclass(slots=True)
class Asked:
    """A request that has passed: who asks, and what, checked. body: JSON, or the raw bytes where the line says `raw`."""

    ground: Ground
    who: Who
    request: Request
    path: Mapping[str, str]
    query: Mapping[str, Json]
    body: Json = None

    @property
    def unmasked(self) -> bool:
        """Whether personal data may be shown whole."""
        return "pii" in self.who.scopes


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: JSON, or its bytes."""

    body: Json = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Asked], "Answer | Response"]


@dataclass(frozen=True, eq=False)
class Line:
    """One operation. roles: who may (admins always). scope: a right of its own that is needed, too.

    run works in a thread; quick, where there is one, between two requests in the event loop, and gives None when it cannot;
    before is waited for first. cost: units of work in a thread (a quick answer costs one). query: name → schema. body: schema
    of what is sent (optional: nothing may be sent); raw: bytes. answers: schema of the answer. open: without a token.
    limited: those who see some stores only may ask, too (the function looks after that). conditional: If-Match or
    If-None-Match are heeded.
    """

    method: str
    path: str
    name: str
    summary: str
    run: Handler
    answers: Schema
    roles: tuple[str, ...] = EVERYBODY
    scope: str = ""
    query: Mapping[str, Schema] = field(default_factory=dict)
    body: Schema | None = None
    raw: bool = False
    optional: bool = False
    quick: Callable[[Asked], Answer | None] | None = None
    before: Callable[[Asked], Awaitable[None]] | None = None
    cost: int = LIST
    status: int = 200
    open: bool = False
    limited: bool = True
    conditional: str = ""
    media: str = "application/json"
    about: str = ""
    limit: int = 1_048_576

    @property
    def parts(self) -> list[str]:
        """Names in the path."""
        return [part[1:-1].partition(":")[0] for part in self.path.split("/") if part.startswith("{")]

    @cached_property
    def defaults(self) -> Mapping[str, Json]:
        """Values of the query for names that are not sent; none must be."""
        return {name: schema["default"] for name, schema in self.query.items() if "default" in schema}

    @cached_property
    def check_query(self) -> Callable[[Json], list[contracts.Violation]]:
        """The check of what stands behind the question mark."""
        return contracts.checker(record((), **self.query))

    @cached_property
    def check_body(self) -> Callable[[Json], list[contracts.Violation]]:
        """The check of what is sent."""
        return contracts.checker(dict(self.body or {}))
