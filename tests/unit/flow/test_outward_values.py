"""Values on their way out: equality and forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.connectors.kit.port import Capabilities
from hub.flow.values import equal, held, outward, wished

GOLDEN = {
    "full_name": "Lan",
    "phones": [{"value": "+84912345678", "national": "0912345678", "primary": True}, {"value": "+84987654321"}],
    "emails": [{"value": "a@example.vn", "primary": False}],
}


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Nguyễn Lan", "nguyễn  lan ", True),
        ("Nguyễn Lan", "Nguye\u0302\u0303n Lan", True),
        ("Nguyễn Lan", "Nguyen Lan", False),
        ({"line": "1 Lê Lợi", "ward": None}, {"line": "1 lê lợi"}, True),
        (["b", "A"], ["a", "B"], True),
        (None, "", False),
    ],
)
def test_equality_is_after_normalizing_and_tones_count(a, b, same):
    assert equal(a, b) is same


@given(st.text(), st.text())
def test_equality_is_symmetric(a, b):
    assert equal(a, b) == equal(b, a)


def test_only_the_primary_phone_is_wished():
    assert wished(GOLDEN, "phone") == "+84912345678"


def test_no_primary_means_no_wish():
    assert wished(GOLDEN, "email") is None


def test_a_recipients_phone_is_not_the_records_own():
    assert held({"phones": [{"value": "+84912345678", "use": "recipient"}]}, "phone") is None


@pytest.mark.parametrize(("form", "sent"), [("national", "0912345678"), ("e164", "+84912345678")])
def test_phones_go_out_in_the_declared_form(form, sent):
    able = Capabilities(streams=(), phone_form=form)
    assert outward("phone", "+84912345678", GOLDEN, able) == sent
