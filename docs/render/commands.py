"""The page of commands, out of click: what `hub COMMAND --help` says."""

from __future__ import annotations

from collections.abc import Iterator

import click

from docs.render.table import table
from hub.cli import GROUPS, Hub, cli

INTRO = """# Commands

Commands find their workspace in the current folder, by `--config PATH`, or by `HUB_CONFIG`. With `--json` there is one JSON
document on standard output; progress and remarks go to standard error. [Exit codes](exit-codes.md) are the same everywhere."""


def page() -> str:
    """Every command by group. Raises LookupError naming a command whose module cannot be imported."""
    assert isinstance(cli, Hub)  # noqa: S101  # for the type checker
    parts = [INTRO]
    for title, entries in GROUPS:
        parts.append(f"## {title}")
        for name, module, _ in entries:
            parts += _command(click.Context(cli, info_name="hub"), name, _loaded(cli, name, module))
    return "\n\n".join(parts)


def _loaded(root: Hub, name: str, module: str) -> click.Command:
    try:
        command = root.get_command(click.Context(root), name)
    except (ImportError, AttributeError) as error:
        raise LookupError(f"hub.cli.GROUPS lists {name!r}, but hub.cli.{module} cannot give it: {error}") from error
    if command is None:
        raise LookupError(f"hub.cli.GROUPS lists {name!r}, but there is no such command")
    return command


def _command(parent: click.Context, name: str, command: click.Command) -> Iterator[str]:
    ctx = click.Context(command, parent=parent, info_name=name)
    yield f"### {ctx.command_path}"
    if not isinstance(command, click.Group):
        yield f"```\n{ctx.command_path} {' '.join(command.collect_usage_pieces(ctx))}\n```"
    yield _paragraph(command.help)
    options = [record for param in command.params if (record := param.get_help_record(ctx))]
    if options:
        yield table(("Option", "Meaning"), [(f"`{option}`", meaning) for option, meaning in options])
    if command.epilog:
        yield "Example: `" + command.epilog.removeprefix("Example: ") + "`"
    if isinstance(command, click.Group):
        for sub in command.list_commands(ctx):
            found = command.get_command(ctx, sub)
            if found is not None:
                yield from _command(ctx, sub, found)


def _paragraph(text: str | None) -> str:
    return "\n\n".join(" ".join(part.split()) for part in (text or "").split("\n\n"))
