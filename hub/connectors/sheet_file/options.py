"""The settings of one `sheet` source, checked.

Belongs here: reading the source's table of hub.toml. Does not: files (watch), columns' meaning (kit.columns).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from hub.connectors.kit.columns import Target, columns_of, parse_columns
from hub.errors import ConfigError
from hub.model import Json, utc_text

DateOrder = Literal["dmy", "mdy", "ymd"]


@dataclass(frozen=True, slots=True)
class Options:
    """paths: glob patterns relative to the workspace, none for a destination that only writes.

    id: heading of the column that names a row, None: by hash.
    header_row: 1-based. separator: between several values in one cell. as_of: canonical time for rows without their own.
    """

    paths: tuple[str, ...]
    targets: tuple[Target, ...]
    id: str | None = None
    complete: bool = False
    sheet: str | None = None
    header_row: int | None = None
    encoding: str | None = None
    separator: str | None = None
    date_order: DateOrder = "dmy"
    as_of: str | None = None
    skip_hidden: bool = False
    out_path: str = "out/"

    @property
    def wanted(self) -> tuple[str, ...]:
        """Every heading that a file must have."""
        return tuple(dict.fromkeys([*columns_of(self.targets), *([self.id] if self.id else [])]))


def read_options(table: Mapping[str, Json], timezone: str) -> Options:
    """Options from the source's table. Raises ConfigError with the key."""
    path = table.get("path", ())
    paths = (path,) if isinstance(path, str) else tuple(path)
    if ("path" in table and not paths) or not all(isinstance(p, str) and p for p in paths):
        raise ConfigError("a path is missing", path="path", hint='for example path = "drop/*.xlsx"')
    order = table.get("date_order", "dmy")
    if order not in ("dmy", "mdy", "ymd"):
        raise ConfigError("date_order is dmy, mdy or ymd", path="date_order")
    as_of = table.get("as_of")
    return Options(
        paths=paths,
        targets=parse_columns(table.get("columns") or {}) if paths else (),
        id=table.get("id") or None,
        complete=bool(table.get("complete", False)),
        sheet=table.get("sheet"),
        header_row=table.get("header_row"),
        encoding=table.get("encoding"),
        separator=table.get("separator") or None,
        date_order=order,
        as_of=_moment(as_of, timezone) if as_of else None,
        skip_hidden=table.get("hidden_rows") == "skip",
        out_path=str(table.get("out_path") or "out/"),
    )


def _moment(value: object, timezone: str) -> str:
    """A date (midnight in the workspace's zone) or a time as canonical text."""
    try:
        moment = datetime.fromisoformat(str(value)) if not isinstance(value, date) else value
    except ValueError as error:
        raise ConfigError("as_of is a date such as 2026-10-20", path="as_of") from error
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return utc_text(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone)))
