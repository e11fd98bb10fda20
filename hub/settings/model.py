"""The nouns of a workspace's settings. Belongs here: dataclasses, defaults. Does not: reading and checking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from hub.model import Json
from hub.settings.conditions import Segment, declared


@dataclass(frozen=True, slots=True)
class Source:
    """One `[sources.NAME]`. Durations are seconds; `options` is the whole table with secrets resolved."""

    name: str
    connector: str
    channel: Literal["pos", "shop", "email", "sheet"]
    options: Mapping[str, Json] = field(repr=False)
    every: str = ""
    freshness: int | None = None
    sweep: int = 86_400
    history: int = 730 * 86_400
    budget: float = 0.5
    creates: bool = True
    consents: str = "all"
    region: str = "VN"
    date_order: str = "dmy"


@dataclass(frozen=True, slots=True)
class Destination:
    """One `[destinations.NAME]`. source: the source whose connection it reuses (None: a connection of its own).

    fields: canonical field → owner (hub | destination | fill_if_blank | newest); a field not listed is never sent.
    max_changes, max_deletes: share of the destination's records (0.05 = 5%) above which a plan is held for a person; the
    latter counts what is deactivated or deleted. plan_expires: seconds after which a plan is stale.
    slice: seconds that one run gives to it. reconcile: the schedule of reading it back, as `every` ("": by hand).
    """

    name: str
    source: str | None
    connector: str
    channel: str
    options: Mapping[str, Json] = field(repr=False)
    fields: Mapping[str, str] = field(default_factory=dict)
    mode: Literal["update_only", "upsert", "mirror", "append"] = "update_only"
    approve: Literal["manual", "auto"] = "manual"
    purpose: str = "service"
    only: Mapping[str, Json] = field(default_factory=dict)
    max_changes: float = 0.05
    max_deletes: float = 0.01
    plan_expires: int = 7 * 86_400
    slice: int = 600
    reconcile: str = ""
    mark: Literal["code", "comments", "none"] = "none"


@dataclass(frozen=True, slots=True)
class Matching:
    """Policy of matching. own: the shop's phones, e-mails, `@domains`, names. max_names, max_nameless: N and M.

    compare_up_to: a run that matches everything compares all records by score up to so many, unless it is asked to.
    reassigned_days: see Policy.gap.
    """

    own: tuple[str, ...] = ()
    merge_above: Literal["never", "careful", "balanced"] = "never"
    max_names: int = 4
    max_nameless: int = 3
    compare_up_to: int = 200_000
    reassigned_days: int = 365


@dataclass(frozen=True, slots=True)
class Survivorship:
    """sources: order of trust. fields: field → ordered rule names, overriding the documented default."""

    sources: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alerts:
    """Where one message per change of state goes; empty = nowhere."""

    command: str = ""
    webhook: str = ""
    email: Mapping[str, Json] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Review:
    """daily: questions that are put before a person in a day."""

    daily: int = 40


@dataclass(frozen=True, slots=True)
class Consent:
    """withdraw_within: seconds until every system must know of a no."""

    withdraw_within: int = 10 * 86_400


@dataclass(frozen=True, slots=True)
class Web:
    """Pages and API. hosts: names besides this machine's own. idle, longest: seconds of a sign-in. feed_days: 0 = for ever.

    address: where people reach it, scheme and host without a path ("": not told).
    """

    hosts: tuple[str, ...] = ()
    https: bool = False
    idle: int = 3_600
    longest: int = 43_200
    feed_days: int = 0
    address: str = ""


@dataclass(frozen=True, slots=True)
class Oidc:
    """`[oidc]`: a provider by whom people may sign in. client_secret: "" = a public client. scopes: `openid` is among them.

    create_role: the role of people whom nobody has added ("": they stay out), let in when the domain of their proven e-mail
    is one of create_domains.
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    name: str = "OpenID Connect"
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    create_role: str = ""
    create_domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Export:
    """`[exports.NAME]`: tables as files, written after a sync that changed something. every: seconds between two, 0 = each.

    path: a folder, sftp:// or s3://. purpose: `marketing.sms`: only customers whom it allows; segment: only those of it.
    options: of the connection.
    """

    name: str
    path: str = field(repr=False)
    format: str = "csv"
    tables: tuple[str, ...] = ("customers",)
    every: int = 0
    purpose: str = ""
    options: Mapping[str, str] = field(default_factory=dict, repr=False)
    segment: str = ""


@dataclass(frozen=True, slots=True)
class Webhook:
    """`[webhooks.NAME]`: told when the feed has grown. events: kinds that count (none: any). private: may be on our networks."""

    name: str
    url: str = field(repr=False)
    secret: str = field(repr=False)
    events: tuple[str, ...] = ()
    private: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """A workspace, checked. database: SQLAlchemy URL, paths absolute, secrets resolved. extra: `[fields.extra]`."""

    path: Path
    database: str = field(repr=False)
    region: str = "VN"
    timezone: str = "Asia/Ho_Chi_Minh"
    language: Literal["vi", "en"] = "vi"
    sources: Mapping[str, Source] = field(default_factory=dict)
    destinations: Mapping[str, Destination] = field(default_factory=dict)
    purposes: Mapping[str, str] = field(default_factory=lambda: {"service": "not_refused", "marketing": "granted"})
    matching: Matching = Matching()
    survivorship: Survivorship = Survivorship()
    alerts: Alerts = Alerts()
    extra: Mapping[str, str] = field(default_factory=dict)
    review: Review = Review()
    consent: Consent = Consent()
    web: Web = Web()
    exports: Mapping[str, Export] = field(default_factory=dict)
    segments: Mapping[str, Segment] = field(default_factory=lambda: declared({}))
    webhooks: Mapping[str, Webhook] = field(default_factory=dict)
    oidc: Oidc | None = None

    @property
    def workspace(self) -> Path:
        """The folder that holds hub.toml; relative paths of settings start here."""
        return self.path.parent


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """What settings must know of a connector: its schema, channel, default of `creates`, slots for marks."""

    name: str
    channel: str
    schema: str
    creates: bool = True
    marks: frozenset[str] = frozenset()


class Catalogue(Protocol):
    """The connectors there are; handed in, because connectors live above settings."""

    def names(self) -> Sequence[str]:
        """All known names."""
        ...

    def entry(self, name: str) -> CatalogueEntry:
        """The entry of a known name."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong (or to know) with the settings: stable id, key's path, one line, what to do."""

    id: str
    path: str
    message: str
    hint: str = ""
    level: Literal["error", "warning"] = "error"

    def line(self) -> str:
        """`path: message (hint)`."""
        return f"{self.path}: {self.message}" + (f" ({self.hint})" if self.hint else "")
