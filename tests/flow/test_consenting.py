"""Consents by purpose, channel and address: entered by people, by sources, on a merge, on a new address (behaviour 5.9)."""

from __future__ import annotations

import orjson
import pytest
from fakes import make_run
from grown import T1, T2, grow, load, person, settings_of
from once import once
from sqlalchemy import select

from hub.errors import ConfigError
from hub.flow import consenting, judge
from hub.flow.match import match
from hub.flow.resolve import resolve
from hub.store.tables import changes, customers

SETTINGS = settings_of("pos", "shop", purposes={"service": "not_refused", "marketing": "granted"})
LAN, LAN2, MAIL = "0912345678", "0938271564", "lan@example.vn"
YES = [{"purpose": "marketing", "channel": "sms", "status": "granted"}]


def decide(store, plan, number=9):
    """Write a decision and let it take effect; its id."""
    run = make_run(number)
    with store.begin() as conn:
        decision_id = judge.write(conn, plan(conn), run, "mai", None)
    grow(store, SETTINGS, number)
    return decision_id


def wish(store, status, *scopes, key="pos:1", address=None, at=T1, number=9):
    """Enter what a customer says."""
    return decide(store, consenting.wish(SETTINGS, key, status, scopes, address, at), number)


def row(store, key="pos:1"):
    """The customer's row."""
    source, _, source_id = key.partition(":")
    with store.read() as conn:
        found = [one for one in conn.execute(select(customers)).mappings() if one["status"] == "active"]
    mine = {"source": source, "source_id": source_id}
    return next(
        one for one in found if any(mine.items() <= item.items() for item in orjson.loads(one["doc"])["records"])
    )


@pytest.fixture
@once
def shop(store):
    """Lan, at the counter."""
    load(store, "pos", person("1", "Nguyễn Thị Lan", LAN, MAIL, T1))
    grow(store, SETTINGS)
    return store


def test_a_grant_is_for_the_primary_address_of_its_channel(shop):
    wish(shop, "granted", "marketing.sms")
    assert row(shop)["marketing_sms"] == "granted"
    (one,) = orjson.loads(row(shop)["doc"])["consents"]
    assert (one["address"], one["source"]) == ("+84912345678", "hub")
    assert row(shop)["marketing_email"] == "unknown"


def test_a_new_address_starts_unknown(shop):
    wish(shop, "granted", "marketing.sms")
    load(shop, "pos", person("1", "Nguyễn Thị Lan", LAN2, MAIL, T2), number=2)
    grow(shop, SETTINGS, 2)
    assert row(shop)["phone"] == "+84938271564"
    assert row(shop)["marketing_sms"] == "unknown"


def test_a_yes_told_by_a_source_is_for_the_addresses_of_that_record(store):
    load(store, "pos", person("1", "Nguyễn Thị Lan", LAN, MAIL, T1, consents=YES))
    load(store, "shop", person("7", "Nguyễn Thị Lan", LAN2, MAIL, T2))
    grow(store, SETTINGS)
    assert row(store)["record_count"] == 2
    assert (row(store)["phone"], row(store)["marketing_sms"]) == ("+84938271564", "unknown")


def test_a_no_without_an_address_is_for_every_address(shop):
    wish(shop, "withdrawn", "marketing.sms")
    load(shop, "pos", person("1", "Nguyễn Thị Lan", LAN2, MAIL, T2, consents=YES), number=2)
    grow(shop, SETTINGS, 2)
    assert row(shop)["marketing_sms"] == "withdrawn"


def test_a_withdrawal_of_everything_holds_for_all_channels(shop):
    wish(shop, "granted", "marketing.email")
    wish(shop, "withdrawn", at=T2, number=10)
    assert {row(shop)[f"marketing_{name}"] for name in ("email", "sms", "zalo", "call")} == {"withdrawn"}


def test_on_a_merge_the_most_restrictive_wins(shop):
    wish(shop, "withdrawn", "marketing.sms", address=LAN)
    load(shop, "shop", person("7", "Nguyễn Thị Lan", LAN, None, T2, consents=YES), number=2)
    grow(shop, SETTINGS, 2)
    assert row(shop)["record_count"] == 2
    assert row(shop)["marketing_sms"] == "withdrawn"


