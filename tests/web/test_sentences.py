"""Every sentence of the pages stands in Vietnamese, and none that nobody says any more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from jinja2.ext import babel_extract

from hub.web.catalogue import Catalogue, entries

WEB = Path(__file__).parents[2] / "hub" / "web"
OPTIONS = {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true"}


def said() -> Iterator[str]:
    for file in sorted((WEB / "templates").glob("*.html")):
        with file.open("rb") as opened:
            for _, _, message, _ in babel_extract(opened, ("_", "gettext", "ngettext"), [], OPTIONS):
                yield from [message] if isinstance(message, str) else [one for one in message if one]


def written() -> dict[str, str]:
    text = (WEB / "locale" / "vi.po").read_text(encoding="utf-8")
    return {one["msgid"]: one["msgstr"] for one in entries(text) if one["msgid"]}


def test_every_sentence_is_translated_and_none_is_left_over() -> None:
    assert set(written()) == set(said())
    assert [one for one, told in written().items() if not told] == []


def test_a_translation_has_the_same_blanks() -> None:
    for one, told in written().items():
        assert set(re.findall(r"%\(\w+\)s", one)) == set(re.findall(r"%\(\w+\)s", told)), one


def test_a_sentence_nobody_wrote_is_said_in_english() -> None:
    told = Catalogue('msgid "a"\nmsgstr "b"\n')
    assert (told.gettext("a"), told.gettext("c"), told.ngettext("one", "many", 2)) == ("b", "c", "many")
