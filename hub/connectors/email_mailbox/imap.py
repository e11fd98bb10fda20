"""An IMAP server, read only: folders, windows of UIDs, header fields in chunks.

Belongs here: the protocol's habits and traps. Does not: what the mails say (headers, people), the cursor (pull).
Folders are opened with EXAMINE and headers fetched with PEEK, so nothing is marked as read.
"""

from __future__ import annotations

import base64
import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from hub.connectors.email_mailbox.headers import internal_time
from hub.connectors.email_mailbox.options import Options
from hub.errors import AuthError, PermanentError, TransientError

CONNECT, TIMEOUT = 8.0, 60.0
"""Seconds to be let in, and for an answer."""
WINDOW = 20_000
CHUNK = 300
FIELDS = "FROM REPLY-TO SENDER TO CC DATE MESSAGE-ID LIST-ID LIST-UNSUBSCRIBE AUTO-SUBMITTED PRECEDENCE RETURN-PATH"
ITEMS = f"(UID INTERNALDATE BODY.PEEK[HEADER.FIELDS ({FIELDS})])"
LIST = re.compile(rb'\((?P<flags>[^)]*)\)\s+(?:"(?P<sep>[^"]*)"|NIL)\s+(?P<name>.*)', re.DOTALL)
UID = re.compile(rb"\bUID (\d+)")
DATE = re.compile(rb'INTERNALDATE "([^"]+)"')
SKIPPED = {"\\junk", "\\trash", "\\drafts", "\\noselect", "\\nonexistent"}
SENT_NAMES = {"sent", "sent items", "sent mail", "sent messages", "đã gửi", "thư đã gửi", "inbox.sent", "inbox/sent"}


@dataclass(frozen=True, slots=True)
class Folder:
    """wire: the name as the server writes it (modified UTF-7); name: as people read it."""

    wire: str
    name: str
    sent: bool
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """An examined folder. next_uid: None when the server does not say."""

    validity: int
    next_uid: int | None
    exists: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """Header bytes of one mail and the server's own time of it (canonical)."""

    uid: int
    at: str | None
    block: bytes


class Server:
    """One logged-in connection. Raises AuthError for a refused password (never tried twice), TransientError for the rest."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.link = self._login()

    def _login(self) -> imaplib.IMAP4:
        link = _connect(self.options)
        try:
            _authenticate(link, self.options.user, self.options.password)
        except (imaplib.IMAP4.error, OSError) as error:
            with suppress(OSError):
                link.shutdown()
            raise _login_error(self.options.host, error) from None
        return link

    def folders(self) -> list[Folder]:
        """All folders that can be opened."""
        lines = self._ask("LIST", '""', "*")
        found = [f for line in lines if (f := _folder(line)) is not None]
        if not any(f.sent for f in found):
            found = [Folder(f.wire, f.name, f.name.lower() in SENT_NAMES, f.skipped) for f in found]
        return found

    def examine(self, folder: Folder) -> Opened:
        """Open a folder for reading only."""
        answer = self._ask("EXAMINE", quoted(folder.wire))
        validity, following = (self._number(word) for word in ("UIDVALIDITY", "UIDNEXT"))
        if validity is None:
            raise PermanentError(f"the folder {folder.name} has no UIDVALIDITY", code="mailbox.no_uids")
        return Opened(validity, following, _first_number(answer))

    def chunks(self, opened: Opened, after: int) -> Iterator[Sequence[Fetched]]:
        """Mails with a UID above `after`, ascending, in chunks."""
        low = after + 1
        while opened.exists and (opened.next_uid is None or low < opened.next_uid):
            high = low + WINDOW - 1
            end = "*" if opened.next_uid is None else str(high)
            found = self._ask("UID", "SEARCH", "UID", f"{low}:{end}")
            words = [w for part in found if isinstance(part, bytes) for w in part.split()]
            uids = sorted(u for u in map(int, words) if u >= low)
            for at in range(0, len(uids), CHUNK):
                yield self._fetch(uids[at : at + CHUNK])
            if opened.next_uid is None:
                return
            low = high + 1

    def close(self) -> None:
        """Log out; a server that is gone is no matter."""
        with suppress(OSError, imaplib.IMAP4.error):
            self.link.logout()

    def _fetch(self, uids: Sequence[int]) -> Sequence[Fetched]:
        answer = self._ask("UID", "FETCH", uid_set(uids), ITEMS)
        wanted = set(uids)
        mails = [m for m in parse_fetch(answer) if m.uid in wanted]
        return sorted({m.uid: m for m in mails}.values(), key=lambda m: m.uid)

    def _ask(self, command: str, *args: str) -> list[bytes | tuple[bytes, bytes]]:
        """One command; its untagged answers."""
        try:
            status, data = self._send(command, *args)
        except imaplib.IMAP4.abort as error:
            raise TransientError("the mail server closed the connection") from error
        except imaplib.IMAP4.error as error:
            raise PermanentError(f"the mail server refused {command}", code="mailbox.refused") from error
        except OSError as error:
            raise TransientError("the mail server does not answer") from error
        if status != "OK":
            text = b" ".join(d for d in data if isinstance(d, bytes)).upper()
            soft = any(
                word in text for word in (b"[UNAVAILABLE]", b"[LIMIT]", b"[OVERQUOTA]", b"[INUSE]", b"TRY AGAIN")
            )
            raise (TransientError if soft else PermanentError)(
                f"the mail server refused {command}", code="mailbox.refused"
            )
        return [d for d in data if d is not None]

    def _send(self, command: str, *args: str) -> tuple[str, Sequence[bytes | tuple[bytes, bytes] | None]]:
        if command == "UID":
            return self.link.uid(*args)
        if command == "LIST":
            return self.link.list(*args)
        return self.link.select(args[0], readonly=True)

    def _number(self, word: str) -> int | None:
        _, data = self.link.response(word)
        return int(data[0]) if data and data[0] else None


def _first_number(answer: Sequence[bytes | tuple[bytes, bytes]]) -> int:
    return int(answer[0]) if answer and isinstance(answer[0], bytes) and answer[0].isdigit() else 0


def _connect(o: Options) -> imaplib.IMAP4:
    """A connection before login. Raises TransientError."""
    link: imaplib.IMAP4 | None = None
    try:
        if o.tls == "implicit":
            link = imaplib.IMAP4_SSL(o.host, o.port, ssl_context=ssl.create_default_context(), timeout=CONNECT)
        else:
            link = imaplib.IMAP4(o.host, o.port, timeout=CONNECT)
        if o.tls == "starttls":
            link.starttls(ssl.create_default_context())
        link.socket().settimeout(TIMEOUT)
    except (OSError, imaplib.IMAP4.error) as error:
        if link is not None:
            with suppress(OSError):
                link.shutdown()
        raise TransientError(f"the mail server {o.host} does not answer") from error
    return link


def _authenticate(link: imaplib.IMAP4, user: str, password: str) -> None:
    if user.isascii() and password.isascii():
        link.login(user, password)
    else:
        link.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
    link.capability()


def _login_error(host: str, error: Exception) -> AuthError | TransientError:
    """What a failed login means; the server's own words are left out, they may repeat the user."""
    busy = any(word in str(error).upper() for word in ("[UNAVAILABLE]", "[LIMIT]", "[INUSE]", "TOO MANY"))
    if isinstance(error, imaplib.IMAP4.abort | OSError) or busy:
        return TransientError(f"the mail server {host} lets nobody in at the moment")
    return AuthError(f"the mail server {host} refused the user or the password", hint="an app password may be needed")


