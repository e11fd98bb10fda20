"""The outside world: one folder per system; this module is the registry (name → dotted path, imported on first use).

Belongs here: which connectors there are and how to get at one. Does not: what all share (kit), vendors (their folders).
A package outside the hub adds its own by an entry point of the group `hub.connectors`: name = "package:CONNECTOR".
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from hub.connectors.kit.port import Connector
from hub.errors import ConfigError

REGISTRY: dict[str, str] = {
    "kiotviet": "hub.connectors.pos_kiotviet:CONNECTOR",
    "woocommerce": "hub.connectors.shop_woocommerce:CONNECTOR",
    "mailchimp": "hub.connectors.email_mailchimp:CONNECTOR",
    "mailbox": "hub.connectors.email_mailbox:CONNECTOR",
    "sheet": "hub.connectors.sheet_file:CONNECTOR",
    "api": "hub.connectors.pos_api:CONNECTOR",
}
"""The connectors that come with the hub: name as in hub.toml → `module:attribute`."""
GROUP = "hub.connectors"


def catalogue() -> Sequence[str]:
    """All known names, sorted; the hub's own cannot be replaced from outside."""
    return sorted({*REGISTRY, *_outside()})


def load(name: str) -> Connector:
    """The connector of that name; ConfigError when there is none, or when its package cannot be loaded."""
    path = REGISTRY.get(name) or _outside_path(name)
    module, _, attribute = path.partition(":")
    try:
        found = getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"the connector {name} cannot be loaded: {error}", hint="reinstall its package") from error
    if not isinstance(found, Connector):
        raise ConfigError(f"the connector {name} is not one: {path} is no Connector")
    return found


def _outside() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _outside_path(name: str) -> str:
    point = _outside().get(name)
    if point is None:
        near = difflib.get_close_matches(name, catalogue(), n=3, cutoff=0.4)
        hint = f"did you mean {', '.join(near)}?" if near else f"there are {', '.join(catalogue())}"
        raise ConfigError(f"there is no connector named {name}", hint=hint, code="unknown_connector")
    return point.value
