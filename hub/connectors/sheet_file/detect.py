"""What a file is, by its first bytes and never by its name; what is refused before anything parses it.

Belongs here: magic numbers, zip limits, encryption. Does not: encodings (charset), reading.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Literal

from hub.connectors.sheet_file.book import FileRefused, FileUnfinished

Kind = Literal["text", "xlsx", "xls", "ods", "html"]
MAX_UNPACKED = 2 << 30
MAX_RATIO = 250
SMALL = 32 << 20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MARKUP = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(\?xml|!doctype html|html|head|meta|table|style|body|div)",
    re.IGNORECASE | re.DOTALL,
)


def kind_of(path: Path) -> Kind:
    """The kind of a file. Raises FileRefused for PDF, encrypted and unreadable kinds, FileUnfinished for half a zip."""
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(b"PK"):
        return _zip_kind(path)
    if start.startswith(OLE):
        return _ole_kind(path)
    if start.startswith(b"%PDF"):
        raise FileRefused("sheet.pdf")
    if start.startswith((b"\x09\x08", b"\x09\x04", b"\x09\x02")):
        return "xls"
    markup = MARKUP.match(start)
    if markup:
        return _markup_kind(start)
    if start.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")):
        raise FileRefused("sheet.not_a_table")
    return "text"


def _markup_kind(start: bytes) -> Kind:
    low = start.lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in low and b"<html" not in low:
        raise FileRefused("sheet.spreadsheetml")
    if b"<table" in low or b"<html" in low or b"<body" in low or b"<meta" in low:
        return "html"
    raise FileRefused("sheet.not_a_table")


def _ole_kind(path: Path) -> Kind:
    """Old .xls, or a workbook with a password (both are OLE files)."""
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(1 << 20):
            if ENCRYPTED in tail + chunk:
                raise FileRefused("sheet.encrypted")
            tail = chunk[-len(ENCRYPTED) :]
    return "xls"


def _zip_kind(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as pack:
            names = set(pack.namelist())
            _limits(pack)
            if "mimetype" in names and pack.read("mimetype").startswith(
                b"application/vnd.oasis.opendocument.spreadsheet"
            ):
                return _ods(pack)
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise FileUnfinished("sheet.broken") from error
    if "xl/workbook.xml" in names:
        return "xlsx"
    if any(name.startswith("xl/") and name.endswith(".bin") for name in names):
        raise FileRefused("sheet.xlsb")
    raise FileRefused("sheet.not_a_table")


def _ods(pack: zipfile.ZipFile) -> Kind:
    if b"encryption-data" in pack.read("META-INF/manifest.xml"):
        raise FileRefused("sheet.encrypted")
    return "ods"


def _limits(pack: zipfile.ZipFile) -> None:
    """Refuse a zip bomb: by what it declares, then by unpacking (a lie about sizes fails the checksum)."""
    members = pack.infolist()
    unpacked = sum(m.file_size for m in members)
    packed = sum(m.compress_size for m in members) or 1
    if unpacked > MAX_UNPACKED or (unpacked > SMALL and unpacked / packed > MAX_RATIO) or len(members) > 20_000:
        raise FileRefused("sheet.too_large", megabytes=unpacked >> 20)
    if any(m.flag_bits & 1 for m in members):
        raise FileRefused("sheet.encrypted")
    if pack.testzip() is not None:
        raise zipfile.BadZipFile("checksum")
