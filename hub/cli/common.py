"""What commands share: options, the opened workspace, output as JSON or text, errors as exit codes.

Belongs here: nothing that only one command needs.
"""

from __future__ import annotations

import getpass
import logging
import os
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import click
import orjson

from hub.errors import ConfigError, GuardError, HubError
from hub.model import Json

if TYPE_CHECKING:
    from hub.flow.workspace import Workspace

OK, DEGRADED, USAGE, HELD, FAILED = 0, 1, 2, 3, 4


def options(function: Callable[..., None]) -> Callable[..., None]:
    """Every command's own: `--json` and `--config`."""
    function = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")(function)
    return click.option("--config", metavar="PATH", help="hub.toml or its folder; else HUB_CONFIG, else this folder.")(
        function
    )


def example(text: str) -> str:
    """The epilog of a command's help."""
    return f"Example: {text}"


def emit(value: Json, as_json: bool, text: Callable[[Json], str]) -> None:
    """`value` as one JSON document, or as people read it."""
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        sys.stdout.flush()
    else:
        click.echo(text(value))


def note(text: str) -> None:
    """A line for people, on stderr."""
    click.echo(text, err=True)


def stop(code: int) -> NoReturn:
    """End the command with an exit code."""
    raise SystemExit(code)


def _code_of(error: HubError) -> int:
    if isinstance(error, ConfigError):
        return USAGE
    return HELD if isinstance(error, GuardError) else FAILED


def _unexpected(error: BaseException) -> int:
    """An error nobody foresaw: its type and place, never its text (which may hold a customer's data)."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}")
        trace = trace.tb_next
    note(f"error: unexpected {type(error).__name__} at {' > '.join(frames[-4:])}")
    note(
        "hint: nothing half-written is kept; run again, and report this line if it returns (HUB_TRACEBACK=1 shows all)"
    )
    if os.environ.get("HUB_TRACEBACK"):
        logging.getLogger("hub").exception("unexpected", exc_info=error)
    return FAILED


def run_cli(command: click.Command) -> NoReturn:
    """Run the root command and turn whatever happens into an exit code."""
    if os.environ.get("HUB_TRACEBACK"):
        logging.basicConfig()
        logging.getLogger("hub").setLevel(logging.DEBUG)
    try:
        command.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        stop(USAGE)
    except click.Abort:
        stop(130)
    except HubError as error:
        _show(error)
        stop(_code_of(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        stop(OK)
    except Exception as error:  # the last net: exit 4, no traceback
        stop(_unexpected(error))
    stop(OK)


def _show(error: HubError) -> None:
    for line in str(error).splitlines():
        note(f"error: {line}")


@contextmanager
def opened(config: str | None, *, migrate: bool = True) -> Iterator[Workspace]:
    """The workspace of `config`, its store disposed of at the end."""
    from hub.flow.workspace import open_workspace

    workspace = open_workspace(config, migrate=migrate)
    try:
        yield workspace
    finally:
        workspace.store.dispose()


def new_run_id() -> str:
    """A fresh UUID, for the hub's and Dagster's run."""
    return str(uuid.uuid4())


def account() -> str:
    """Who decides: the name of the account."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
