"""`hub pull`, `hub match`, `hub plan`, `hub push`: one step at a time."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import click
import orjson

from hub.cli.common import OK, account, emit, example, new_run_id, opened, options, stop
from hub.cli.running import known, run_steps
from hub.cli.say import say, word
from hub.cli.show import exit_code, push_lines, sync_text
from hub.errors import ConfigError
from hub.flow import sync as flow
from hub.flow.asking import ask
from hub.flow.doubles import sentence as doubles_sentence
from hub.flow.item import WRITES
from hub.flow.reasons import sentence
from hub.flow.run import Run
from hub.flow.workspace import RegistryCatalogue, Workspace
from hub.model import Json
from hub.settings import overlaid
from hub.store import plans as table

SHOWN = 20
MINUTE = 60


@click.command(epilog=example("hub pull pos"))
@click.argument("sources", nargs=-1)
@click.option("--full", is_flag=True, help="Read the sources whole, to see what vanished.")
@options
def pull(sources: tuple[str, ...], full: bool, as_json: bool, config: str | None) -> None:
    """Fetch sources (all, or those named), land what they give and normalize it."""

    def steps(workspace: Workspace, run: Run) -> None:
        known(sources, list(workspace.settings.sources), "source")
        for name in sources or workspace.settings.sources:
            flow.source_step(workspace, run, name, full=full)

    _finish(run_steps(config, steps), as_json)


@click.command(epilog=example("hub match --rebuild"))
@click.option("--rebuild", is_flag=True, help="Everything anew, not only what changed; the result must be the same.")
@click.option(
    "--what-if", "other", metavar="FILE", help="What FILE's [matching] and [survivorship] would change; saves nothing."
)
@click.option("--train", is_flag=True, help="Learn from all records what their agreements weigh; then everything anew.")
@click.option("--approve", metavar="RUN", help="Let the joins that this run held back go on.")
@click.option("--refuse", metavar="RUN", help="The joins that this run held back are different customers, for good.")
@options
def match(
    rebuild: bool,
    other: str | None,
    train: bool,
    approve: str | None,
    refuse: str | None,
    as_json: bool,
    config: str | None,
) -> None:
    """Find who is who among what changed, and renew the golden record.

    A run that would merge far more customers than usual holds those joins back and ends with exit code 3; look at them
    with `hub status` and decide with --approve or --refuse, which `hub undo` takes back.

    --train estimates the weights, term frequencies and thresholds behind suggestions and merge_above from the records
    that are there; nothing else ever changes them. --rebuild and --train compare all records, however many they are.
    """
    if sum((rebuild, train, other is not None, approve is not None, refuse is not None)) > 1:
        raise click.UsageError("--rebuild, --train, --what-if, --approve and --refuse exclude each other")
    if other is not None:
        _what_if(other, as_json, config)
    if approve or refuse:
        _settle(approve, refuse, as_json, config)

    def steps(workspace: Workspace, run: Run) -> None:
        if train:
            flow.train_step(workspace, run)
        else:
            flow.match_step(workspace, run, rebuild=rebuild, thorough=rebuild)
        flow.resolve_step(workspace, run)

    _finish(run_steps(config, steps), as_json)


def _settle(approve: str | None, refuse: str | None, as_json: bool, config: str | None) -> NoReturn:
    """Decide about the joins that a run held back."""
    from hub.cli.common import account
    from hub.flow import judge, radius

    plan = radius.approve(approve) if approve else radius.refuse(refuse or "")

    def steps(workspace: Workspace, run: Run) -> None:
        with workspace.store.begin() as conn:
            judge.write(conn, plan(conn), run, account(), None)
        flow.match_step(workspace, run)
        flow.resolve_step(workspace, run)

    _finish(run_steps(config, steps, trigger="approve" if approve else "refuse"), as_json)


def _what_if(other: str, as_json: bool, config: str | None) -> NoReturn:
    """Show what other settings would do to everything there is."""
    from hub.cli.judge import effect_text
    from hub.flow.effect import what_if

    with opened(config) as workspace:
        trial = overlaid(workspace.settings.path, Path(other), RegistryCatalogue())
        told, language = what_if(workspace.store, trial, Run(new_run_id())), workspace.settings.language
    emit(told, as_json, lambda value: effect_text(value, language, "judge.unsaved"))
    stop(OK)


def _finish(result: tuple[Json, str], as_json: bool) -> NoReturn:
    report, language = result
    emit(report, as_json, lambda value: sync_text(value, language))
    stop(exit_code(report))


@click.command(epilog=example("hub plan shop"))
@click.argument("destinations", nargs=-1)
@options
def plan(destinations: tuple[str, ...], as_json: bool, config: str | None) -> None:
    """Show what would be written to destinations (all, or those named). Writes nothing outside."""
    lines: dict[str, list[Json]] = {}
    doubles: dict[str, list[Json]] = {}

    def steps(workspace: Workspace, run: Run) -> None:
        known(destinations, list(workspace.settings.destinations), "destination")
        for name in destinations or workspace.settings.destinations:
            report = flow.destination_step(workspace, run, name, plan_only=True)
            lines[name] = _items(workspace, name, report.plan_id, workspace.settings.language)
            doubles[name] = [_double(workspace, name, one) for one in report.doubles]

    report, language = run_steps(config, steps)
    shown = {name: {**part, "items": lines[name], "doubles": doubles[name]} for name, part in report["push"].items()}
    emit(shown, as_json, lambda value: "\n".join(_plan_text(name, part, language) for name, part in value.items()))
    stop(exit_code(report))


def _double(workspace: Workspace, name: str, one: Json) -> Json:
    """One customer's several records there, with the sentence that says what the hub can do about them."""
    settings = workspace.settings
    connector = workspace.connector(settings.destinations[name].connector).description
    title = connector.title_vi if settings.language == "vi" else connector.title_en
    return {**one, "sentence": doubles_sentence(title, one["targets"], one["points"], settings.language)}


