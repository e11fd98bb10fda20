"""One table as an .xlsx file, written row by row in bounded memory; safe to open.

Belongs here: the parts of such a workbook. Does not: which rows (flow.export), the destination's files (writer).
Texts are cells of type text with the format `@`, so that `+84…` and leading zeros stay and no formula runs; integers are
numbers. Written part by part because a writer that makes an object of every cell takes thirty times as long.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

from hub.connectors.sheet_file.header import letters
from hub.errors import ConfigError

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST = 32_767
"""Characters of a cell; what is longer is cut there, as spreadsheet programs do."""
LAST_ROW = 1_048_576
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
"""All parts but the workbook (which holds the sheet's name) and the sheet. Style 1 is text."""
Cell = str | int | None


def write_table(path: Path, name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write a workbook with one sheet `name`: a header row that stays in view, then the rows; how many rows.

    Raises ConfigError when there are more rows than a sheet holds (the file is left half-written: remove it).
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as book:
        for part, text in PARTS.items():
            book.writestr(part, HEAD + text)
        book.writestr("xl/workbook.xml", HEAD + _workbook(name))
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            return _sheet(sheet, columns, rows)


def _workbook(name: str) -> str:
    sheet = f'<sheet name="{escape(name[:31])}" sheetId="1" r:id="r1"/>'
    return f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheet}</sheets></workbook>'


def _sheet(out: IO[bytes], columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    names = [letters(n) for n in range(len(columns))]
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    view = f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
    out.write(f'{HEAD}<worksheet xmlns="{MAIN}">{view}<sheetData>{_row(1, names, columns)}'.encode())
    count = 0
    for row in rows:
        count += 1
        if count >= LAST_ROW:
            raise ConfigError("more rows than a workbook holds", hint="take --format csv or parquet")
        out.write(_row(count + 1, names, row).encode())
    out.write(b"</sheetData></worksheet>")
    return count


def _row(number: int, columns: Sequence[str], values: Sequence[Cell]) -> str:
    cells = (_cell(f"{column}{number}", value) for column, value in zip(columns, values, strict=True))
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(place: str, value: Cell) -> str:
    """Nothing for an empty one."""
    if value is None or value == "":
        return ""
    if isinstance(value, int):
        return f'<c r="{place}"><v>{value}</v></c>'
    text = escape(ILLEGAL.sub("", value[:LONGEST]))
    return f'<c r="{place}" t="inlineStr" s="1"><is><t xml:space="preserve">{text}</t></is></c>'
