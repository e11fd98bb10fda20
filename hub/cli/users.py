"""`hub users`: people who may sign in. A password is typed or read from standard input, never an argument."""

from __future__ import annotations

import sys

import click

from hub.cli.common import OK, account, emit, example, opened, options, stop
from hub.cli.say import say
from hub.errors import ConfigError
from hub.flow import access, access_links
from hub.model import Json

ROLES = click.Choice(access.ROLES)


@click.group()
def users() -> None:
    """People who may sign in, what they may do, which stores they see."""


@users.command("add", epilog=example("hub users add lan --role steward --pii"))
@click.argument("name")
@click.option(
    "--role", type=ROLES, required=True, help="reader looks, writer posts records, operator runs, steward decides."
)
@click.option("--store", "stores", multiple=True, metavar="NAME", help="Only customers of this store; may be repeated.")
@click.option("--pii", is_flag=True, help="May see phones, e-mails and birth dates whole.")
@click.option("--export", is_flag=True, help="May take many customers away at once.")
@options
def add(
    name: str, role: str, stores: tuple[str, ...], pii: bool, export: bool, as_json: bool, config: str | None
) -> None:
    """Add a person; asks for the password, or reads it from standard input."""
    password = _password()
    scopes = [scope for scope, given in (("pii", pii), ("export", export)) if given]
    with opened(config) as workspace:
        user_id = access.add_user(workspace.store, name, password, role, stores or None, scopes, account())
        language = workspace.settings.language
    emit({"user_id": user_id, "name": name, "role": role}, as_json, lambda _: say(language, "users.added", name=name))
    stop(OK)


@users.command("list", epilog=example("hub users list"))
@options
def list_(as_json: bool, config: str | None) -> None:
    """Everybody who may sign in."""
    with opened(config) as workspace:
        rows, language = access.listed(workspace.store), workspace.settings.language
    emit(rows, as_json, lambda value: "\n".join(_line(row, language) for row in value) or say(language, "users.none"))
    stop(OK)


def _line(row: Json, language: str) -> str:
    state = say(language, "users.active" if row["active"] else "users.inactive")
    places = ", ".join(row["stores"] or []) or say(language, "users.everywhere")
    provider = say(language, "users.provider") if row["subject"] or row["email"] else ""
    return say(
        language,
        "users.line",
        name=row["name"],
        role=row["role"],
        state=state,
        stores=places,
        scopes=" ".join([*row["scopes"], provider]),
    ).rstrip()


@users.command("disable", epilog=example("hub users disable lan"))
@click.argument("name")
@options
def disable(name: str, as_json: bool, config: str | None) -> None:
    """Shut a person out at once."""
    _switch(name, as_json, config, active=False)


@users.command("enable", epilog=example("hub users enable lan"))
@click.argument("name")
@options
def enable(name: str, as_json: bool, config: str | None) -> None:
    """Let a person in again."""
    _switch(name, as_json, config, active=True)


def _switch(name: str, as_json: bool, config: str | None, *, active: bool) -> None:
    with opened(config) as workspace:
        access.set_active(workspace.store, name, active=active, by=account())
        language = workspace.settings.language
    said = "users.enabled" if active else "users.disabled"
    emit({"name": name, "active": active}, as_json, lambda _: say(language, said, name=name))
    stop(OK)


@users.command("password", epilog=example("hub users password lan"))
@click.argument("name")
@options
def password(name: str, as_json: bool, config: str | None) -> None:
    """A new password; ends the person's sessions."""
    with opened(config) as workspace:
        access.set_password(workspace.store, name, _password(), account())
        language = workspace.settings.language
    emit({"name": name, "changed": True}, as_json, lambda _: say(language, "users.changed", name=name))
    stop(OK)


@users.command("link", epilog=example("hub users link lan --email lan@cuahang.vn"))
@click.argument("name")
@click.option("--subject", metavar="SUB", help="The person's `sub` at the provider of [oidc].")
@click.option(
    "--email", metavar="ADDRESS", help="Whoever the provider proves to have this address, from the first sign-in on."
)
@options
def link(name: str, subject: str | None, email: str | None, as_json: bool, config: str | None) -> None:
    """Let a person sign in by the provider of [oidc]."""
    if (subject is None) == (email is None):
        raise ConfigError("either --subject or --email", code="access.link")
    with opened(config) as workspace:
        if subject is not None:
            access_links.link_subject(workspace.store, name, subject, workspace.settings.oidc, account())
        else:
            access_links.link_email(workspace.store, name, email or "", account())
        language = workspace.settings.language
    emit({"name": name, "linked": True}, as_json, lambda _: say(language, "users.linked", name=name))
    stop(OK)


@users.command("unlink", epilog=example("hub users unlink lan"))
@click.argument("name")
@options
def unlink(name: str, as_json: bool, config: str | None) -> None:
    """Take the provider's account and address off a person; ends their sessions."""
    with opened(config) as workspace:
        access_links.unlink(workspace.store, name, account())
        language = workspace.settings.language
    emit({"name": name, "linked": False}, as_json, lambda _: say(language, "users.unlinked", name=name))
    stop(OK)


def _password() -> str:
    if sys.stdin.isatty():
        typed: str = click.prompt("Mật khẩu / Password", hide_input=True, confirmation_prompt=True, err=True)
        return typed
    read = sys.stdin.readline().rstrip("\r\n")
    if not read:
        raise ConfigError("no password on standard input", hint="type one, or pipe it in", code="access.password")
    return read
