"""Sentences of the command line in Vietnamese and English, from texts.tsv."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from hub.model import Json


@cache
def _texts() -> dict[str, dict[str, str]]:
    text = (resources.files("hub.cli") / "texts.tsv").read_text(encoding="utf-8")
    return {row["key"]: row for row in csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)}


def say(language: str, key: str, /, **values: Json) -> str:
    """The sentence `key` in `language` (vi or en), filled with values; an unknown key is a KeyError."""
    return _texts()[key][language].format(**values)


def word(language: str, status: str) -> str:
    """A status as people say it."""
    return say(language, f"word.{status}") if f"word.{status}" in _texts() else status
