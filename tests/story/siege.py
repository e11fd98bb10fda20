"""A shop under siege: hostile stand-ins that reformat what they are given, clerks who edit while the hub waits or writes.

Belongs here: the little world and its clerks. Does not: who saw what (siege_witness.py), the claims (test_siege.py).
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from siege_witness import TABLES, Witness, reformats, witnessed

from hub.flow import sync
from hub.flow.lock import lock, start_run
from hub.flow.run import Run
from hub.flow.workspace import Workspace, open_workspace
from hub.sandbox.server import Sandbox

PEOPLE = 9
DESTINATIONS = ("pos", "shop", "mail")
RATES = {"limit": 0.1, "error": 0.08, "html": 0.05, "cut": 0.08, "stall": 0.03, "truncated": 0.06}
NAMES = ("Nguyễn Thị Lan", "Trần Văn Hùng", "Lê Thị Mai", "Phạm Quốc Bảo", "Võ Minh Tâm", "Đặng Thu Hà", "Bùi Văn Sơn",
         "Hồ Thị Nga", "Ngô Đức Anh")  # fmt: skip
EDITS: dict[str, tuple[Callable[[str], dict[str, Any]], ...]] = {
    "kiotviet": (
        lambda word: {"name": f"Lý {word}"},
        lambda word: {"email": f"{word.lower()}@example.vn"},
        lambda word: {"comments": f"ghi {word}"},
    ),
    "woocommerce": (
        lambda word: {"first_name": word, "last_name": "Lý"},
        lambda word: {"billing": {"company": f"Cty {word}"}},
    ),
    "mailchimp": (lambda word: {"merge_fields": {"FNAME": word, "LNAME": "Lý"}},),
}
"""What a clerk there may type; the word is used once only."""

WORKSPACE = """
[hub]
database = "{database}"
[sources.pos]
connector = "kiotviet"
retailer  = "{kiotviet[retailer]}"
client_id = "${{ID}}"
client_secret = "${{SECRET}}"
base_url  = "{kiotviet[base_url]}"
token_url = "{kiotviet[token_url]}"
[sources.shop]
connector = "woocommerce"
url       = "{woocommerce[url]}"
consumer_key = "${{KEY}}"
consumer_secret = "${{CONSUMER}}"
[sources.mail]
connector = "mailchimp"
api_key   = "${{MAIL}}"
audience  = "{mailchimp[audience]}"
base_url  = "{mailchimp[base_url]}"