def _items(workspace: Workspace, name: str, plan_id: str | None, language: str) -> list[Json]:
    """The lines of the plan; of a destination that is sent nothing, what is blocked or in conflict."""
    with workspace.store.read() as conn:
        shown = plan_id or str((table.nothing_to_send(conn, name) or {}).get("plan_id"))
        rows = table.all_items(conn, shown)
    return [
        {
            "action": row["action"],
            "golden_id": row["golden_id"],
            "target": row["target"],
            "reason": row["reason"],
            "sentence": sentence(row["reason"], language) if row["reason"] else None,
            "changes": orjson.loads(row["changes"]),
            "base": orjson.loads(row["notes"] or "{}").get("base", {}),
            "state": row["state"],
        }
        for row in rows
    ]


def _plan_text(name: str, part: Json, language: str) -> str:
    if part["plan_id"] is None:
        head = [say(language, "plan.none", name=name), *_trouble(name, part, language)]
    else:
        state = word(language, part["state"])
        head = [say(language, "plan.head", name=name, plan_id=part["plan_id"], state=state, **part["planned"])]
        head += ["  " + line for line in _foretold(part, language)]
    lines = [line for item in part["items"] for line in _lines(item, language)]
    lines += [one["sentence"] for one in part.get("doubles", ())]
    more = [say(language, "plan.more", count=len(lines) - SHOWN)] if len(lines) > SHOWN else []
    return "\n".join([*head, *("  " + line for line in [*lines[:SHOWN], *more])])


def _foretold(part: Json, language: str) -> list[str]:
    """How much it touches, what it sets off there, how long it takes."""
    touched = sum(part["planned"][action] for action in WRITES)
    told = []
    if there := part.get("there"):
        told.append(say(language, "plan.share", touched=touched, there=there, share=round(100 * touched / there, 1)))
    told += [say(language, f"plan.effect.{effect}") for effect in part.get("effects", ())]
    if (part.get("takes") or 0) >= MINUTE:
        told.append(say(language, "plan.time", minutes=round(part["takes"] / MINUTE)))
    return told


def _trouble(name: str, part: Json, language: str) -> list[str]:
    return [say(language, "sync.error", name=name, sentence=part["error"]["sentence"])] if part.get("error") else []


def _lines(item: Json, language: str) -> list[str]:
    target = item["target"] or "-"
    if item["action"] == "conflict":
        told = {"target": target, "golden_id": item["golden_id"], "reason": item["sentence"]}
        return [
            say(
                language,
                "plan.conflict",
                field=field,
                theirs=theirs,
                ours=ours,
                base=item.get("base", {}).get(field),
                **told,
            )
            for field, (theirs, ours) in item["changes"].items()
        ]
    if item["action"] == "blocked":
        return [say(language, "plan.blocked", target=target, golden_id=item["golden_id"], reason=item["sentence"])]
    told = {"action": item["action"], "target": target, "golden_id": item["golden_id"]}
    return [
        say(
            language,
            "plan.edited" if field in item.get("base", {}) else "plan.line",
            field=field,
            old=old,
            new=new,
            **told,
        )
        for field, (old, new) in item["changes"].items()
    ]


@click.command(epilog=example("hub push shop --plan 0b9e… --yes"))
@click.argument("destinations", nargs=-1)
@click.option("--plan", "plan_id", metavar="ID", help="Apply exactly this plan, or refuse because it is stale.")
@click.option("--yes", is_flag=True, help="A person has looked at the plan and wants it sent.")
@click.option("--recreate", metavar="KEY", help="Make this customer's record again although it was deleted there.")
@click.option("--retry", metavar="KEY", help="Try again what was refused or given up for this customer.")
@options
def push(
    destinations: tuple[str, ...],
    plan_id: str | None,
    yes: bool,
    recreate: str | None,
    retry: str | None,
    as_json: bool,
    config: str | None,
) -> None:
    """Send approved plans. With --yes also the one that waits; with --plan ID --yes even one above max_changes, once.

    --recreate and --retry take one destination and note what is asked for; the next plan has it.
    """
    if (recreate or retry) and (len(destinations) != 1 or plan_id):
        raise click.UsageError("--recreate and --retry take exactly one destination and no --plan")

    def steps(workspace: Workspace, run: Run) -> None:
        known(destinations, list(workspace.settings.destinations), "destination")
        for what, key in (("recreate", recreate), ("retry", retry)):
            if key:
                ask(workspace.store, workspace.settings, run, destinations[0], key, what, account())
        if plan_id:
            flow.destination_step(workspace, run, _destination_of(workspace, plan_id), yes=yes, plan_id=plan_id)
            return
        flow.all_destinations(workspace, run, destinations or list(workspace.settings.destinations), yes=yes)

    report, language = run_steps(config, steps)
    emit(report["push"], as_json, lambda value: "\n".join(_push_text(value, language)))
    stop(exit_code(report))


def _push_text(parts: Json, language: str) -> list[str]:
    return [line for name, part in parts.items() for line in push_lines(name, part, language)]


def _destination_of(workspace: Workspace, plan_id: str) -> str:
    with workspace.store.read() as conn:
        head = table.plan(conn, plan_id)
    if head is None:
        raise ConfigError(f"no plan {plan_id!r}", hint="see `hub plan`")
    return str(head["destination"])
