"""UUIDv7 and customer codes: behaviour 4.2."""

from __future__ import annotations

import random
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.matching.codes import ENTROPY, PREFIX, customer_code, uuid7, valid_code

SOME = uuid7(200, 1_800_000_000_000, random.Random(7).randbytes(200 * ENTROPY))


def test_ids_are_uuids_of_version_7_for_the_given_moment():
    parsed = [uuid.UUID(one) for one in SOME]
    assert {(one.version, one.variant, one.int >> 80) for one in parsed} == {(7, uuid.RFC_4122, 1_800_000_000_000)}


def test_ids_differ_and_ascend():
    assert sorted(set(SOME)) == SOME


def test_no_ids_need_no_entropy():
    assert uuid7(0, 1, b"") == []


def test_codes_are_short_printable_and_valid():
    codes = customer_code(SOME)
    assert all(code.startswith(PREFIX) and len(code) == 11 and code.isalnum() and valid_code(code) for code in codes)


def test_a_code_depends_on_its_id_alone_unless_taken():
    assert customer_code(SOME[:5]) == customer_code(SOME)[:5]


def test_a_taken_code_gives_way_to_the_next():
    first = customer_code(SOME[:1])
    second = customer_code(SOME[:1], taken=set(first))
    assert second != first
    assert valid_code(second[0])


def test_equal_bits_still_give_different_codes():
    assert len(set(customer_code([SOME[0]] * 40))) == 40


@given(st.integers(0, 9), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_changed_character_is_noticed(place, new):
    code = customer_code(SOME[:1])[0]
    changed = code[: place + 1] + new + code[place + 2 :]
    assert valid_code(changed) == (changed == code)


@pytest.mark.parametrize(
    "typed", [str.lower, lambda code: f"{code[:2]}-{code[2:6]} {code[6:]}", lambda code: code.replace("0", "O")]
)
def test_what_people_mistype_is_forgiven(typed):
    assert valid_code(typed(customer_code(SOME[3:4])[0]))


@pytest.mark.parametrize("code", ["", "KH", "KH00000000", "XX000000000", "KH0000000!0"])
def test_what_is_no_code_is_refused(code):
    assert not valid_code(code)
