"""The typed, checked settings of a workspace: `hub.toml`, environment and `.env`.

Belongs here: what a setting means, its default, what is wrong with it. Does not: opening connectors or the store.
"""

from hub.settings.advice import advice
from hub.settings.load import SettingsError, find_config, load, overlaid
from hub.settings.model import (
    Alerts,
    Catalogue,
    CatalogueEntry,
    Destination,
    Export,
    Finding,
    Matching,
    Oidc,
    Settings,
    Source,
    Survivorship,
    Webhook,
)

__all__ = [
    "Alerts",
    "Catalogue",
    "CatalogueEntry",
    "Destination",
    "Export",
    "Finding",
    "Matching",
    "Oidc",
    "Settings",
    "SettingsError",
    "Source",
    "Survivorship",
    "Webhook",
    "advice",
    "find_config",
    "load",
    "overlaid",
]
