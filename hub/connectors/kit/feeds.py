"""One list of a vendor followed over many pulls: windows by time of change, whole readings, the state between pulls.

Belongs here: when a window starts, ends, resumes, and what the cursor keeps. Does not: walking pages (kit.paging),
requests and rows (a connector's `fetch`).
State (JSON): mark: newest change read, window: the unfinished reading, sweeps: how many whole readings began.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub.connectors.kit.paging import Batch, Row, Window, read, window_from
from hub.connectors.kit.times import latest
from hub.model import Json, RawRecord

Fetch = Callable[[str | None, int], Batch]
"""(since: canonical time or None, zero-based position) → one page, in the vendor's order."""


@dataclass(frozen=True, slots=True)
class Step:
    """One page of a feed. state: resumes after it. snapshot: id of the whole reading it belongs to, None in a window.

    done: the reading ends here. complete: it was whole and held as many rows as the vendor counted.
    short: it ended before the vendor's own total.
    """

    batch: Batch
    state: Mapping[str, Json]
    window: Window
    snapshot: str | None
    done: bool

    @property
    def complete(self) -> bool:
        """Whether this page ends a whole reading that lacks nothing."""
        return self.done and self.snapshot is not None and not self.window.short and self.batch.total is not None

    @property
    def short(self) -> bool:
        """Whether the reading ended before the vendor's own total."""
        return self.done and self.window.short


def follow(fetch: Fetch, state: Json, *, size: int, whole: bool = False, first: str | None = None) -> Iterator[Step]:
    """Read on from `state` (anything unreadable: from the beginning) to the end of one window.

    whole: begin a whole reading now, whatever the state. first: where the very first window starts (None: whole).
    """
    known: Mapping[str, Json] = state if isinstance(state, Mapping) else {}
    mark = known.get("mark") if isinstance(known.get("mark"), str) else None
    sweeps = known["sweeps"] if isinstance(known.get("sweeps"), int) else 0
    window = None if whole else window_from(known.get("window"))
    if window is None:
        window = Window() if whole else Window(since=mark or first)
        sweeps += window.since is None
    for batch, after in read(lambda position: fetch(window.since, position), window, size):
        snapshot = f"{after.started or ''}/{sweeps}" if after.since is None else None
        yield Step(batch, _state(mark, sweeps, after), after, snapshot, after.done)


def _state(mark: str | None, sweeps: int, window: Window) -> dict[str, Json]:
    if not window.done:
        return {"mark": mark, "sweeps": sweeps, "window": window.to_json()}
    return {"mark": latest(mark, window.mark), "sweeps": sweeps, "window": None}


def raw(rows: Sequence[Row], dump: Callable[[Json], str]) -> list[RawRecord]:
    """Rows as landed records."""
    return [RawRecord(row.id, dump(row.item), row.changed) for row in rows]
