"""The made mailbox: letters of customers and the mail that is none of theirs, as mbox and as Maildir.

Names are encoded as mailers do it (RFC 2047), or sent raw, or replaced by somebody's address; web forms hide the
customer in Reply-To; lists, bounces, automatic answers and no-reply senders stand between.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import polars as pl

from hub.sandbox.people import record, tables
from hub.sandbox.people.draw import Draw
from hub.sandbox.people.world import World

_SOMEBODY = "From: Somebody <somebody.{number}@example.net>"
_NOISE = {  # kind → who it is from, the headers that tell it from a customer's letter
    "list": (_SOMEBODY, ("List-Id: <khuyenmai.example>", "List-Unsubscribe: <https://khuyenmai.example/u>")),
    "automatic": (_SOMEBODY, ("Auto-Submitted: auto-replied",)),
    "bulk": (_SOMEBODY, ("Precedence: bulk",)),
    "no_reply": ("From: =?utf-8?B?TmfDom4gaMOgbmc=?= <no-reply@nganhang.example>", ("X-Kind: notice",)),
    "bounce": ("Return-Path: <>\nFrom: MAILER-DAEMON@mail.example.net", ("Auto-Submitted: auto-generated",)),
    "undisclosed": ("From: noreply@vandon.example", ("X-Kind: receipt",)),
}
_NOISE_EVERY = 9  # letters between two mails that are nobody's


def letters(world: World) -> Iterator[tuple[int, bytes]]:
    """All mails by time as (Unix seconds, bytes); some people wrote twice or three times."""
    shop = tables.shop("email")[0]
    rows = world.of(record.MAILBOX)
    rows = rows.select(pl.all().repeat_by(pl.col("orders") + 1).list.explode()).with_row_index("row")
    draw = Draw(world.seed, "letters", 0, world.until)
    rows = rows.with_columns(at=world.until - draw.whole(3600, 400 * 86_400, len(rows))).sort("at", "row")
    columns = rows.select("at", "name", "email", "cell").iter_rows()
    for number, (at, name, email, kind) in enumerate(columns):
        yield at, _letter(_sender(name, email, kind or "encoded"), shop, number, at)
        if number % _NOISE_EVERY == 0:
            yield at, _noise(list(_NOISE)[number // _NOISE_EVERY % len(_NOISE)], shop, number, at)


def _sender(name: str, email: str, kind: str) -> list[bytes]:
    """The header lines that say who wrote."""
    if kind == "reply_to":
        form = encoded(tables.shop("name")[0])
        return [f"From: {form} <noreply@cuahang.example>".encode(), f"Reply-To: {encoded(name)} <{email}>".encode()]
    if kind == "raw":
        return [f"From: {name} <{email}>".encode()]
    if kind == "address_as_name":
        return [f"From: {name} <{email}>".encode()]
    return [f"From: {encoded(name)} <{email}>".encode()]


def encoded(text: str) -> str:
    """TEXT for a header: as it is when plain ASCII, else RFC 2047 words of at most 75 characters, folded."""
    if text.isascii():
        return text if text.replace(" ", "").isalnum() else '"' + text.replace('"', "") + '"'
    pieces: list[str] = []
    piece = ""
    for letter in text:
        if len((piece + letter).encode()) > 42:
            pieces, piece = [*pieces, piece], ""
        piece += letter
    words = [base64.b64encode(part.encode()).decode() for part in (*pieces, piece)]
    return "\n ".join(f"=?utf-8?B?{word}?=" for word in words)


def _letter(sender: list[bytes], shop: str, number: int, at: int, *more: str) -> bytes:
    lines = [
        *sender,
        f"To: {shop}".encode(),
        f"Subject: {encoded('Hỏi về đơn hàng')}".encode(),
        f"Date: {format_datetime(datetime.fromtimestamp(at, UTC))}".encode(),
        f"Message-ID: <{number}.{'n' if more else 'p'}.{at}@mail.example.net>".encode(),
        *(line.encode() for line in more),
        b"MIME-Version: 1.0",
        b"Content-Type: text/plain; charset=utf-8",
        b"Content-Transfer-Encoding: 8bit",
        b"",
        "Chào cửa hàng, đơn của tôi đến đâu rồi?".encode(),
        b"",
    ]
    return b"\n".join(lines)


def _noise(kind: str, shop: str, number: int, at: int) -> bytes:
    sender, marks = _NOISE[kind]
    to = "undisclosed-recipients:;" if kind == "undisclosed" else shop
    return _letter([sender.format(number=number).encode()], to, number, at, *marks)


def write_mbox(world: World, path: Path) -> int:
    """All mails into one mbox file; gives their number."""
    count = 0
    with path.open("wb") as file:
        for at, mail in letters(world):
            stamp = datetime.fromtimestamp(at, UTC).strftime("%a %b %d %H:%M:%S %Y")
            file.write(f"From MAILER-DAEMON {stamp}\n".encode() + mail + b"\n")
            count += 1
    return count


def write_maildir(world: World, folder: Path) -> int:
    """All mails into a Maildir, seen ones in cur; gives their number."""
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    count = 0
    for at, mail in letters(world):
        place = (
            folder / "new" / f"{at}.M{count}.made" if count % 10 == 0 else folder / "cur" / f"{at}.M{count}.made:2,S"
        )
        place.write_bytes(mail)
        count += 1
    return count
