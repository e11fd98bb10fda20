"""`hub evaluate`: how right the hub's customers are, by a labelled file."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.common import emit, example, opened, options
from hub.cli.say import say
from hub.flow import evaluate as flow
from hub.model import Json


@click.command(epilog=example("hub evaluate --truth truth.csv"))
@click.option(
    "--truth", required=True, metavar="FILE", type=click.Path(path_type=Path), help="CSV: source,source_id,cluster."
)
@options
def evaluate(truth: Path, as_json: bool, config: str | None) -> None:
    """Compare the hub's customers with a labelled file: pairs, B-cubed, largest cluster, over- and under-merges.

    FILE is CSV with the columns source, source_id and cluster; a column scenario adds the same per scenario. Records that
    FILE does not name are left out; rows that are no record of the hub are counted as missing.
    """
    with opened(config) as workspace:
        report = flow.evaluate(workspace.store, truth)
        language = workspace.settings.language
    emit(report, as_json, lambda value: _text(value, language))


def _text(report: Json, language: str) -> str:
    lines = [
        say(language, "evaluate.pairs", **report["pairs"]),
        say(language, "evaluate.cubed", **report["b_cubed"]),
        say(language, "evaluate.largest", largest=report["largest_cluster"]),
        say(language, "evaluate.merges", over=report["over_merges"]["count"], under=report["under_merges"]["count"]),
        say(language, "evaluate.records", **{name: report[name] for name in ("records", "missing", "left_out")}),
    ]
    parts = report.get("scenarios", {}).items()
    lines += [
        "  " + say(language, "evaluate.scenario", name=name, **part["pairs"], **_counts(part)) for name, part in parts
    ]
    return "\n".join(lines)


def _counts(part: Json) -> dict[str, Json]:
    return {name: part[name] for name in ("records", "with_strangers")}
