"""The made spreadsheets of a shop's events: what they hold, and how it is spread over files of five kinds.

Belongs here: rows and which file they stand in, and a file's later versions (copied, renamed, corrected, a column
gone). Does not: bytes of a file (cells.py).
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from hub.sandbox.people import record
from hub.sandbox.people.emit.cells import write_sheet
from hub.sandbox.people.world import World

CODE, NAME, PHONE, PHONE_2, EMAIL = "Mã KH", "Họ tên", "Điện thoại", "SĐT 2", "Email"
BIRTH, SEX, ADDRESS, CONSENT, CARD, IDENTITY = (
    "Ngày sinh",
    "Giới tính",
    "Địa chỉ",
    "Đồng ý nhận tin",
    "Số thẻ",
    "CMND/CCCD",
)
HEADERS = (CODE, NAME, PHONE, PHONE_2, EMAIL, BIRTH, SEX, ADDRESS, CONSENT, CARD, IDENTITY)
KIND = "cell"  # beside the headers: whether the phone's cell is a number; never written

# file name, how it is written, most rows, share of all rows
FILES = (
    ("su-kien-1.xlsx", "titled", 2_000, 0.2),
    ("su-kien-2.xlsx", "dated", 2_000, 0.2),
    ("su-kien-3.csv", "cp1258", 20_000, 0.2),
    ("su-kien-4.tsv", "utf16", 10**9, 0.2),
    ("su-kien-5.csv", "bom", 10**9, 1.0),
)


def typed_date(birth: str = "birth") -> pl.Expr:
    """A birth date as people here type it: 03/02/1990, or the year alone."""
    value = pl.col(birth)
    whole = pl.concat_str(value.str.slice(8, 2), value.str.slice(5, 2), value.str.slice(0, 4), separator="/")
    return pl.when(value.str.len_chars() == 10).then(whole).otherwise(value)


def address() -> pl.Expr:
    """Line, ward, district and province in one text; null without a line."""
    parts = pl.concat_str("line", "ward", "district", "province", separator=", ", ignore_nulls=True)
    return pl.when(pl.col("line").is_not_null()).then(parts)


def typed_sex() -> pl.Expr:
    """Nam, Nữ or nothing."""
    return pl.when(pl.col("sex") == "m").then(pl.lit("Nam")).when(pl.col("sex") == "f").then(pl.lit("Nữ"))


def rows(world: World) -> pl.DataFrame:
    """All rows of the made sheets as text, under HEADERS and KIND, by code."""
    yes, no = pl.col("status") == "subscribed", pl.col("status") == "unsubscribed"
    consent = pl.when(yes).then(pl.lit("Có")).when(no).then(pl.lit("Không"))
    columns = {CODE: pl.col("code"), NAME: pl.col("name"), PHONE: pl.col("phone"), PHONE_2: pl.col("phone2")}
    columns |= {EMAIL: pl.col("email"), BIRTH: typed_date(), SEX: typed_sex(), ADDRESS: address(), CONSENT: consent}
    columns |= {CARD: pl.col("card"), IDENTITY: pl.col("identity"), KIND: pl.col("cell")}
    return world.of(record.EVENTS).select(value.alias(name) for name, value in columns.items())


def filed(table: pl.DataFrame) -> dict[str, tuple[str, pl.DataFrame]]:
    """File name → how it is written, its rows; what a file cannot hold (letters, lost digits) stands in the last."""
    latin = pl.col(NAME).str.contains(r"^[\p{Latin}\p{Common}]*$") & ~pl.col(NAME).str.contains(r"\p{Mn}")
    plain = table.filter(latin & (pl.col(KIND) != "scientific"))
    rest = table.join(plain.select(CODE), on=CODE, how="anti", maintain_order="left")
    files, start = {}, 0
    for name, way, most, share in FILES:
        size = min(most, max(1, round(len(table) * share)))
        files[name] = (way, plain.slice(start, size))
        start += size
    way, last = files[FILES[-1][0]]
    return files | {FILES[-1][0]: (way, pl.concat([last, rest]))}


def write_sheets(world: World, folder: Path) -> None:
    """The five files of FILES into FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (way, table) in filed(rows(world)).items():
        write_sheet(folder / name, table, way)


def corrected(table: pl.DataFrame) -> pl.DataFrame:
    """The same list after somebody corrected the second row's name and added one customer."""
    name = pl.when(pl.int_range(pl.len()) == 1).then(pl.lit("Nguyễn Thị Đã Sửa")).otherwise(NAME).alias(NAME)
    added = {CODE: "EV999999", NAME: "Trần Văn Mới", PHONE: "0389 000 999", KIND: "text"}
    return pl.concat([table.with_columns(name), pl.DataFrame([added])], how="diagonal")


def without(table: pl.DataFrame, header: str) -> pl.DataFrame:
    """The same list with a column gone."""
    return table.drop(header)


def write_variants(table: pl.DataFrame, folder: Path, way: str = "bom") -> dict[str, Path]:
    """One list five times: `original`, `copied` and `renamed` (the same bytes), `corrected`, `column_gone`."""
    folder.mkdir(parents=True, exist_ok=True)
    end = ".xlsx" if way in ("titled", "dated") else ".csv"
    names = {"original": "khach", "copied": "khach (1)", "renamed": "danh sách tháng 10"}
    paths = {kind: folder / f"{name}{end}" for kind, name in names.items()}
    for path in paths.values():
        write_sheet(path, table, way)
    for kind, changed in (("corrected", corrected(table)), ("column_gone", without(table, PHONE))):
        paths[kind] = folder / f"khach-{kind}{end}"
        write_sheet(paths[kind], changed, way)
    return paths
