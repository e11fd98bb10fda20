"""Bytes of a made spreadsheet: workbooks with titles, totals and number cells; text files in the codes of old Windows.

The same rows give the same bytes: times and zip dates inside a workbook are fixed.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl

KIND = "cell"
PHONE, BIRTH = "Điện thoại", "Ngày sinh"
_TITLES: tuple[list[str], ...] = (["DANH SÁCH KHÁCH HÀNG SỰ KIỆN"], ["Cửa Hàng Hoa Mai - tháng 10/2026"], [])
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}  # the five marks that windows-1258 keeps apart
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def write_sheet(path: Path, table: pl.DataFrame, way: str) -> None:
    """TABLE as a file; WAY is titled, dated (workbooks), cp1258, utf16 or bom (texts)."""
    if way in ("titled", "dated"):
        path.write_bytes(workbook(table, titled=way == "titled", dated=way == "dated"))
        return
    separator = {"cp1258": ";", "utf16": "\t", "bom": ","}[way]
    text = table.drop(KIND, strict=False).write_csv(separator=separator, line_terminator="\r\n")
    if way == "cp1258":
        path.write_bytes(windows_1258(text))
    else:
        path.write_bytes(text.encode("utf-16" if way == "utf16" else "utf-8-sig"))


def windows_1258(text: str) -> bytes:
    """TEXT in the code page of Vietnamese Windows: a base letter, then its tone; raises UnicodeEncodeError."""
    return "".join(_apart(letter) for letter in unicodedata.normalize("NFC", text)).encode("cp1258")


def _apart(letter: str) -> str:
    marks = unicodedata.normalize("NFD", letter)
    if len(marks) == 1 or not _TONES & set(marks):
        return letter
    tone = next(mark for mark in marks if mark in _TONES)
    return unicodedata.normalize("NFC", marks.replace(tone, "", 1)) + tone


def workbook(table: pl.DataFrame, *, titled: bool, dated: bool) -> bytes:
    """A workbook: with title rows above and a total below, or with birth dates as true dates."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Khách hàng")
    headers = [name for name in table.columns if name != KIND]
    for title in _TITLES if titled else ():
        sheet.append(title)
    sheet.append(headers)
    for row in table.iter_rows(named=True):
        sheet.append([_cell(row, name, dated) for name in headers])
    if titled:
        sheet.append(["Tổng cộng", f"{len(table)} khách"])
    raw = io.BytesIO()
    book.save(raw)
    return _fixed(raw.getvalue())


def _cell(row: dict[str, str | None], name: str, dated: bool) -> str | int | date | None:
    value = row[name]
    if value is not None and name == PHONE and row.get(KIND) == "number":
        return int(value)
    if value is not None and dated and name == BIRTH:
        return _date(value)
    return value


def _date(text: str) -> date | int:
    """A true date, or the year alone as the number it is."""
    if len(text) == 4:
        return int(text)
    day, month, year = text.split("/")
    return date(int(year), int(month), int(day))


def _fixed(raw: bytes) -> bytes:
    """The same workbook with every time inside it set to one."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = _STAMP.sub(rb"\g<1>2026-10-31T00:00:00Z", old.read(name))
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
