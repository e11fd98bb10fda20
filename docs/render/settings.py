"""The page of settings, out of schemas/settings.v1.json."""

from __future__ import annotations

from collections.abc import Mapping

from docs.render.table import code, keys, resolved, table, type_of
from hub import contracts
from hub.model import Json

INTRO = """# Settings

A workspace is a folder with `hub.toml`; secrets stand in `.env` beside it or in the environment and are written `"${NAME}"`.
`hub check` names everything that is wrong, with the key's path and a hint. Paths are relative to the workspace.
A connector's own keys inside `[sources.NAME]` are on the page of [connectors](connectors.md)."""


def page() -> str:
    """Every section with its keys."""
    schema = contracts.schema("settings.v1")
    return "\n\n".join([INTRO, *(_section(name, part, schema) for name, part in schema["properties"].items())])


def _section(name: str, part: Mapping[str, Json], root: Mapping[str, Json]) -> str:
    many = part.get("additionalProperties")
    if "properties" not in part and isinstance(many, dict):
        if "properties" not in many:
            rows = [("NAME", {**many, "description": part.get("description", "")}, False)]
            return f"## [{name}]\n\n{key_table(rows, root)}"
        return f"## [{name}.NAME]\n\n{key_table(keys(many, root), root)}"
    return f"## [{name}]\n\n{key_table(keys(part, root), root)}"


def key_table(rows: list[tuple[str, dict[str, Json], bool]], root: Mapping[str, Json]) -> str:
    """Keys of a section: type, default, meaning."""
    return table(("Key", "Type", "Default", "Meaning"), [_row(path, part, needed, root) for path, part, needed in rows])


def _row(path: str, part: dict[str, Json], needed: bool, root: Mapping[str, Json]) -> tuple[str, str, str, str]:
    full = resolved(part, root)
    default = "must be there" if needed else code(full.get("default"))
    return f"`{path}`", type_of(part, root), default, str(full.get("description", ""))
