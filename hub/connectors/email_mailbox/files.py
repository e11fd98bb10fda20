"""Mails in files: mbox (streamed, by byte offsets) and Maildir (by time of change).

Belongs here: where a mail begins, what of a file is new. Does not: what the mails say (headers, people).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hub.connectors.email_mailbox.headers import MAX_HEADER, epoch_time, internal_time
from hub.model import Json

LINE = 1 << 20
MARK = 4096
ENVELOPE = re.compile(rb"^From \S*\s+\w{3} +(\w{3}) +(\d{1,2}) +(\d\d:\d\d(?::\d\d)?)(?: \S+)?? +(\d{4})")
HEADER_END = 4 * MAX_HEADER
"""Header bytes of one mail that are kept; what follows is no address any more."""


@dataclass(frozen=True, slots=True)
class Mail:
    """Header bytes; at: the time of delivery when the file tells; end: the offset behind the header (mbox)."""

    block: bytes
    at: str | None
    end: int = 0


def mbox_start(path: Path, state: Mapping[str, Json] | None) -> int:
    """The offset from which a file is read: where the last pull ended when it only grew, else 0."""
    if not state or path.stat().st_size < state["offset"]:
        return 0
    return int(state["offset"]) if fingerprint(path, int(state["offset"])) == state["print"] else 0


def fingerprint(path: Path, offset: int) -> str:
    """What tells a file that grew from one that was rewritten: hash of its first bytes and of those before the offset."""
    with path.open("rb") as file:
        start = file.read(min(MARK, offset))
        file.seek(max(0, offset - MARK))
        end = file.read(min(MARK, offset))
    return hashlib.sha256(start + b"\0" + end).hexdigest()[:32]


def mbox_mails(path: Path, offset: int) -> Iterator[Mail]:
    """Mails whose header is whole, from an offset on (the start, or inside a mail's body)."""
    with path.open("rb") as file:
        blank = offset == 0 or _blank_before(file, offset)
        file.seek(offset)
        while line := file.readline(LINE):
            if blank and line.startswith(b"From "):
                mail = _header(file, line)
                if mail is None:
                    return
                yield mail
                blank = True
                continue
            blank = line in (b"\n", b"\r\n")


def _blank_before(file: BinaryIO, offset: int) -> bool:
    file.seek(max(0, offset - 4))
    return file.read(min(4, offset)).endswith((b"\n\n", b"\n\r\n"))


def _header(file: BinaryIO, envelope: bytes) -> Mail | None:
    """The header behind a `From ` line; None when the file ends inside it (it is still being written)."""
    parts, size = list[bytes](), 0
    while line := file.readline(LINE):
        if line in (b"\n", b"\r\n"):
            return Mail(b"".join(parts), envelope_time(envelope), file.tell())
        size += len(line)
        if size < HEADER_END:
            parts.append(line)
    return None


def envelope_time(line: bytes) -> str | None:
    """The delivery time of a `From ` line (asctime, taken as UTC)."""
    match = ENVELOPE.match(line)
    if not match:
        return None
    month, day, clock, year = (part.decode("ascii") for part in match.groups())
    return internal_time(f"{day}-{month}-{year} {clock if len(clock) == 8 else clock + ':00'} +0000")


def is_maildir(path: Path) -> bool:
    """Whether a folder is a Maildir."""
    return (path / "cur").is_dir() or (path / "new").is_dir()


def maildir_folders(path: Path) -> list[tuple[str, Path]]:
    """The Maildir itself and its subfolders (`.Sent`, …) by name; junk, trash and drafts left out."""
    inner = [
        (p.name.lstrip("."), p) for p in sorted(path.iterdir()) if p.is_dir() and p.name not in ("cur", "new", "tmp")
    ]
    skipped = ("junk", "spam", "trash", "drafts", "draft")
    kept = [(n, p) for n, p in inner if is_maildir(p) and n.split(".")[-1].lower() not in skipped]
    return ([("", path)] if is_maildir(path) else []) + kept


def maildir_new(folder: Path, since: tuple[int, str]) -> list[tuple[int, str, Path]]:
    """Mails changed after (time in ns, unique name), in that order. A mail moved from `new` to `cur` comes again."""
    found = []
    for part in ("new", "cur"):
        if (folder / part).is_dir():
            for path in (folder / part).iterdir():
                name = path.name.split(":")[0]
                key = (path.stat().st_ctime_ns, name)
                if not path.name.startswith(".") and key > since:
                    found.append((*key, path))
    return sorted(found)


def maildir_mail(path: Path, name: str) -> Mail | None:
    """One mail of a Maildir; None when it was moved away meanwhile. Its delivery time stands in its name."""
    try:
        with path.open("rb") as file:
            parts, size = list[bytes](), 0
            while (line := file.readline(LINE)) and line not in (b"\n", b"\r\n") and size < HEADER_END:
                parts.append(line)
                size += len(line)
    except FileNotFoundError:
        return None
    seconds = re.match(r"(\d{9,10})\.", name)
    return Mail(b"".join(parts), epoch_time(int(seconds[1])) if seconds else None)
