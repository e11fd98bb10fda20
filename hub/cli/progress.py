"""Progress on a terminal (stderr), silence when piped."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from hub.flow.run import Progress, no_progress


@contextmanager
def shown() -> Iterator[Progress]:
    """A progress callback: one bar per step and subject, with the seconds that a vendor makes it wait."""
    if not sys.stderr.isatty():
        yield no_progress
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    bars = Bars(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[wait]}"),
        console=Console(stderr=True),
        transient=True,
    )
    tasks: dict[tuple[str, str], object] = {}
    alone = threading.Lock()

    def progress(step: str, subject: str, done: int, total: int | None, waiting: float | None) -> None:
        wait = f"waits {waiting:.0f} s" if waiting else ""
        key = (step, subject)
        with alone:
            if key not in tasks:
                tasks[key] = bars.add_task(f"{step} {subject}", total=total, wait=wait)
        bars.update(tasks[key], completed=done, total=total, wait=wait)  # type: ignore[arg-type]  # rich's TaskID is an int

    with bars:
        yield progress
