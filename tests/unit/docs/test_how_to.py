"""The pages show programs that work, and link to pages that are there."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

from hub.cli import cli
from hub.connectors.kit.port import Connector
from hub.settings.check import by_schema

DOCS = Path(__file__).parents[3] / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md"))
ROOT = DOCS.parent


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(
        rf"^[^\S\n]*```{language}\n(.*?)^[^\S\n]*```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )


def plain(text: str) -> str:
    """A block without the indent of a list around it."""
    indent = re.match(r"[ ]*", text)[0]
    return re.sub(rf"^{indent}", "", text, flags=re.MULTILINE)


def names(pages):
    return [str(page.relative_to(DOCS)) for page in pages]


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_settings_shown_are_settings(page):
    for text in blocks(page, "toml"):
        shown = {"hub": {}} | tomllib.loads(plain(text))
        assert list(by_schema("settings.v1", shown)) == []


def test_the_connector_of_the_page_is_one():
    page = DOCS / "how-to" / "a-new-connector.md"
    made: dict = {"__name__": "club"}
    exec(compile(blocks(page, "python")[0], str(page), "exec"), made)
    assert isinstance(made["CONNECTOR"], Connector)
    assert made["to_canonical"]("1", {"name": "Lan", "phone": "0912345678"})["phones"] == [{"value": "0912345678"}]


def test_the_schema_of_the_page_is_json():
    (schema,) = blocks(DOCS / "how-to" / "a-new-connector.md", "json")
    assert json.loads(schema)["additionalProperties"] is False


def typed(page: Path) -> list[list[str]]:
    """The words of every `hub …` line in a block of shell."""
    lines = [line.strip().removeprefix("$ ") for text in blocks(page, "sh") for line in text.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("hub ")]


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_commands_shown_are_commands(page):
    for line in typed(page):
        command, words = cli, list(line)
        while isinstance(command, click.Group) and words:
            command = command.get_command(click.Context(cli), words.pop(0))
            assert command is not None, line
        known = {option for param in command.params for option in param.opts} | {"--help"}
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known
