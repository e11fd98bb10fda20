"""A sheet as a destination: a new file of the hub's own, one row per customer, never the owner's file.

Belongs here: rows by golden id, files that are safe to open. Does not: what is to be sent (flow).
The file is named by source and day; writing the same again gives the same bytes of content, row by row.
"""

from __future__ import annotations

import csv
import fnmatch
import io
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from hub.connectors.kit.port import Context, Found
from hub.connectors.sheet_file.options import Options
from hub.errors import ConfigError, PermanentError
from hub.model import Json, Receipt, Write

FIXED = ("golden_id", "source_id", "action")
FIELDS = (
    "code",
    "full_name",
    "phone",
    "phones",
    "email",
    "emails",
    "birth_date",
    "gender",
    "customer_type",
    "company_name",
    "address",
    "addresses",
    "ids",
    "stores",
    "groups",
    "interests",
    "tags",
    "tier",
    "owner",
    "referrer",
    "occupation",
    "note",
    "consents",
    "customer_code",
)
WRITE_FIELDS = frozenset(FIELDS)
RISKY = ("=", "+", "-", "@", "\t", "\r", "'")
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
LAST_ROW = 1_048_576

Row = dict[str, str]


class Writer:
    """Writes to `out_path`: a folder (default `out/`), or a file name whose day is added (`out/shop.csv`)."""

    def __init__(self, context: Context, options: Options) -> None:
        self.context, self.options = context, options

    def write(self, writes: Sequence[Write]) -> Iterator[Receipt]:
        """One row per write, put in place of an earlier one of the same customer; acked once the file is on the disk."""
        target = self._target()
        self._guard(target)
        rows = _read(target)
        for write in writes:
            rows[write.golden_id] = {**rows.get(write.golden_id, {}), **_row(write)}
        _save(target, rows)
        self._sweep()
        for write in writes:
            yield Receipt(write.key, "acked", write.target or write.golden_id, _json(rows[write.golden_id]))

    def read(self, source_id: str) -> Found | None:
        """The row written last for this id, in the newest file that has it."""
        for path in reversed(self._files()):
            for row in _read(path).values():
                if source_id in (row.get("source_id"), row.get("golden_id")):
                    return Found(source_id, _json(row))
        return None

    def forget(self, source_id: str) -> Receipt:
        """Takes the rows of this id out of every file that the hub wrote.

        `rejected` with reason `sheet.owners_file`: the owner's own files may still hold it and only the owner edits them.
        """
        for path in self._files():
            rows = _read(path)
            kept = {k: r for k, r in rows.items() if source_id not in (r.get("source_id"), r.get("golden_id"))}
            if len(kept) < len(rows):
                _save(path, kept)
        self._sweep()
        return Receipt(f"forget:{source_id}", "rejected", source_id, reason="sheet.owners_file")

    def _target(self) -> Path:
        return self._named(self.context.now()[:10])

    def _named(self, day: str) -> Path:
        out = self.context.workspace / self.options.out_path
        if out.suffix.lower() in (".csv", ".xlsx"):
            return out.with_name(f"{out.stem}_{day}{out.suffix.lower()}")
        return out / f"{self.context.source}_{day}.xlsx"

    def _files(self) -> list[Path]:
        pattern = self._named("????-??-??")
        return sorted(pattern.parent.glob(pattern.name)) if pattern.parent.is_dir() else []

    def _sweep(self) -> None:
        """Half-written files of a process that died, also of earlier days, hold customers that nobody would look for there."""
        pattern = self._named("????-??-??")
        for half in pattern.parent.glob(f".{pattern.name}.part"):
            half.unlink()

    def _guard(self, target: Path) -> None:
        """Refuse to write where the source itself is read."""
        target.parent.mkdir(parents=True, exist_ok=True)
        inside = target.relative_to(self.context.workspace) if target.is_relative_to(self.context.workspace) else target
        if any(_matches(inside, pattern) for pattern in self.options.paths):
            raise ConfigError("the hub would read its own output", path="out_path", hint="write to another folder")
        if target.exists() and not _ours(target):
            raise PermanentError(f"{target.name} is not the hub's own file; it stays as it is", code="sheet.not_ours")


