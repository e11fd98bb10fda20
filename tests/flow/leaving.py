"""A workspace of fakes that somebody leaves: bringing records in, forgetting who bore them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes import CUSTOMERS, ORDERS, FakeConnection, make_run, make_source, page, record
from sqlalchemy import select
from steps import SETTINGS, person, settle, whose

from hub.connectors.kit.port import Capabilities
from hub.flow import forget
from hub.flow.forget_screen import guard_of
from hub.flow.land import pull
from hub.flow.normalize import normalize
from hub.flow.workspace import Workspace
from hub.settings import Destination
from hub.store.tables import metadata

POS, MAIL = make_source("pos"), make_source("mail")
BOTH = Capabilities(streams=(CUSTOMERS, ORDERS))
LAN = person("1", "Nguyễn Thị Lan", "0912345678", emails=[{"value": "lan@example.com", "use": "own"}])
SECRET = ("Nguyễn Thị Lan", "nguyen thi lan", "912345678", "lan@example.com", "12 Lê Lợi")


@pytest.fixture
def place(store, tmp_path):
    """A workspace of two sources and a destination, all fakes."""
    destination = Destination("pos", "pos", "fake", "pos", {})
    settings = replace(
        SETTINGS, path=tmp_path / "hub.toml", sources={"pos": POS, "mail": MAIL}, destinations={"pos": destination}
    )
    return Workspace(settings, store)


def bring(place, *given, source=POS, number=1, stream="customers"):
    """Pull and normalize as a run does."""
    run, connection = make_run(number), FakeConnection([page(given, stream=stream)])
    guard = guard_of(place.store, place.settings, source)
    told = pull(place.store, source, connection, run, capabilities=BOTH, guard=guard)
    normalize(place.store, place.settings, source, connection, run, told, capabilities=BOTH)
    settle(place.store, number)


def forgotten(place, name="pos:1", number=20):
    run, golden_id = make_run(number), whose(place.store)[name]
    told = forget.forget(place, run, golden_id, "asked", "an")
    settle(place.store, number)
    return golden_id, told["erasure_id"]


def everything(store) -> str:
    with store.read() as conn:
        return "\n".join(str(tuple(row)) for table in metadata.sorted_tables for row in conn.execute(select(table)))


def order(source_id="9", customer="1"):
    return record(
        source_id, kind="sale", customer_source_id=customer, total=50_000, currency="VND",
        recipient={"name": "Nguyễn Thị Lan", "phone": "0912345678", "address": "12 Lê Lợi"},
    )  # fmt: skip
