"""People who buy: customers and orders brought in as a run does, and segments asked about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from fakes import CUSTOMERS, ORDERS, FakeConnection, make_run, page, record
from steps import POS, SETTINGS, person, settle, whose

from hub.connectors.kit.port import Capabilities
from hub.flow import segments
from hub.flow.land import pull
from hub.flow.normalize import normalize
from hub.model import Tombstone
from hub.settings import Settings
from hub.settings.conditions import declared
from hub.store.engine import Store

BOTH = Capabilities(streams=(CUSTOMERS, ORDERS))
NOON = "T05:00:00.000Z"
"""Noon in Vietnam."""
TODAY = date(2026, 11, 22)
NOW = f"{TODAY}{NOON}"


def ago(days: int) -> str:
    """Noon so many days before TODAY."""
    return f"{TODAY - timedelta(days=days)}{NOON}"


def order(source_id: str, customer: str, at: str | None, total: int = 100_000, **more: Any) -> Any:
    told = {"kind": "sale", "currency": "VND", "total": total, "customer_source_id": customer} | more
    return record(source_id, None, **({"at": at} if at else {}), **told)


def _page(given: Sequence[Any], stream: Any, gone: Sequence[str]) -> Any:
    return page(given, stream=stream, tombstones=[Tombstone(one) for one in gone])


@dataclass
class Buyers:
    """A store with people; `number` of the next run."""

    store: Store
    number: int = 0
    orders: int = 0
    held: list[Any] = field(default_factory=list)

    def bring(self, *given: Any, stream: str = "customers", gone: Sequence[str] = ()) -> None:
        self.number += 1
        run, connection = make_run(self.number), FakeConnection([_page(given, stream, gone)])
        told = pull(self.store, POS, connection, run, capabilities=BOTH)
        normalize(self.store, SETTINGS, POS, connection, run, told, capabilities=BOTH)
        settle(self.store, self.number)

    def people(self, *ids: str, **more: Any) -> None:
        """People known by their ids, each with a name and phone of their own."""
        self.bring(*[person(one, f"Người {one}", f"09{8_000_000 + int(one):08}", **more) for one in ids])

    def buys(self, customer: str, *days: int, **more: Any) -> None:
        """Purchases so many days ago; brought with the next `deliver`."""
        for one in days:
            self.orders += 1
            self.held.append(order(f"o{self.orders}", customer, ago(one), **more))

    def deliver(self, *more: Any) -> None:
        self.bring(*self.held, *more, stream="orders")
        self.held = []

    def ids(self) -> dict[str, str]:
        """Golden id → the id of its record."""
        return {golden_id: name.partition(":")[2] for name, golden_id in whose(self.store).items()}

    def within(self, now: str = NOW, settings: Settings | None = None, **table: Any) -> set[str]:
        """Who is in a segment of these conditions."""
        here = replace(settings or SETTINGS, segments=declared({"asked": table}))
        segments.ready(self.store, here, now)
        return self.members(here, "asked", now)

    def members(self, settings: Settings, name: str, now: str = NOW) -> set[str]:
        """By both ways of asking, which must agree with the count."""
        named, told = self.ids(), segments.members(self.store, settings, name, 1_000, now)
        with self.store.read() as conn:
            look = segments.looking(conn, settings, now)
            rows = segments.page(look, name, "", 1_000)
        listed = {named[row["golden_id"]] for row in rows}
        assert listed == {named[row["golden_id"]] for row in told["items"]}
        assert len(listed) == told["customers"]
        return listed

    def why(self, customer: str, now: str = NOW, settings: Settings = SETTINGS) -> dict[str, str]:
        """Segment → sentence of one customer."""
        golden_id = next(one for one, name in self.ids().items() if name == customer)
        segments.ready(self.store, settings, now)
        told = segments.of_customer(self.store, settings, golden_id, unmasked=True, now=now)
        return {one["name"]: one["why"] for one in told}
