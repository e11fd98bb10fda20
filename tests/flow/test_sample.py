"""A blind sample of pairs: drawn, written, answered, told."""

from __future__ import annotations

import polars as pl
import pytest
from fakes import make_run
from grown import T1, grow, load, person, settings_of
from once import once

from hub.errors import ConfigError
from hub.flow.sample import learn, take

NAMES = ("Nguyễn Thị Lan", "Trần Văn Hùng", "Lê Thu Hà", "Phạm Minh Đức", "Đỗ Gia Bảo")


@pytest.fixture
@once
def shop(store):
    """Five people twice (joined by phone), two records with one name and birth date, a stranger on Lan's phone."""
    for source in ("pos", "shop"):
        people = [person(str(n), name, f"091234567{n}", None, T1) for n, name in enumerate(NAMES)]
        load(store, source, *people)
    one = person("7", "Vũ Hoài An", "0987000111", None, T1, birth_date="1990-03-04")
    other = person("8", "Vũ Hoài An", "0987000222", None, T1, birth_date="1990-03-04")
    load(store, "pos", one, other, person("9", "Ngô Bá Khá", "0912345670", None, T1), number=2)
    grow(store, settings_of("pos", "shop"))
    return store


def answered(path, words, out):
    """The file again, with `words` (by pair) as answers."""
    frame = pl.read_csv(path, infer_schema=False)
    frame.with_columns(answer=pl.Series([words.get(int(n)) for n in frame["pair"]], dtype=pl.String)).write_csv(out)
    return out


def drawn(store, tmp_path, name="pairs.csv"):
    path = tmp_path / name
    return path, take(store, make_run(), 20, path, 3, "en")


def test_a_sample_shows_pairs_and_not_what_the_hub_thinks(shop, tmp_path):
    path, told = drawn(shop, tmp_path)
    strata = {one["stratum"]: (one["pairs"], one["asked"]) for one in told["strata"]}
    assert strata == {
        "joined.phone": (5, 5),
        "apart.refused_name_incompatible": (1, 1),
        "apart.suggested": (1, 1),
    }
    text = path.read_text(encoding="utf-8-sig")
    assert (
        text.splitlines()[0].startswith("sample,pair,answer,comment,code 1,") or "full name 1" in text.splitlines()[0]
    )
    assert not [word for word in ("joined", "apart", "refused", "phone_email") if word in text]
    assert "Vũ Hoài An" in text


def test_answers_give_precision_and_recall_with_intervals(shop, tmp_path):
    path, _ = drawn(shop, tmp_path)
    rows = pl.read_csv(path, infer_schema=False).rows(named=True)
    same = {int(row["pair"]): "same" if row["full name 1"] == row["full name 2"] else "khác" for row in rows}
    told = learn(shop, make_run(), answered(path, same, tmp_path / "back.csv"), "mai")
    assert told["answered"] == 7
    assert told["precision"]["value"] == 1.0
    assert told["recall"]["value"] == pytest.approx(5 / 6)
    assert told["precision"]["low"] < 1.0
    assert sorted(map(sorted, told["wrongly_apart"])) == [["pos:7", "pos:8"]]
    assert told["wrongly_joined"] == []


def test_a_workbook_is_written_and_read_as_well(shop, tmp_path):
    path, told = drawn(shop, tmp_path, "pairs.xlsx")
    back = learn(shop, make_run(), path, "mai")
    assert (back["sample"], back["pairs"], back["answered"]) == (told["sample"], 7, 0)
    assert back["precision"]["value"] is None


def test_answers_may_come_in_parts_and_be_taken_back(shop, tmp_path):
    path, _ = drawn(shop, tmp_path)
    learn(shop, make_run(), answered(path, {1: "same", 2: "?"}, tmp_path / "one.csv"), "mai")
    told = learn(shop, make_run(), answered(path, {2: "same", 3: "different"}, tmp_path / "two.csv"), "mai")
    assert told["answered"] == 2


def test_an_unknown_word_is_told_by_row_and_nothing_is_kept(shop, tmp_path):
    path, _ = drawn(shop, tmp_path)
    with pytest.raises(ConfigError, match=r"row 3: 'perhaps'"):
        learn(shop, make_run(), answered(path, {1: "same", 2: "perhaps"}, tmp_path / "bad.csv"), "mai")
    assert learn(shop, make_run(), path, "mai")["answered"] == 0


def test_a_file_of_another_store_is_refused(shop, tmp_path):
    path, _ = drawn(shop, tmp_path)
    text = path.read_text(encoding="utf-8-sig")
    sample_id = text.splitlines()[1].partition(",")[0]
    other = tmp_path / "other.csv"
    other.write_text(text.replace(sample_id, "0badcafe"), encoding="utf-8")
    with pytest.raises(ConfigError, match="no sample '0badcafe'"):
        learn(shop, make_run(), other, "mai")


def test_a_file_that_is_there_is_never_overwritten(shop, tmp_path):
    path, _ = drawn(shop, tmp_path)
    with pytest.raises(ConfigError, match="cannot write"):
        take(shop, make_run(), 20, path, 3, "en")


def test_a_store_without_customers_has_nothing_to_ask(store, tmp_path):
    with pytest.raises(ConfigError, match="no two records"):
        take(store, make_run(), 20, tmp_path / "x.csv", 3, "en")
