"""Field lists of the vendors' documents as data, and whether a value is of a listed type.

Belongs here: reading `<vendor>/fields.json` and the words for types. A list is {field: type}; a type is one of
`int number str bool datetime date list object any`, with `?` when null is allowed.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any

from hub.sandbox.rows import Json

_DATETIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:?\d\d)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,7})?)?")


@functools.cache
def fields_of(vendor: str) -> dict[str, Any]:
    """The field lists of one vendor by name (answers, writable bodies, parameters)."""
    text = resources.files("hub.sandbox").joinpath(vendor, "fields.json").read_text(encoding="utf-8")
    lists: dict[str, Any] = json.loads(text)
    return lists


def is_of(value: Json, kind: str) -> bool:
    """Whether a value is of a listed type."""
    if value is None:
        return kind.endswith("?") or kind == "any"
    return _CHECKS[kind.rstrip("?")](value)


def misfits(row: Mapping[str, Any], fields: Mapping[str, str]) -> list[str]:
    """Names of fields that are not in the list or whose value is of another type."""
    return [name for name, value in row.items() if name not in fields or not is_of(value, fields[name])]


def _is_int(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_CHECKS: dict[str, Callable[[Json], bool]] = {
    "int": _is_int,
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "str": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "datetime": lambda value: isinstance(value, str) and _DATETIME.fullmatch(value) is not None,
    "date": lambda value: isinstance(value, str) and bool(_DATE.fullmatch(value) or _DATETIME.fullmatch(value)),
    "list": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "any": lambda value: True,
}
