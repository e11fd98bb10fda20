"""A small shop whose destinations create and take out: till and mailing list as mirrors, a web shop appended to, an own list.

Belongs here: that world, its two acts, what must be the same afterwards. Does not: dying (dying.py), the claims.
"""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select
from world import World, opened

from hub.flow.item import WRITES
from hub.store import tables

DYING = Path(__file__).with_name("dying.py")
NAMES = ("Nguyễn Thị Lan", "Trần Văn Hùng", "Lê Thị Mai", "Phạm Quốc Bảo", "Võ Minh Tâm", "Đặng Thu Hà", "Bùi Văn Sơn",
         "Hồ Thị Nga", "Ngô Đức Anh", "Dương Thị Yến", "Lý Văn Khoa", "Mai Thị Cúc", "Đỗ Văn Lâm", "Tạ Thị Hoa")  # fmt: skip
EVERYBODY = """
[destinations.pos]
source = "pos"
mode   = "mirror"
max_changes = "100%"
max_deletes = "100%"
{only}
[destinations.pos.fields]
full_name  = "hub"
phone      = "fill_if_blank"
email      = "fill_if_blank"

[destinations.shop]
source = "shop"
mode   = "append"
max_changes = "100%"
[destinations.shop.fields]
full_name = "hub"
email     = "fill_if_blank"
phone     = "fill_if_blank"

[destinations.mail]
source  = "mail"
mode    = "mirror"
purpose = "service"
max_changes = "100%"
max_deletes = "100%"
{only}
[destinations.mail.fields]
email     = "destination"
full_name = "hub"

[destinations.list]
connector = "sheet"
out_path  = "out/list.csv"
mode      = "mirror"
max_changes = "100%"
max_deletes = "100%"
{only}
[destinations.list.fields]
full_name = "hub"
phone     = "hub"
email     = "hub"
"""
ACTS = ("", 'only = { gender = "female" }')
"""First all are wished everywhere; then only women, so that what was made for the others is taken out again."""
SOURCE = {"kiotviet": "pos", "woocommerce": "shop", "mailchimp": "mail"}
OURS = ("code", "customer_code", "ids", "marks", "comments", "note")


