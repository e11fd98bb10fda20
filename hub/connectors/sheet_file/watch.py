"""Which files there are, and which of them are still being written or held open.

Belongs here: globs, lock files, two looks, content hashes. Does not: the memory of earlier pulls (ledger).
"""

from __future__ import annotations

import glob
import hashlib
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hub.model import Notice

PARTIAL = (".part", ".partial", ".tmp", ".filepart", ".crdownload")
LITTER = ("~$", ".~lock.", "._", ".DS_Store", "Thumbs.db", "desktop.ini")
"""Beginnings of names of files that programs leave beside the owner's; never read, never told."""
MARKERS = (".done", ".ok", ".sha256", ".md5")
DATE = re.compile(
    r"(?<!\d)(20\d\d)[-_.]?([01]\d)(?:[-_.]?([0-3]\d))?(?!\d)|(?<!\d)([0-3]\d)[-_.]([01]\d)[-_.](20\d\d)(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file as one look saw it. key: its path relative to the workspace (NFC), the name of its rows' scope."""

    key: str
    path: Path
    size: int
    mtime: int


def candidates(workspace: Path, patterns: Iterable[str]) -> tuple[list[Candidate], list[Notice]]:
    """The readable files of the patterns in the order in which they land, and notices about those that wait.

    Order: the date in the name, then the name with its numbers as numbers; never the time of the file.
    """
    root = glob.escape(str(workspace))
    paths = {
        p for pattern in patterns for p in glob.glob(os.path.join(root, pattern), recursive=True, include_hidden=True)
    }
    found, notices = [], []
    for path in sorted(Path(p) for p in paths):
        if not path.is_file() or path.name.startswith(LITTER) or path.name.lower().endswith(MARKERS):
            continue
        key = key_of(workspace, path)
        reason = _reason(path)
        if reason:
            notices.append(Notice("sheet.waiting", "info", {"file": key, "reason": reason}))
            continue
        look = path.stat()
        found.append(Candidate(key, path, look.st_size, look.st_mtime_ns))
    return sorted(found, key=lambda c: order_of(c.key)), notices


def key_of(workspace: Path, path: Path) -> str:
    """The name of a file in the ledger."""
    name = (path.relative_to(workspace) if path.is_relative_to(workspace) else path).as_posix()
    return unicodedata.normalize("NFC", name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"))


def order_of(key: str) -> tuple[str, list[tuple[int, str]]]:
    """Sort key of a file's name."""
    name = key.rsplit("/", 1)[-1]
    day = DATE.search(name)
    date = "" if not day else f"{day[1]}{day[2]}{day[3] or '00'}" if day[1] else f"{day[6]}{day[5]}{day[4]}"
    return date, [(int(n) if n else -1, t) for n, t in re.findall(r"(\d+)|(\D+)", key)]


def _reason(path: Path) -> str | None:
    """Why a file is left for the next run: hidden | partial | locked | empty."""
    name = path.name
    if name.startswith("."):
        return "hidden"
    if name.lower().endswith(PARTIAL):
        return "partial"
    locks = (f".~lock.{name}#", f"~${name}", f"~${name[2:]}")
    if any((path.parent / lock).exists() for lock in locks):
        return "locked"
    return "empty" if path.stat().st_size == 0 else None


def steady(files: Sequence[Candidate], wait: Callable[[float], None]) -> tuple[list[Candidate], list[Notice]]:
    """Two looks one second apart: files that did not move, and notices about those that did."""
    if not files:
        return [], []
    wait(1.0)
    still = [f for f in files if unmoved(f)]
    gone = [f for f in files if f not in still]
    return still, [Notice("sheet.waiting", "info", {"file": f.key, "reason": "growing"}) for f in gone]


def unmoved(file: Candidate) -> bool:
    """Whether size and time are still those of the first look."""
    try:
        look = file.path.stat()
    except OSError:
        return False
    return (look.st_size, look.st_mtime_ns) == (file.size, file.mtime)


def digest(path: Path) -> str:
    """SHA-256 of the content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
