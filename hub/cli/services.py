"""What `hub up` keeps, and what it says about it.

Belongs here: commands, order, how each shows that it answers. Does not: keeping (keeper), the command's options (up).
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from hub.cli import family
from hub.cli.common import note
from hub.cli.keeper import Keeper, Service, Start, Voice
from hub.cli.say import say
from hub.flow import together
from hub.flow.run import utc_now
from hub.settings import Settings

LOOK = 2.0
"""Seconds that a service gets to answer a look."""


def keep(settings: Settings, listening: socket.socket, host: str) -> None:
    """Keep everything until a signal comes."""
    folder, states = Path(tempfile.mkdtemp(prefix="hub-")), together.state_file(settings)
    voice = Voice(partial(_event, settings.language), _line, partial(together.tell, states))
    try:
        asyncio.run(_kept(services(settings, listening, host, folder), voice))
    finally:
        family.end_orphans()
        shutil.rmtree(folder, ignore_errors=True)
        states.unlink(missing_ok=True)


async def _kept(wanted: list[Service], voice: Voice) -> None:
    await Keeper(wanted, voice).run()


def services(settings: Settings, listening: socket.socket, host: str, folder: Path) -> list[Service]:
    """What `hub up` keeps. folder: for the socket of Dagster's code, open to nobody else."""
    from hub.assets import home

    code = folder / "code"
    target, environment = home.beside(settings, code)
    served = [sys.executable, "-m", "hub", "serve", "--host", host, "--config", str(settings.path)]
    beside = ["--listening", str(listening.fileno()), "--beside", str(together.state_file(settings))]
    fds = (listening.fileno(),)
    return [
        Service("web", lambda: Start([*served, *beside], fds=fds), environment),
        Service("code", lambda: Start(home.code(code), partial(_answers_at, code)), environment),
        Service("dagster", lambda: _pages(partial(home.webserver, target)), environment, after="code"),
        Service("daemon", lambda: Start(home.daemon(target)), environment, after="code"),
    ]


def _pages(command: Callable[[int], list[str]]) -> Start:
    """On a port that is free now; should somebody take it first, the next start takes another."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    return Start(command(port), partial(_answers, port), port)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), LOOK):
            return True
    except OSError:
        return False


def _answers_at(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as asked:
        asked.settimeout(LOOK)
        return asked.connect_ex(str(path)) == 0


def _event(language: str, event: str, values: Mapping[str, object]) -> None:
    note(f"{utc_now()} up: {say(language, f'up.{event}', **values)}")


def _line(name: str, text: str) -> None:
    note(f"{name}: {text}")
