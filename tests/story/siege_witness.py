"""Who sees what in a siege: the order of reads, edits and writes, and vendors that keep things in a form of their own.

Belongs here: the witness and how it is told. Does not: the world and its clerks (siege.py), the claims (test_siege.py).
The hub reads and writes in several threads: what one has read counts for all, so a lost edit is never told wrongly.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from hub.connectors.kit.http import HttpClient
from hub.connectors.kit.limits import Limiter

TABLES = {"kiotviet": "customers", "woocommerce": "customers", "mailchimp": "members"}


@dataclass
class Witness:
    """What was read and edited when, and the edits that a write took away without a read between."""

    clock: int = 0
    read: dict[tuple[str, Any], int] = field(default_factory=dict)
    edited: dict[tuple[str, Any, str], tuple[int, int]] = field(default_factory=dict)
    gone: list[tuple[tuple[str, Any, str], int]] = field(default_factory=list)
    doubled: list[tuple[str, Any]] = field(default_factory=list)
    clerks: threading.local = field(default_factory=threading.local)
    last: dict[tuple[str, Any], str] = field(default_factory=dict)

    mine: threading.local = field(default_factory=threading.local)
    guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def lost(self) -> list[tuple[str, Any, str]]:
        """Edits that a write took away although it might have seen them."""
        return [place for place, _ in self.gone]

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
                self.reads().add((vendor, row["id"]))

    def reads(self) -> set[tuple[str, Any]]:
        """What this thread of the hub has read since it last wrote."""
        if not hasattr(self.mine, "read"):
            self.mine.read = set()
        found: set[tuple[str, Any]] = self.mine.read
        return found

    def wrote(self) -> None:
        """This thread's write has ended. What somebody else typed between its read and its write it could not see: these
        vendors know no precondition. A try again begins with nothing read."""
        with self.guard:
            here, read = threading.get_ident(), self.reads()
            self.gone = [one for one in self.gone if one[0][:2] not in read or one[1] == here]
            read.clear()

    def stored(self, vendor: str, old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> None:
        """A row was put there, by a clerk or by the hub."""
        for name, value in _flat(new).items():
            before = _flat(old or {}).get(name)
            if value == before or name.startswith(("modified", "date_modified", "last_changed")):
                continue
            place = (vendor, new["id"], name)
            if getattr(self.clerks, "typing", False):
                self.edited[place] = (self.tick(), threading.get_ident())
                self.last.pop(place[:2], None)
            elif place in self.edited and self.edited[place][0] > self.read.get(place[:2], 0):
                with self.guard:
                    self.gone.append((place, self.edited[place][1]))

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


def reformats(siege: Any, vendor: str, monkeypatch: pytest.MonkeyPatch) -> None:
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


def witnessed(siege: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer to a reading request is noted."""
    real = HttpClient._once

    def once(self: HttpClient, call: Any, url: str, headers: Any, params: Any) -> Any:
        try:
            answer = real(self, call, url, headers, params)
        finally:
            if call.method != "GET":
                siege.witness.wrote()
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
