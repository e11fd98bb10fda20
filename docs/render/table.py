"""Markdown tables, and what a JSON Schema says as words.

Belongs here: what several pages share. Does not: any one page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hub.model import Json

FORMS = {
    "duration": "duration (`30s`, `15m`, `24h`, `730d`)",
    "percent": "percentage (`5%`)",
    "region": "country code (`VN`)",
    "name": "name",
    "time": "time (`2026-11-21T10:00:00.000Z`)",
    "text": "text",
    "texts": "list of text",
    "source": "name of a source",
    "sources": "list of sources' names",
}
"""Words for what `$defs` name."""
PLAIN = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "nothing",
    "array": "list",
    "object": "table",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; bars inside cells are escaped, line ends become spaces."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def code(value: Json) -> str:
    """A value as it stands in TOML, in backticks; nothing for None."""
    if value is None:
        return ""
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else value
    return f'`"{text}"`' if isinstance(text, str) and not isinstance(value, bool) else f"`{text}`"


def resolved(part: Mapping[str, Json], root: Mapping[str, Json]) -> dict[str, Json]:
    """A part of a schema with its `$ref` looked up; what stands beside the reference wins."""
    name = str(part.get("$ref", "")).removeprefix("#/$defs/")
    return {**root["$defs"][name], **part} if name else dict(part)


def type_of(part: Mapping[str, Json], root: Mapping[str, Json], inside: tuple[str, ...] = ()) -> str:
    """What a value may be, in words. inside: names of the definitions around it, so that one within itself ends."""
    name = str(part.get("$ref", "")).removeprefix("#/$defs/")
    if name in FORMS or (name and name in inside):
        return FORMS.get(name, "the same again")
    part, inside = resolved(part, root), (*inside, name)
    if "enum" in part:
        return " or ".join(code(value) for value in part["enum"])
    if "anyOf" in part or "oneOf" in part:
        return ", or ".join(type_of(one, root, inside) for one in part.get("anyOf") or part["oneOf"])
    kind = part.get("type", "any")
    return ", or ".join(_one(one, part, root, inside) for one in ([kind] if isinstance(kind, str) else kind))


def _one(kind: str, part: Mapping[str, Json], root: Mapping[str, Json], inside: tuple[str, ...]) -> str:
    if kind == "array" and "items" in part:
        return "list of " + type_of(part["items"], root, inside)
    return _object(part, root, inside) if kind == "object" else PLAIN.get(kind, kind)


def _object(part: Mapping[str, Json], root: Mapping[str, Json], inside: tuple[str, ...]) -> str:
    more = part.get("additionalProperties")
    if "properties" in part or not isinstance(more, dict):
        return "table"
    return "table: name = " + type_of(more, root, inside)


def inner(part: Mapping[str, Json], root: Mapping[str, Json]) -> Mapping[str, Json] | None:
    """The table inside a value: of the value itself, or of a list's items; None when it has none."""
    part = resolved(part, root)
    if part.get("type") == "array":
        return inner(part.get("items", {}), root)
    return part if "properties" in part else None


def keys(
    schema: Mapping[str, Json], root: Mapping[str, Json], prefix: str = ""
) -> list[tuple[str, dict[str, Json], bool]]:
    """(path, part, required) of every key, tables and lists of tables followed inside."""
    found: list[tuple[str, dict[str, Json], bool]] = []
    for name, part in schema.get("properties", {}).items():
        path = f"{prefix}{name}"
        found.append((path, part, name in schema.get("required", ())))
        within = inner(part, root)
        if within is not None:
            many = resolved(part, root).get("type") == "array"
            found += keys(within, root, f"{path}[]." if many else f"{path}.")
    return found