class Giving(World):
    """Use as a block; then `act` by `act`."""

    def __init__(self, folder: Path, database: str | None = None) -> None:
        empty = folder.with_name(f"{folder.name}-seed")
        empty.mkdir(parents=True)
        super().__init__(folder, empty, database)
        for n, name in enumerate(NAMES, 1):
            self._seed(n, name)

    def _seed(self, n: int, name: str) -> None:
        """Everybody is in one or two of the systems, every second one a woman."""
        phone, email = f"09123456{n:02d}", f"khach{n}@example.vn"
        family, given = name.split(" ", 1)
        if n % 3:
            row = {"id": n, "name": name, "contactNumber": phone, "email": email, "gender": n % 2 == 0}
            self.box.kiotviet.seed(customers=[row])
        if n % 3 == 0 or n % 5 == 0:
            row = {"id": 100 + n, "email": email, "first_name": given, "last_name": family, "billing": {"phone": phone}}
            self.box.woocommerce.seed(customers=[row])
        if n % 7 == 0:
            merged = {"FNAME": given, "LNAME": family}
            self.box.mailchimp.seed(members=[{"email_address": email, "status": "subscribed", "merge_fields": merged}])

    def act(self, number: int) -> None:
        """The wishes of this act, as its owner writes them; what the systems hold is read."""
        path = self.folder / "hub.toml"
        head = re.split(r"\[sources\.mailbox\]|\[destinations\.", path.read_text("utf-8"))[0]
        path.write_text(head + EVERYBODY.format(only=ACTS[number]), "utf-8")
        if number:
            self._renamed()
        self.inside("sync")

    def _renamed(self) -> None:
        """A clerk corrects a name at the till: an update for whoever has it too."""
        self.box.kiotviet.clerk_edit("customers", 1, {"name": "Nguyễn Thị Lan Anh"})

    def settled(self) -> None:
        """Push, read everything there, push what is left of it; then nothing is left.

        A create whose outcome nobody knows is made again at the till, which takes no mark, only once a sweep has shown that
        it is not there.
        """
        self.inside("push")
        self.inside("sync", full=True)
        self.inside("push")
        told = self.inside("push")
        planned = [part["planned"][action] for part in told["push"].values() for action in WRITES]
        assert not any(planned), told["push"]

    def dying(self, moment: str, number: int, *command: str) -> bool:
        """The command with that moment of death in it; whether it came."""
        process = subprocess.run(
            [sys.executable, str(DYING), moment, str(number), *command, "--json", "--config", str(self.folder)],
            capture_output=True,
            timeout=240,
            check=False,
        )
        assert process.returncode in (0, 1, 3, -signal.SIGKILL), process.stderr.decode()[-3000:]
        return process.returncode == -signal.SIGKILL

    def kill_among_writes(self, number: int, pause: float, *command: str) -> bool:
        """Kill -9 once the vendors have accepted so many writes more, and so many seconds later; whether it lived then."""
        wanted = len(self.box.journal.writes) + number
        process = self.start(*command)
        while process.poll() is None and len(self.box.journal.writes) < wanted:
            time.sleep(0.002)
        time.sleep(pause)
        lived = process.poll() is None
        if lived:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return lived

    def end(self) -> dict[str, Any]:
        """What must be the same however often the hub died; numbers that vendors and the hub give out are left aside."""
        with opened(self.folder) as workspace, workspace.store.read() as conn:
            made = {f"{row.source}:{row.source_id}" for row in conn.execute(select(tables.created_records))}
            members: dict[str, list[str]] = {}
            for row in conn.execute(
                select(tables.xref.c.golden_id, tables.records.c.source, tables.records.c.source_id).join(
                    tables.records, tables.records.c.rid == tables.xref.c.rid
                )
            ):
                name = f"{row.source}:{row.source_id}"
                members.setdefault(row.golden_id, []).append(f"{row.source}:made" if name in made else name)
            docs = conn.scalars(select(tables.customers.c.doc).where(tables.customers.c.status == "active")).all()
            sent = conn.execute(select(tables.sent.c.destination, tables.sent.c.state, tables.sent.c.fields)).all()
        return {
            "partition": sorted(map(sorted, members.values())),
            "golden": sorted(_golden(doc) for doc in docs),
            "sent": sorted(
                (row.destination, row.state or "", _without(orjson.loads(row.fields), OURS)) for row in sent
            ),
            "list": sorted(_without(row, ("golden_id", "source_id")) for row in self.listed()),
            **{f"at {vendor}": rows for vendor, rows in self._theirs().items()},
        }

    def _theirs(self) -> dict[str, Any]:
        return {
            name: sorted(_without(orjson.loads(row), (*OURS, "username", "slug")) for row in rows)
            for name, rows in super()._theirs().items()
        }

    def listed(self) -> list[dict[str, str]]:
        """Rows of the list, of whichever day."""
        rows: dict[str, dict[str, str]] = {}
        for path in sorted((self.folder / "out").glob("list_*.csv")):
            with path.open(encoding="utf-8-sig", newline="") as file:
                found = [dict(row) for row in csv.DictReader(file)]
            assert len({row["golden_id"] for row in found}) == len(found)
            rows |= {row["golden_id"]: row for row in found}
        return list(rows.values())

    def unaccounted(self) -> dict[str, Any]:
        """What the ledger cannot tell of: announced writes without an outcome, and accepted ones that nobody acknowledged."""
        with opened(self.folder) as workspace, workspace.store.read() as conn:
            ledger = conn.execute(select(tables.deliveries).order_by(tables.deliveries.c.seq)).all()
            left = conn.execute(
                select(tables.plan_items).where(tables.plan_items.c.state.in_(("sent", "unknown")))
            ).all()
        last = {(row.plan_id, row.n): row.state for row in ledger}
        acked = {(row.destination, row.target) for row in ledger if row.state == "acked"}
        done = {(SOURCE[one.vendor], str(one.record)) for one in self.box.journal.writes}
        keys = Counter((row.idempotency_key, row.target) for row in ledger if row.state == "acked")
        return {
            "open": [place for place, state in last.items() if state not in ("acked", "rejected", "retry")],
            "left": [(row.plan_id, row.n) for row in left],
            "not acknowledged": sorted(done - acked),
            "acknowledged twice": [key for key, times in keys.items() if times > 1],
            "accepted twice": self.doubled(),
        }


def _without(doc: Mapping[str, Any], names: tuple[str, ...]) -> str:
    kept = {name: value for name, value in doc.items() if name not in names}
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode()


def _golden(text: str) -> str:
    """A golden document without ids and times (the till's begin with the test); of its records only their systems."""
    doc = orjson.loads(text)
    doc["records"] = sorted(one["source"] for one in doc.get("records", ()))
    for part in ("consents", "phones", "emails"):
        for one in doc.get(part, ()):
            one.pop("at", None)
            one.pop("last_seen", None)
    return _without(doc, (*OURS, "golden_id", "created_at", "updated_at", "version"))
