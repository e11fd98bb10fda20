"""What the tests of the sheet connector share: a workspace with files, pulls that remember, landed rows."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from hub.connectors.kit.port import Context
from hub.connectors.sheet_file import CONNECTOR

COLUMNS = {"full_name": "Họ tên", "phones": "Điện thoại", "emails": "Email", "birth_date": "Ngày sinh"}
HEAD = "Mã KH,Họ tên,Điện thoại,Email,Ngày sinh\n"


class Bench:
    """One sheet source over a folder; keeps the cursor and what landed, as the hub would."""

    def __init__(self, folder: Path, **options) -> None:
        self.folder = folder
        options = {"path": "drop/*", "columns": COLUMNS, "id": "Mã KH", **options}
        self.context = Context(
            "events",
            {k: v for k, v in options.items() if v is not None},
            folder,
            "VN",
            "Asia/Ho_Chi_Minh",
            lambda: "2026-11-21T10:00:00.000Z",
            wait=lambda seconds: None,
        )
        self.cursor = None
        self.landed: dict[str, dict] = {}
        self.notices = []
        self.pages = []
        (folder / "drop").mkdir(exist_ok=True)

    def put(self, name: str, content: str | bytes) -> Path:
        path = self.folder / "drop" / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def with_options(self, **options) -> Bench:
        self.context = replace(self.context, options={**self.context.options, **options})
        return self

    def pull(self, *, full: bool = False, stop_after: int | None = None) -> list:
        connection = CONNECTOR.open(self.context)
        self.pages = []
        for page in connection.pull("customers", self.cursor, full=full):
            self.pages.append(page)
            self.cursor = json.loads(json.dumps(page.cursor))
            for row in page.records.iter_rows(named=True):
                self.landed[row["source_id"]] = json.loads(row["payload"])
            if stop_after is not None and len(self.pages) == stop_after:
                break
        self.notices = [n for p in self.pages for n in p.notices]
        return self.pages

    @property
    def codes(self) -> list[str]:
        return [n.code for n in self.notices]

    @property
    def rows(self) -> int:
        return sum(p.records.height for p in self.pages)

    def canonical(self) -> list[dict]:
        connection = CONNECTOR.open(self.context)
        frames = [p.records for p in self.pages if p.records.height]
        return [row for f in frames for row in connection.to_canonical("customers", f).rows.to_dicts()]


def line(n: int, phone: str | None = None, name: str = "Lan") -> str:
    return f"KH{n},{name} {n},{phone if phone is not None else f'09{n:08d}'},,\n"


def sheet(*numbers: int, **changes) -> str:
    return HEAD + "".join(line(n, **changes) for n in numbers)


def snapshots(bench) -> list[tuple]:
    return [(p.snapshot is not None, p.complete, p.scope) for p in bench.pages]
