"""Header bytes of one mail to text, addresses and times, whatever their damage.

Belongs here: unfolding, encoded words, address lists. Does not: who of them is a customer (people).
The addresses of a list are taken from the raw text before words are decoded, so that no decoded comma or bracket can
make a new address; a display name never gives an address.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import email.utils
import quopri
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from hub.model import utc_text

WANTED = (
    "from",
    "reply-to",
    "sender",
    "to",
    "cc",
    "date",
    "list-id",
    "list-unsubscribe",
    "auto-submitted",
    "precedence",
    "return-path",
)
WORD = re.compile(r"=\?([^?\s]+)\?([bBqQ])\?([^?]*)\?=")
ADDRESS = re.compile(
    r"[^\s<>@,;:\"()\[\]\\]{1,64}@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+"
)
ANGLE = re.compile(r"<\s*([^<>]*?)\s*>")
COMMENT = re.compile(r"\(([^()]*)\)")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MAX_HEADER = 64 << 10
MAX_PEOPLE = 1000
"""Addresses read from one header; more is a mailing that names its list."""


@dataclass(frozen=True, slots=True)
class Address:
    """A lower-case address, and the display name decoded (NFC), None when there is none worth keeping."""

    address: str
    name: str | None


Fields = Mapping[str, str]


def fields_of(block: bytes) -> Fields:
    """The wanted headers, unfolded, by lower-case name; of a repeated one the first. Bytes beyond ASCII are repaired."""
    found: dict[str, str] = {}
    name, parts = "", list[bytes]()
    for line in [*block.splitlines(), b""]:
        if line[:1] in (b" ", b"\t") and parts:
            parts.append(line)
            continue
        if name in WANTED and name not in found:
            found[name] = decode_bytes(b"".join(parts)[:MAX_HEADER]).strip()
        head, colon, rest = line.partition(b":")
        name = head.decode("ascii", "replace").strip().lower() if colon else ""
        parts = [rest]
    return found


def decode_bytes(raw: bytes) -> str:
    """Raw header bytes: UTF-8, else windows-1258, else windows-1252."""
    for charset in ("utf-8", "cp1258", "cp1252"):
        try:
            return unicodedata.normalize("NFC", raw.decode(charset))
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def decode_words(text: str) -> str:
    """Encoded words (RFC 2047) as text, also where one letter is cut between two words or the charset lies."""
    pieces: list[tuple[str | None, bytes | str]] = []
    at = 0
    for match in WORD.finditer(text):
        between = text[at : match.start()]
        if between.strip() or not pieces or pieces[-1][0] is None:
            pieces.append((None, between))
        charset, data = match[1].split("*")[0].lower(), _word_bytes(match[2], match[3])
        if pieces and pieces[-1][0] == charset:
            pieces[-1] = (charset, bytes(pieces[-1][1]) + data)  # type: ignore[arg-type]  # bytes where there is a charset
        else:
            pieces.append((charset, data))
        at = match.end()
    pieces.append((None, text[at:]))
    return "".join(p if isinstance(p, str) else _charset(p, c or "utf-8") for c, p in pieces)


def _word_bytes(kind: str, data: str) -> bytes:
    raw = data.encode("utf-8", "replace")
    if kind in "qQ":
        return quopri.decodestring(raw.replace(b"_", b" "), header=True)
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except binascii.Error:
        return b""


def _charset(data: bytes, charset: str) -> str:
    for name in (charset, "utf-8", "cp1258"):
        try:
            codecs.lookup(name)
            return unicodedata.normalize("NFC", data.decode(name))
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return data.decode("ascii", "replace")


def addresses(text: str) -> list[Address]:
    """The addresses of a From, To, … header; groups opened, empty and broken ones left out, doubles once."""
    found: dict[str, Address] = {}
    for piece in _split(text):
        one = _address(piece)
        if one and one.address not in found:
            found[one.address] = one
        if len(found) >= MAX_PEOPLE:
            break
    return list(found.values())


def _split(text: str) -> Iterator[str]:
    """Pieces between commas (and the semicolons of groups) that stand outside quotes, comments and brackets."""
    start = depth = 0
    quoted = angle = False
    for i, letter in enumerate(text):
        if letter == '"' and text[i - 1 : i] != "\\":
            quoted = not quoted
        elif quoted:
            continue
        elif letter in "()":
            depth = max(0, depth + (1 if letter == "(" else -1))
        elif letter in "<>":
            angle = letter == "<"
        elif depth == 0 and not angle and letter in ",;:":
            if letter != ":":
                yield text[start:i]
            start = i + 1
    yield text[start:]


def _address(piece: str) -> Address | None:
    """One mailbox: the last `<…>` is the address and what stands before it the name; else the bare address."""
    angles = list(ANGLE.finditer(piece))
    if angles:
        spec, name = angles[-1][1], piece[: angles[0].start()]
    else:
        bare = COMMENT.sub(" ", piece).split()
        spec, name = bare[-1] if bare else "", " ".join(COMMENT.findall(piece)) or " ".join(bare[:-1])
    spec = unicodedata.normalize("NFC", spec).strip("'\"").lower()
    if not ADDRESS.fullmatch(spec):
        return None
    return Address(spec, _name(name))


def _name(text: str) -> str | None:
    """A display name worth keeping: no address, no broken letters, some letter."""
    plain = re.sub(r"\\(.)", r"\1", decode_words(text).strip().strip('"'))
    plain = re.sub(r"\s+", " ", "".join(c for c in plain if unicodedata.category(c)[0] != "C" or c in "\t ")).strip(
        " '\""
    )
    plain = unicodedata.normalize("NFC", plain)
    if "@" in plain or "\ufffd" in plain or "=?" in plain or not any(c.isalpha() for c in plain):
        return None
    return plain[:120]


def time_of(date: str | None) -> str | None:
    """A Date header as canonical time; None when it is none. A time without a zone is UTC."""
    try:
        moment = email.utils.parsedate_to_datetime(date) if date else None
        if moment is None or not 1980 <= moment.year <= 2200:
            return None
        return utc_text(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def epoch_time(seconds: float) -> str:
    """Seconds since 1970 as canonical time."""
    return utc_text(datetime.fromtimestamp(seconds, UTC))


def internal_time(text: str) -> str | None:
    """`11-Nov-2026 19:46:59 +0000` as canonical time, whatever the machine's language."""
    match = re.fullmatch(r"\s*(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d:\d\d:\d\d) ([+-]\d{4})", text)
    if not match or match[2].lower() not in MONTHS:
        return None
    month = MONTHS.index(match[2].lower()) + 1
    try:
        day = f"{match[3]}-{month:02d}-{int(match[1]):02d}T{match[4]}{match[5][:3]}:{match[5][3:]}"
        return utc_text(datetime.fromisoformat(day))
    except ValueError:
        return None
