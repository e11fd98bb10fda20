"""Vendors' rows from files and back. Belongs here: JSONL directories and the snapshot file; making people is people/.

A directory holds `kiotviet/{customers,invoices,returns,groups,branches}.jsonl`, `woocommerce/{customers,orders}.jsonl`,
`mailchimp/{members,merge_fields}.jsonl`; any may be missing. One vendor-shaped row per line, UTF-8.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hub.sandbox.rows import Row

FILES = {
    "kiotviet": ("groups", "branches", "customers", "invoices", "returns"),
    "woocommerce": ("customers", "orders"),
    "mailchimp": ("merge_fields", "members"),
}
SNAPSHOT = "sandbox-state.json"


def read_jsonl(path: Path) -> Iterator[Row]:
    """Rows of a file, one by one."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def load_directory(directory: Path, vendors: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Seeds each vendor with the files that are there. Returns rows per vendor and table."""
    counts: dict[str, dict[str, int]] = {}
    for vendor, tables in FILES.items():
        paths = {table: directory / vendor / f"{table}.jsonl" for table in tables}
        rows = {table: read_jsonl(path) for table, path in paths.items() if path.exists()}
        seeded = vendors[vendor].seed(**rows) if rows else {}
        counts[vendor] = {table: number for table, number in seeded.items() if number}
    return counts


def write_snapshot(path: Path, saved: dict[str, Any]) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(json.dumps(saved, ensure_ascii=False), encoding="utf-8")
    os.replace(fresh, path)


def read_snapshot(path: Path) -> dict[str, Any]:
    """What `write_snapshot` wrote."""
    saved: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return saved
