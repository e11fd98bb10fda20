"""`hub audit`: whether the audit log still says what was written into it."""

from __future__ import annotations

from dataclasses import asdict

import click

from hub.cli.common import FAILED, OK, emit, example, opened, options, stop
from hub.cli.say import say
from hub.model import Json
from hub.store import audit_chain


@click.group()
def audit() -> None:
    """The log of who did what."""


@audit.command("verify", epilog=example("hub audit verify --known 4f2a…"))
@click.option("--known", metavar="DIGEST", help="A digest noted earlier: it must still stand in the log.")
@options
def verify(known: str | None, as_json: bool, config: str | None) -> None:
    """Follow the log from its first line to its last: was a line changed, left out or slipped in?

    Tells the newest digest. Note it elsewhere: later it proves that nothing before it was changed, cut off or made anew.
    """
    with opened(config) as workspace:
        with workspace.store.read() as conn:
            told = audit_chain.verify(conn, known)
        language = workspace.settings.language
    emit({**asdict(told), "good": told.good}, as_json, lambda value: _text(value, language))
    stop(OK if told.good else FAILED)


def _text(value: Json, language: str) -> str:
    if value["broken"] is not None:
        return say(language, "audit.broken", seq=value["broken"], lines=value["lines"])
    case = "unknown" if value["known"] is False else "good"
    return say(language, f"audit.{case}", lines=value["lines"], newest=value["newest"] or "–")