def parse_fetch(answer: Sequence[bytes | tuple[bytes, bytes]]) -> Iterator[Fetched]:
    """Mails out of a FETCH answer; what is said about a mail may stand before or behind its header."""
    for i, item in enumerate(answer):
        if not isinstance(item, tuple):
            continue
        behind = answer[i + 1] if i + 1 < len(answer) else b""
        meta = item[0] + b" " + (behind if isinstance(behind, bytes) else b"")
        uid = UID.search(meta)
        if uid:
            date = DATE.search(meta)
            yield Fetched(int(uid[1]), internal_time(date[1].decode("ascii", "replace")) if date else None, item[1])


def uid_set(uids: Sequence[int]) -> str:
    """Ascending UIDs as an IMAP set: 1,2,3,7 → 1:3,7."""
    runs: list[list[int]] = []
    for uid in uids:
        if runs and runs[-1][1] == uid - 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(str(a) if a == b else f"{a}:{b}" for a, b in runs)


def _folder(line: bytes | tuple[bytes, bytes]) -> Folder | None:
    """A LIST answer; the name may come quoted, bare or as a literal."""
    literal = line[1] if isinstance(line, tuple) else None
    match = LIST.match(line[0] if isinstance(line, tuple) else line)
    if not match:
        return None
    raw = literal if literal is not None else match["name"].strip()
    if literal is None and raw[:1] == b'"':
        raw = raw[1:-1].replace(b'\\"', b'"').replace(b"\\\\", b"\\")
    flags = {f.lower() for f in match["flags"].decode("ascii", "replace").split()}
    wire = raw.decode("utf-8", "replace")
    return Folder(wire, from_utf7(wire), "\\sent" in flags, bool(flags & SKIPPED))


def from_utf7(name: str) -> str:
    """Modified UTF-7 (RFC 3501, 5.1.3) as text; text that is not that stays as it is."""

    def one(match: re.Match[str]) -> str:
        if not match[1]:
            return "&"
        raw = match[1].replace(",", "/")
        try:
            return base64.b64decode(raw + "=" * (-len(raw) % 4)).decode("utf-16-be")
        except ValueError:
            return match[0]

    return re.sub(r"&([^-]*)-", one, name)


def to_utf7(name: str) -> str:
    """Text as modified UTF-7."""

    def one(match: re.Match[str]) -> str:
        data = base64.b64encode(match[0].encode("utf-16-be")).decode("ascii").rstrip("=").replace("/", ",")
        return f"&{data}-"

    return re.sub(r"[^\x20-\x7e]+", one, name.replace("&", "&-"))


def quoted(name: str) -> str:
    """A folder's wire name as a quoted string."""
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
