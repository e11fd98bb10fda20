"""The OpenAPI document, made from the route table, so that it says what is checked.

Belongs here: the document. Does not: the lines, docs/reference/api.md (docs.render.api, from the same table).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import hub
from hub import contracts
from hub.model import Json
from hub.web.api.table import Answer, Asked, Line, answer

PROBLEM = answer(
    ("type", "title", "status"), type={"type": "string"}, title={"type": "string"}, status={"type": "integer"},
    detail={"type": "string"}, request_id={"type": ["string", "null"]},
    errors={"type": "array", "items": answer(("field", "code"), field={"type": "string"}, code={"type": "string"})},
)  # fmt: skip
EVENT = answer(
    ("seq", "at", "kind", "golden_id", "version", "changed", "moved"), seq={"type": "integer"}, at={"type": "string"},
    kind={"enum": ["created", "updated", "merged", "split", "erased"]}, golden_id={"type": "string"},
    version={"type": "integer"}, changed={"type": "array", "items": {"type": "string"}},
    moved={"type": "array", "items": answer(("source", "source_id", "from", "to"))},
)  # fmt: skip
LICENSE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
LOOSE = ("pattern", "additionalProperties")
"""What masked values do not keep, and what more may come: left out of the golden document's schema."""


def document(lines: Sequence[Line]) -> dict[str, Json]:
    """OpenAPI 3.1."""
    paths: dict[str, dict[str, Json]] = {}
    for line in lines:
        paths.setdefault(line.path, {})[line.method.lower()] = _operation(line)
    return {
        "openapi": "3.1.0",
        "info": {"title": "customer hub", "version": hub.__version__, "license": LICENSE},
        "paths": paths,
        "components": {
            "schemas": {"Problem": PROBLEM, "Event": EVENT, "Customer": customer()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }  # fmt: skip


def _operation(line: Line) -> dict[str, Json]:
    told: dict[str, Json] = {
        "operationId": line.name, "summary": line.summary, "description": " ".join(filter(None, (line.about, who_may(line)))),
        "parameters": [*_path(line), *_query(line), *_conditions(line)], "responses": _responses(line),
        "security": [] if line.open else [{"token": []}],
    }  # fmt: skip
    if line.body is not None:
        told["requestBody"] = {
            "required": not line.optional, "content": {"application/json": {"schema": dict(line.body)}}
        }  # fmt: skip
    return told


def who_may(line: Line) -> str:
    """Roles and rights in a sentence; "" for what is open."""
    if line.open:
        return ""
    roles = "every role" if "reader" in line.roles else ", ".join((*line.roles, "admin"))
    right = f", with the right {line.scope}" if line.scope else ""
    return f"For {roles}{right}." + ("" if line.limited else " Not for tokens that see some stores only.")


def _path(line: Line) -> list[dict[str, Json]]:
    schema = {"type": "string", "minLength": 1, "maxLength": 200}
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in line.parts]


def _query(line: Line) -> list[dict[str, Json]]:
    told = []
    for name, schema in line.query.items():
        plain = {key: value for key, value in schema.items() if key != "description"}
        about = {"description": schema["description"]} if "description" in schema else {}
        told.append({"name": name, "in": "query", "required": False, "schema": plain} | about)
    return told


def _conditions(line: Line) -> list[dict[str, Json]]:
    schema = {"type": "string"}
    return [{"name": line.conditional, "in": "header", "required": False, "schema": schema}] if line.conditional else []


def _responses(line: Line) -> dict[str, Json]:
    good = {"description": line.summary, "content": {line.media: {"schema": _said(line)}}}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    told = {str(line.status): good, "default": {"description": "What went wrong (RFC 9457)", "content": problem}}
    if line.status == 201:
        told["200"] = good
    if line.conditional == "If-None-Match":
        told["304"] = {"description": "Unchanged"}
    return told


def _said(line: Line) -> Mapping[str, Json]:
    return dict(line.answers) if line.media == "application/json" else {"type": "string"}


@cache
def customer() -> dict[str, Json]:
    """The golden document's schema, loose enough for masked values, with what only answers have."""
    whole = contracts.schema("golden_customer.v1")
    inner: dict[str, Json] = _inlined(
        {key: value for key, value in whole.items() if not key.startswith("$")}, whole["$defs"]
    )
    inner["properties"] |= {
        "resolved_from": {"type": "string", "description": "The id that was asked for and was merged away"}
    }
    inner["properties"] |= {"as_of": {"type": "string"}}
    return inner


def _inlined(schema: Any, defs: Mapping[str, Any]) -> Any:
    """Without references, which would lead out of this document."""
    if isinstance(schema, list):
        return [_inlined(one, defs) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        found = _inlined(defs[schema["$ref"].rpartition("/")[2]], defs)
        return found | {key: value for key, value in schema.items() if key != "$ref"}
    return {key: _inlined(value, defs) for key, value in schema.items() if key not in LOOSE or isinstance(value, dict)}


def line_of(lines: Sequence[Line]) -> Line:
    """The line that tells the document itself, which it does not list."""

    def told(asked: Asked) -> Answer:
        return Answer(_once(tuple(lines)))

    return Line("GET", "/openapi.json", "openapi", "This document", told, answer(), open=True)


@cache
def _once(lines: tuple[Line, ...]) -> dict[str, Json]:
    return document(lines)
