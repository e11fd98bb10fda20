"""Names in legacy encodings: repaired where certain, refused where not, European names untouched."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.matching.normalize.legacy import CP1258, LOST, MOJIBAKE, REFUSED, TCVN3, repair
from hub.matching.normalize.tables import read_table

_NAMES = [
    "Nguyễn Thị Hồng", "Trần Văn Đức", "Lê Thị Mỹ Duyên", "Phạm Hùng Cường", "Đặng Ngọc Ánh", "Bùi Thị Hương",
    "Hoàng Thị Thuỷ", "Võ Đình Phước", "Huỳnh Thị Bưởi", "Đỗ Quỳnh Như", "Ngô Thị Thường", "Phan Thị Ngọc Ngà",
]  # fmt: skip
_EUROPEAN = [
    "Muñoz", "Núñez", "Jürgen", "Søren", "Åsa", "João", "François", "Zoë", "Loïc Tran", "Anaïs", "Noël", "José García",
    "Ángel Núñez", "Björn Åkesson", "Łukasz Żak", "Ñuñoa", "Þórður", "Guðrún", "Niccolò Machiavelli", "Citroën",
    "Müller Groß", "ÖZGÜR", "ŠIMŮNEK", "Håkon", "Zlatan Ibrahimović", "São Ângela", "D’Artagnan", "Renée Žižek",
    "Leïla Slimani", "Maïa Saïd", "Gaëlle Noé", "Ça Và", "ÇELİK", "Öztürk Şahin", "Ægir Ólafsson", "Crème Brûlée", "王杰",
]  # fmt: skip
_TONES = "\u0300\u0301\u0303\u0309\u0323"


def _as_windows(data: bytes) -> str:
    return "".join(bytes([b]).decode("cp1252") if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(b) for b in data)


def _tcvn3(text: str) -> str:
    table = {
        r["letter"]: chr(int(r["surface"], 16)) for r in read_table("legacy_encodings.tsv") if r["encoding"] == "tcvn3"
    }
    return "".join(table.get(c, table.get(c.lower(), c)) for c in text)


def _cp1258(text: str) -> str:
    letters = []
    for letter in text:
        spread = unicodedata.normalize("NFD", letter)
        base = unicodedata.normalize("NFC", "".join(c for c in spread if c not in _TONES))
        letters.append(base + "".join(c for c in spread if c in _TONES))
    return "".join(letters).encode("cp1258").decode("cp1252")


@pytest.mark.parametrize("name", [*_NAMES, "Muñoz", "José", "Jürgen Groß", "Åsa"])
def test_utf8_read_as_windows_latin_is_repaired(name: str) -> None:
    assert repair(_as_windows(name.encode())) == (name, MOJIBAKE)


@pytest.mark.parametrize("name", _NAMES)
def test_utf8_read_wrongly_twice_is_repaired(name: str) -> None:
    assert repair(_as_windows(_as_windows(name.encode()).encode())).text == name


@pytest.mark.parametrize("name", [n for n in _NAMES if "Á" not in n])
def test_tcvn3_with_a_family_name_is_repaired(name: str) -> None:
    assert repair(_tcvn3(name)) == (name, TCVN3)


@pytest.mark.parametrize("name", _NAMES)
def test_windows_1258_read_as_windows_latin_is_repaired(name: str) -> None:
    assert repair(_cp1258(name)) == (name, CP1258)


@pytest.mark.parametrize("name", [*_EUROPEAN, *_NAMES])
def test_a_name_in_order_is_left_untouched(name: str) -> None:
    assert repair(name) == (name, None)


@pytest.mark.parametrize(
    "name",
    ["Nguyeãn Thò Hoàng", "Traàn Vaên Huøng", "Leâ Thò Hoa", "Ñaëng Vaên Ñöùc", "Phaïm Thò Lan", "NGUYÁ»…N THÁ»Š"],
)
def test_what_cannot_be_told_for_certain_is_refused(name: str) -> None:
    assert repair(name) == (name, REFUSED)


@pytest.mark.parametrize("name", ["Nguy?n Th? Lan", "Tr?n", "Nguy\ufffdn Lan"])
def test_lost_letters_are_refused(name: str) -> None:
    assert repair(name) == (name, LOST)


def test_a_question_mark_at_the_end_is_no_loss() -> None:
    assert repair("Lan?").reason is None


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x17F), max_size=25))
def test_a_refused_text_comes_back_as_it_was(text: str) -> None:
    result = repair(text)
    assert result.text == text or not result.refused


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_NAMES), min_size=1, max_size=2).map(" ".join))
def test_repairing_twice_changes_nothing_more(text: str) -> None:
    once = repair(_as_windows(text.encode()))
    assert repair(once.text) == (once.text, None)
