"""What would be better said than left out: warnings about settings that are right as they are.

Belongs here: reading the advice that a connector's schema gives (`x-advice`: {"vi", "en"} of a key). Does not: what is wrong
(check.py), which keys a connector has (its schema).
"""

from __future__ import annotations

from collections.abc import Iterator

from hub import contracts
from hub.settings.model import Catalogue, Finding, Settings

ADVICE = "x-advice"


def advice(settings: Settings, catalogue: Catalogue) -> Iterator[Finding]:
    """Warnings, in the workspace's language: keys of sources that are left out although their schema advises them."""
    for source in settings.sources.values():
        keys = contracts.schema(catalogue.entry(source.connector).schema).get("properties", {})
        for name, about in keys.items():
            if ADVICE in about and source.options.get(name) in (None, ""):
                message = about[ADVICE][settings.language]
                yield Finding("settings.advice", f"sources.{source.name}.{name}", message, level="warning")
