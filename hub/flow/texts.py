"""Sentences of the flow in Vietnamese and English, from data files beside it.

Belongs here: reading those files. Does not: the command line's own sentences (cli/texts.tsv), which sentence is said.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def texts(file: str) -> Mapping[str, Mapping[str, str]]:
    """`key` → row of a tab-separated file of this package, such as `alerts.tsv`."""
    text = (resources.files("hub.flow") / file).read_text(encoding="utf-8")
    return {row["key"]: row for row in csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)}