[destinations.pos]
source = "pos"
mode   = "upsert"
mark   = "{mark}"
max_changes = "100%"
[destinations.pos.fields]
full_name  = "{names}"
phone      = "fill_if_blank"
email      = "fill_if_blank"
birth_date = "fill_if_blank"
[destinations.shop]
source = "shop"
mode   = "upsert"
max_changes = "100%"
[destinations.shop.fields]
full_name = "{names}"
phone     = "fill_if_blank"
email     = "destination"
[destinations.mail]
source  = "mail"
mode    = "upsert"
purpose = "service"
max_changes = "100%"
[destinations.mail.fields]
full_name = "{names}"
phone     = "fill_if_blank"
email     = "destination"
[survivorship]
sources = ["pos", "shop", "mail"]
"""


class Siege:
    """One seed's world. Use within `besieged`."""

    def __init__(self, folder: Path, seed: int, database: str | None) -> None:
        self.folder, self.dice, self.database = folder, random.Random(f"siege {seed}"), database
        self.box = Sandbox(seed=seed)
        self.witness, self.words, self.hot = Witness(), 0, False
        self.mark = self.dice.choice(("code", "comments"))
        self.names = self.dice.choice(("hub", "newest"))

    def open(self) -> None:
        self._people()
        self.folder.mkdir(parents=True, exist_ok=True)
        told, database = self.box.info(), self.database or "sqlite:///data/hub.db"
        text = WORKSPACE.format(
            **told, mark=self.mark, names=self.names, database="${DB}" if self.database else database
        )
        (self.folder / "hub.toml").write_text(text, "utf-8")
        secrets = {
            "ID": told["kiotviet"]["client_id"],
            "SECRET": told["kiotviet"]["client_secret"],
            "KEY": told["woocommerce"]["consumer_key"],
            "CONSUMER": told["woocommerce"]["consumer_secret"],
            "MAIL": told["mailchimp"]["api_key"],
            "DB": database,
        }
        path = self.folder / ".env"
        path.write_text("".join(f"{name}={value}\n" for name, value in secrets.items()))
        path.chmod(0o600)

    def _people(self) -> None:
        """Each person stands in one to three systems, here with less, there with another spelling."""
        for n, name in enumerate(NAMES[:PEOPLE], 1):
            phone, email = f"09123456{n:02d}", f"khach{n}@example.vn"
            family, given = name.split(" ", 1)
            where = self.dice.sample(sorted(TABLES), self.dice.randint(1, 3))
            if "kiotviet" in where:
                more = {"email": email} if self.dice.random() < 0.5 else {}
                typed = name if self.dice.random() < 0.5 else name.upper()
                self.box.kiotviet.seed(customers=[{"id": n, "name": typed, "contactNumber": phone, **more}])
            if "woocommerce" in where:
                row = {"id": 100 + n, "email": email, "first_name": given, "last_name": family}
                row["billing"] = {"phone": phone} if self.dice.random() < 0.5 else {}
                self.box.woocommerce.seed(customers=[row])
            if "mailchimp" in where:
                merged = {"FNAME": given, "LNAME": family if self.dice.random() < 0.5 else "", "PHONE": phone}
                self.box.mailchimp.seed(
                    members=[{"email_address": email, "status": "subscribed", "merge_fields": merged}]
                )

    # -- the clerks ----------------------------------------------------------------------------------------------------

    def edit(self, chance: float) -> None:
        """With that chance a clerk edits a record somewhere."""
        if not self.hot or self.dice.random() >= chance:
            return
        vendor = self.dice.choice(sorted(TABLES))
        state, self.words = self.box.vendors[vendor], self.words + 1
        rows = state.rows(TABLES[vendor])
        if not rows:
            return
        key = self.dice.choice(rows)[state.tables[TABLES[vendor]].id_field]
        self.witness.clerks.typing = True
        try:
            state.clerk_edit(TABLES[vendor], key, self.dice.choice(EDITS[vendor])(_word(self.words)))
        finally:
            self.witness.clerks.typing = False

    def pause(self, seconds: float) -> None:
        """How connectors wait here: not long, but long enough for a clerk."""
        if seconds >= 0.2:
            self.edit(0.5)
        time.sleep(min(seconds, 0.002))

    # -- the hub -------------------------------------------------------------------------------------------------------

    def round(self, *, full: bool = False) -> dict[str, Any]:
        """One sync with every plan approved; a clerk may come between any plan and its push."""
        with self.opened() as workspace:
            run = Run(str(uuid.uuid4()))
            with lock(workspace.store, run):
                start_run(workspace.store, run)
                sync.steps(workspace, run, full=full, no_push=True)
                self.edit(0.5)
                self.witness.reads().clear()
                sync.all_destinations(workspace, run, list(workspace.settings.destinations), yes=True)
                return sync.finish(workspace, run)

    @contextmanager
    def opened(self) -> Iterator[Workspace]:
        workspace = replace(open_workspace(self.folder), sleep=self.pause)
        try:
            yield workspace
        finally:
            workspace.store.dispose()

    def rage(self, rounds: int) -> None:
        """Hostile vendors and busy clerks for some rounds."""
        self.box.hostile.set("hostile", rates=RATES, retry_after=1, stall=0.0, slow=0.0, skew=0.0)
        self.hot = True
        for _ in range(rounds):
            self.round()
        self.hot = False
        self.box.hostile.calm()

    def calm(self, rounds: int = 3) -> list[dict[str, Any]]:
        """Nobody disturbs any more; the reports."""
        return [self.round(full=True) for _ in range(rounds)]


def _word(number: int) -> str:
    """A name that no clerk typed before."""
    tens, ones = divmod(number, 20)
    return "".join(("B" + "bcdfghklmnprstvxyzqj"[tens % 20], "a", "bcdfghklmnprstvxyzqj"[ones], "o"))


@contextmanager
def besieged(folder: Path, seed: int, monkeypatch: pytest.MonkeyPatch, database: str | None = None) -> Iterator[Siege]:
    """A world of that seed, with its stand-ins up."""
    siege = Siege(folder, seed, database)
    with siege.box:
        siege.open()
        for vendor in TABLES:
            reformats(siege, vendor, monkeypatch)
        witnessed(siege, monkeypatch)
        yield siege


def deliveries_of(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, int], list[str]]:
    """(plan, item) → its states, in order."""
    told: dict[tuple[str, int], list[str]] = {}
    for row in rows:
        told.setdefault((row["plan_id"], row["n"]), []).append(row["state"])
    return told
