"""A source's own keys, read for a connector; what is wrong is told with the key's path in hub.toml.

Belongs here: reading single keys. Does not: checking against schemas (settings).
"""

from __future__ import annotations

from hub.connectors.kit.address import check_address
from hub.connectors.kit.port import Context
from hub.errors import ConfigError


def path(context: Context, key: str) -> str:
    """Where a key stands in hub.toml."""
    return f"sources.{context.source}.{key}"


def needed(context: Context, key: str) -> str:
    """The text of a key that must be there."""
    value = str(context.options.get(key) or "").strip()
    if not value:
        raise ConfigError("a required key is missing", path=path(context, key))
    return value


def web_address(context: Context, key: str, default: str | None = None) -> str:
    """An address fit for credentials, without its last slash."""
    value = context.options.get(key) or default
    return check_address(str(value) if value else needed(context, key), path(context, key))


def share(context: Context) -> float:
    """The part of the vendor's limit that the hub may use, 0 to 1."""
    return float(context.options.get("budget_share", 0.5))
