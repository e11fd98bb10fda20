"""The command line's sentences are whole in both languages."""

from __future__ import annotations

import string
from importlib import resources

from hub.cli.say import _texts, say

ROWS = (resources.files("hub.cli") / "texts.tsv").read_text(encoding="utf-8").splitlines()


def names(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_sentence_is_there_in_both_languages():
    assert [row for row in ROWS if len(row.split("\t")) != 3 or not all(cell.strip() for cell in row.split("\t"))] == []


def test_no_sentence_is_there_twice():
    assert len(_texts()) == len(ROWS) - 1


def test_both_languages_are_filled_with_the_same_values():
    assert [key for key, row in _texts().items() if names(row["vi"]) != names(row["en"])] == []


def test_a_value_may_have_any_name(monkeypatch):
    monkeypatch.setitem(_texts(), "made.up", {"vi": "{key} {language}", "en": "{key} {language}"})
    assert say("en", "made.up", key="0912", language="vi") == "0912 vi"
