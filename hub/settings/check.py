"""What is wrong with a parsed hub.toml: schema breaches as one clear line each, then what no schema can say.

Every function takes the raw table and yields Findings with the key's path and a hint; nothing is raised.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from hub import contracts
from hub.model import Json
from hub.settings.model import Catalogue, CatalogueEntry, Finding
from hub.settings.secrets import in_clear
from hub.settings.units import cron

_WRONG = {
    "type": "wrong type",
    "enum": "not one of the allowed values",
    "pattern": "not in the form that is expected",
    "minimum": "too small",
    "required": "a required key is missing",
    "oneOf": "needs either `source` or `connector`, not both",
    "propertyNames": "a name must be small letters, digits and _, beginning with a letter",
}
SHORTEST_SECRET = 24
_QUOTED = re.compile(r"'([^']+)'")


def near(word: str, known: Iterable[str]) -> str:
    """`did you mean x?`, or "" when nothing is near."""
    match = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean {match[0]!r}?" if match else ""


def _unknown(schema: Mapping[str, Json], path: str, names: Iterable[str]) -> Iterator[Finding]:
    known = schema.get("properties", {})
    for name in names:
        hint = near(name, known) or "known keys: " + ", ".join(sorted(known))
        yield Finding("settings.unknown_key", f"{path}.{name}".lstrip("."), "unknown key", hint)


def _breach(violation: contracts.Violation, prefix: str, schema: Mapping[str, Json], value: Json) -> Iterator[Finding]:
    path = ".".join(part for part in (prefix, violation.path) if part)
    if violation.code == "additionalProperties":
        inner, table = _descend(schema, value, violation.path)
        yield from _unknown(inner, path, sorted(set(table) - set(inner.get("properties", {}))))
        return
    hint = _QUOTED.search(violation.message) if violation.code == "required" else None
    where = f"{path}.{hint[1]}".lstrip(".") if hint else path
    detail = "" if violation.code in ("required", "oneOf") else _expected(schema, value, violation.path)
    yield Finding(f"settings.{violation.code}", where or "hub.toml", _WRONG.get(violation.code, violation.code), detail)


def _descend(schema: Mapping[str, Json], value: Json, path: str) -> tuple[Mapping[str, Json], Mapping[str, Json]]:
    for part in filter(None, path.split(".")):
        more = schema.get("additionalProperties")
        schema = schema.get("properties", {}).get(part) or (more if isinstance(more, dict) else {})
        value = value.get(part, {}) if isinstance(value, dict) else {}
    return schema, value if isinstance(value, dict) else {}


def _expected(schema: Mapping[str, Json], value: Json, path: str) -> str:
    inner, _ = _descend(schema, value, path)
    if "enum" in inner:
        return "one of " + ", ".join(str(item) for item in inner["enum"])
    return str(inner.get("description", "")) or (f"expected {inner['type']}" if "type" in inner else "")


def by_schema(name: str, value: Json, prefix: str = "") -> Iterator[Finding]:
    """Breaches of schema `name`, as findings under `prefix`."""
    for violation in contracts.explain(name, value):
        yield from _breach(violation, prefix, contracts.schema(name), value)


def _connector(path: str, table: Mapping[str, Json], catalogue: Catalogue, shared: frozenset[str]) -> Iterator[Finding]:
    name = table.get("connector")
    if not isinstance(name, str):
        return
    if name not in catalogue.names():
        hint = near(name, catalogue.names()) or "see `hub connectors list`"
        yield Finding("settings.unknown_connector", f"{path}.connector", f"no connector named {name!r}", hint)
        return
    entry = catalogue.entry(name)
    own = {key: item for key, item in table.items() if key not in shared or key in _keys(entry)}
    known = {"properties": dict.fromkeys(shared | _keys(entry))}
    yield from _unknown(known, path, sorted(set(own) - _keys(entry)))
    for found in by_schema(entry.schema, {key: item for key, item in own.items() if key in _keys(entry)}, path):
        if not (path.startswith("destinations.") and _source_only(entry, found)):
            yield found


def _source_only(entry: CatalogueEntry, found: Finding) -> bool:
    """Whether a key is missing that only a source needs: a destination without one only writes."""
    needless = contracts.schema(entry.schema).get("x-source-only", ())
    return found.id == "settings.required" and found.path.rpartition(".")[2] in needless


def _keys(entry: CatalogueEntry) -> frozenset[str]:
    return frozenset(contracts.schema(entry.schema).get("properties", {}))


def _shared(section: str) -> frozenset[str]:
    return frozenset(contracts.schema("settings.v1")["properties"][section]["additionalProperties"]["properties"])


def connectors(raw: Mapping[str, Json], catalogue: Catalogue) -> Iterator[Finding]:
    """Unknown connectors and breaches of their own keys."""
    for section in ("sources", "destinations"):
        for name, table in raw.get(section, {}).items():
            if section == "sources" or "connector" in table:
                yield from _connector(f"{section}.{name}", table, catalogue, _shared(section))
            else:
                yield from _unknown(
                    {"properties": dict.fromkeys(_shared(section))},
                    f"{section}.{name}",
                    sorted(set(table) - _shared(section)),
                )


def links(raw: Mapping[str, Json]) -> Iterator[Finding]:
    """Names that must name something: a destination's source and purpose, survivorship's sources, the time zone."""
    sources = raw.get("sources", {})
    purposes = {"service", "marketing", *raw.get("purposes", {})}
    for name, table in raw.get("destinations", {}).items():
        source, purpose = table.get("source"), table.get("purpose", "service")
        if source is not None and source not in sources:
            yield Finding(
                "settings.unknown_source",
                f"destinations.{name}.source",
                f"no source named {source!r}",
                near(source, sources),
            )
        if purpose not in purposes:
            yield Finding(
                "settings.unknown_purpose",
                f"destinations.{name}.purpose",
                f"no purpose named {purpose!r}",
                near(purpose, purposes),
            )
    for source in raw.get("survivorship", {}).get("sources", []):
        if source not in sources:
            yield Finding(
                "settings.unknown_source", "survivorship.sources", f"no source named {source!r}", near(source, sources)
            )
    zone = raw.get("hub", {}).get("timezone", "UTC")
    if zone not in available_timezones():
        yield Finding(
            "settings.unknown_timezone", "hub.timezone", f"no time zone named {zone!r}", "for example Asia/Ho_Chi_Minh"
        )


def marks(raw: Mapping[str, Json], catalogue: Catalogue) -> Iterator[Finding]:
    """A mark that the destination's system has no room for."""
    for name, table in raw.get("destinations", {}).items():
        base = raw.get("sources", {}).get(table.get("source"), table)
        connector, slot = base.get("connector"), table.get("mark", "none")
        if slot == "none" or connector not in catalogue.names():
            continue
        known = catalogue.entry(connector).marks
        if slot not in known:
            hint = "one of " + ", ".join(sorted({"none", *known}))
            yield Finding(
                "settings.mark", f"destinations.{name}.mark", f"{connector} has no room for a mark there", hint
            )


