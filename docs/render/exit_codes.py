"""The page of exit codes, out of the command line's constants and the tree of errors."""

from __future__ import annotations

import inspect

from docs.render.table import table
from hub import errors
from hub.cli import common
from hub.flow.report import EXIT

MEANING = {
    common.OK: "done; a plan that waits for approval, or a pull that goes on next time, is normal",
    common.DEGRADED: "done, but degraded: a source or a destination failed, the rest went on",
    common.USAGE: "wrong settings or usage",
    common.HELD: "a guard held something back and a person must look; the rest went on",
    common.FAILED: "failed, nothing half-written; also any unexpected error",
}
INTRO = """# Exit codes

Of 4, 3 and 1 the highest that applies. A user's mistake never shows a traceback."""


def page() -> str:
    """The codes, a run's status for each, and the errors that lead to them."""
    status = {number: name for name, number in EXIT.items()}
    codes = [
        (f"`{number}`", f"`{status[number]}`" if number in status else "", text) for number, text in MEANING.items()
    ]
    told = [
        (f"`{error.code}`", (error.__doc__ or "").split("\n")[0], f"`{common._code_of(error('x'))}`")
        for error in _errors()
    ]
    return "\n\n".join([
        INTRO, table(("Code", "Status of a run", "Meaning"), codes),
        "## Errors\n\nAn error that ends a command, by what can be done about it. Some carry a narrower code of their own.",
        table(("Code", "What it is", "Exit code"), told),
    ])  # fmt: skip


def _errors() -> list[type[errors.HubError]]:
    found = [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, errors.HubError)]
    return sorted((one for one in found if one is not errors.HubError), key=lambda one: one.code)
