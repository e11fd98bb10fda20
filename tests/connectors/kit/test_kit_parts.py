"""Limits, credentials, times, names, receipts: one promise each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.connectors.kit.auth import Bearer, ClientCredentials, token_error
from hub.connectors.kit.limits import Limiter, shared, window_limiter
from hub.connectors.kit.people import address, address_fields, join_name, minor_units, present, split_name, text
from hub.connectors.kit.text import dump, parse
from hub.connectors.kit.times import canonical, from_http, naive, zone
from hub.errors import AuthError, ConfigError, PermanentError


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def spend(limiter, clock, seconds):
    """Requests sent within so many seconds by a client that always wants to send."""
    sent, end = 0, clock.now + seconds
    while True:
        clock.now += limiter.take()
        if clock.now >= end:
            return sent
        sent += 1


@pytest.mark.parametrize("share", [1.0, 0.5, 0.1])
def test_a_window_never_sees_more_than_the_share_of_its_limit(share):
    clock = Clock()
    assert spend(window_limiter(5000, 3600, share, clock), clock, 3600) <= 5000 * share


def test_a_limiter_lets_a_burst_pass_and_then_its_rate():
    clock = Clock()
    limiter = Limiter(2.0, 3.0, clock)
    assert [limiter.take() for _ in range(5)] == [0.0, 0.0, 0.0, 0.5, 1.0]


def test_a_drained_limiter_starts_from_nothing():
    limiter = Limiter(2.0, 3.0, Clock())
    limiter.drain()
    assert limiter.take() == 0.5


def test_one_account_has_one_limiter():
    made = shared("test/one", lambda: Limiter(1.0, 1.0))
    assert shared("test/one", lambda: Limiter(9.0, 9.0)) is made


def test_a_token_is_asked_for_once_and_again_before_it_ends():
    clock, asked = Clock(), []

    def ask():
        asked.append(1)
        return {"access_token": f"t{len(asked)}", "expires_in": 86400}

    auth = ClientCredentials(ask, clock=clock)
    headers = {}
    for clock.now in (0.0, 80_000.0, 82_799.0):
        auth.apply(headers, {})
    assert headers["Authorization"] == "Bearer t1"
    clock.now = 82_800.0
    auth.apply(headers, {})
    assert headers["Authorization"] == "Bearer t2"


def test_an_answer_without_a_token_is_an_auth_error():
    with pytest.raises(AuthError):
        ClientCredentials(lambda: {"message": "no"}).apply({}, {})


def test_credentials_stand_in_no_repr():
    auth = ClientCredentials(lambda: {"access_token": "t0ken"}, {"Retailer": "r"})
    auth.apply({}, {})
    assert "t0ken" not in repr(auth) + repr(Bearer("t0ken"))


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": "invalid_client"}, AuthError),
        (401, None, AuthError),
        (400, {}, PermanentError),
        (429, {}, type(None)),
        (500, {}, type(None)),
        (200, {}, type(None)),
    ],
)
def test_token_errors_are_told_apart(status, body, kind):
    assert isinstance(token_error(status, body), kind)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("2020-08-22T08:40:34.0970000", "2020-08-22T01:40:34.097Z"),
        ("2020-08-22T08:40:34Z", "2020-08-22T08:40:34.000Z"),
        ("2020-08-22T08:40:34+00:00", "2020-08-22T08:40:34.000Z"),
        ("2020-08-22", "2020-08-21T17:00:00.000Z"),
        ("0001-01-01T00:00:00", None),
        ("", None),
        ("hôm qua", None),
        (None, None),
        (17, None),
    ],
)
def test_vendors_times_become_canonical(told, expected):
    assert canonical(told, zone("Asia/Ho_Chi_Minh")) == expected


def test_canonical_times_go_back_to_wall_clock():
    assert naive("2026-11-20T03:00:00.097Z", zone("Asia/Ho_Chi_Minh")) == "2026-11-20T10:00:00"


@pytest.mark.parametrize("told", [None, "", "soon", "Mon"])
def test_unreadable_http_dates_are_none(told):
    assert from_http(told) is None


def test_an_unknown_time_zone_is_a_mistake_in_the_settings():
    with pytest.raises(ConfigError):
        zone("Asia/Nowhere")


@pytest.mark.parametrize(
    ("first", "last", "full"),
    [
        ("An", "Nguyễn Văn", "Nguyễn Văn An"),
        ("Ana", "Núñez", "Ana Núñez"),
        ("Nguyễn Văn An", None, "Nguyễn Văn An"),
        (None, "Lan", "Lan"),
        (None, None, None),
        ("Hà", "Đỗ", "Đỗ Hà"),
    ],
)
def test_names_are_joined_the_way_their_bearers_write_them(first, last, full):
    assert join_name(first, last) == full


@given(
    st.lists(
        st.sampled_from(["Nguyễn", "Lê", "Văn", "An", "Linh", "John", "Smith", "Đỗ", "ho"]), min_size=1, max_size=5
    )
)
def test_a_cut_name_joins_to_itself(words):
    full = " ".join(words)
    first, last = split_name(full)
    assert join_name(first, last or None) == full


@pytest.mark.parametrize(
    "value",
    [
        {"line": "12 Hàng Bông", "ward": "Hàng Gai", "district": "Hoàn Kiếm", "province": "Hà Nội", "country": "VN"},
        {"line": "12 Hàng Bông", "ward": "Hàng Gai", "province": "Hà Nội"},
        {"line": "Hauptstr. 5", "province": "Berlin", "postal_code": "10115", "country": "DE"},
        {"line": "1 Main St", "district": "Springfield", "province": "IL", "country": "US"},
    ],
)
def test_addresses_come_back_as_they_were_written(value):
    parts = address_fields(value)
    again = address((parts["line"], parts["line2"]), parts["city"], parts["state"], parts["postcode"], parts["country"])
    assert again == value


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("29.35", "USD", 2935),
        (150000, "VND", 150000),
        ("150000.50", "VND", 150001),
        ("1.2345", "KWD", 1235),
        ("x", "VND", None),
        (None, "VND", None),
        ("-10.00", "EUR", -1000),
    ],
)
def test_money_becomes_minor_units(amount, currency, minor):
    assert minor_units(amount, currency) == minor


def test_what_says_nothing_is_left_out():
    assert present(a=None, b="", c=[], d=0, e=False, f="x") == {"d": 0, "e": False, "f": "x"}
    assert [text(value) for value in (None, True, [], " a ", 7, "")] == [None, None, None, "a", "7", None]


def test_equal_payloads_are_equal_text_and_odd_ones_survive():
    assert dump({"b": 1, "a": [1]}) == dump({"a": [1], "b": 1}) == '{"a":[1],"b":1}'
    assert parse(b'{"n": "\\ud83d"}') == {"n": "\ud83d"}
    assert dump({"n": "\ud83d"}) == '{"n":"?"}'
    with pytest.raises(ValueError, match=r"delimiter|Expecting"):
        parse(b'{"n": 1')
