"""What the KiotViet stand-in remembers: customers, groups, branches, invoices, returns, removed ids, tokens.

Belongs here: the store and the rules that hold whoever writes (codes, phones by digits, deleted names in invoices).
Reading requests belongs to the handlers."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import json
import secrets
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hub.sandbox.journal import Journal
from hub.sandbox.kiotviet import times
from hub.sandbox.rows import Json, RecordId, Row, Rows
from hub.sandbox.shapes import fields_of
from hub.sandbox.vendor import VendorState

DELETED = "{DEL}"
SUFFIX_DIGITS = 9


@dataclass
class KiotVietOptions:
    """What a shop or the vendor may have set. Times in seconds; `get_limit` None lifts the hourly limit."""

    retailer: str = "cuahangthu"
    client_id: str = "kv-client-sandbox"
    client_secret: str = "kv-secret-sandbox"  # noqa: S105 - a made key of the stand-in
    token_seconds: float = 86400.0
    get_limit: int | None = 5000
    manage_by_branch: bool = False
    removed_key: str = "removedIds"
    wrap_writes: bool = True
    omit_nulls: bool = True


def digits(text: str | None) -> str:
    """The digits of a phone as typed."""
    return "".join(char for char in text or "" if char.isdigit())


def _by(field: str) -> Json:
    return lambda row: row.get(field) or ""


class KiotVietState(VendorState):
    """One shop."""

    name = "kiotviet"

    def __init__(self, journal: Journal, options: KiotVietOptions) -> None:
        super().__init__(journal)
        self.options = options
        self.retailer_id = 500001
        dated = {"id": lambda row: row["id"], "createdDate": _by("createdDate"), "modifiedDate": _by("modifiedDate")}
        named = {**dated, "code": _by("code"), "name": lambda row: row["name"].casefold()}
        sales = {**dated, "code": _by("code"), "purchaseDate": _by("purchaseDate")}
        self.customers = Rows("id", named)
        self.invoices = Rows("id", sales)
        self.returns = Rows("id", {**dated, "code": _by("code"), "returnDate": _by("returnDate")})
        self.groups = Rows("id", {"id": lambda row: row["id"]})
        self.branches = Rows("id", {**dated, "branchName": _by("branchName")})
        self.tables = {
            "customers": self.customers,
            "invoices": self.invoices,
            "returns": self.returns,
            "groups": self.groups,
            "branches": self.branches,
        }
        self._signing = secrets.token_bytes(16)
        self._cleared()

    def _cleared(self) -> None:
        self.removed: dict[int, str] = {}
        self.hidden: set[int] = set()
        self.tokens: dict[str, datetime] = {}
        self.window: tuple[datetime, int] | None = None
        self._next: dict[str, int] = defaultdict(int)
        self._codes: dict[str, int] = {}
        self._suffixes: dict[str, set[int]] = defaultdict(set)
        self._sales: dict[int, list[int]] = defaultdict(list)

    # -- clerk, seeds, dump ------------------------------------------------------------------------------------------

    def seed(
        self,
        customers: Iterable[Row] = (),
        invoices: Iterable[Row] = (),
        returns: Iterable[Row] = (),
        groups: Iterable[Row] = (),
        branches: Iterable[Row] = (),
    ) -> dict[str, int]:
        """Rows in the documents' fields; ids, codes, dates and the retailer are made when missing."""
        given = [("groups", groups), ("branches", branches), ("customers", customers)]
        given += [("invoices", invoices), ("returns", returns)]
        return {table: self.seed_table(table, rows) for table, rows in given}

    def hide_contact_numbers(self, ids: list[int]) -> None:
        """From now on answers leave out these customers' contactNumber, as the live vendor sometimes does."""
        self.hidden.update(ids)

    def complete(self, table: str, row: Row) -> Row:
        """A row with its id, code, dates in the vendor's form and every stored field."""
        key = row.get("id") or self.new_id(table)
        self._next[table] = max(self._next[table], int(key))
        now = times.stamp(self.clock.now())
        given = {name: value for name, value in row.items() if value is not None}
        whole = {**self._blank(table, int(key)), **given, "id": int(key)}
        for name, value in whole.items():
            if name.endswith("Date") and value:
                whole[name] = times.normal(str(value))
        whole.setdefault("createdDate", whole.get("purchaseDate") or whole.get("returnDate") or now)
        for name in {"invoices": ["purchaseDate"], "returns": ["returnDate"]}.get(table, []):
            whole.setdefault(name, whole["createdDate"])
        whole.setdefault("modifiedDate", whole["createdDate"])
        return whole

    def _blank(self, table: str, key: int) -> Row:
        if table == "customers":
            made = {"code": f"KH{key:06d}", "type": 0, "groupIds": [], "retailerId": self.retailer_id, "name": ""}
            return {**dict.fromkeys(_undated()), **made}
        blank = _sale_blank(table, key)
        return {**blank, "retailerId": self.retailer_id} if table in ("groups", "branches") else blank

    def _touched(self, table: str, row: Row) -> Row:
        return {**row, "modifiedDate": times.stamp(self.clock.now())}

    def _seeded(self, table: str, rows: list[Row]) -> None:
        for row in rows:
            self._learn(table, row)

    def _store(self, table: str, old: Row | None, new: Row) -> None:
        if old is not None:
            self._unlearn(table, old)
        super()._store(table, old, new)
        self._learn(table, new)

    def _drop(self, table: str, row: Row) -> None:
        super()._drop(table, row)
        self._unlearn(table, row)
        if table == "customers":
            self.removed[row["id"]] = times.stamp(self.clock.now())
            self._mark_deleted(row)

    def _mark_deleted(self, customer: Row) -> None:
        """Old invoices go on naming the customer, with the vendor's mark; their modified time stays."""
        for key in self._sales[customer["id"]]:
            sale = self.invoices.get(key)
            if sale is not None:
                named = {"customerCode": customer["code"] + DELETED, "customerName": customer["name"] + DELETED}
                self.invoices.put({**sale, **named})

    def _learn(self, table: str, row: Row) -> None:
        if table == "customers":
            self._codes[row["code"]] = row["id"]
            for suffix in _suffixes(row):
                self._suffixes[suffix].add(row["id"])
        elif table == "invoices" and row.get("customerId") is not None:
            self._sales[row["customerId"]].append(row["id"])

    def _unlearn(self, table: str, row: Row) -> None:
        if table == "customers":
            if self._codes.get(row["code"]) == row["id"]:
                del self._codes[row["code"]]
            for suffix in _suffixes(row):
                self._suffixes[suffix].discard(row["id"])
        elif table == "invoices" and row.get("customerId") is not None:
            self._sales[row["customerId"]].remove(row["id"])

    def _extra(self) -> dict[str, Any]:
        return {"removed": list(self.removed.items()), "hidden": sorted(self.hidden), "next": dict(self._next)}

    def _set_extra(self, extra: dict[str, Any]) -> None:
        self.removed = dict(extra["removed"])
        self.hidden = set(extra["hidden"])
        self._next.update(extra["next"])

    # -- what the handlers ask ---------------------------------------------------------------------------------------

    def new_id(self, table: str) -> int:
        """The next id of a table."""
        self._next[table] += 1
        return self._next[table]

    def new_code(self) -> str:
        """A free customer code, as the vendor makes them."""
        key = self._next["customers"] + 1
        while f"KH{key:06d}" in self._codes:
            key += 1
        return f"KH{key:06d}"

    def by_code(self, code: str) -> Row | None:
        """The customer with this code."""
        key = self._codes.get(code)
        return None if key is None else self.customers.get(key)

    def with_phone(self, text: str) -> list[Row]:
        """Customers one of whose numbers ends in the same nine digits; the caller compares further."""
        found = self._suffixes.get(digits(text)[-SUFFIX_DIGITS:], set())
        return [row for row in map(self.customers.get, sorted(found)) if row is not None]

    def sales_of(self, customer_id: int) -> list[Row]:
        """Invoices of one customer."""
        return [row for row in map(self.invoices.get, self._sales.get(customer_id, ())) if row is not None]

    def put_customer(self, old: Row | None, new: Row) -> None:
        """Stores a customer; `old` is what it replaces."""
        self._store("customers", old, new)

    def undo_create(self, rows: list[Row]) -> None:
        """A bulk call that failed leaves nothing behind, not even a removed id."""
        for row in rows:
            super()._drop("customers", row)
            self._unlearn("customers", row)

    def drop_customer(self, key: RecordId) -> None:
        """Deletes a customer, leaving a removed id and marks in old invoices."""
        self.clerk_delete("customers", key)

    def new_token(self) -> str:
        """A JWT as the vendor issues them; it is only ever compared, never read, by the sandbox."""
        expires = self.clock.now() + timedelta(seconds=self.options.token_seconds)
        claims = {
            "exp": int(expires.timestamp()),
            "client_RetailerCode": self.options.retailer,
            "client_RetailerId": str(self.retailer_id),
            "client_UserId": "1",
            "jti": secrets.token_hex(8),
        }
        head = f"{_b64(json.dumps({'alg': 'HS256', 'typ': 'JWT'}).encode())}.{_b64(json.dumps(claims).encode())}"
        token = f"{head}.{_b64(hmac.new(self._signing, head.encode(), hashlib.sha256).digest())}"
        self.tokens[token] = expires
        return token

    def expire_tokens(self) -> None:
        """All tokens issued so far are worth nothing from now on."""
        self.tokens.clear()


@functools.cache
def _undated() -> tuple[str, ...]:
    """Stored fields of a customer but the two dates, which are never blank."""
    dates = ("createdDate", "modifiedDate")
    return tuple(name for name in fields_of("kiotviet")["customer_stored"] if name not in dates)


def _suffixes(row: Row) -> set[str]:
    numbers = (digits(row.get("contactNumber")), digits(row.get("subNumber")))
    return {number[-SUFFIX_DIGITS:] for number in numbers if number}


def _sale_blank(table: str, key: int) -> Row:
    prefix = {"invoices": "HD", "returns": "TH"}.get(table)
    if prefix is None:
        return {}
    return {
        "code": f"{prefix}{key:06d}",
        "branchId": 1,
        "branchName": "Chi nhánh trung tâm",
        "status": 1,
        "statusValue": "Hoàn thành" if table == "invoices" else "Đã trả",
        "customerId": None,
        "totalPayment": 0,
        "payments": [],
    } | ({"usingCod": False, "total": 0, "invoiceDetails": []} if table == "invoices" else _return_blank())


def _return_blank() -> Row:
    return {"returnTotal": 0, "receivedById": 1, "returnDetails": []}


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
