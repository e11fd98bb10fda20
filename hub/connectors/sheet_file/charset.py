"""Bytes to text: which encoding a file is in, told per file and never per field, and a UTF-8 copy where it is needed.

Belongs here: byte order marks, UTF-8, UTF-16, windows-1258, TCVN3, windows-1252; NUL bytes, lone carriage returns.
Does not: dialects (csv_reader), fonts of workbooks (book_styles).
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hub.connectors.sheet_file.book import FileRefused, FileUnfinished
from hub.errors import ConfigError

CHUNK = 1 << 20
ONSET = r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
VOWELS = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵ"
SYLLABLE = re.compile(rf"{ONSET}[{VOWELS}]{{1,3}}(?:ch|ng|nh|[cmnpt])?")
WESTERN = re.compile(
    r"[A-Za-z'’-]*[ÀÁÂÄÅÆÇÈÉÊËÍÎÏÑÓÔÖØÚÛÜàáâäåæçèéêëíîïñóôöøúûüßœŒ][A-Za-zàáâäåæçèéêëíîïñóôöøúûüß'’-]*"
)
VNI_PAIR = re.compile(r"[aeouAEOU][øùûõïâáàåãäÂÁÀÅÃÄØÙÛÕÏ]|[aeAE][êéèúüë]")


@dataclass(frozen=True, slots=True)
class Text:
    """What a file's bytes are: encoding's name, a sure or a guessed one, and whether a clean copy is needed."""

    encoding: str
    sure: bool
    copy: bool
    only_cr: bool


@cache
def tcvn3_table() -> dict[int, str]:
    """TCVN3 as a table for `str.translate` over text decoded as Latin-1 (other characters stay)."""
    lines = (Path(__file__).parent / "tcvn3.tsv").read_text("utf-8").splitlines()
    return {int(code, 16): letter for code, letter in (line.split("\t") for line in lines if line[:1] != "#")}


def examine(path: Path, wanted: str | None) -> Text:
    """The encoding of a file: `wanted` (settings), a mark, strict UTF-8, else by how Vietnamese the words look."""
    with path.open("rb") as file:
        start = file.read(4)
    nul, cr, lf, crlf = _counts(path)
    dirty = nul > 0 or cr > crlf
    shape = {"copy": True, "only_cr": cr > 0 and lf == 0}
    if wanted:
        return Text(_named(wanted), True, **shape)
    if start.startswith(codecs.BOM_UTF8):
        return Text("utf-8-sig", True, dirty, shape["only_cr"])
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Text("utf-16", True, **shape)
    if nul > path.stat().st_size // 5:
        return Text("utf-16-le" if start[1:2] == b"\0" else "utf-16-be", True, **shape)
    if _is_utf8(path):
        return Text("utf-8", True, dirty, shape["only_cr"])
    encoding, sure = _legacy(path)
    return Text(encoding, sure, **shape)


def copy_utf8(path: Path, text: Text, target: Path) -> None:
    """Write a UTF-8 copy: NFC for old encodings, no NUL, line ends that a reader understands."""
    with target.open("wb") as out:
        for piece in _pieces(path, text.encoding):
            out.write(_clean(piece, text.only_cr).encode("utf-8"))


def _clean(piece: str, only_cr: bool) -> str:
    piece = piece.replace("\0", "")
    if "\r" not in piece:
        return piece
    return piece.replace("\r", "\n") if only_cr else re.sub(r"\r(?!\n)", " ", piece)


def _pieces(path: Path, encoding: str) -> Iterator[str]:
    """Decoded text in pieces that end at a line's end, so that a letter and its tone mark stay together."""
    legacy = encoding in ("tcvn3", "cp1258")
    convert: Callable[[str], str] = _tcvn3 if encoding == "tcvn3" else lambda text: text
    decoder = codecs.getincrementaldecoder("latin-1" if encoding == "tcvn3" else encoding)("strict")
    rest = ""
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                text = rest + decoder.decode(chunk)
                cut = max(text.rfind("\n"), text.rfind("\r", 0, -1)) + 1
                rest = text[cut:]
                yield convert(_nfc(text[:cut], legacy))
        yield convert(_nfc(rest + decoder.decode(b"", True), legacy))
    except UnicodeDecodeError as error:
        raise FileRefused("sheet.encoding", encoding=encoding) from error


def _tcvn3(text: str) -> str:
    return text.translate(tcvn3_table())


def _nfc(text: str, wanted: bool) -> str:
    return unicodedata.normalize("NFC", text) if wanted else text


def _counts(path: Path) -> tuple[int, int, int, int]:
    """NUL, CR, LF and CR LF in the file."""
    nul = cr = lf = crlf = 0
    last = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            nul += chunk.count(b"\0")
            cr += chunk.count(b"\r")
            lf += chunk.count(b"\n")
            crlf += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n")
            last = chunk[-1:]
    return nul, cr, lf, crlf


def _is_utf8(path: Path) -> bool:
    """Strict UTF-8 to the last byte. Raises FileUnfinished when only the last letter is cut."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    letters = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                letters += not decoder.decode(chunk).isascii()
    except UnicodeDecodeError:
        return False
    try:
        decoder.decode(b"", True)
    except UnicodeDecodeError as error:
        if letters:
            raise FileUnfinished("sheet.broken") from error
        return False
    return True


def _legacy(path: Path) -> tuple[str, bool]:
    """cp1258 or TCVN3 by score, cp1252 when the words look Western. Raises FileRefused when none fits."""
    with path.open("rb") as file:
        sample = file.read(1 << 20)
    sample = sample[: sample.rfind(b"\n") + 1] or sample
    scores = {
        "tcvn3": _vietnamese(_tcvn3(sample.decode("latin-1"))),
        "cp1258": _vietnamese(unicodedata.normalize("NFC", sample.decode("cp1258", "replace"))),
    }
    best = max(scores, key=lambda name: scores[name])
    if scores[best] >= 0.6:
        return best, abs(scores["tcvn3"] - scores["cp1258"]) > 0.2
    if _western(sample.decode("cp1252", "replace")) >= 0.9:
        return "cp1252", False
    raise FileRefused("sheet.encoding", encoding="")


def _vietnamese(text: str) -> float:
    """Share of the words with letters beyond ASCII that are spelt like Vietnamese syllables."""
    words = [w.lower() for w in re.findall(r"[^\s,;|\t\"'().:/0-9@_-]+", text) if not w.isascii()]
    return sum(bool(SYLLABLE.fullmatch(w)) for w in words) / len(words) if words else 0.0


def _western(text: str) -> float:
    words = [w for w in re.findall(r"[^\s,;|\t\"().:/0-9@_]+", text) if not w.isascii()]
    good = sum(bool(WESTERN.fullmatch(w)) and not VNI_PAIR.search(w) for w in words)
    return good / len(words) if words else 0.0


def _named(wanted: str) -> str:
    name = wanted.lower().replace("windows-", "cp")
    if name in ("tcvn3", "tcvn", "tcvn5712", "abc"):
        return "tcvn3"
    try:
        found = codecs.lookup(name).name
    except LookupError as error:
        raise ConfigError(
            f"unknown encoding {wanted}", path="encoding", hint="utf-8, cp1258, cp1252 or tcvn3"
        ) from error
    return "utf-8-sig" if found == "utf-8" else found
