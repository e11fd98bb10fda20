"""`hub up`: the pages and the API, Dagster's pages and its daemon, kept running together until a signal comes."""

from __future__ import annotations

import os

import click

from hub.cli.common import OK, emit, example, options, stop
from hub.cli.family import guarded


@click.command(epilog=example("hub up --port 8321"))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8321, show_default=True, type=click.IntRange(0, 65535), help="0: any free one.")
@options
def up(host: str, port: int, as_json: bool, config: str | None) -> None:
    """Everything together: pages, API, Dagster's schedules, and its pages under /dagster for operators.

    What ends is begun again. SIGTERM or Ctrl-C ends all of it within ten seconds.
    """
    guarded()
    from hub.cli import services
    from hub.cli.say import say
    from hub.flow import together
    from hub.flow.workspace import RegistryCatalogue
    from hub.settings import find_config, load
    from hub.web import address

    settings = load(find_config(config), RegistryCatalogue())
    with address.opened(host, port) as listening:
        url = address.url(listening)
        with together.held(settings, url, os.getppid()):
            told = {"url": url, "pid": os.getppid()}
            emit(told, as_json, lambda _: say(settings.language, "up.at", url=url))
            services.keep(settings, listening, host)
    stop(OK)
