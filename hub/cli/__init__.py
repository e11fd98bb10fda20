"""The command line: asks, shows, and turns errors into exit codes. No step's logic lives here.

Commands are grouped as in the reference; a command's module is imported when it is used.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence

import click

GROUPS: Sequence[tuple[str, Sequence[tuple[str, str, str]]]] = (
    (
        "Start",
        (
            ("demo", "demo", "the whole story on this machine, no account needed"),
            ("init", "start", "a commented starter workspace"),
            ("preview", "preview", "a spreadsheet as the hub understands it"),
        ),
    ),
    (
        "Every day",
        (
            ("sync", "daily", "pull, match, resolve and push"),
            ("status", "status", "sources, counts, what waits"),
            ("explain", "explain", "one customer's whole story"),
            ("export", "export", "customers, xref, identifiers, orders, changes as a file"),
            ("segments", "segments", "groups of customers: new, loyal, lapsed, birthdays, your own"),
            ("merge", "judge", "these customers are one"),
            ("split", "judge", "these records are somebody else"),
            ("pin", "judge", "this field has this value, whatever the records say"),
            ("review", "review", "questions that only a person can answer"),
            ("hold", "hold", "nothing is written about a customer until somebody decides"),
            ("undo", "judge", "take a decision, a merge, a run or a rule back"),
        ),
    ),
    (
        "When something is wrong",
        (
            ("check", "wrong", "settings, secrets, schemas, credentials"),
            ("doctor", "doctor", "machine, database, migrations, disk, locks"),
            ("quarantine", "quarantine", "records that could not be used"),
            ("reconcile", "reconcile", "read destinations back, and how far they drifted"),
        ),
    ),
    (
        "People's wishes",
        (
            ("consent", "consent", "what a customer agreed to or took back"),
            ("withdrawals", "withdrawals", "systems that are to stop because a customer said no"),
            ("forget", "forget", "erase a person everywhere (shows first)"),
            ("disclose", "disclose", "everything known about a person"),
        ),
    ),
    (
        "One step",
        (
            ("pull", "steps", "fetch and normalize sources"),
            ("match", "steps", "who is who, and the golden record"),
            ("plan", "steps", "what would be written outside"),
            ("push", "steps", "write it, after a person said so"),
            ("evaluate", "evaluate", "compare with a labelled file"),
        ),
    ),
    (
        "Look after",
        (
            ("up", "up", "everything together: pages, API, Dagster; begun again when it ends"),
            ("serve", "serve", "the API and the pages"),
            ("dagster", "dagster", "open this workspace's Dagster"),
            ("users", "users", "people who may sign in"),
            ("tokens", "tokens", "what programs show at the API"),
            ("connectors", "connectors", "the catalogue of connectors"),
            ("db", "db", "the store's tables"),
            ("audit", "audit", "whether the audit log still says what was written into it"),
            ("backup", "backup", "a copy of the whole store"),
            ("restore", "backup", "put a copy back"),
        ),
    ),
)
"""Help section → (command, module under hub.cli, one line)."""

_MODULES = {name: module for _, entries in GROUPS for name, module, _ in entries}


class Hub(click.Group):
    """The root command: grouped help, commands imported on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the groups."""
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, from its module."""
        if cmd_name not in _MODULES:
            return None
        command: click.Command = getattr(importlib.import_module(f"hub.cli.{_MODULES[cmd_name]}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Commands by group, without importing them."""
        for title, entries in GROUPS:
            with formatter.section(title):
                formatter.write_dl([(name, line) for name, _, line in entries])


@click.group(cls=Hub, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="customer-hub", message="customer hub %(version)s")
def cli() -> None:
    """Customer hub: one golden record per customer, from every channel, and back."""


def main() -> None:
    """The `hub` command: never shows a traceback for a user's mistake."""
    from hub.cli.common import run_cli

    run_cli(cli)
