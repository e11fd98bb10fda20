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
    lines.append("  " + say(language, "sync.match", **report["match"]))
    lines.append("  " + say(language, "sync.golden", **report["golden"]))
    for name, part in report["push"].items():
        lines += ["  " + line for line in push_lines(name, part, language)]
    if report.get("failure"):
        lines.append(
            "  " + say(language, "sync.error", name=report["failure"]["step"], sentence=report["failure"]["sentence"])
        )
    return "\n".join(lines)


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
