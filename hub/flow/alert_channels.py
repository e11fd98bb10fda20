"""The ways an alert goes out: a command, a webhook, an e-mail.

Belongs here: sending one message by each. Does not: which messages there are (alerts), requests (connectors.kit.webhook).
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from hub.connectors.kit.address import is_loopback
from hub.errors import ConfigError, TransientError
from hub.model import Json
from hub.settings import Settings

if TYPE_CHECKING:
    from email.message import EmailMessage

Send = Callable[[Mapping[str, Json]], None]
"""Sends one message, or raises."""
SECONDS = 30.0
"""For a command, or a mail server's answer."""
PORTS = {"implicit": 465, "starttls": 587, "none": 25}


def channels(settings: Settings) -> dict[str, Send]:
    """The ways that `[alerts]` names, by name; none when it names none."""
    alerts = settings.alerts
    ways: dict[str, Send] = {}
    if alerts.command:
        ways["command"] = partial(by_command, alerts.command, settings.workspace)
    if alerts.webhook:
        ways["webhook"] = partial(by_webhook, alerts.webhook)
    if alerts.email:
        ways["email"] = partial(by_email, alerts.email)
    return ways


def by_command(command: str, folder: Path, message: Mapping[str, Json], *, seconds: float = SECONDS) -> None:
    """Run a command line (no shell) in the workspace with the message on standard input; its whole group dies when it is late.

    Raises TransientError when it fails or is late, ConfigError when there is no such command.
    """
    try:
        process = subprocess.Popen(  # noqa: S603  # the owner's own command, from hub.toml
            shlex.split(command),
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise ConfigError("the alert's command cannot be run", path="alerts.command", code="command") from error
    try:
        process.communicate(orjson.dumps(message), timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise TransientError("the alert's command took too long", code="timeout") from None
    if process.returncode != 0:
        raise TransientError(f"the alert's command ended with {process.returncode}", code="command")


def by_webhook(url: str, message: Mapping[str, Json]) -> None:
    """POST the message as JSON. Raises what kit.webhook raises."""
    from hub.connectors.kit.webhook import post_json

    post_json(url, message)


def by_email(options: Mapping[str, Json], message: Mapping[str, Json], *, seconds: float = SECONDS) -> None:
    """Send the message by SMTP: the sentence as subject, the JSON as text. Raises smtplib's errors, OSError or ConfigError.

    options: to, host; from, port, user, password, tls (starttls unless said: implicit, starttls, none).
    """
    import smtplib
    import ssl

    tls, host = options.get("tls", "starttls"), options["host"]
    if options.get("user") and tls == "none" and not is_loopback(host):
        raise ConfigError("a password is not sent in clear", hint='tls = "starttls"', path="alerts.email.tls")
    port = options.get("port", PORTS[tls])
    context = ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(host, port, timeout=seconds, context=context)
        if tls == "implicit"
        else smtplib.SMTP(host, port, timeout=seconds)
    )
    with server:
        if tls == "starttls":
            server.starttls(context=context)
        if options.get("user"):
            server.login(options["user"], options.get("password", ""))
        server.send_message(_mail(options, message))


def _mail(options: Mapping[str, Json], message: Mapping[str, Json]) -> EmailMessage:
    from email.message import EmailMessage
    from email.utils import formatdate

    mail = EmailMessage()
    mail["To"] = options["to"]
    mail["From"] = options.get("from") or options["to"].split(",")[0].strip()
    mail["Date"] = formatdate(localtime=False)
    mail["Subject"] = " ".join(str(message["sentence"]).split())[:200]
    mail.set_content(str(message["sentence"]) + "\n\n" + orjson.dumps(message, option=orjson.OPT_INDENT_2).decode())
    return mail
