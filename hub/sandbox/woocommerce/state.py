"""What the WooCommerce stand-in remembers: customers and orders, e-mails in use, counters, keys."""

from __future__ import annotations

import functools
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hub.sandbox.journal import Journal
from hub.sandbox.rows import Json, Row, Rows
from hub.sandbox.shapes import fields_of
from hub.sandbox.vendor import VendorState

STAMP = "%Y-%m-%dT%H:%M:%S"


@dataclass
class WooOptions:
    """`strict` refuses parameters and body fields the documents do not know. `permissions`: read, write, read_write.

    `poison`: a batch whose body holds this text is refused whole, as a host's firewall does.
    """

    consumer_key: str = "ck_sandbox"
    consumer_secret: str = "cs_sandbox"  # noqa: S105 - a made key of the stand-in
    permissions: str = "read_write"
    strict: bool = True
    site_offset_hours: float = 7.0
    currency: str = "VND"
    currency_symbol: str = "₫"
    poison: str = ""


def _by(field: str) -> Json:
    return lambda row: row.get(field) or ""


def _display_name(row: Row) -> str:
    return f"{row['first_name']} {row['last_name']}".strip().casefold() or row["username"]


class WooState(VendorState):
    """One site."""

    name = "woocommerce"

    def __init__(self, journal: Journal, options: WooOptions) -> None:
        super().__init__(journal)
        self.options = options
        by_id = {"id": lambda row: row["id"]}
        self.customers = Rows("id", {**by_id, "name": _display_name, "registered_date": _by("date_created_gmt")})
        dated = {"date": _by("date_created_gmt"), "modified": _by("date_modified_gmt")}
        self.orders = Rows("id", {**by_id, **dated, "title": _by("number"), "slug": _by("order_key")})
        self.tables = {"customers": self.customers, "orders": self.orders}
        self._cleared()

    def _cleared(self) -> None:
        self._emails: dict[str, int] = {}
        self._usernames: dict[str, int] = {}
        self._orders_of: dict[int, set[int]] = defaultdict(set)
        self._last = {"customers": 0, "orders": 0, "meta": 0}

    def seed(self, customers: Iterable[Row] = (), orders: Iterable[Row] = ()) -> dict[str, int]:
        """Rows in the documents' fields; whatever is missing is filled as the shop would."""
        return {"customers": self.seed_table("customers", customers), "orders": self.seed_table("orders", orders)}

    # -- stored rows -------------------------------------------------------------------------------------------------

    def complete(self, table: str, row: Row) -> Row:
        """A row with its id, dates in both forms, whole address blocks and meta ids."""
        key = int(row.get("id") or self.new_id(table))
        self._last[table] = max(self._last[table], key)
        whole = {**(self._blank_customer() if table == "customers" else self._blank_order(key)), **row, "id": key}
        for block in ("billing", "shipping"):
            whole[block] = {**dict.fromkeys(fields_of(self.name)[block], ""), **(row.get(block) or {})}
        whole["meta_data"] = [self._meta(item) for item in row.get("meta_data") or ()]
        whole.pop("_links", None)
        self._dates(table, whole)
        if table == "customers":
            whole["username"] = row.get("username") or self.free_username(whole["email"])
            whole["avatar_url"] = row.get("avatar_url") or _avatar(whole["email"])
        return whole

    def _touched(self, table: str, row: Row) -> Row:
        return {**row, "date_modified": self.local_now(), "date_modified_gmt": self.now()}

    def touched(self, table: str, row: Row) -> Row:
        """The row with its modified dates set to now."""
        return self._touched(table, row)

    def put_customer(self, old: Row | None, new: Row) -> None:
        """Stores a customer; `old` is what it replaces."""
        self._store("customers", old, new)

    def _store(self, table: str, old: Row | None, new: Row) -> None:
        if old is not None:
            self._unlearn(table, old)
        super()._store(table, old, new)
        self._learn(table, new)

    def _drop(self, table: str, row: Row) -> None:
        super()._drop(table, row)
        self._unlearn(table, row)
        if table == "customers":
            self.reassign_orders(row["id"], 0)

    def reassign_orders(self, customer_id: int, to: int) -> None:
        """Orders of a deleted customer go to another one, or to nobody (0); their dates stay."""
        for key in sorted(self._orders_of.pop(customer_id, ())):
            order = self.orders.get(key)
            if order is not None:
                self.orders.put({**order, "customer_id": to})
                self._orders_of[to].add(key)

    def _seeded(self, table: str, rows: list[Row]) -> None:
        for row in rows:
            self._learn(table, row)

    def _learn(self, table: str, row: Row) -> None:
        if table == "orders":
            self._orders_of[row["customer_id"]].add(row["id"])
            return
        self._emails[row["email"].casefold()] = row["id"]
        self._usernames[row["username"].casefold()] = row["id"]

    def _unlearn(self, table: str, row: Row) -> None:
        if table == "orders":
            self._orders_of[row["customer_id"]].discard(row["id"])
            return
        for known, value in ((self._emails, row["email"]), (self._usernames, row["username"])):
            if known.get(value.casefold()) == row["id"]:
                del known[value.casefold()]

    def _extra(self) -> dict[str, Any]:
        return dict(self._last)

    def _set_extra(self, extra: dict[str, Any]) -> None:
        self._last = dict(extra)

    # -- what the handlers ask ---------------------------------------------------------------------------------------

    def new_id(self, table: str) -> int:
        """The next id of a table."""
        self._last[table] += 1
        return self._last[table]

    def new_meta_id(self) -> int:
        """The next id of a meta item."""
        self._last["meta"] += 1
        return self._last["meta"]

    def holder_of(self, email: str) -> int | None:
        """Customer id that has this e-mail, in any case."""
        return self._emails.get(email.casefold())

    def has_username(self, username: str) -> bool:
        """Whether the user name is taken, in any case."""
        return username.casefold() in self._usernames

    def free_username(self, email: str) -> str:
        """A user name made of the e-mail's local part."""
        base = email.partition("@")[0].casefold() or "user"
        name, n = base, 1
        while name in self._usernames:
            n += 1
            name = f"{base}{n}"
        return name

    def orders_of(self, customer_id: int) -> frozenset[int | str]:
        """Ids of a customer's orders (0: of guests)."""
        return frozenset(self._orders_of.get(customer_id, ()))

    def now(self) -> str:
        """GMT, without a zone."""
        return self.clock.now().strftime(STAMP)

    def local_now(self) -> str:
        """The site's own time, without a zone."""
        return (self.clock.now() + self._offset()).strftime(STAMP)

    def to_local(self, gmt: str) -> str:
        """GMT to the site's time."""
        return (datetime.fromisoformat(gmt[:19]) + self._offset()).strftime(STAMP)

    def to_gmt(self, local: str) -> str:
        """The site's time to GMT."""
        return (datetime.fromisoformat(local[:19]) - self._offset()).strftime(STAMP)

    def _offset(self) -> timedelta:
        return timedelta(hours=self.options.site_offset_hours)

    def _meta(self, item: Row) -> Row:
        key = item.get("id") or self.new_meta_id()
        self._last["meta"] = max(self._last["meta"], key)
        return {"id": key, "key": item["key"], "value": item["value"]}

    def _dates(self, table: str, whole: Row) -> None:
        """Each date in both forms; a new order is modified when created, a new customer's may be null if so seeded."""
        if not whole.get("date_created_gmt") and not whole.get("date_created"):
            whole["date_created_gmt"] = self.now()
        if table == "orders" and not whole.get("date_modified_gmt") and not whole.get("date_modified"):
            whole["date_modified_gmt"] = whole.get("date_created_gmt") or self.to_gmt(whole["date_created"])
        for name in [name for name in whole if name.startswith("date_") and not name.endswith("_gmt")]:
            gmt = whole.get(f"{name}_gmt")
            if gmt:
                whole[name] = self.to_local(gmt)
            elif whole[name]:
                whole[f"{name}_gmt"] = self.to_gmt(whole[name])

    def _blank_customer(self) -> Row:
        dates = dict.fromkeys(("date_created", "date_created_gmt", "date_modified", "date_modified_gmt"))
        named = {"email": "", "first_name": "", "last_name": "", "role": "customer", "username": ""}
        return {**dates, **named, "billing": {}, "shipping": {}, "is_paying_customer": False, "avatar_url": ""}

    def _blank_order(self, key: int) -> Row:
        shop = {"currency": self.options.currency, "currency_symbol": self.options.currency_symbol}
        made = {"status": "pending", "number": str(key), "version": "7.9.0", "created_via": "checkout"}
        digest = hashlib.sha256(str(key).encode()).hexdigest()[:13]
        made["order_key"] = f"wc_order_{digest}"
        return {**_empty_order(), **shop, **made}


@functools.cache
def _empty_order() -> Row:
    """Shared by all orders: rows are never changed in place."""
    empty: Row = {"str": "", "int": 0, "bool": False, "list": [], "object": None}
    blank = {name: empty.get(kind) for name, kind in fields_of("woocommerce")["order"].items()}
    money = {name: "0.00" for name in blank if name.endswith(("_total", "_tax")) or name == "total"}
    return {**blank, **money, "prices_include_tax": False}


def _avatar(email: str) -> str:
    digest = hashlib.md5(email.strip().lower().encode(), usedforsecurity=False).hexdigest()
    return f"https://secure.gravatar.com/avatar/{digest}?s=96&d=mm&r=g"
