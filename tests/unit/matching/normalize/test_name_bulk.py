"""The bulk path agrees exactly with the reference, on a made corpus and on what Hypothesis thinks of."""

import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.matching.normalize.name import parse_name
from hub.matching.normalize.name_bulk import SCHEMA, _quick, parse_names, row
from hub.matching.normalize.tables import read_table

_TABLES = {
    "family_names.tsv": "name",
    "honorifics.tsv": "form",
    "name_placeholders.tsv": "text",
    "shop_notes.tsv": "form",
    "relations.tsv": "form",
    "company_forms.tsv": "form",
    "name_suffixes.tsv": "form",
}
_LISTED = [r[column] for table, column in _TABLES.items() for r in read_table(table)]
_PLAIN = [
    "Nguyễn", "Nguyen", "NGUYỄN", "Lê", "Le", "Thị", "Thi", "Văn", "Van", "Lan", "Lân", "Anh", "Ánh", "Hùng", "Thuý",
    "Thúy", "Hương", "Hươg", "Mai", "Hà", "Robert", "Smith", "José", "Muñoz", "Kevin", "Ðức", "Đức", "O'Hare", "J",
    "Hoàng", "Minh", "Bảo", "Trâm", "Uyên", "Quỳnh", "Khuê", "Hồng", "Trường", "Kha", "Leâ", "Thò", "Huøng", "王杰",
]  # fmt: skip
_WORDS = st.one_of(st.sampled_from(_PLAIN), st.sampled_from(_PLAIN), st.sampled_from(_LISTED))
_TEXTS = st.lists(_WORDS, min_size=1, max_size=7).flatmap(
    lambda words: st.sampled_from([" ".join(words), " ".join(words).upper(), " ".join(words).lower(), "  ".join(words)])
)


def _agrees(texts: list[str | None], extra: frozenset[str] = frozenset()) -> None:
    expected = [row(parse_name(t, extra)) if t is not None else _nothing() for t in texts]
    assert parse_names(pl.Series(texts, dtype=pl.String), extra).rows() == expected


def _nothing() -> tuple[str | bool | None, ...]:
    blank = dict.fromkeys(SCHEMA) | {"name_level": "missing", "name_toned": False}
    return tuple(blank.values())


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.none(), _TEXTS), max_size=12))
def test_bulk_equals_the_reference_on_words_that_matter(texts: list[str | None]) -> None:
    _agrees(texts)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=20), max_size=8))
def test_bulk_equals_the_reference_on_any_text(texts: list[str]) -> None:
    _agrees(texts)


@settings(max_examples=50, deadline=None)
@given(st.lists(_TEXTS, max_size=6), st.frozensets(_TEXTS, max_size=2))
def test_bulk_equals_the_reference_with_more_placeholders(texts: list[str], extra: frozenset[str]) -> None:
    _agrees([*texts, *extra], extra)


@pytest.mark.parametrize("seed", range(3))
def test_bulk_equals_the_reference_on_a_made_corpus(seed: int) -> None:
    chance = random.Random(seed)
    words = _PLAIN * 6 + _LISTED
    texts = [" ".join(chance.choices(words, k=chance.randint(1, 6))) for _ in range(3000)]
    _agrees([chance.choice((t, t, t.title(), t.upper(), t.lower())) for t in texts])


def test_every_word_of_the_tables_behind_and_before_a_name_goes_as_the_reference_goes() -> None:
    _agrees([f"Lan {word}" for word in _LISTED] + [f"{word} Lan" for word in _LISTED] + _LISTED)


def test_ordinary_names_do_not_need_the_reference() -> None:
    quick, left = _quick(
        pl.Series("text", ["Nguyễn Thị Lan", "NGUYEN VAN HUNG", "Lan Nguyễn", "Robert Smith"]), frozenset()
    )
    assert (len(quick), len(left)) == (4, 0)


def test_a_word_order_that_is_western_gives_the_same_columns() -> None:
    frame = parse_names(pl.Series(["Lan Nguyễn", "Nguyễn Lan"]))
    assert frame["name_key"].to_list() == ["lan nguyen"] * 2
    assert frame["name_given"].to_list() == ["lan"] * 2
    assert frame["family_name"].to_list() == ["Nguyễn"] * 2
    assert frame["given_name"].to_list() == ["Lan"] * 2


def test_no_value_gives_no_row() -> None:
    assert parse_names(pl.Series([], dtype=pl.String)).shape == (0, len(SCHEMA))


def test_a_partial_name_has_a_key_and_no_given_name_for_the_counter() -> None:
    assert parse_names(pl.Series(["chị Lan"])).select("name_key", "name_given", "name_level").row(0) == (
        "lan",
        None,
        "partial",
    )
