"""Reading long lists by offset while people edit them: overlap, resumable windows, marks taken from data.

Belongs here: the walk over pages and the state that a cursor keeps. Does not: requests (a connector's `fetch`),
what a row means (its mapping). The list must be asked in an order that new rows join at its end or that never changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise

from hub.connectors.kit.times import earliest, latest, shift
from hub.errors import PermanentError, TransientError
from hub.model import Json

OVERLAP_SECONDS = 300.0
"""How far a window reaches back behind the last mark: vendors' clocks and indexes lag."""
FUTURE_SECONDS = 86_400.0
"""A row dated later than the vendor's clock by more than this does not move the mark."""
STALLS, REPEATS = 40, 3
"""Times a walk may have to step back, and pages in a row that may begin like the one before."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list. key: what the list is ordered by (text or integer, None: unknown); changed: canonical time."""

    id: str
    item: Mapping[str, Json]
    changed: str | None = None
    key: str | int | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """One page. total: rows of the whole list as the vendor says, None when it does not.

    removed: ids that the vendor says are gone. skipped: rows of this page that had no id and are not in `rows`.
    """

    rows: Sequence[Row]
    total: int | None = None
    server_time: str | None = None
    removed: Sequence[str] = ()
    skipped: int = 0

    @property
    def size(self) -> int:
        """Rows as the vendor counted them."""
        return len(self.rows) + self.skipped


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a walk stands: rows behind it, the ids of the last few and the last key, to notice that the list moved.

    at, head: where the last page began and its first id, to notice a vendor that gives the same page again.
    """

    position: int = 0
    tail: tuple[str, ...] = ()
    key: str | int | None = None
    at: int = 0
    head: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """One reading of a list from `since` on. started: the vendor's clock at its first page; newest: latest sane change.

    short: the list ended before the vendor's total was reached. done: nothing is left to read.
    """

    since: str | None = None
    started: str | None = None
    newest: str | None = None
    spot: Spot = Spot()
    done: bool = False
    short: bool = False

    def to_json(self) -> dict[str, Json]:
        """For a cursor."""
        spot = {**asdict(self.spot), "tail": list(self.spot.tail)}
        return {"since": self.since, "started": self.started, "newest": self.newest, **spot}

    @property
    def mark(self) -> str | None:
        """Where the next window starts (before overlap): the newest change seen, but never after this one began."""
        return latest(self.since, earliest(self.newest, self.started) if self.newest else None)


def window_from(cursor: Json) -> Window | None:
    """The unfinished window that a cursor holds, None when it holds none (or nothing readable)."""
    if not isinstance(cursor, Mapping) or not isinstance(cursor.get("position"), int):
        return None
    tail = tuple(str(item) for item in cursor.get("tail") or ())
    spot = Spot(max(0, cursor["position"]), tail, cursor.get("key"), int(cursor.get("at") or 0), cursor.get("head"))
    return Window(cursor.get("since"), cursor.get("started"), cursor.get("newest"), spot)


def back(mark: str | None, seconds: float = OVERLAP_SECONDS) -> str | None:
    """The mark with its overlap taken off: what to ask the vendor for."""
    return shift(mark, -seconds) if mark else None


def read(fetch: Callable[[int], Batch], window: Window, size: int, overlap: int = 5) -> Iterator[tuple[Batch, Window]]:
    """Pages from the window's spot to the end: (batch with rows not in the overlap, window after it).

    fetch(position) gives at most `size` rows from that zero-based position. Every page must overlap the one before
    it; when it does not, rows before it vanished, and the walk steps back until it does (rows may come twice, none is
    lost). Raises TransientError when the list never holds still, PermanentError when a page is given again and again.
    """
    stalls = again = 0
    while not window.done:
        at, batch = _contiguous(fetch, window.spot, size, overlap)
        again = again + 1 if batch.rows and batch.rows[0].id == window.spot.head and at > window.spot.at else 0
        if again > REPEATS:
            raise PermanentError("the vendor gives the same page again and again", code="paging")
        stalls += at < window.spot.position - overlap
        if stalls > STALLS:
            raise TransientError("the list keeps changing while it is read", code="paging")
        after = _after(window, at, batch, size, overlap)
        yield replace(batch, rows=[row for row in batch.rows if row.id not in window.spot.tail]), after
        window = after


def _contiguous(fetch: Callable[[int], Batch], spot: Spot, size: int, overlap: int) -> tuple[int, Batch]:
    step = overlap if spot.tail else 0
    at = max(0, spot.position - step)
    batch = fetch(at)
    while at > 0 and not _joins(spot, batch.rows):
        step = max(size - overlap, step * 2)
        at = max(0, spot.position - step)
        batch = fetch(at)
    return at, batch


def _joins(spot: Spot, rows: Sequence[Row]) -> bool:
    """Whether a page follows what was read without a gap: it repeats a row, or begins at or before the last key."""
    if any(row.id in spot.tail for row in rows):
        return True
    keys = [row.key for row in rows]
    if not keys or spot.key is None or any(type(key) is not type(spot.key) for key in keys):
        return False
    return _ascending(keys) and bool(keys[0] <= spot.key)  # type: ignore[operator]  # one type, text or integer


def _ascending(keys: Sequence[str | int | None]) -> bool:
    return all(a <= b for a, b in pairwise(keys))  # type: ignore[operator]  # one type, see _joins


def _after(window: Window, at: int, batch: Batch, size: int, overlap: int) -> Window:
    """The window after a page. It ends at a page that is not full, once the vendor's total is reached, or at one
    without news; a full page never ends it, because rows may have been put in before it.
    """
    position, total = at + batch.size, batch.total
    started = window.started or batch.server_time
    moved = any(row.id not in window.spot.tail for row in batch.rows)
    reached = total is None or position >= total
    ended = not moved or (reached and batch.size < size)
    sane = [row.changed for row in batch.rows if row.changed and not _future(row.changed, batch.server_time)]
    return Window(
        window.since,
        started,
        latest(window.newest, *sane),
        _spot(window.spot, at, batch, overlap),
        ended,
        ended and not reached,
    )


def _spot(spot: Spot, at: int, batch: Batch, overlap: int) -> Spot:
    rows = batch.rows
    if not rows:
        return replace(spot, position=at + batch.size)
    return Spot(at + batch.size, tuple(row.id for row in rows[-overlap:]), rows[-1].key, at, rows[0].id)


def _future(changed: str, server_time: str | None) -> bool:
    return server_time is not None and changed > shift(server_time, FUTURE_SECONDS)
