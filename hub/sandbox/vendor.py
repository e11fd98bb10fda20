"""What all stand-ins have in common: a clock, a lock, tables, a clerk's hand, and a dump. No protocol here."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from hub.sandbox.clock import Clock
from hub.sandbox.journal import Journal
from hub.sandbox.rows import Json, RecordId, Row, Rows


class VendorState:
    """The memory of one vendor. Subclasses fill `tables` and say how a clerk's row is made whole (`complete`)."""

    name = "vendor"

    def __init__(self, journal: Journal) -> None:
        self.clock = Clock()
        self.journal = journal
        self.lock = threading.RLock()
        self.tables: dict[str, Rows] = {}

    def seed_table(self, table: str, rows: Iterable[Row]) -> int:
        """Vendor-shaped rows in bulk, without the checks of the vendor's own API. Returns how many."""
        with self.lock:
            whole = [self.complete(table, row) for row in rows]
            self.tables[table].load(whole)
            self._seeded(table, whole)
            return len(whole)

    def clerk_add(self, table: str, row: Row) -> RecordId:
        """As a person adds a record at the vendor's own screen; not in the journal of writes."""
        with self.lock:
            whole = self.complete(table, row)
            self._store(table, None, whole)
            key: RecordId = whole[self.tables[table].id_field]
            return key

    def clerk_edit(self, table: str, key: RecordId, fields: Row) -> Row:
        """As a person edits a record: given fields change (objects merge one level deep), the modified time moves.

        Raises KeyError for an unknown record."""
        with self.lock:
            old = self._known(table, key)
            merged = {name: _merged(old.get(name), value) for name, value in fields.items()}
            new = self._touched(table, {**old, **merged})
            self._store(table, old, new)
            return new

    def clerk_delete(self, table: str, key: RecordId) -> None:
        """As a person deletes a record. Raises KeyError for an unknown one."""
        with self.lock:
            self._drop(table, self._known(table, key))

    def touch(self, table: str, key: RecordId) -> None:
        """Only the modified time moves, as when somebody opens and saves a record."""
        self.clerk_edit(table, key, {})

    def rows(self, table: str) -> list[Row]:
        """The stored rows, vendor-shaped, for tests to compare; do not change them."""
        with self.lock:
            return list(self.tables[table])

    def dump(self) -> dict[str, Any]:
        """Everything that must survive a restart, as JSON."""
        with self.lock:
            return {"tables": {name: list(table) for name, table in self.tables.items()}, "extra": self._extra()}

    def restore(self, saved: dict[str, Any]) -> None:
        """Puts back what `dump` gave."""
        with self.lock:
            self.clear()
            self._set_extra(saved["extra"])
            for name, rows in saved["tables"].items():
                self.tables[name].load(rows)
                self._seeded(name, rows)

    def clear(self) -> None:
        """Empty, as on the first day."""
        with self.lock:
            for table in self.tables.values():
                table.clear()
            self._cleared()

    def _known(self, table: str, key: RecordId) -> Row:
        row = self.tables[table].get(key)
        if row is None:
            raise KeyError(key)
        return row

    def _store(self, table: str, old: Row | None, new: Row) -> None:
        """Puts a row and keeps look-ups beside the table in step; `old` is what stood there."""
        if old is not None and old[self.tables[table].id_field] != new[self.tables[table].id_field]:
            self.tables[table].remove(old[self.tables[table].id_field])
        self.tables[table].put(new)

    def _drop(self, table: str, row: Row) -> None:
        self.tables[table].remove(row[self.tables[table].id_field])

    def _seeded(self, table: str, rows: list[Row]) -> None:
        """Look-ups beside the table learn bulk rows."""

    def complete(self, table: str, row: Row) -> Row:
        """A given row with everything the vendor would add to it."""
        return dict(row)

    def _touched(self, table: str, row: Row) -> Row:
        return row

    def _extra(self) -> dict[str, Any]:
        return {}

    def _set_extra(self, extra: dict[str, Any]) -> None:
        """Counters and sets beside the tables, as `_extra` gave them."""

    def _cleared(self) -> None:
        """Counters and look-ups start again."""


def _merged(old: Json, new: Json) -> Json:
    return {**old, **new} if isinstance(old, dict) and isinstance(new, dict) else new
