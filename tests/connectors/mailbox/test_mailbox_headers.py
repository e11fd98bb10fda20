"""Damaged headers: addresses, names and times come out right, or not at all."""

import pytest

from hub.connectors.email_mailbox.headers import Address, addresses, decode_words, fields_of, internal_time, time_of


def one(text: str) -> tuple:
    return tuple((a.address, a.name) for a in addresses(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lan <Lan@Example.COM>", (("lan@example.com", "Lan"),)),
        ("lan@example.com", (("lan@example.com", None),)),
        ("lan@example.com (Nguyễn Lan)", (("lan@example.com", "Nguyễn Lan"),)),
        (
            '"Lan, Nguyễn" <lan@example.com>, Hoa <hoa@example.vn>',
            (("lan@example.com", "Lan, Nguyễn"), ("hoa@example.vn", "Hoa")),
        ),
        ("=?utf-8?B?Tmd1eeG7hW4gVsSDbiBB?= <a@example.com>", (("a@example.com", "Nguyễn Văn A"),)),
        ("=?utf-8?Q?Nguy=E1=BB=85n_L=C3=AA?= <a@example.com>", (("a@example.com", "Nguyễn Lê"),)),
        ("=?utf-8?B?Tmd1eeG7?= =?utf-8?B?hW4gQQ==?= <a@example.com>", (("a@example.com", "Nguyễn A"),)),
        ("=?windows-1258?Q?Nguy=EA=DEn?= <a@example.com>", (("a@example.com", "Nguyễn"),)),
        ("=?viscii?Q?Nguyen?= <a@example.com>", (("a@example.com", "Nguyen"),)),
        ("=?x-nothing?B?////?= <a@example.com>", (("a@example.com", "ÿÿÿ"),)),
        ("undisclosed-recipients:;", ()),
        ("Friends: lan@example.com, Hoa <hoa@example.vn>;", (("lan@example.com", None), ("hoa@example.vn", "Hoa"))),
        ("a@example.com <b@example.vn>", (("b@example.vn", None),)),
        ('"a@evil.example" <b@example.vn>', (("b@example.vn", None),)),
        ("=?utf-8?B?ZXZpbEBldmlsLmV4YW1wbGUsIDx4QGV2aWwuZXhhbXBsZT4=?= <b@example.vn>", (("b@example.vn", None),)),
        ("Lan a@example.com", (("a@example.com", "Lan"),)),
        ("Lan <not an address>", ()),
        ("Lan <a@localhost>", ()),
        ("", ()),
        (',;:<>"', ()),
        ("<<<<", ()),
        ("lan@example.com, LAN@example.com", (("lan@example.com", None),)),
        ("'Lan' <lan@example.com>", (("lan@example.com", "Lan"),)),
    ],
)
def test_an_address_list_gives_its_addresses_and_names(text, expected):
    assert one(text) == expected


def test_raw_bytes_are_repaired():
    utf8 = "From: Nguyễn Thị Lân <lan@example.com>\r\n".encode()
    vietnamese_windows = b"From: Nguy\xea\xden <lan@example.com>\r\n"
    assert addresses(fields_of(utf8)["from"]) == [Address("lan@example.com", "Nguyễn Thị Lân")]
    assert addresses(fields_of(vietnamese_windows)["from"]) == [Address("lan@example.com", "Nguyễn")]


def test_folded_headers_are_joined_and_the_first_of_two_counts():
    block = b"To: a@example.com,\r\n b@example.com\r\nFrom: c@example.com\r\nFrom: d@example.com\r\nX: y\r\n"
    fields = fields_of(block)
    assert one(fields["to"]) == (("a@example.com", None), ("b@example.com", None))
    assert fields["from"] == "c@example.com"


def test_a_header_of_a_thousand_people_is_cut():
    assert len(addresses(", ".join(f"p{n}@example.com" for n in range(5000)))) == 1000


@pytest.mark.parametrize("text", ["", "yesterday", "Wed, 99 Foo 2026", "Tue, 01 Jan 1901 00:00:00 +0000", "12"])
def test_a_date_that_is_none_gives_none(text):
    assert time_of(text) is None


def test_dates_become_utc():
    assert time_of("Wed, 11 Nov 2026 10:00:00 +0700") == "2026-11-11T03:00:00.000Z"
    assert internal_time("11-Nov-2026 19:46:59 +0000") == "2026-11-11T19:46:59.000Z"
    assert internal_time(" 1-Nov-2026 00:00:00 +0700") == "2026-10-31T17:00:00.000Z"


def test_words_keep_plain_text_around_them():
    assert decode_words("Re: =?utf-8?Q?=C3=AA?= x =?utf-8?Q?=C3=AA?=") == "Re: ê x ê"
