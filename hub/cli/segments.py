"""`hub segments`: groups of customers, how many are in each, who they are and why."""

from __future__ import annotations

import click

from hub.cli.common import account, emit, example, opened, options
from hub.cli.say import say
from hub.flow import segments as flow
from hub.flow.run import utc_now
from hub.flow.workspace import Workspace
from hub.model import Json
from hub.store import audit

NAMED = ("golden_id", "customer_code", "full_name", "company_name", "worth", "why")


@click.group(invoke_without_command=True, epilog=example("hub segments show lapsed --limit 20"))
@options
@click.pass_context
def segments(ctx: click.Context, as_json: bool, config: str | None) -> None:
    """Groups of customers: those that every shop has, and those of [segments] in hub.toml. Alone: the list."""
    if ctx.invoked_subcommand is None:
        _list(as_json, config)


@segments.command("list", epilog=example("hub segments list --json"))
@options
def list_(as_json: bool, config: str | None) -> None:
    """Every segment with the number of its customers, as of today on the shop's calendar."""
    _list(as_json, config)


def _list(as_json: bool, config: str | None) -> None:
    with opened(config) as workspace:
        flow.ready(workspace.store, workspace.settings)
        told = flow.listed(workspace.store, workspace.settings)
        language = workspace.settings.language
    emit(told, as_json, lambda value: _lines(value, language))


@segments.command(epilog=example("hub segments show lapsed"))
@click.argument("name")
@click.option("--limit", type=click.IntRange(1, 1_000), default=20, show_default=True, help="Customers that are shown.")
@options
def show(name: str, limit: int, as_json: bool, config: str | None) -> None:
    """Who is in segment NAME, and why; those who bought most come first. That somebody looked is in the audit log."""
    with opened(config) as workspace:
        flow.named(workspace.settings, name)
        flow.ready(workspace.store, workspace.settings)
        told = flow.members(workspace.store, workspace.settings, name, limit)
        told["items"] = [{key: row[key] for key in NAMED} for row in told["items"]]
        _looked(workspace, told)
        language = workspace.settings.language
    emit(told, as_json, lambda value: _members(value, language))


def _looked(workspace: Workspace, told: Json) -> None:
    with workspace.store.begin() as conn:
        ids = [row["golden_id"] for row in told["items"]]
        audit.write(conn, at=utc_now(), actor=account(), action="look", subjects=ids, details={"segment": told["name"]})


def _lines(told: Json, language: str) -> str:
    title = "title_en" if language == "en" else "title"
    lines = [say(language, "segments.of", customers=told["customers"])]
    wide = max(len(one["name"]) for one in told["segments"])
    lines += [f"  {one['name']:<{wide}}  {one['customers']:>9}  {one[title]}" for one in told["segments"]]
    return "\n".join(lines)


def _members(told: Json, language: str) -> str:
    lines = [say(language, "segments.members", name=told["name"], customers=told["customers"])]
    for row in told["items"]:
        lines.append(f"  {row['customer_code']}  {row['full_name'] or row['company_name'] or '–'}")
        lines += [f"    {row['why']}"] if row["why"] else []
    if told["customers"] > len(told["items"]):
        lines.append(say(language, "segments.more", name=told["name"], n=told["customers"] - len(told["items"])))
    return "\n".join(lines)
