"""`hub dagster`: this workspace's Dagster, on 127.0.0.1 only."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack

import click

from hub.cli.common import example, note
from hub.cli.say import say
from hub.flow import together
from hub.flow.workspace import RegistryCatalogue
from hub.settings import find_config, load


@click.command(epilog=example("hub dagster --port 3334"))
@click.option("--port", default=3334, show_default=True, help="On 127.0.0.1; Dagster has no login, never expose it.")
@click.option("--config", metavar="PATH", help="hub.toml or its folder; else HUB_CONFIG, else this folder.")
def dagster(port: int, config: str | None) -> None:
    """Open this workspace's Dagster: web page and daemon (schedules), under the path /dagster."""
    from hub.assets.home import services

    settings = load(find_config(config), RegistryCatalogue())
    commands, environment = services(settings, port)
    with together.held(settings, f"127.0.0.1:{port}"):
        note(say(settings.language, "dagster.open", port=port))
        _supervise(commands, environment)


def _supervise(commands: Sequence[Sequence[str]], environment: dict[str, str]) -> None:
    """Run until the first one ends or the user stops it; then end the others."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as stack:
        running = [stack.enter_context(_process(command, environment)) for command in commands]
        for process in running:
            stack.callback(process.terminate)
        try:
            running[0].wait()
        except KeyboardInterrupt:
            return


def _process(command: Sequence[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, env=environment)  # noqa: S603  # our own command line, nothing from outside
