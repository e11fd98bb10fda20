"""`hub evaluate`: how right the hub's customers are, by a labelled file."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

from hub.cli.common import account, emit, example, new_run_id, opened, options
from hub.cli.say import say
from hub.flow import evaluate as flow
from hub.flow import sample as blind
from hub.flow.run import Run
from hub.model import Json


@click.command(
    epilog=example(
        "hub evaluate --truth truth.csv · hub evaluate --sample 200 --output pairs.xlsx · --answers pairs.xlsx"
    )
)
@click.option("--truth", metavar="FILE", type=click.Path(path_type=Path), help="CSV: source,source_id,cluster.")
@click.option("--sample", type=int, metavar="N", help="Write about N pairs of records for people to judge (--output).")
@click.option("--output", metavar="PATH", type=click.Path(path_type=Path), help="With --sample: a new .xlsx or .csv.")
@click.option("--seed", type=int, help="With --sample: the same seed draws the same pairs from the same records.")
@click.option("--answers", metavar="FILE", type=click.Path(path_type=Path), help="The file of --sample, answered.")
@click.option("--by", metavar="NAME", help="With --answers: who judged; else the account's name.")
@options
def evaluate(
    truth: Path | None,
    sample: int | None,
    output: Path | None,
    seed: int | None,
    answers: Path | None,
    by: str | None,
    as_json: bool,
    config: str | None,
) -> None:
    """How right the hub's customers are: by a labelled file, or by a blind sample that people judge.

    --truth: FILE is CSV with the columns source, source_id and cluster; a column scenario adds the same per scenario.
    Records that FILE does not name are left out; rows that are no record of the hub are counted as missing.

    --sample: pairs of records side by side, without the hub's own answer. Write same, different or unsure (giống, khác,
    chưa rõ) into the column answer, then --answers tells precision and recall of your live data with 95 % intervals.
    The file holds personal data: keep it as such.
    """
    if sum(one is not None for one in (truth, sample, answers)) != 1:
        raise click.UsageError("one of --truth FILE, --sample N, --answers FILE")
    if (sample is None) != (output is None):
        raise click.UsageError("--sample N and --output PATH go together")
    with opened(config) as workspace:
        language = workspace.settings.language
        if truth is not None:
            emit(
                flow.evaluate(workspace.store, truth, workspace.settings.matching.compare_up_to),
                as_json,
                lambda told: _text(told, language),
            )
        elif sample is not None and output is not None:
            chosen = secrets.randbits(31) if seed is None else seed
            drawn = blind.take(workspace.store, Run(new_run_id()), sample, output, chosen, language)
            emit(drawn, as_json, lambda told: say(language, "evaluate.sample", **told))
        elif answers is not None:
            learnt = blind.learn(workspace.store, Run(new_run_id()), answers, by or account())
            emit(learnt, as_json, lambda told: _learnt(told, language))


def _learnt(told: Json, language: str) -> str:
    lines = [say(language, "evaluate.answered", **told)]
    for name in ("precision", "recall"):
        value = told[name]["value"]
        shown = "–" if value is None else f"{value:.3f}"
        lines.append(
            say(language, f"evaluate.live_{name}", shown=shown, low=told[name]["low"], high=told[name]["high"])
        )
    lines += ["  " + say(language, "evaluate.stratum", **one) for one in told["strata"]]
    for name in ("wrongly_joined", "wrongly_apart"):
        lines += [say(language, f"evaluate.{name}", a=a, b=b) for a, b in told[name]]
    return "\n".join(lines)


def _text(report: Json, language: str) -> str:
    lines = [
        say(language, "evaluate.pairs", **report["pairs"]),
        say(language, "evaluate.cubed", **report["b_cubed"]),
        say(language, "evaluate.largest", largest=report["largest_cluster"]),
        say(language, "evaluate.merges", over=report["over_merges"]["count"], under=report["under_merges"]["count"]),
        say(language, "evaluate.records", **{name: report[name] for name in ("records", "missing", "left_out")}),
    ]
    if report["blocking"]:
        lines.append(say(language, "evaluate.blocking", **report["blocking"]))
    parts = report.get("scenarios", {}).items()
    lines += [
        "  " + say(language, "evaluate.scenario", name=name, **part["pairs"], **_counts(part)) for name, part in parts
    ]
    return "\n".join(lines)


def _counts(part: Json) -> dict[str, Json]:
    return {name: part[name] for name in ("records", "with_strangers")}
