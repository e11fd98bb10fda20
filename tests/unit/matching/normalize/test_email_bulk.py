"""The bulk path of e-mails agrees exactly with the reference."""

import random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.matching.normalize.email import normalize_email
from hub.matching.normalize.email_bulk import SCHEMA, normalize_emails

_LOCALS = (
    "lan",
    "Lan.Nguyen",
    "nguyen_lan",
    "lan+shop",
    "+lan",
    "info",
    "no-reply",
    "cskh+x",
    "noemail",
    "0912345678",
    "84912345678",
    "912345678",
    "0123456789",
    "la..n",
    ".lan",
    "lan.",
    "l-n",
    "_lan",
    "lân",
    "n***",
    "test",
    "a" * 65,
)
_HOSTS = (
    "example.com",
    "Example.VN",
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "mailinator.com",
    "x.mailinator.com",
    "privaterelay.appleid.com",
    "qq.com",
    "test.com",
    "email.com",
    "công-ty.vn",
    "xn--cng-ty-ixa.vn",
    "example",
    "-x.vn",
    "x-.vn",
    "x..vn",
    "1.2.3.4",
    "x.v",
    "me.com",
    "xn--a.vn",
    "ab--cd.vn",
    "x" * 64 + ".vn",
)
_FORMS = (
    "{}",
    "{}",
    "{}",
    " {} ",
    "'{}",
    '="{}"',
    "Lan <{}>",
    '"Lan, N" <{}>',
    "mailto:{}",
    "{}.",
    "{};{}",
    "{} / a@b.vn",
    "Lan {}",
    "{} (cq)",
    "-",
    "không có",
    "{}\n",
)


def _expected(cells: list[str]) -> list[tuple[object, ...]]:
    return [
        (row, n, e.raw, e.value, e.weak, e.cls, e.phone, e.reason)
        for row, cell in enumerate(cells)
        for n, e in enumerate(normalize_email(cell, "VN"))
    ]


def test_made_cells_agree_with_the_reference() -> None:
    draw = random.Random(1)
    addresses = [f"{local}@{host}" for local in _LOCALS for host in _HOSTS]
    cells = [draw.choice(_FORMS).replace("{}", draw.choice(addresses)) for _ in range(8_000)] + addresses
    assert normalize_emails(pl.Series(cells), "VN").rows() == _expected(cells)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text("abz019@@..+-_ ;<>'\"*KÀ\u200b", max_size=20), min_size=20, max_size=60))
def test_any_cell_agrees_with_the_reference(cells: list[str]) -> None:
    assert normalize_emails(pl.Series(cells, dtype=pl.String), "VN").rows() == _expected(cells)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.from_regex(r"\A[a-zA-Z0-9._+-]{1,8}@[a-zA-Z0-9-]{1,6}(\.[a-z0-9-]{1,4}){1,2}\Z"), min_size=20, max_size=60
    )
)
def test_any_ordinary_address_agrees_with_the_reference(cells: list[str]) -> None:
    assert normalize_emails(pl.Series(cells, dtype=pl.String), "VN").rows() == _expected(cells)


def test_null_cells_give_no_row() -> None:
    assert normalize_emails(pl.Series([None, "a@example.com"]), "VN")["row"].to_list() == [1]


def test_an_empty_column_keeps_the_columns() -> None:
    assert dict(normalize_emails(pl.Series([], dtype=pl.String), "VN").schema) == SCHEMA
