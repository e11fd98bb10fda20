"""Reading one name: the table of cells, and what holds for every text."""

import codecs
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.matching.normalize.name import Name, parse_name
from hub.matching.normalize.name_fold import proper_syllable, word
from hub.matching.normalize.tables import read_table

_SPEC = Path(__file__).parents[3] / "spec" / "name_cells.tsv"
_ROWS = [line.split("\t") for line in _SPEC.read_text(encoding="utf-8").split("\n")[2:] if line]
_TABLES = [
    "family_names", "honorifics", "name_placeholders", "shop_notes", "relations", "company_forms", "name_suffixes",
    "rhymes", "nicknames", "given_names", "legacy_encodings", "name_sentences",
]  # fmt: skip


def _text(cell: str) -> str:
    return codecs.decode(cell, "unicode_escape") if "\\" in cell else cell


def _cells(name: Name) -> list[str]:
    flags = "".join(f for f, on in zip("tva", (name.toned, name.vietnamese, name.ambiguous), strict=True) if on)
    values = (name.level, name.display, name.given, name.family, name.honorific, "/".join(name.notes))
    return [v or "-" for v in (*values, name.kind, name.reason, flags)]


@pytest.mark.parametrize("cells", _ROWS, ids=lambda r: r[0])
def test_a_cell_of_the_table_is_read_as_it_says(cells: list[str]) -> None:
    assert _cells(parse_name(_text(cells[0]))) == cells[1:]


@pytest.mark.parametrize("row", read_table("name_placeholders.tsv"), ids=lambda r: r["text"])
def test_every_placeholder_names_nobody_in_small_letters_and_capitals(row: dict[str, str]) -> None:
    levels = {parse_name(t).level for t in (row["text"], row["text"].upper(), f" {row['text']}.")}
    assert levels == {"missing"}


def test_the_shops_own_name_is_a_placeholder_when_it_is_given() -> None:
    assert parse_name("HOA  SEN", frozenset({"Hoa Sen"})).reason == "name.placeholder"


def test_the_shops_own_name_is_a_name_when_it_is_not_given() -> None:
    assert parse_name("Hoa Sen").level == "full"


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_read_without_error_and_a_missing_name_shows_nothing(text: str) -> None:
    name = parse_name(text)
    assert (name.display is None) == (name.level == "missing")
    assert (name.key is None) or name.level != "missing"


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30))
def test_tokens_and_their_forms_run_side_by_side(text: str) -> None:
    name = parse_name(text)
    assert name.kind == "organisation" or len(name.tokens) == len(name.folded) == len(name.ascii)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([r[0] for r in _ROWS if "\\" not in r[0]]))
def test_a_decomposed_spelling_is_the_same_name(text: str) -> None:
    composed, decomposed = parse_name(text), parse_name(unicodedata.normalize("NFD", text))
    assert decomposed.reason in (composed.reason, "name.legacy_encoding") or composed.reason is not None
    if composed.reason is None:
        assert (decomposed.display, decomposed.notes) == (composed.display, composed.notes)


def test_the_place_of_the_tone_does_not_matter() -> None:
    assert word("Thuý").marked == word("Thúy").marked
    assert word("Hoà").marked == word("Hòa").marked


def test_other_tones_do_matter() -> None:
    assert word("Thủy").marked != word("Thúy").marked


@pytest.mark.parametrize("text", ["Nguyễn", "Quỳnh", "Giếng", "Khuya", "Nghiêm", "Ý", "Đặng", "Huỳnh", "Quốc", "Thuở"])
def test_vietnamese_syllables_are_known(text: str) -> None:
    assert proper_syllable(text)


@pytest.mark.parametrize("text", ["Robert", "Nguyên-", "Zoë", "Hươg", "Kà", "Ngi", "Fan", "Jan", "Weiß", "Muñ"])
def test_other_words_are_no_vietnamese_syllables(text: str) -> None:
    assert not proper_syllable(text)


def test_the_family_name_and_the_rest_make_the_name_again() -> None:
    assert parse_name("Nguyễn Thị Lan").parts == ("Nguyễn", "Thị Lan")
    assert parse_name("Smith, John Q").parts == ("Smith", "John Q")


def test_a_lone_foreign_word_is_neither_family_nor_given_name() -> None:
    assert parse_name("Andreason").parts == (None, None)


def test_a_suffix_is_part_of_the_key() -> None:
    assert parse_name("John Smith Jr").key == "john jr smith"


@pytest.mark.parametrize("table", _TABLES)
def test_a_table_is_nfc_and_no_row_stands_twice(table: str) -> None:
    rows = [tuple(row.values()) for row in read_table(f"{table}.tsv")]
    assert len(rows) == len(set(rows))
    assert all(unicodedata.is_normalized("NFC", cell) for row in rows for cell in row)
