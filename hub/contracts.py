"""Loads and applies the JSON Schemas under schemas/.

Belongs here: finding schemas (checkout or wheel), validating, explaining. A fast validator decides what passes;
`jsonschema` explains what fails. Does not belong: what to do with a failure (settings, flow).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from hub.errors import ConfigError
from hub.model import Json

if TYPE_CHECKING:
    import jsonschema
    import jsonschema_rs
    from jsonschema.exceptions import ValidationError


@dataclass(frozen=True, slots=True)
class Violation:
    """One breach. row: position in what was given; field: top-level key ("" = the whole); path: joined by dots.

    code: the schema keyword that failed (`type`, `maxLength`, …). message: the validator's sentence, which may
    quote the value: for settings only, never for customers' data.
    """

    row: int
    field: str
    path: str
    code: str
    message: str


def schemas_root() -> Traversable:
    """The folder of schemas: inside the wheel, else at the top of the checkout."""
    packed = resources.files("hub") / "_data" / "schemas"
    return packed if packed.is_dir() else Path(__file__).resolve().parent.parent / "schemas"


@cache
def schema(name: str) -> dict[str, Json]:
    """The schema `name` (`source_record.v1`, `connectors/kiotviet.v1`), or `package:file` (`acme_till:settings.v1`).

    A name without a schema, and a file that is none, are a ConfigError.
    """
    package, _, inside = name.rpartition(":")
    try:
        place = (resources.files(package) if package else schemas_root()).joinpath(*f"{inside}.json".split("/"))
        loaded: dict[str, Json] = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ImportError) as error:
        raise ConfigError(f"no schema named {name}") from error
    except ValueError as error:
        raise ConfigError(f"the schema {name} is no JSON: {error}") from error
    return loaded


@cache
def _fast(name: str) -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(schema(name))


@cache
def _slow(name: str) -> jsonschema.Draft202012Validator:
    import jsonschema

    validator = jsonschema.Draft202012Validator
    validator.check_schema(schema(name))
    return validator(schema(name))


def _violation(row: int, error: ValidationError) -> Violation:
    parts = [str(part) for part in error.absolute_path]
    return Violation(row, parts[0] if parts else "", ".".join(parts), str(error.validator), error.message)


def explain(name: str, value: Json, row: int = 0) -> list[Violation]:
    """Every breach of schema `name` by `value`, in the order of the paths."""
    if is_valid(name, value):
        return []
    found = (_violation(row, error) for error in _slow(name).iter_errors(value))
    return sorted(found, key=lambda v: (v.path, v.code, v.message))


def is_valid(name: str, value: Json) -> bool:
    """Whether `value` keeps schema `name` (the fast validator)."""
    return _fast(name).is_valid(value)


def validate_values(name: str, values: Sequence[Json]) -> Iterator[Violation]:
    """Breaches of many values; rows that pass cost one fast check each."""
    fast = _fast(name)
    for row, value in enumerate(values):
        if not fast.is_valid(value):
            yield from explain(name, value, row)


def validate_rows(name: str, texts: Sequence[str | bytes]) -> list[tuple[int, str, str]]:
    """(row, code, field) for every breach in JSON texts; text that is no JSON gives code `json`, field ""."""
    fast = _fast(name)
    found: list[tuple[int, str, str]] = []
    for row, text in enumerate(texts):
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            found.append((row, "json", ""))
            continue
        if not fast.is_valid(value):
            found += [(v.row, v.code, v.field) for v in explain(name, value, row)]
    return found


def checker(told: dict[str, Json]) -> Callable[[Json], list[Violation]]:
    """A check by a schema that stands in the program itself: every breach, in the order of the paths."""
    import jsonschema
    import jsonschema_rs

    fast, slow = jsonschema_rs.Draft202012Validator(told), jsonschema.Draft202012Validator(told)

    def breaches(value: Json) -> list[Violation]:
        if fast.is_valid(value):
            return []
        found = (_violation(0, error) for error in slow.iter_errors(value))
        return sorted(found, key=lambda v: (v.path, v.code, v.message))

    return breaches
