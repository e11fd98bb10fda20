"""Records side by side: what differs is marked by letters and tones, whatever the order of a name's words."""

from hub.flow.compare_view import LETTER, SAME, TONE, Piece, pieces, table


def record(**values):
    return {"source": "pos", "source_id": "1", "values": values, "since": {}}


def side(*records):
    return {"records": list(records)}


def rows(*sides):
    return {row["field"]: row for row in table(sides, lambda value, name: str(value))}


def test_tones_and_letters_are_told_apart():
    assert pieces("Hồng Nga", "Hông Ngà") == [
        Piece("H"), Piece("ồ", TONE), Piece("ng Ng"), Piece("a", TONE),
    ]  # fmt: skip
    assert pieces("Lan1", "Lan2") == [Piece("Lan"), Piece("1", LETTER)]


def test_equal_texts_have_no_marks_however_they_are_composed():
    assert pieces("Hà", "Ha\u0300") == [Piece("Hà")]


def test_a_swapped_name_is_the_same_words():
    row = rows(side(record(full_name="Kiều Văn Sơn")), side(record(full_name="Sơn Kiều Van")))["full_name"]
    marks = [(piece.text, piece.mark) for piece in row["cells"][0].lines[0] if piece.text.strip()]
    assert marks == [("Kiều", SAME), ("V", SAME), ("ă", TONE), ("n", SAME), ("Sơn", SAME)]


def test_a_value_of_another_kind_is_not_speckled():
    row = rows(side(record(phones=["0912345678"])), side(record(phones=["0387654321"])))["phones"]
    assert row["cells"][0].lines == [[Piece("0912345678")]]


def test_what_both_have_is_shared_and_what_all_say_agrees():
    told = rows(side(record(phones=["1", "2"], gender="male")), side(record(phones=["2"], gender="male")))
    assert told["phones"]["cells"][0].shared == {1}
    assert (told["gender"]["agree"], told["phones"]["agree"]) == (True, False)


def test_who_says_nothing_has_an_empty_cell():
    assert rows(side(record(note="x")), side(record()))["note"]["cells"][1] is None


def test_a_very_long_text_is_marked_as_a_whole():
    assert pieces("a" * 400, "b" * 400) == [Piece("a" * 400, LETTER)]
