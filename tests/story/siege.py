"""A shop under siege: hostile stand-ins that reformat what they are given, clerks who edit while the hub waits or writes.

Belongs here: the little world, its clerks, and the witness of what was written after what was read. Does not: the claims.
Everything happens in one thread of the hub's, so that the order of reads, edits and writes is known.
"""

from __future__ import annotations

import random
import time
import unicodedata
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from hub.connectors.kit.http import HttpClient
from hub.connectors.kit.limits import Limiter
from hub.flow import sync
from hub.flow.lock import lock, start_run
from hub.flow.run import Run
from hub.flow.workspace import Workspace, open_workspace
from hub.sandbox.server import Sandbox

PEOPLE = 9
TABLES = {"kiotviet": "customers", "woocommerce": "customers", "mailchimp": "members"}
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


@dataclass
class Witness:
    """What was read and edited when, and the edits that a write took away without a read between."""

    clock: int = 0
    read: dict[tuple[str, Any], int] = field(default_factory=dict)
    edited: dict[tuple[str, Any, str], tuple[int, Any]] = field(default_factory=dict)
    lost: list[tuple[str, Any, str]] = field(default_factory=list)
    doubled: list[tuple[str, Any]] = field(default_factory=list)
    by_clerk: bool = False
    last: dict[tuple[str, Any], str] = field(default_factory=dict)

    def tick(self) -> int:
        self.clock += 1
        return self.clock

    def saw(self, vendor: str, data: Any) -> None:
        """All records of an answer were read now."""
        rows = data if isinstance(data, list) else (data or {}).get("data") or (data or {}).get("members") or [data]
        at = self.tick()
        for row in rows if isinstance(rows, list) else [rows]:
            if isinstance(row, Mapping) and row.get("id") is not None:
                self.read[vendor, row["id"]] = at

    def stored(self, vendor: str, old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> None:
        """A row was put there, by a clerk or by the hub."""
        for name, value in _flat(new).items():
            before = _flat(old or {}).get(name)
            if value == before or name.startswith(("modified", "date_modified", "last_changed")):
                continue
            place = (vendor, new["id"], name)
            if self.by_clerk:
                self.edited[place] = (self.tick(), value)
                self.last.pop(place[:2], None)
            elif place in self.edited and self.edited[place][0] > self.read.get(place[:2], 0):
                self.lost.append(place)

    def accepted(self, vendor: str, record: Any, digest: str) -> None:
        """A write was accepted: the same once more, with nothing between, is one too many."""
        self.doubled += [(vendor, record)] if self.last.get((vendor, record)) == digest else []
        self.last[vendor, record] = digest


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a row, those of an object by themselves."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        inner = value if isinstance(value, Mapping) else {"": value}
        flat |= {f"{name}.{key}".rstrip("."): one for key, one in inner.items()}
    return flat


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
        self.witness.by_clerk = True
        try:
            state.clerk_edit(TABLES[vendor], key, self.dice.choice(EDITS[vendor])(_word(self.words)))
        finally:
            self.witness.by_clerk = False

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
                for name in workspace.settings.destinations:
                    sync.destination_step(workspace, run, name, yes=True)
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
            _reformats(siege, vendor, monkeypatch)
        _witnessed(siege, monkeypatch)
        yield siege


def _reformats(siege: Siege, vendor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendor keeps what it is given in a form of its own, and the witness is told of every row."""
    state: Any = siege.box.vendors[vendor]
    real = state._store

    def store(table: str, old: Any, new: Any) -> None:
        if table != TABLES[vendor]:
            return real(table, old, new)
        new.update(FORMS[vendor](new))
        siege.witness.stored(vendor, old, new)
        return real(table, old, new)

    monkeypatch.setattr(state, "_store", store)


def _phone(text: Any) -> Any:
    digits = str(text or "")
    return f"{digits[:4]} {digits[4:7]} {digits[7:]}" if digits.isdigit() and len(digits) == 10 else text


def _name(text: Any) -> Any:
    return unicodedata.normalize("NFD", text.upper()) if isinstance(text, str) else text


FORMS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "kiotviet": lambda row: {"name": _name(row.get("name")), "contactNumber": _phone(row.get("contactNumber"))},
    "woocommerce": lambda row: {
        "first_name": _name(row.get("first_name")),
        "billing": {**row.get("billing", {}), "phone": _phone(row.get("billing", {}).get("phone"))},
    },
    "mailchimp": lambda row: {
        "merge_fields": {**row["merge_fields"], "FNAME": _name(row["merge_fields"].get("FNAME"))},
    },
}
"""What each vendor makes of a row: capitals and decomposed letters, phones in groups."""


def _witnessed(siege: Siege, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer to a reading request is noted."""
    real = HttpClient._once

    def once(self: HttpClient, call: Any, url: str, headers: Any, params: Any) -> Any:
        answer = real(self, call, url, headers, params)
        vendor = next((name for name in TABLES if f"/{name}/" in url), None)
        if call.method == "GET" and vendor and answer.status == 200 and answer.readable:
            siege.witness.saw(vendor, answer.data)
        return answer

    monkeypatch.setattr(HttpClient, "_once", once)
    monkeypatch.setattr(Limiter, "take", lambda self: 0.0)  # its waits are short when they are really waited
    journal = siege.box.journal
    note = journal.write

    def write(vendor: str, *args: Any, **more: Any) -> None:
        note(vendor, *args, **more)
        siege.witness.accepted(vendor, journal.writes[-1].record, journal.writes[-1].digest)

    monkeypatch.setattr(journal, "write", write)


def deliveries_of(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, int], list[str]]:
    """(plan, item) → its states, in order."""
    told: dict[tuple[str, int], list[str]] = {}
    for row in rows:
        told.setdefault((row["plan_id"], row["n"]), []).append(row["state"])
    return told
