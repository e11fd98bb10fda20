"""What is asked of Dagster in GraphQL: read, to know whether it changes something, and to write down who wants it.

Belongs here: the form of requests. Does not: rights, passing on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse

from hub.web.problem import Problem

BY = "hub/by"
"""The tag of a run that names who asked for it."""
MOST_TOKENS = 20_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """kinds: query, mutation, subscription. fields: names of what is asked at the top."""

    kinds: frozenset[str]
    fields: tuple[str, ...]

    @property
    def changes(self) -> bool:
        """Whether it changes something."""
        return OperationType.MUTATION.value in self.kinds


def wanted(text: object) -> Wanted:
    """What a GraphQL text asks for. Raises Problem 400 where it is none."""
    if not isinstance(text, str):
        raise Problem(400, "graphql")
    try:
        document = parse(text, no_location=True, max_tokens=MOST_TOKENS)
    except (GraphQLError, RecursionError):
        raise Problem(400, "graphql") from None
    asked = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    names = [getattr(field, "name", None) for one in asked for field in one.selection_set.selections]
    return Wanted(frozenset(one.operation.value for one in asked), tuple(name.value for name in names if name))


def read(body: bytes) -> tuple[dict[str, Any], Wanted]:
    """One request of JSON and what it asks for. Raises Problem 400."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Problem(400, "json") from None
    if not isinstance(value, dict):
        raise Problem(400, "graphql")
    return value, wanted(value.get("query"))


def signed(value: Mapping[str, Any], author: str) -> bytes:
    """The request with the name of who asks on every run that it begins; a name that stood there is replaced."""
    variables = value.get("variables")
    if not isinstance(variables, dict):
        return orjson.dumps(value)
    named = {name: _named(one, author) for name, one in variables.items()}
    return orjson.dumps({**value, "variables": named})


def _named(value: Any, author: str) -> Any:
    """Execution parameters, one or a list of them, with the tag; anything else as it is."""
    if isinstance(value, list):
        return [_named(one, author) for one in value]
    if not isinstance(value, dict) or "selector" not in value:
        return value
    about = value.get("executionMetadata") or {}
    tags = [tag for tag in about.get("tags") or [] if tag.get("key") != BY]
    return {**value, "executionMetadata": {**about, "tags": [*tags, {"key": BY, "value": author}]}}
