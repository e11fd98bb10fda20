"""Reports of runs as people read them."""

from __future__ import annotations

from hub.cli.say import say, word
from hub.flow.reasons import sentence
from hub.flow.report import EXIT
from hub.model import Json


def exit_code(report: Json) -> int:
    """The exit code of a run's report."""
    return EXIT[report["status"]]


def sync_text(report: Json, language: str) -> str:
    """The report of a run as people read it."""
    lines = [say(language, "sync.title", **{**report, "status": word(language, report["status"])})]
    for name, part in report["sources"].items():
        lines.append(
            "  " + say(language, "sync.source", name=name, **{**part, "status": word(language, part["status"])})
        )
        lines += ["    " + notice["sentence"] for notice in part.get("notices", ()) if notice["level"] != "info"]
        if part["error"]:
            lines.append("    " + say(language, "sync.error", name=name, sentence=part["error"]["sentence"]))
    lines += ["  " + line for line in _match(report["match"], language)]
    lines.append("  " + say(language, "sync.golden", **report["golden"]))
    lines += ["  " + line for line in _train(report.get("train"), language)]
    for name, part in report["push"].items():
        lines += ["  " + line for line in push_lines(name, part, language)]
    if report.get("failure"):
        lines.append(
            "  " + say(language, "sync.error", name=report["failure"]["step"], sentence=report["failure"]["sentence"])
        )
    return "\n".join(lines)


def _match(part: Json, language: str) -> list[str]:
    lines = [say(language, "sync.match", **part)]
    if part["merge_above"] != "never":
        lines.append(say(language, "sync.merging", **part))
    if part.get("untrained"):
        lines.append(say(language, "scores.untrained"))
    if part["not_compared"]:
        lines.append(say(language, "sync.not_compared", **part))
    elif part["suggestions"]:
        lines.append(say(language, "sync.suggestions", **part))
    return lines


def _train(part: Json | None, language: str) -> list[str]:
    """What a training learnt."""
    if part is None:
        return []
    lines = [say(language, "train.done", **part)]
    lines += [] if part["changed"] else [say(language, "train.same")]
    for level, told in part["levels"].items():
        lines.append(say(language, "train.level", level=level, wrong=told["wrong_per_1000"], joins=told.get("joins", "?"),
                         bits=told["bits"], was=told["was"]))  # fmt: skip
    return [*lines, say(language, "train.recommended", **part)]


def push_lines(name: str, part: Json, language: str) -> list[str]:
    """One destination's result as people read it."""
    told = {**part, **part["planned"], "state": word(language, part["state"]), "name": name}
    lines = [say(language, "sync.push", **told)]
    if part["state"] in ("waiting", "held"):
        lines.append(say(language, f"sync.{part['state']}", name=name, plan_id=part["plan_id"]))
    if part.get("error"):
        lines.append(say(language, "sync.error", name=name, sentence=part["error"]["sentence"]))
    for what, counts in part.get("reasons", {}).items():
        for reason, count in sorted(counts.items()):
            why = sentence(reason, language)
            lines.append(say(language, "push.reason", what=word(language, what), count=count, sentence=why))
    return lines
