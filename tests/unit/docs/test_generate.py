"""The reference pages say what the program says, and a stale one is named."""

from __future__ import annotations

import click
import pytest

from docs import generate
from docs.render import commands, connectors, exit_codes, fields, rules, settings, spec
from docs.render.table import keys, table, type_of
from hub import cli, contracts
from hub.connectors import REGISTRY


def test_pages_are_as_the_program_is():
    assert generate.stale(generate.pages()) == []


def test_a_changed_page_is_named_and_written_anew(tmp_path):
    made = {"a.md": "new\n", "b.md": "same\n"}
    (tmp_path / "a.md").write_text("old\n", encoding="utf-8")
    (tmp_path / "b.md").write_text("same\n", encoding="utf-8")
    assert generate.stale(made, tmp_path) == ["a.md"]
    generate.write(made, tmp_path)
    assert generate.stale(made, tmp_path) == []


def test_a_page_that_nobody_makes_any_more_is_stale_and_goes(tmp_path):
    (tmp_path / "gone.md").write_text("x", encoding="utf-8")
    assert generate.stale({}, tmp_path) == ["gone.md"]
    generate.write({}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_check_ends_with_1_and_names_the_page(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(generate, "PAGES", {"never-made.md": lambda: "text"})
    assert generate.main(["--check"]) == 1
    assert "docs/reference/never-made.md" in capsys.readouterr().err


def test_a_listed_command_that_is_not_there_is_named(monkeypatch, capsys):
    monkeypatch.setattr(commands, "GROUPS", (("Start", (("nothing", "no_such_module", "x"),)),))
    monkeypatch.setitem(cli._MODULES, "nothing", "no_such_module")
    monkeypatch.setattr(generate, "PAGES", {"commands.md": commands.page})
    assert generate.main([]) == 2
    assert "'nothing'" in capsys.readouterr().err


def test_every_command_has_an_example():
    page = commands.page()
    leaves = [part for part in page.split("\n### ")[1:] if "```" in part]
    assert [part.splitlines()[0] for part in leaves if "Example: `hub " not in part] == []


def test_options_stand_with_their_meaning(monkeypatch):
    @click.command(epilog="Example: hub greet")
    @click.option("--loud", is_flag=True, help="Shout.")
    def greet(loud):
        """Say hello."""

    page = "\n".join(commands._command(click.Context(cli.cli, info_name="hub"), "greet", greet))
    assert "### hub greet" in page
    assert "| `--loud` | Shout. |" in page


def test_every_key_of_the_settings_stands_on_their_page():
    page, schema = settings.page(), contracts.schema("settings.v1")
    assert [
        path
        for path, _, _ in keys(schema, schema)
        if f"`{path.partition('.')[2] or path}`" not in page
        and f"[{path}]" not in page
        and f"[{path}.NAME]" not in page
    ] == []


def test_every_connector_has_its_part():
    page = connectors.page()
    assert [name for name in REGISTRY if f"\n## {name}\n" not in page] == []


def test_every_field_stands_on_the_page_of_fields():
    page = fields.page()
    for name in fields.SCHEMAS:
        schema = contracts.schema(name)
        assert [path for path, _, _ in keys(schema, schema) if f"| `{path}` |" not in page] == []


def test_every_exit_code_has_a_meaning():
    assert sorted(exit_codes.MEANING) == [0, 1, 2, 3, 4]


def test_every_rule_says_what_it_does():
    for line in rules.page().split("## Examples")[0].splitlines():
        assert not line.startswith("| `") or "|  |  |" not in line


def test_every_example_that_is_tested_is_shown():
    page = rules.page()
    for name in ("matching.tsv", "name_pairs.tsv", "name_cells.tsv", "phones.tsv"):
        found = list(spec.rows(name))
        assert len(found) > 40
        assert all(" ".join(next(iter(row.values())).split()) in page for row in found)


def test_bars_and_line_ends_do_not_break_a_table():
    assert table(["a"], [["x | y\nz"]]).splitlines()[2] == "| x \\| y z |"


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"type": "integer"}, "whole number"),
        ({"enum": ["a", "b"]}, '`"a"` or `"b"`'),
        ({"type": "array", "items": {"type": "string"}}, "list of text"),
        ({"type": ["string", "array"]}, "text, or list"),
        ({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}, "text, or list of text"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "table: name = text"),
        ({"$ref": "#/$defs/nested"}, "text, or table: name = the same again"),
        ({"$ref": "#/$defs/duration"}, "duration (`30s`, `15m`, `24h`, `730d`)"),
    ],
)
def test_types_in_words(part, words):
    nested = {"oneOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"$ref": "#/$defs/nested"}}]}
    assert type_of(part, {"$defs": {"duration": {"type": "string"}, "nested": nested}}) == words
