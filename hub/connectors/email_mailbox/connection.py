"""A mailbox source as the hub sees it: the port's Connection; it only reads.

Belongs here: wiring. Does not: any of the work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from hub.connectors.email_mailbox.imap import Server
from hub.connectors.email_mailbox.mapping import to_canonical
from hub.connectors.email_mailbox.options import read_options
from hub.connectors.email_mailbox.pull import Pull, boxes, chosen_folders
from hub.connectors.kit.port import Context, Finding, Found, Mapped
from hub.errors import AuthError, ConfigError, HubError, PermanentError, TransientError
from hub.model import Json, Page, RawRecord, Receipt, Stream, Write

if TYPE_CHECKING:
    from hub.model import Frame

SENTENCES: Mapping[str, tuple[str, str]] = {
    "mailbox.ok": ("the mailbox can be read", "đọc được hộp thư"),
    "mailbox.auth": (
        "the mail server refuses the user or the password: check .env; an app password may be needed",
        "máy chủ thư từ chối tên hoặc mật khẩu: kiểm tra .env; có thể cần mật khẩu ứng dụng",
    ),
    "mailbox.network": (
        "the mail server does not answer: check host, port and tls, then try again later",
        "máy chủ thư không trả lời: kiểm tra host, port và tls rồi thử lại sau",
    ),
    "mailbox.config": (
        "the mailbox or a folder is not there: check the settings of this source",
        "không có hộp thư hoặc thư mục này: kiểm tra thiết lập của nguồn",
    ),
    "mailbox.set_apart": (
        "mails of lists and machines were set apart",
        "đã tách riêng thư của danh sách và thư tự động",
    ),
    "mailbox.payload": ("the landed evidence cannot be read", "không đọc được dữ liệu đã lưu"),
    "mailbox.read_only": ("a mailbox is only read", "hộp thư chỉ được đọc"),
}
"""Code → sentence in English and in Vietnamese."""


class MailboxConnection:
    """Open for one source. Raises ConfigError when the settings are wrong; connects when it is asked something."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.options = read_options(context.options)

    def check(self) -> Sequence[Finding]:
        """Log in and look at the folders, or look whether the files are there."""
        try:
            self._look()
        except AuthError:
            return (_finding("auth", "mailbox.auth"),)
        except TransientError:
            return (_finding("network", "mailbox.network"),)
        except HubError as error:
            return (_finding("config", "mailbox.config", error.message),)
        return (_finding("ok", "mailbox.ok"),)

    def _look(self) -> None:
        if self.options.path:
            path = self.context.workspace / self.options.path
            if not path.exists() or not boxes(path):
                raise ConfigError(f"there is no mailbox at {self.options.path}", path="path")
            return
        server = Server(self.options)
        try:
            chosen_folders(server.folders(), self.options)
        finally:
            server.close()

    def pull(self, stream: Stream, cursor: Mapping[str, Json] | None, *, full: bool) -> Iterator[Page]:
        """Pages of people seen in new mails (in all mails with `full`)."""
        if stream == "customers":
            yield from Pull(self.context, self.options, cursor, full=full).pages()

    def to_canonical(self, stream: Stream, payloads: Sequence[RawRecord] | Frame) -> Mapped:
        """Canonical rows."""
        if not isinstance(payloads, Sequence):
            raise PermanentError("the mailbox maps records, not frames")
        return to_canonical(payloads)

    def find(self, field: str, value: str) -> Sequence[Found]:
        """A mailbox answers no look-ups."""
        return ()

    def read(self, source_id: str) -> Found | None:
        """Nothing can be read back by address."""
        return None

    def write(self, writes: Sequence[Write]) -> Iterator[Receipt]:
        """Every write is rejected: a mailbox is only read."""
        for write in writes:
            yield Receipt(write.key, "rejected", write.target, reason="mailbox.read_only")

    def forget(self, source_id: str) -> Receipt:
        """Mails are the owner's to delete."""
        return Receipt(f"forget:{source_id}", "rejected", source_id, reason="mailbox.read_only")

    def close(self) -> None:
        """Nothing is held open between calls."""


def open_connection(context: Context) -> MailboxConnection:
    """The connection of one source."""
    return MailboxConnection(context)


def _finding(status: Literal["ok", "auth", "network", "config"], code: str, detail: str = "") -> Finding:
    en, vi = SENTENCES[code]
    more = f" ({detail})" if detail else ""
    return Finding(status, code, en + more, vi + more)
