"""Reads hub.toml: find, parse, check, fill in, build. All findings come at once; errors raise SettingsError."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from hub.errors import ConfigError
from hub.model import Json
from hub.settings import check, oidc, segments
from hub.settings.conditions import declared
from hub.settings.model import (
    Alerts,
    Catalogue,
    Consent,
    Destination,
    Export,
    Finding,
    Matching,
    Oidc,
    Review,
    Settings,
    Source,
    Survivorship,
    Web,
    Webhook,
)
from hub.settings.secrets import environment, resolve
from hub.settings.units import duration, percent

POLICY = ("matching", "survivorship")
"""The tables that decide who is who and what is golden."""
EXPORT_OPTIONS = ("password", "host_key", "known_hosts", "key", "secret", "endpoint", "region")
MARKETING_CHANNELS = frozenset({"email", "sms", "zalo"})


class SettingsError(ConfigError):
    """The settings are wrong; `findings` holds every line."""

    code = "settings"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(finding.line() for finding in findings))
        self.findings = tuple(findings)


def find_config(config: str | None, environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Path:
    """The hub.toml to use: `--config`, else `HUB_CONFIG`, else the current folder's. A folder means its hub.toml."""
    environ = os.environ if environ is None else environ
    chosen = Path(config or environ.get("HUB_CONFIG") or (folder or Path.cwd()))
    path = chosen / "hub.toml" if chosen.is_dir() else chosen
    if not path.is_file():
        raise ConfigError(
            f"no hub.toml at {path}",
            hint="run `hub init`, or name one with --config or HUB_CONFIG",
            code="settings.absent",
        )
    return path.resolve()


def _parse(path: Path) -> dict[str, Json]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            [Finding("settings.toml", path.name, str(error), "the file must be TOML in UTF-8")]
        ) from error


def _findings(raw: Mapping[str, Json], catalogue: Catalogue) -> list[Finding]:
    shape = list(check.by_schema("settings.v1", raw))
    clear = list(check.secrets_in_clear(raw))
    if shape:
        return shape + clear
    return [
        *clear,
        *check.connectors(raw, catalogue),
        *check.links(raw),
        *check.marks(raw, catalogue),
        *check.schedules(raw),
        *segments.findings(raw),
    ]


def load(path: Path, catalogue: Catalogue, environ: Mapping[str, str] | None = None) -> Settings:
    """The checked settings of the workspace at `path`; SettingsError lists all that is wrong."""
    return _loaded(path, _parse(path), catalogue, environ)


def _loaded(path: Path, raw: Mapping[str, Json], catalogue: Catalogue, environ: Mapping[str, str] | None) -> Settings:
    findings = _findings(raw, catalogue)
    missing: dict[str, None] = {}
    env = environment(path.parent, os.environ if environ is None else environ)
    filled = resolve(raw, env, missing.setdefault)
    findings += [
        Finding("settings.secret_missing", f"${{{name}}}", "is not set", "set it in the environment or in .env")
        for name in missing
    ]
    findings += [] if findings else [*check.webhooks(filled), *oidc.findings(filled)]
    if any(finding.level == "error" for finding in findings):
        raise SettingsError(findings)
    return _build(path, filled, catalogue)


