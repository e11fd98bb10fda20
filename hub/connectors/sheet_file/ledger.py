"""The memory of a sheet source, kept in its cursor: what each file held when it was last read.

Belongs here: the cursor's JSON and questions about it. Does not: reading files (watch, pull).
Holds no customer's value: hashes, counts, and up to 64 of the hub's own hash ids per file (only without an id column).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from statistics import median

from hub.model import Json, from_utc_text

PAST = 8
"""Earlier contents remembered per file."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file as last landed. share: rows with a good-looking phone (0 to 1). scope: the path its rows bear.

    sketch: the 64 smallest hash ids of its rows, an even sample of them. confirm: its removals wait for a second sweep.
    copy_of: the same content landed under that path. past: hashes of earlier contents, oldest first.
    """

    sha: str
    size: int
    mtime: int
    rows: int = 0
    header: str = ""
    share: float = 0.0
    scope: str = ""
    sketch: tuple[str, ...] = ()
    at: str = ""
    confirm: bool = False
    copy_of: str = ""
    past: tuple[str, ...] = ()


@dataclass(slots=True)
class Ledger:
    """files by path; open: the file in the middle of landing {path, sha, rows, snapshot}; broken: path → sha seen broken."""

    files: dict[str, Entry] = field(default_factory=dict)
    open: dict[str, Json] | None = None
    broken: dict[str, str] = field(default_factory=dict)

    def json(self) -> dict[str, Json]:
        """The cursor."""
        files = {key: {k: v for k, v in asdict(e).items() if v} for key, e in sorted(self.files.items())}
        return {"v": 1, "files": files, "open": self.open, "broken": dict(self.broken)}

    def owner_of(self, sha: str, but: str) -> str | None:
        """The path under which this content landed, now or earlier."""
        mine = [(k, e) for k, e in self.files.items() if k != but and not e.copy_of]
        now = (k for k, e in mine if e.sha == sha)
        return next(now, None) or next((k for k, e in mine if sha in e.past), None)

    def usual_share(self, key: str, header: str) -> float | None:
        """The share of good phones that this file, or files with the same heading, had so far."""
        own = self.files.get(key)
        if own and own.rows:
            return own.share
        alike = [e.share for e in self.files.values() if e.header == header and e.rows]
        return median(alike) if alike else None

    def due(self, key: str, now: str) -> bool:
        """Whether a second sweep of the same content, a day later, is to confirm what the first found missing."""
        entry = self.files.get(key)
        return bool(entry and entry.confirm and from_utc_text(now) - from_utc_text(entry.at) >= DAY)

    def moved(self, old: str, new: str, size: int, mtime: int) -> None:
        """A renamed file keeps its history and the scope of its rows."""
        self.files[new] = replace(self.files.pop(old), size=size, mtime=mtime)


def read_ledger(cursor: Mapping[str, Json] | None) -> Ledger:
    """The ledger behind a cursor; a new one for None."""
    if not cursor:
        return Ledger()
    files = {
        key: Entry(**{**e, "sketch": tuple(e.get("sketch", ())), "past": tuple(e.get("past", ()))})
        for key, e in cursor.get("files", {}).items()
    }
    return Ledger(files, cursor.get("open"), dict(cursor.get("broken", {})))
