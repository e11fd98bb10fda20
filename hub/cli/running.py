"""A run of single steps from the command line: under the lock, with progress, its report stored and shown."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from hub.cli.common import account, new_run_id, note, opened
from hub.cli.progress import shown
from hub.cli.say import say
from hub.errors import ConfigError, HubError
from hub.flow import sync as flow
from hub.flow.lock import lock, start_run
from hub.flow.run import Run
from hub.flow.workspace import Workspace
from hub.model import Json
from hub.settings.check import near


def known(names: Sequence[str], there: Sequence[str], what: str) -> None:
    """Raise ConfigError for a name that the settings do not have."""
    for name in names:
        if name not in there:
            raise ConfigError(f"no {what} named {name!r}", hint=near(name, there) or f"the {what}s are in hub.toml")


def waiting(language: str) -> Callable[[str], None]:
    """Says for whom the lock is waited."""
    return lambda who: note(say(language, "lock.waiting", who=who))


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Inside, Python looks for cycles of garbage seldom: millions of rows pass through, and hardly any cycle is made.

    What stands already (mostly modules) is not looked at again.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def run_steps(config: str | None, steps: Callable[[Workspace, Run], None], trigger: str = "cli") -> tuple[Json, str]:
    """Run some steps as one run of the hub; gives its report and the language. An error of the hub ends it as failed."""
    with opened(config) as workspace, shown() as progress, seldom_collected():
        run = Run(new_run_id(), progress=progress, trigger=trigger, actor=account())
        with lock(workspace.store, run, said=waiting(workspace.settings.language)):
            start_run(workspace.store, run)
            try:
                steps(workspace, run)
            except HubError as error:
                run.parts.setdefault("failure", {"step": "run", "code": error.code, "sentence": str(error)})
                raise
            finally:
                report = flow.finish(workspace, run)
        return report, workspace.settings.language
