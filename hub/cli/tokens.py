"""`hub tokens`: what programs show at the API."""

from __future__ import annotations

import click

from hub.cli.common import OK, account, emit, example, note, opened, options, stop
from hub.cli.say import say
from hub.flow import access, access_tokens
from hub.model import Json


@click.group()
def tokens() -> None:
    """What programs show at the API: each its own token, with a role, stores and an end."""


@tokens.command("create", epilog=example("hub tokens create till-1 --role writer --days 90"))
@click.argument("name")
@click.option("--role", type=click.Choice(access.ROLES), default="reader", show_default=True)
@click.option("--days", type=click.IntRange(1, 3660), default=365, show_default=True, help="Good for so long.")
@click.option("--store", "stores", multiple=True, metavar="NAME", help="Only customers of this store; may be repeated.")
@click.option("--pii", is_flag=True, help="Sees phones, e-mails and birth dates whole.")
@click.option("--export", is_flag=True, help="May take all customers away at once.")
@click.option(
    "--rate", type=click.IntRange(1), default=access_tokens.RATE, show_default=True,
    help="Units of work a second: a look-up is 1, a list 50.",
)  # fmt: skip
@options
def create(
    name: str, role: str, days: int, stores: tuple[str, ...], pii: bool, export: bool, rate: int, as_json: bool,
    config: str | None,
) -> None:  # fmt: skip
    """A new token for the program NAME. It is shown once; the hub keeps only its digest."""
    scopes = [scope for scope, given in (("pii", pii), ("export", export)) if given]
    with opened(config) as workspace:
        token_id, text = access_tokens.create(
            workspace.store, name, role, account(), days=days, stores=stores or None, scopes=scopes, rate=rate
        )
        language = workspace.settings.language
    note(say(language, "tokens.once", token_id=token_id))
    emit({"token_id": token_id, "token": text}, as_json, lambda value: str(value["token"]))
    stop(OK)


@tokens.command("list", epilog=example("hub tokens list"))
@options
def list_(as_json: bool, config: str | None) -> None:
    """All tokens, without their text."""
    with opened(config) as workspace:
        rows, language = access_tokens.listed(workspace.store), workspace.settings.language
    emit(rows, as_json, lambda value: "\n".join(_line(row, language) for row in value) or say(language, "tokens.none"))
    stop(OK)


def _line(row: Json, language: str) -> str:
    places = ", ".join(row["stores"] or []) or say(language, "users.everywhere")
    shown = row | {
        "stores": places,
        "scopes": " ".join(row["scopes"]),
        "state": say(language, f"tokens.{row['state']}"),
    }
    return say(language, "tokens.line", **shown).rstrip()


@tokens.command("revoke", epilog=example("hub tokens revoke 1f0c22ab"))
@click.argument("token_id", metavar="ID")
@options
def revoke(token_id: str, as_json: bool, config: str | None) -> None:
    """From now on this token opens nothing."""
    with opened(config) as workspace:
        access_tokens.revoke(workspace.store, token_id, account())
        language = workspace.settings.language
    emit({"token_id": token_id, "revoked": True}, as_json, lambda _: say(language, "tokens.revoked", token_id=token_id))
    stop(OK)
