"""`hub serve`: the API and the pages."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from hub.cli.common import OK, emit, example, note, opened, options, stop
from hub.cli.say import say
from hub.flow import access


@click.command(epilog=example("hub serve --port 8080"))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8321, show_default=True, type=click.IntRange(0, 65535), help="0: any free one.")
@click.option("--listening", type=int, hidden=True, help="A socket that `hub up` has opened.")
@click.option("--beside", type=click.Path(path_type=Path), hidden=True, help="The states of what `hub up` keeps.")
@options
def serve(host: str, port: int, listening: int | None, beside: Path | None, as_json: bool, config: str | None) -> None:
    """The API and the pages, until it is ended by a signal.

    Only this machine reaches the default address. For others put a web server with https before it.
    """
    from hub.web import address
    from hub.web import serve as web

    socket = address.opened(host, port) if listening is None else address.handed(listening)
    with opened(config) as workspace:
        language = workspace.settings.language
        if not web.local(host):
            note(say(language, "serve.open", host=host))
        if not access.listed(workspace.store):
            note(say(language, "serve.nobody"))
        said = partial(_said, workspace.settings.language, as_json)
        web.serve(workspace, host, socket, said, beside)
    stop(OK)


def _said(language: str, as_json: bool, url: str) -> None:
    emit({"url": url}, as_json, lambda _: say(language, "serve.at", url=url))
