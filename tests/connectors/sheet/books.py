"""Workbooks for tests, made by openpyxl, xlwt and odfpy."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

HEAD = ["Mã KH", "Họ tên", "Điện thoại", "Email", "Ngày sinh"]
LAN = ["KH1", "Nguyễn Thị Lan", "0912345678", "lan@example.com", "03/02/1990"]


def xlsx(
    path: Path,
    rows: Sequence[Sequence[object]] = (HEAD, LAN),
    touch: Callable[[openpyxl.Workbook], None] = lambda book: None,
) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    touch(book)
    book.save(path)
    return path


def xls(path: Path, rows: Sequence[Sequence[object]] = (HEAD, LAN)) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("KH")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            sheet.write(r, c, value)
    book.save(str(path))
    return path


def ods(path: Path, rows: Sequence[Sequence[object]] = (HEAD, LAN)) -> Path:
    book = OpenDocumentSpreadsheet()
    table = Table(name="KH")
    for row in rows:
        line = TableRow()
        for value in row:
            number = isinstance(value, int | float)
            cell = TableCell(valuetype="float", value=value) if number else TableCell(valuetype="string")
            cell.addElement(P(text=str(value)))
            line.addElement(cell)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    out = io.BytesIO()
    book.save(out)
    path.write_bytes(out.getvalue())
    return path


def html(rows: Sequence[Sequence[str]] = (HEAD, LAN), more: str = "") -> str:
    body = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    return f'<html><head><meta charset="utf-8"></head><body>{more}<table border=1>{body}</table></body></html>'
