"""`hub forget`: erase a person everywhere; shows first what it will do."""

from __future__ import annotations

from typing import NoReturn

import click

from hub.cli.common import OK, USAGE, account, emit, example, new_run_id, opened, options, stop
from hub.cli.running import run_steps
from hub.cli.say import say
from hub.cli.show import exit_code
from hub.errors import ConfigError
from hub.flow import forget as flow
from hub.flow import forget_tell, sync
from hub.flow.forget_proof import said
from hub.flow.run import Run
from hub.flow.workspace import Workspace
from hub.model import Json
from hub.store import scrub, story


@click.command(epilog=example("hub forget 0912345678 --reason 'asked by e-mail on 3 November' --yes"))
@click.argument("key")
@click.option("--reason", metavar="TEXT", help="Why; kept in the audit log without names and contacts.")
@click.option("--yes", is_flag=True, help="Erase. Without it only what would be done is shown.")
@click.option("--lift", is_flag=True, help="The person may come back with the next whole read of the sources.")
@click.option("--done", "system", metavar="SYSTEM", help="A person has erased them there by hand.")
@click.option("--by", "author", metavar="NAME", help="Who asks; else the account's name.")
@options
def forget(
    key: str, reason: str | None, yes: bool, lift: bool, system: str | None, author: str | None, as_json: bool,
    config: str | None,
) -> None:  # fmt: skip
    """Erase the person behind KEY from raw data, records, golden records, history, plans and logs, and tell every destination.

    Shows what it will do and needs --yes. A KEY that fits several customers lists them and stops. Keyed digests keep the
    person from coming back with a sync, a replay or a backup, until --lift. Orders stay as amounts without a person.
    """
    if lift and (yes or system):
        raise click.UsageError("--lift stands alone")
    if not (reason or lift or system):
        raise click.UsageError("--reason is needed")
    by = author or account()
    golden_id, erasure = _meant(key, as_json, config)
    if lift or system:
        _later(erasure, reason, system, by, as_json, config)
    if golden_id is None and erasure is not None:
        with opened(config) as workspace:
            told = flow.standing(workspace, erasure["erasure_id"])
        _show(told, as_json, config, done=True)
    if golden_id is None:
        raise ConfigError(f"nothing found for {key!r}", hint="see `hub explain`", code="key.none")
    if not yes:
        with opened(config) as workspace:
            told = flow.preview(workspace, golden_id, Run(new_run_id()))
        _show(told, as_json, config, done=False)
    _erase(golden_id, reason or "", by, as_json, config)


def _meant(key: str, as_json: bool, config: str | None) -> tuple[str | None, Json]:
    """The customer that is meant, or the newest erasure when there is none. Several are listed, exit code 2."""
    with opened(config) as workspace, workspace.store.read() as conn:
        found = flow.found(conn, workspace.settings, key)
        rows = [dict(row) for row in story.summaries(conn, found)]
        past = flow.erased(conn, workspace, key) if not found else []
        language = workspace.settings.language
    if len(found) > 1:
        lines = [say(language, "forget.many", key=key)]
        lines += [say(language, "forget.customer", **{**row, "full_name": row["full_name"] or ""}) for row in rows]
        emit({"key": key, "customers": rows}, as_json, lambda value: "\n".join(lines))
        stop(USAGE)
    return (found[0] if found else None), (past[0] if past else None)


def _show(told: Json, as_json: bool, config: str | None, *, done: bool) -> NoReturn:
    with opened(config) as workspace:
        language = workspace.settings.language
    emit({"applied": done, "proof": told}, as_json, lambda value: "\n".join(said(told, language, done=done)))
    stop(OK)


def _erase(golden_id: str, reason: str, by: str, as_json: bool, config: str | None) -> NoReturn:
    made: dict[str, Json] = {}

    def steps(workspace: Workspace, run: Run) -> None:
        erasure_id = flow.forget(workspace, run, golden_id, reason, by)["erasure_id"]
        sync.match_step(workspace, run)
        sync.resolve_step(workspace, run)
        forget_tell.work_all(workspace, run)
        scrub.scrub(workspace.store)
        made.update(flow.standing(workspace, erasure_id))

    report, language = run_steps(config, steps, trigger="forget")
    emit({"applied": True, "proof": made}, as_json, lambda value: "\n".join(said(made, language, done=True)))
    stop(exit_code(report))


def _later(
    erasure: Json, reason: str | None, system: str | None, by: str, as_json: bool, config: str | None
) -> NoReturn:
    """Lift an erasure, or note what was done by hand."""
    if erasure is None:
        raise ConfigError(
            "nobody who was forgotten is meant", hint="the golden id or customer code", code="forget.none"
        )
    told: dict[str, Json] = {"erasure_id": erasure["erasure_id"]}

    def steps(workspace: Workspace, run: Run) -> None:
        if system is None:
            flow.lift(workspace, run, erasure["erasure_id"], reason, by)
        else:
            count = forget_tell.acknowledge(workspace.store, run, erasure["erasure_id"], system, by)
            told.update(system=system, count=count)

    _, language = run_steps(config, steps, trigger="forget")
    emit(told, as_json, lambda value: say(language, "forget.done" if system else "forget.lifted", **told))
    stop(OK)