def test_on_a_split_a_consent_goes_with_the_record_that_bears_its_address(store):
    load(store, "pos", person("1", "Nguyễn Thị Lan", LAN, MAIL, T1))
    load(store, "shop", person("7", "Nguyễn Thị Lan", LAN2, MAIL, T1))
    grow(store, SETTINGS)
    wish(store, "granted", "marketing.sms", address=LAN2)
    decide(store, judge.split(SETTINGS, "pos:1", ["shop:7"]), 10)
    assert row(store, "shop:7")["marketing_sms"] == "granted"
    assert row(store, "pos:1")["marketing_sms"] == "unknown"


def test_the_later_word_of_the_same_kind_stands_and_an_undo_takes_it_back(shop):
    wish(shop, "granted", "marketing.sms")
    later = wish(shop, "refused", "marketing.sms", address=LAN, at=T2, number=10)
    assert row(shop)["marketing_sms"] == "withdrawn"
    decide(shop, judge.undo(later), 11)
    assert row(shop)["marketing_sms"] == "granted"


def test_a_grant_that_a_wider_no_would_outlive_is_refused_with_a_way_out(shop):
    wish(shop, "withdrawn")
    with pytest.raises(ConfigError, match=r"\*\.\* is withdrawn") as told:
        wish(shop, "granted", "marketing.sms", at=T2, number=10)
    assert "hub consent KEY unknown *.*" in str(told.value)
    wish(shop, "unknown", at=T2, number=11)
    wish(shop, "granted", "marketing.sms", at=T2, number=12)
    assert row(shop)["marketing_sms"] == "granted"


@pytest.mark.parametrize(
    ("status", "scopes", "address", "code"),
    [
        ("perhaps", ["marketing.sms"], None, "consent.status"),
        ("granted", ["gossip.sms"], None, "consent.scope"),
        ("granted", ["marketing.fax"], None, "consent.scope"),
        ("granted", ["marketing"], None, "consent.every"),
        ("granted", [], None, "consent.every"),
        ("granted", ["marketing.sms"], "0987000111", "consent.address"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(shop, status, scopes, address, code):
    with pytest.raises(ConfigError) as told:
        wish(shop, status, *scopes, address=address)
    assert told.value.code == code


def test_a_grant_without_any_address_is_refused(store):
    load(store, "pos", person("1", "Nguyễn Thị Lan", None, MAIL, T1))
    grow(store, SETTINGS)
    with pytest.raises(ConfigError, match="no address for sms"):
        wish(store, "granted", "marketing.sms")


def test_consents_follow_the_customer_when_their_record_has_left(shop):
    load(shop, "shop", person("7", "Nguyễn Thị Lan", LAN, MAIL, T1), number=2)
    grow(shop, SETTINGS, 2)
    wish(shop, "withdrawn", "marketing.sms")
    from hub.store.normalized import take_out
    from hub.store.words import named

    with shop.begin() as conn:
        take_out(conn, named(conn, ["pos:1"])["rid"].to_list())
    grow(shop, SETTINGS, 3)
    assert row(shop, "shop:7")["record_count"] == 1
    assert row(shop, "shop:7")["marketing_sms"] == "withdrawn"


def test_a_consent_is_one_event_of_the_feed_and_a_second_run_writes_nothing(shop):
    def events():
        with shop.read() as conn:
            return list(conn.execute(select(changes.c.kind, changes.c.changed).order_by(changes.c.seq)))

    before = len(events())
    wish(shop, "granted", "marketing.sms")
    assert [one.kind for one in events()[before:]] == ["updated"]
    match(shop, SETTINGS, make_run(12))
    assert resolve(shop, SETTINGS, make_run(12)).updated == 0
    assert len(events()) == before + 1


def test_a_rebuild_gives_the_same_consents(shop):
    wish(shop, "granted", "marketing.sms")
    before = row(shop)["digest"]
    match(shop, SETTINGS, make_run(12), rebuild=True)
    assert resolve(shop, SETTINGS, make_run(12)).updated == 0
    assert row(shop)["digest"] == before


def test_the_ledger_tells_everything_that_was_entered(shop):
    first = wish(shop, "granted", "marketing.sms")
    decide(shop, judge.undo(first), 10)
    with shop.read() as conn:
        told = consenting.told(conn, SETTINGS, "pos:1")
    assert [(one["status"], one["active"]) for one in told["entered"]] == [("granted", False)]
    assert told["consents"] == []
