"""`hub consent`: what a customer agreed to or took back, entered by a person."""

from __future__ import annotations

import click

from hub.cli.common import OK, emit, example, opened, stop
from hub.cli.judge import decide, deciding
from hub.cli.say import say, word
from hub.cli.times import day_start
from hub.cli.withdrawals import task_text
from hub.flow import consenting, withdraw_list
from hub.flow.judge import Plan
from hub.flow.run import utc_now
from hub.model import Json
from hub.settings import Settings


@click.command(epilog=example("hub consent 0912345678 granted marketing.sms   (or: hub consent KH7F3K2M9QX withdrawn)"))
@click.argument("key")
@click.argument("status", required=False)
@click.argument("scopes", nargs=-1)
@click.option("--address", metavar="TEXT", help="The phone or e-mail that it is for; else see below.")
@click.option("--on", "day", metavar="DATE", help="YYYY-MM-DD: when the customer said so; else now.")
@deciding
def consent(
    key: str, status: str | None, scopes: tuple[str, ...], address: str | None, day: str | None, **asked: Json
) -> None:
    """The customer KEY grants, refuses or takes back. STATUS: granted, refused, withdrawn, unknown (takes an entry back).

    SCOPES are PURPOSE.CHANNEL, such as marketing.sms; none means everything. A grant is for one address: that of --address,
    else the customer's primary one. A no without --address is for every address. Of several that say something about the
    same, the most restrictive holds. Without STATUS the command shows what stands and what was entered.
    """
    if status is None:
        _show(key, asked["as_json"], asked["config"])

    def plan(settings: Settings) -> Plan:
        at = day_start(day, settings.timezone) if day else utc_now()
        return consenting.wish(settings, key, str(status), scopes, address, at)

    decide("consent", plan, asked)


def _show(key: str, as_json: bool, config: str | None) -> None:
    with opened(config) as workspace, workspace.store.read() as conn:
        settings = workspace.settings
        told = consenting.told(conn, settings, key)
        told["tasks"] = withdraw_list.of_customer(conn, told["golden_id"], utc_now(), settings.language)
    emit(told, as_json, lambda value: _text(value, settings))
    stop(OK)


def _text(told: Json, settings: Settings) -> str:
    language = settings.language
    blank = dict.fromkeys(("channel", "address", "at", "source"), "–")
    stands = [say(language, "consent.stands", **(blank | one)) for one in told["consents"]]
    entered = [
        say(
            language, "consent.entered", **(one | {"address": one["address"] or "–", "reason": one["reason"] or ""})
        ).rstrip()
        + ("" if one["active"] else f" ({word(language, 'undone')})")
        for one in told["entered"]
    ]
    tasks = [task_text(one, settings) for one in told["tasks"]]
    return "\n".join([*stands, *entered, *tasks]) or say(language, "consent.none")
