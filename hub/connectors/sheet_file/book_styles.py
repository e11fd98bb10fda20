"""What a workbook shows and its values do not say: padded numbers, legacy fonts, hidden rows, empty formulas.

Belongs here: a light scan of an .xlsx file's own XML, streamed. Does not: values (book_reader).
A full parse would cost ten times the time and the memory of reading; what is looked for stands in single tags.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

PIECE = 4 << 20
PADDED = re.compile(r'^(?:"(0+)"#*0*|(0{2,}))$')
CELL = re.compile(rb'<(?:\w+:)?c ((?:[a-zA-Z:]+="[^"]*"\s*)+)/?>')
HIDDEN = re.compile(rb'<(?:\w+:)?row ((?:[\w:]+="[^"]*"\s*)*?)hidden="(?:1|true)"([^>]*)>')
EMPTY_FORMULA = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^>]*)?/>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
REF = re.compile(rb'\br="([A-Z]+)(\d+)"')
STYLE = re.compile(rb'\bs="(\d+)"')
ROW = re.compile(rb'\br="(\d+)"')


@dataclass(slots=True)
class Marks:
    """Of one sheet, rows and columns 0-based. padded: (row, column) → width in digits; legacy: (row, column) → font kind.

    hidden: rows; uncalculated: cells whose formula was never calculated; vni: a VNI font is used.
    """

    padded: dict[tuple[int, int], int] = field(default_factory=dict)
    legacy: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    uncalculated: int = 0
    vni: bool = False


@dataclass(frozen=True, slots=True)
class Styles:
    """Cell style number → digits to pad to, and → `tcvn3`, `tcvn3h` (capitals) or `vni`."""

    padded: Mapping[int, int]
    legacy: Mapping[int, str]


def scan(path: Path) -> Mapping[str, Marks]:
    """Marks per sheet name of an .xlsx file. A part that is missing or odd is taken as without marks."""
    with zipfile.ZipFile(path) as pack:
        styles = _styles(pack)
        return {name: _marks(pack, part, styles) for name, part in _sheets(pack)}


def _xml(pack: zipfile.ZipFile, part: str) -> ET.Element:
    """A small part as XML; one that declares entities is no workbook. Raises ValueError, ET.ParseError (SyntaxError)."""
    data = pack.read(part)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ValueError("entities in a workbook")
    return ET.fromstring(data)  # noqa: S314 - entities are refused above


def _sheets(pack: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Sheet names and the names of their parts."""
    names = set(pack.namelist())
    if "xl/_rels/workbook.xml.rels" not in names:
        return
    rels = {r.get("Id"): r.get("Target", "") for r in _xml(pack, "xl/_rels/workbook.xml.rels")}
    for sheet in _xml(pack, "xl/workbook.xml").iter():
        if sheet.tag.endswith("}sheet"):
            target = next((rels.get(v, "") for k, v in sheet.attrib.items() if k.endswith("}id")), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in names:
                yield sheet.get("name", ""), part


def _styles(pack: zipfile.ZipFile) -> Styles:
    if "xl/styles.xml" not in pack.namelist():
        return Styles({}, {})
    root = _xml(pack, "xl/styles.xml")
    formats = {n.get("numFmtId"): n.get("formatCode", "") for n in root.iter() if n.tag.endswith("}numFmt")}
    fonts = [_font(f) for group in root if group.tag.endswith("}fonts") for f in group]
    cells = [x for group in root if group.tag.endswith("}cellXfs") for x in group]
    padded, legacy = {}, {}
    for number, cell in enumerate(cells):
        width = pad_width(formats.get(cell.get("numFmtId"), ""))
        font = fonts[int(cell.get("fontId") or 0)] if int(cell.get("fontId") or 0) < len(fonts) else ""
        if width:
            padded[number] = width
        if font:
            legacy[number] = font
    return Styles(padded, legacy)


def pad_width(code: str) -> int:
    """Digits to which a number format pads: `0000000000` → 10; `"0"#` and `"0"0` → one zero in front, as -1; else 0."""
    match = PADDED.match(code.split(";", maxsplit=1)[0].replace("\\", "").replace("@", "").strip())
    if not match:
        return 0
    return len(match[2]) if match[2] else -len(match[1])


def _font(node: ET.Element) -> str:
    """The kind of a font by its name: .VnTime → tcvn3, .VnTimeH → tcvn3h, VNI-Times → vni, else ""."""
    name = next((c.get("val", "") for c in node if c.tag.endswith("}name")), "")
    low = name.lower()
    if low.startswith(".vn"):
        return "tcvn3h" if name.endswith("H") else "tcvn3"
    return "vni" if low.startswith("vni") else ""


def _marks(pack: zipfile.ZipFile, part: str, styles: Styles) -> Marks:
    marks = Marks()
    wanted = {str(n).encode() for n in (*styles.padded, *styles.legacy)}
    with pack.open(part) as stream:
        for piece in _tags(stream):
            if b'hidden="' in piece:
                marks.hidden.update(int(r[1]) - 1 for m in HIDDEN.finditer(piece) if (r := ROW.search(m[1] + m[2])))
            if b"f>" in piece or b"<f" in piece:
                marks.uncalculated += len(EMPTY_FORMULA.findall(piece))
            if wanted:
                _cells(piece, wanted, styles, marks)
    return marks


def _cells(piece: bytes, wanted: set[bytes], styles: Styles, marks: Marks) -> None:
    for match in CELL.finditer(piece):
        style, ref = STYLE.search(match[1]), REF.search(match[1])
        if style is None or ref is None or style[1] not in wanted:
            continue
        place, number = (int(ref[2]) - 1, column_number(ref[1])), int(style[1])
        if number in styles.padded:
            marks.padded[place] = styles.padded[number]
        if number in styles.legacy:
            marks.legacy[place] = styles.legacy[number]
            marks.vni = marks.vni or styles.legacy[number] == "vni"


def _tags(stream: IO[bytes]) -> Iterator[bytes]:
    """The part in pieces that end behind a whole cell."""
    rest = b""
    while chunk := stream.read(PIECE):
        data = rest + chunk
        cut = data.rfind(b"</row>") + 6 if b"</row>" in data else data.rfind(b"</c>") + 4 if b"</c>" in data else 0
        rest = data[cut:]
        if cut:
            yield data[:cut]
    yield rest


def column_number(letters: bytes) -> int:
    """A → 0, AA → 26."""
    value = 0
    for letter in letters:
        value = value * 26 + letter - 64
    return value - 1
