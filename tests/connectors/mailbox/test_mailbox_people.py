"""Who of a mail lands, and what is set apart."""

from collections import Counter

import pytest

from hub.connectors.email_mailbox.evidence import merged
from hub.connectors.email_mailbox.mapping import name_of
from hub.connectors.email_mailbox.options import read_options
from hub.connectors.email_mailbox.people import Sighting, people
from hub.errors import ConfigError

OWN = read_options({"path": "x", "own": ["Shop@Example.vn", "@shop.example"]}).is_own


def seen(sent: bool = False, **fields: str) -> tuple[dict[str, str], dict[str, int]]:
    count: Counter[str] = Counter()
    named = {k.replace("_", "-"): v for k, v in fields.items()}
    found = people(named, None, OWN, lambda reason: count.update([reason]), sent=sent)
    return {s.address: s.seen_as for s in found}, dict(count)


@pytest.mark.parametrize(
    ("fields", "landed", "apart"),
    [
        ({"from": "lan@example.com", "to": "shop@example.vn"}, {"lan@example.com": "from"}, {}),
        (
            {"from": "lan@example.com", "reply_to": "lan@example.vn"},
            {"lan@example.com": "from", "lan@example.vn": "reply_to"},
            {},
        ),
        (
            {"from": "no-reply@form.example", "reply_to": "lan@example.com"},
            {"lan@example.com": "reply_to"},
            {"no_reply": 1},
        ),
        ({"from": "shop@example.vn", "reply_to": "lan@example.com"}, {"lan@example.com": "reply_to"}, {"own": 1}),
        (
            {"from": "a1b2@marketplace.amazon.com", "reply_to": "lan@example.com"},
            {"lan@example.com": "reply_to"},
            {"relay": 1},
        ),
        ({"from": "x@mail.shopee.vn"}, {}, {"relay": 1}),
        ({"from": "news@example.com", "list_id": "<news>"}, {}, {"lists": 1}),
        ({"from": "news@example.com", "list_unsubscribe": "<mailto:x>"}, {}, {"lists": 1}),
        ({"from": "news@example.com", "precedence": "Bulk"}, {}, {"lists": 1}),
        ({"from": "lan@example.com", "auto_submitted": "auto-replied"}, {}, {"automatic": 1}),
        ({"from": "lan@example.com", "auto_submitted": "no"}, {"lan@example.com": "from"}, {}),
        (
            {"from": "form@example.com", "auto_submitted": "auto-generated", "reply_to": "lan@example.com"},
            {"lan@example.com": "reply_to"},
            {},
        ),
        ({"from": "MAILER-DAEMON@example.com", "return_path": "<>"}, {}, {"automatic": 1}),
        ({"from": "mailer-daemon@example.com"}, {}, {"no_reply": 1}),
        ({"to": "shop@example.vn"}, {}, {"unreadable": 1}),
        (
            {"from": "info@shop.example", "to": "lan@example.com", "cc": "hoa@example.com, a@shop.example"},
            {"lan@example.com": "to", "hoa@example.com": "to"},
            {"own": 1},
        ),
    ],
)
def test_the_persons_of_a_received_mail(fields, landed, apart):
    assert seen(**fields) == (landed, apart)


def test_in_a_sent_folder_the_people_written_to_land():
    assert seen(
        True, **{"from": "lan.nv@gmail.example.com", "to": "Hoa <hoa@example.com>", "cc": "no-reply@x.example"}
    ) == ({"hoa@example.com": "to"}, {"no_reply": 1})


def sighting(name=None, at=None, seen_as="from") -> Sighting:
    return Sighting("lan@example.com", name, seen_as, at)


def test_evidence_is_the_same_in_any_order_and_however_often_seen():
    mails = [
        sighting("Lan", "2026-10-01T00:00:00.000Z"),
        sighting("Nguyễn Lan", "2026-11-02T00:00:00.000Z", "to"),
        sighting(None, "2026-09-30T00:00:00.000Z"),
        sighting("Lan"),
    ]
    one = two = None
    for mail in mails:
        one = merged(one, mail)
    for mail in [*reversed(mails), *mails]:
        two = merged(two, mail)
    assert one == two


def test_another_mail_of_the_same_month_changes_nothing():
    first = merged(None, sighting("Lan", "2026-11-01T00:00:00.000Z"))
    assert merged(first, sighting("Lan", "2026-11-20T00:00:00.000Z")) is first
    assert merged(first, sighting("Lan", "2026-12-01T00:00:00.000Z")) != first


def test_the_updated_time_never_goes_back():
    first = merged(None, sighting("Lan", "2026-11-01T00:00:00.000Z"))
    older = merged(first, sighting("Lan Bé", "2025-01-01T00:00:00.000Z"))
    assert '"changed":"2026-11-01T00:00:00.000Z"' in older
    assert "Lan Bé" in older


def test_the_newest_fullest_name_stands_for_the_person():
    assert name_of({"Lan": "2026-11", "Nguyễn Thị Lan": "2026-11", "Hoa": "2025-01"}) == "Nguyễn Thị Lan"
    assert name_of({}) is None


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({}, "path"),
        ({"path": "x", "host": "y"}, "path"),
        ({"host": "mail.example.com", "tls": "none", "user": "a", "password": "b"}, "tls"),
        ({"host": "mail.example.com", "user": "a"}, "password"),
        ({"host": "h", "tls": "ssl"}, "tls"),
    ],
)
def test_wrong_settings_name_their_key(table, key):
    with pytest.raises(ConfigError) as caught:
        read_options(table)
    assert caught.value.path == key


def test_the_password_is_not_shown():
    assert "s3cret" not in repr(read_options({"host": "127.0.0.1", "tls": "none", "user": "a", "password": "s3cret"}))
