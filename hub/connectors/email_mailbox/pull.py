"""Pages of a mailbox: chunks of mails become records of the people in them.

Belongs here: cursors and slices. Does not: the server (imap), files (files), who is a person (people).
The cursor holds folder names, UIDs, offsets and hashes; no address.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from pathlib import Path

from hub.connectors.email_mailbox.evidence import Evidence
from hub.connectors.email_mailbox.files import (
    Mail,
    fingerprint,
    is_maildir,
    maildir_folders,
    maildir_mail,
    maildir_new,
    mbox_mails,
    mbox_start,
)
from hub.connectors.email_mailbox.headers import fields_of, time_of
from hub.connectors.email_mailbox.imap import SENT_NAMES, Folder, Server
from hub.connectors.email_mailbox.options import Options
from hub.connectors.email_mailbox.people import Sighting, people
from hub.connectors.kit.port import Context
from hub.errors import ConfigError, TransientError
from hub.model import Json, Notice, Page, RawRecord, from_utc_text, utc_text

CHUNK = 300
TRIES = 4


class Pull:
    """One pull of one mailbox."""

    def __init__(self, context: Context, options: Options, cursor: Mapping[str, Json] | None, *, full: bool) -> None:
        self.context, self.options = context, options
        old = {} if full or not cursor else cursor
        self.state: dict[str, dict[str, Json]] = {k: dict(v) for k, v in old.get("folders", {}).items()}
        self.evidence = Evidence(context.latest)
        self.apart: Counter[str] = Counter()
        self.limit = utc_text(from_utc_text(context.now()) + timedelta(days=1))
        self.done = 0

    def pages(self) -> Iterator[Page]:
        """All pages; the last one tells what was set apart."""
        yield from self._files() if self.options.path else self._server()
        if self.apart:
            yield self._page([], [Notice("mailbox.set_apart", "info", dict(sorted(self.apart.items())))])

    def _page(self, records: list[RawRecord], notices: Iterable[Notice] = ()) -> Page:
        self.context.progress(self.done, None, None)
        cursor = {"v": 1, "folders": {k: dict(v) for k, v in sorted(self.state.items())}}
        return Page("customers", records, cursor, notices=list(notices))

    def _records(self, mails: Iterable[tuple[bytes, str | None]], *, sent: bool) -> list[RawRecord]:
        """Records of the people in a chunk of (header bytes, time of delivery)."""
        sightings: list[Sighting] = []
        for block, delivered in mails:
            fields = fields_of(block)
            at = delivered or time_of(fields.get("date"))
            at = at if at and at <= self.limit else None
            sightings += people(fields, at, self.options.is_own, self._count, sent=sent)
            self.done += 1
        return self.evidence.records(sightings)

    def _count(self, reason: str) -> None:
        self.apart[reason] += 1

    # the server -----------------------------------------------------------------------------------------------------
    def _server(self) -> Iterator[Page]:
        """Folders in turn; a lost connection is opened again and goes on behind the last page."""
        server = Server(self.options)
        tries = 0
        try:
            chosen = chosen_folders(server.folders(), self.options)
            while chosen and not self.context.deadline():
                try:
                    for page in self._folder(server, chosen[0]):
                        tries = 0
                        yield page
                        if self.context.deadline():
                            return
                    chosen = chosen[1:]
                except TransientError:
                    tries += 1
                    if tries >= TRIES:
                        raise
                    server.close()
                    self._wait(2.0**tries)
                    server = Server(self.options)
        finally:
            server.close()

    def _wait(self, seconds: float) -> None:
        self.context.progress(self.done, None, seconds)
        (self.context.wait or time.sleep)(seconds)

    def _folder(self, server: Server, folder: Folder) -> Iterator[Page]:
        opened = server.examine(folder)
        known = self.state.get(folder.name, {})
        after = int(known.get("uid", 0)) if known.get("validity") == opened.validity else 0
        for chunk in server.chunks(opened, after):
            records = self._records(((m.block, m.at) for m in chunk), sent=folder.sent)
            if chunk:
                self.state[folder.name] = {"validity": opened.validity, "uid": chunk[-1].uid}
                yield self._page(records)

    # files ----------------------------------------------------------------------------------------------------------
    def _files(self) -> Iterator[Page]:
        path = self.context.workspace / str(self.options.path)
        if not path.exists():
            raise ConfigError(f"there is no mailbox at {self.options.path}", path="path")
        for name, one, box in boxes(path):
            if self.context.deadline():
                return
            yield from self._maildir(name, one) if box == "maildir" else self._mbox(name, one)

    def _mbox(self, name: str, path: Path) -> Iterator[Page]:
        mails = mbox_mails(path, mbox_start(path, self.state.get(name)))
        while chunk := list(islice(mails, CHUNK)):
            records = self._records(((m.block, m.at) for m in chunk), sent=is_sent(name))
            self.state[name] = {"offset": chunk[-1].end, "print": fingerprint(path, chunk[-1].end)}
            yield self._page(records)
            if self.context.deadline():
                return

    def _maildir(self, name: str, folder: Path) -> Iterator[Page]:
        known = self.state.get(name, {})
        waiting = iter(maildir_new(folder, (int(known.get("time", 0)), str(known.get("name", "")))))
        while chunk := list(islice(waiting, CHUNK)):
            mails: list[Mail] = [m for _, unique, path in chunk if (m := maildir_mail(path, unique)) is not None]
            records = self._records(((m.block, m.at) for m in mails), sent=is_sent(name))
            self.state[name] = {"time": chunk[-1][0], "name": chunk[-1][1]}
            yield self._page(records)
            if self.context.deadline():
                return


def chosen_folders(found: list[Folder], options: Options) -> list[Folder]:
    """INBOX and the sent folder, or those that the settings name. Raises ConfigError for a name that is not there."""
    if not options.folders:
        return [f for f in found if not f.skipped and (f.wire.upper() == "INBOX" or f.sent)]
    chosen = []
    for wanted in options.folders:
        match = [
            f
            for f in found
            if wanted in (f.name, f.wire)
            or (wanted.lower() == "\\sent" and f.sent)
            or (wanted.upper() == f.wire.upper() == "INBOX")
        ]
        if not match:
            raise ConfigError(
                f"the mailbox has no folder {wanted}",
                path="folders",
                hint=", ".join(f.name for f in found if not f.skipped),
            )
        chosen.append(match[0])
    return chosen


def boxes(path: Path) -> list[tuple[str, Path, str]]:
    """(name, path, mbox | maildir) of a mailbox in files; name is the folder's in the cursor."""
    if path.is_file():
        return [(path.name, path, "mbox")]
    if is_maildir(path):
        return [(n or "INBOX", p, "maildir") for n, p in maildir_folders(path)]
    inner = [(n, p, "maildir") for n, p in maildir_folders(path)]
    return inner + [(p.name, p, "mbox") for p in sorted(path.iterdir()) if p.is_file() and _starts_mbox(p)]


def _starts_mbox(path: Path) -> bool:
    with suppress(OSError), path.open("rb") as file:
        return file.read(5) == b"From "
    return False


def is_sent(name: str) -> bool:
    """Whether a folder or file name says that it holds sent mail."""
    plain = name.lower().removesuffix(".mbox").removesuffix(".mbx")
    return plain in SENT_NAMES or plain.split(".")[-1] in SENT_NAMES