def overlaid(path: Path, other: Path, catalogue: Catalogue, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of the workspace at `path` with the tables `matching` and `survivorship` of another file in their place.

    Raises ConfigError when the other file is absent or has neither, SettingsError when the result is wrong.
    """
    if not other.is_file():
        raise ConfigError(f"no file {str(other)!r}", hint="a TOML file with [matching] or [survivorship]")
    told = {name: table for name, table in _parse(other).items() if name in POLICY}
    if not told:
        raise ConfigError(f"{other.name} has neither [matching] nor [survivorship]", hint="see the settings' reference")
    return _loaded(path, {**_parse(path), **told}, catalogue, environ)


def _build(path: Path, raw: Mapping[str, Json], catalogue: Catalogue) -> Settings:
    hub = raw["hub"]
    sources = {name: _source(name, table, hub, catalogue) for name, table in raw.get("sources", {}).items()}
    return Settings(
        path=path,
        database=_database(hub.get("database", "sqlite:///data/hub.db"), path.parent),
        region=hub.get("region", "VN"),
        timezone=hub.get("timezone", "Asia/Ho_Chi_Minh"),
        language=hub.get("language", "vi"),
        sources=MappingProxyType(sources),
        destinations=MappingProxyType(
            {name: _destination(name, table, sources, catalogue) for name, table in raw.get("destinations", {}).items()}
        ),
        purposes=MappingProxyType({"service": "not_refused", "marketing": "granted", **raw.get("purposes", {})}),
        matching=_matching(raw.get("matching", {}), path.parent),
        survivorship=_survivorship(raw.get("survivorship", {})),
        alerts=Alerts(**raw.get("alerts", {})),
        extra=MappingProxyType(raw.get("fields", {}).get("extra", {})),
        review=Review(**raw.get("review", {})),
        consent=Consent(**{name: duration(span) for name, span in raw.get("consent", {}).items()}),
        web=_web(raw.get("web", {})),
        exports=MappingProxyType({name: _export(name, table) for name, table in raw.get("exports", {}).items()}),
        segments=declared(raw.get("segments", {})),
        webhooks=MappingProxyType({name: _webhook(name, table) for name, table in raw.get("webhooks", {}).items()}),
        oidc=_oidc(raw["oidc"]) if "oidc" in raw else None,
    )


def _oidc(table: Mapping[str, Json]) -> Oidc:
    scopes = tuple(dict.fromkeys(("openid", *table.get("scopes", ("email", "profile")))))
    domains = tuple(domain.lower() for domain in table.get("create_domains", ()))
    return Oidc(**{**table, "scopes": scopes, "create_domains": domains})


def _web(table: Mapping[str, Json]) -> Web:
    spans = {name: duration(table[name]) for name in ("idle", "longest") if name in table}
    return Web(**{**table, **spans, "hosts": tuple(table.get("hosts", ()))})


def _database(url: str, workspace: Path) -> str:
    prefix = "sqlite:///"
    if not url.startswith(prefix):
        return url.replace("postgresql://", "postgresql+psycopg://", 1)
    return prefix + str((workspace / url.removeprefix(prefix)).resolve())


def _source(name: str, table: Mapping[str, Json], hub: Mapping[str, Json], catalogue: Catalogue) -> Source:
    entry = catalogue.entry(table["connector"])
    default = Source(name, entry.name, entry.channel, table)  # type: ignore[arg-type]  # the schema has checked the channel
    return Source(
        name=name,
        connector=entry.name,
        channel=table.get("channel", entry.channel),
        options=MappingProxyType(dict(table)),
        every=table.get("every", ""),
        freshness=duration(table["freshness"]) if "freshness" in table else None,
        sweep=duration(table["sweep"]) if "sweep" in table else default.sweep,
        history=duration(table["history"]) if "history" in table else default.history,
        budget=percent(table["budget"]) if "budget" in table else default.budget,
        creates=table.get("creates", entry.creates),
        consents=table.get("consents", "all"),
        region=table.get("region", hub.get("region", "VN")),
        date_order=table.get("date_order", "dmy"),
    )


def _destination(
    name: str, table: Mapping[str, Json], sources: Mapping[str, Source], catalogue: Catalogue
) -> Destination:
    base = sources.get(table.get("source", ""))
    connector = base.connector if base else table["connector"]
    channel = table.get("channel", base.channel if base else catalogue.entry(connector).channel)
    default = Destination(name, None, connector, channel, {})
    return Destination(
        name=name,
        source=base.name if base else None,
        connector=connector,
        channel=channel,
        options=MappingProxyType({**(base.options if base else {}), **table}),
        fields=MappingProxyType(_owners(table.get("fields", {}))),
        mode=table.get("mode", "update_only"),
        approve=table.get("approve", "manual"),
        purpose=table.get("purpose", "marketing" if channel in MARKETING_CHANNELS else "service"),
        only=MappingProxyType(dict(table.get("only", {}))),
        max_changes=percent(table["max_changes"]) if "max_changes" in table else default.max_changes,
        max_deletes=percent(table["max_deletes"]) if "max_deletes" in table else default.max_deletes,
        plan_expires=duration(table["plan_expires"]) if "plan_expires" in table else default.plan_expires,
        slice=duration(table["slice"]) if "slice" in table else default.slice,
        reconcile=table.get("reconcile", ""),
        mark=table.get("mark", "none"),
    )


def _webhook(name: str, table: Mapping[str, Json]) -> Webhook:
    kinds = tuple(table.get("events", ()))
    return Webhook(name, table["url"], table["secret"], kinds, table.get("private", False))


def _export(name: str, table: Mapping[str, Json]) -> Export:
    default = Export(name, "")
    return Export(
        name,
        table["path"],
        table.get("format", default.format),
        tuple(table.get("tables", default.tables)),
        duration(table["every"]) if table.get("every") else default.every,
        table.get("for", default.purpose),
        MappingProxyType({key: table[key] for key in EXPORT_OPTIONS if key in table}),
        table.get("segment", default.segment),
    )


def _owners(fields: Mapping[str, Json] | Sequence[str]) -> dict[str, Json]:
    """Field → owner; a field that is only listed fills what is blank."""
    return dict(fields) if isinstance(fields, Mapping) else dict.fromkeys(fields, "fill_if_blank")


def _matching(table: Mapping[str, Json], workspace: Path) -> Matching:
    own = list(table.get("own", []))
    if "own_file" in table:
        file = workspace / table["own_file"]
        if not file.is_file():
            raise SettingsError([Finding("settings.own_file", "matching.own_file", f"no file {table['own_file']!r}")])
        own += [line.strip().strip('"') for line in file.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    default = Matching()
    return Matching(
        tuple(own),
        table.get("merge_above", default.merge_above),
        table.get("max_names", default.max_names),
        table.get("max_nameless", default.max_nameless),
        table.get("compare_up_to", default.compare_up_to),
        table.get("reassigned_days", default.reassigned_days),
    )


def _survivorship(table: Mapping[str, Json]) -> Survivorship:
    fields = {name: tuple(rules) for name, rules in table.get("fields", {}).items()}
    return Survivorship(tuple(table.get("sources", ())), MappingProxyType(fields))