def schedules(raw: Mapping[str, Json]) -> Iterator[Finding]:
    """`every` and `reconcile` that are no schedules."""
    for part, key in (("sources", "every"), ("destinations", "reconcile")):
        for name, table in raw.get(part, {}).items():
            try:
                cron(table.get(key, ""))
            except ValueError as error:
                yield Finding("settings.schedule", f"{part}.{name}.{key}", str(error))


def webhooks(filled: Mapping[str, Json]) -> Iterator[Finding]:
    """Receivers whose address or secret will not do. filled: with the secrets in it; none of them is shown."""
    for name, table in filled.get("webhooks", {}).items():
        parts, path = urlsplit(table["url"]), f"webhooks.{name}"
        plain = parts.scheme == "http" and table.get("private", False)
        if not parts.hostname or parts.username or parts.fragment or not (parts.scheme == "https" or plain):
            hint = "https://..., without a password in it; http:// only with private = true"
            yield Finding("settings.webhook_url", f"{path}.url", "no address that a nudge may go to", hint)
        if len(table["secret"]) < SHORTEST_SECRET:
            hint = f"{SHORTEST_SECRET} signs and more: openssl rand -base64 32"
            yield Finding("settings.webhook_secret", f"{path}.secret", "too short", hint)


def secrets_in_clear(raw: Mapping[str, Json], prefix: str = "") -> Iterator[Finding]:
    """Secrets written into the file itself."""
    for key, value in raw.items():
        path = f"{prefix}.{key}".lstrip(".")
        if isinstance(value, dict):
            yield from secrets_in_clear(value, path)
        elif in_clear(key, value) or (key == "database" and re.search(r"://[^/:@]*:[^$@/][^@/]*@", str(value))):
            yield Finding(
                "settings.secret_in_clear",
                path,
                "a secret is written in clear",
                'put it into .env and write "${NAME}" here',
            )
