"""What the tests of the mailbox share: one source over a folder or a server, pulls that remember."""

from __future__ import annotations

import json
from pathlib import Path

from hub.connectors.email_mailbox import CONNECTOR
from hub.connectors.kit.port import Context


def mail(sender: str = "Lan <lan@example.com>", *more: str, date: str = "Wed, 11 Nov 2026 10:00:00 +0700") -> bytes:
    """Header and body of one mail."""
    lines = [f"From: {sender}", "To: Shop <shop@example.vn>", "Subject: hi", f"Date: {date}", *more]
    return "\r\n".join([*lines, "", "hello", ""]).encode("utf-8", "surrogateescape")


class Box:
    """Keeps the cursor and what landed, as the hub would; `versions` counts the payloads that landed."""

    def __init__(self, folder: Path, **options) -> None:
        self.landed: dict[str, str] = {}
        self.times: dict[str, str | None] = {}
        self.versions = 0
        self.cursor = None
        self.context = Context(
            "post",
            options,
            folder,
            "VN",
            "Asia/Ho_Chi_Minh",
            lambda: "2026-11-21T10:00:00.000Z",
            wait=lambda seconds: None,
            latest=self.landed.get,
        )

    def pull(self, *, full: bool = False, stop_after: int | None = None) -> list:
        pages = []
        for page in CONNECTOR.open(self.context).pull("customers", self.cursor, full=full):
            pages.append(page)
            self.cursor = json.loads(json.dumps(page.cursor))
            for raw in page.records:
                self.versions += self.landed.get(raw.source_id) != raw.payload
                self.landed[raw.source_id], self.times[raw.source_id] = raw.payload, raw.updated_at
            if stop_after is not None and len(pages) == stop_after:
                break
        self.apart = {k: v for p in pages for n in p.notices for k, v in n.args.items()}
        return pages

    def known(self, address: str) -> dict:
        return json.loads(self.landed[address])