def _matches(path: Path, pattern: str) -> bool:
    """Whether a glob of the settings takes this file in."""
    if "**" in pattern:
        return fnmatch.fnmatch(path.as_posix(), pattern.replace("**/", "*"))
    parts = Path(pattern).parts
    return len(parts) == len(path.parts) and all(map(fnmatch.fnmatch, path.parts, parts))


def _row(write: Write) -> Row:
    fields = {name: _text(value) for name, value in write.fields.items()}
    return {"golden_id": write.golden_id, "source_id": write.target or "", "action": write.action, **fields}


def _json(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True)


def _text(value: Json) -> str:
    """A value as a cell's text: lists joined by `|`, records by their value."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return str(value["value"]) if "value" in value else ", ".join(str(v) for v in value.values() if v)
    if isinstance(value, list | tuple):
        return "|".join(_text(v) for v in value)
    return ILLEGAL.sub("", str(value))


def _columns(rows: Mapping[str, Row]) -> list[str]:
    """The fixed columns, then the fields in use in their documented order, then others by name."""
    used = {name for row in rows.values() for name in row} - set(FIXED)
    return [*FIXED, *(f for f in FIELDS if f in used), *sorted(used - set(FIELDS))]


def safe(text: str) -> str:
    """Text that no spreadsheet program takes for a formula."""
    return f"'{text}" if text.startswith(RISKY) else text


def unsafe(text: str) -> str:
    """The value behind `safe`."""
    return text[1:] if text[:1] == "'" else text


def _save(path: Path, rows: Mapping[str, Row]) -> None:
    """Write all rows, ordered by golden id, to a file beside and put it in place at once."""
    columns, ordered = _columns(rows), [rows[k] for k in sorted(rows)]
    half = path.with_name(f".{path.name}.part")
    if path.suffix == ".csv":
        half.write_bytes(_csv_bytes(columns, ordered))
    elif len(ordered) >= LAST_ROW:
        raise ConfigError("more rows than a workbook holds", path="out_path", hint='name a .csv file: "out/shop.csv"')
    else:
        _xlsx(half, columns, ordered)
    with half.open("rb") as file:
        os.fsync(file.fileno())
    half.replace(path)


def _csv_bytes(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    text = io.StringIO(newline="")
    out = csv.writer(text)
    out.writerow(columns)
    out.writerows([safe(row.get(c, "")) for c in columns] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _xlsx(path: Path, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Every cell is text by type and format, so that `+84…` and leading zeros stay and no formula runs."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("customers")
    for values in (list(columns), *([row.get(c, "") for c in columns] for row in rows)):
        cells = []
        for value in values:
            cell = WriteOnlyCell(sheet, value)
            cell.data_type, cell.number_format = "s", "@"
            cells.append(cell)
        sheet.append(cells)
    book.save(path)


def _read(path: Path) -> dict[str, Row]:
    """Rows of a file that the hub wrote, by golden id; none when there is no file."""
    if not path.exists():
        return {}
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = [[unsafe(c) for c in row] for row in csv.reader(file)]
    else:
        import python_calamine as calamine

        book = calamine.load_workbook(path)
        table = [[str(c) for c in row] for row in book.get_sheet_by_index(0).to_python(skip_empty_area=False)]
        book.close()
    head, *body = table or [[]]
    rows = ({c: v for c, v in zip(head, row, strict=False) if v or c in FIXED} for row in body)
    return {row["golden_id"]: row for row in rows}


def _ours(path: Path) -> bool:
    import python_calamine as calamine

    try:
        rows = _read(path)
    except (OSError, ValueError, KeyError, csv.Error, calamine.CalamineError):
        return False
    return bool(rows) or path.stat().st_size > 0
