"""A customer as it is answered: whole or masked, only to those who may see its stores.

Belongs here: rows to documents, ETags. Does not: finding the customer (customers.py), masking itself (hub.web.masking).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from hub.flow.access import Who
from hub.model import Json
from hub.web import masking
from hub.web.api.table import Asked
from hub.web.asked import header
from hub.web.problem import Problem

Row = Mapping[str, Any]
HEAD = ("golden_id", "customer_code", "status", "version", "created_at", "updated_at")


def visible(who: Who, doc: Mapping[str, Json]) -> bool:
    """Whether the customer is one of the stores that this person or program sees."""
    return who.stores is None or not who.stores.isdisjoint(doc.get("stores", ()))


def row_visible(who: Who, row: Row) -> bool:
    """The same of a row; without limits nothing is read."""
    return who.stores is None or visible(who, orjson.loads(row["doc"]))


def must_see(asked: Asked, row: Row | None) -> Row:
    """The row, of somebody who is there and may be seen. Raises Problem 404, and 410 for a person who was erased."""
    if row is None:
        raise Problem(404, "customer.none")
    if row["status"] == "erased":
        raise Problem(410, "customer.erased")
    if not row_visible(asked.who, row):
        raise Problem(404, "customer.none")
    return row


def document(asked: Asked, row: Row) -> dict[str, Json]:
    """The golden document of a row, masked where it must be."""
    doc: dict[str, Json] = orjson.loads(row["doc"])
    if not asked.unmasked:
        masking.document(doc)
    return {name: row[name] for name in HEAD} | doc


def documents(asked: Asked, rows: Iterable[Row]) -> list[dict[str, Json]]:
    """Documents of rows that may be seen; looks are noted."""
    seen = [row for row in rows if row_visible(asked.who, row)]
    look(asked, (row["golden_id"] for row in seen))
    return [document(asked, row) for row in seen]


def look(asked: Asked, golden_ids: Iterable[str]) -> None:
    """Note that these customers are shown unmasked, when they are."""
    if asked.unmasked:
        asked.ground.looks.note(asked.who, golden_ids)


def tag(asked: Asked, row: Row, came_from: str | None) -> str:
    """The ETag of a document: its customer, version and form."""
    form = ("w" if asked.unmasked else "m") + ("r" if came_from else "")
    return f'"{row["golden_id"]}.{row["version"]}.{row["status"][:1]}{form}"'


def unchanged(asked: Asked, etag: str) -> bool:
    """Whether the one who asks has this form of it already."""
    sent = header(asked.request, b"if-none-match")
    return sent is not None and (
        sent.strip() == "*" or etag in [one.strip().removeprefix("W/") for one in sent.split(",")]
    )
