"""Sentences of the pages: gettext message files, read as they are written (.po), so that nothing has to be compiled.

Belongs here: reading one file. Does not: which language (language.py). English is the sentence in the template itself.
"""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator

LINE = re.compile(r'(msgid_plural|msgid|msgstr(?:\[\d\])?)?\s*(".*")')


class Catalogue(gettext.NullTranslations):
    """Messages of a language whose nouns have one form (Vietnamese)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._told = {entry["msgid"]: entry for entry in entries(text) if entry.get("msgid")}

    def gettext(self, message: str) -> str:
        """The sentence, or the message itself when nobody has written one."""
        return (self._told.get(message) or {}).get("msgstr") or message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The sentence for a count."""
        told = (self._told.get(msgid1) or {}).get("msgstr[0]")
        return told or (msgid1 if n == 1 else msgid2)


def entries(text: str) -> Iterator[dict[str, str]]:
    """msgid, msgid_plural, msgstr, msgstr[0] of every entry; comments are left out."""
    entry: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        found = LINE.fullmatch(line.strip())
        if found is None:
            continue
        if found[1] == "msgid" and entry:
            yield entry
            entry = {}
        name = found[1] or name
        entry[name] = entry.get(name, "") + ast.literal_eval(found[2])
    if entry:
        yield entry
