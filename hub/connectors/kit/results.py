"""Receipts and findings: how an error becomes the one result of a write, or a line of `hub check --connect`.

Belongs here: the translation. Does not: deciding to write (flow), a vendor's codes (its client).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hub.connectors.kit.port import Finding
from hub.errors import AuthError, ConfigError, HubError, TransientError, UnknownOutcome
from hub.model import Receipt, Write

SENTENCES: dict[str, tuple[str, str]] = {
    "ok": ("the connection works", "kết nối tốt"),
    "auth": (
        "the credentials are refused: check the keys in .env",
        "thông tin đăng nhập bị từ chối: kiểm tra khóa trong .env",
    ),
    "permission": (
        "the key lacks a right: allow it to read (and write) customers and orders",
        "khóa thiếu quyền: hãy cho phép đọc (và ghi) khách hàng và đơn hàng",
    ),
    "network": (
        "no usable answer: check the network and try again later",
        "không nhận được trả lời dùng được: kiểm tra mạng rồi thử lại sau",
    ),
    "config": (
        "the address or account is wrong: check the settings of this source",
        "địa chỉ hoặc tài khoản sai: kiểm tra thiết lập của nguồn này",
    ),
}
IN_A_ROW = 3
"""Writes that may fail one after another before the vendor is taken to be down."""


def finding(error: HubError | None) -> Finding:
    """The line of `check --connect` for what trying gave (None: it worked)."""
    status = _status(error)
    code = error.code if error else "ok"
    detail = f" ({error.message})" if error else ""
    en, vi = SENTENCES[status]
    return Finding(status, code, en + detail, vi + detail)  # type: ignore[arg-type]  # a key of SENTENCES


def _status(error: HubError | None) -> str:
    if error is None:
        return "ok"
    if isinstance(error, AuthError):
        return "permission" if error.code == "permission" else "auth"
    return "network" if isinstance(error, TransientError) else "config"


def probe(attempt: Callable[[], object]) -> Sequence[Finding]:
    """Run the cheapest request and say how it went; never raises what the vendor answers."""
    try:
        attempt()
    except HubError as error:
        return (finding(error),)
    return (finding(None),)


def failed(write: Write, error: HubError) -> Receipt:
    """The receipt of a write that raised: unknown, retry (nothing happened, later it may work) or rejected."""
    if isinstance(error, UnknownOutcome):
        return Receipt(write.key, "unknown", write.target, reason=error.code)
    outcome = "retry" if isinstance(error, TransientError | AuthError | ConfigError) else "rejected"
    return Receipt(write.key, outcome, write.target, reason=error.code)  # type: ignore[arg-type]  # an Outcome


def checked(write: Write, payload: str) -> Receipt | None:
    """What a record, read just before it is written, says: None = write it; else the receipt that ends the write.

    Acknowledged when all stands there already (`stood_already`); rejected when somebody has changed it since it was last
    pulled (`changed_there`): the next plan looks at it anew.
    """
    found = write.check(payload)
    if found == "go":
        return None
    if found == "stands":
        return Receipt(write.key, "acked", write.target, payload, reason="stood_already")
    return Receipt(write.key, "rejected", write.target, reason="changed_there")


def each(writes: Sequence[Write], one: Callable[[Write], Receipt]) -> Iterator[Receipt]:
    """One receipt per write, in order; `one` sends a write and raises what went wrong.

    Refused credentials are raised at once, and so is what goes wrong three times in a row for reasons of the vendor's
    own: the rest was not sent then. One record that always fails does not keep the others back.
    """
    row = 0
    for write in writes:
        broken: HubError | None = None
        try:
            receipt = one(write)
        except HubError as error:
            if isinstance(error, AuthError) and error.code != "permission":
                raise
            receipt, broken = failed(write, error), error
        row = row + 1 if isinstance(broken, TransientError | AuthError) else 0
        yield receipt
        if broken is not None and (row >= IN_A_ROW or getattr(broken, "retry_after", None)):
            raise broken
