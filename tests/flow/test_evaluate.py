"""Evaluate: the hub's customers against a labelled file."""

from __future__ import annotations

import pytest
from grown import T1, grow, load, person, settings_of
from once import once

from hub.errors import ConfigError
from hub.flow.evaluate import evaluate

HEAD = "source,source_id,cluster\n"


@pytest.fixture
@once
def shop(store):
    """Two records of Lan are one customer, Hùng is alone, and so is a third record of his."""
    load(
        store,
        "pos",
        person("1", "Nguyễn Thị Lan", "0912345678", None, T1),
        person("002", "Trần Văn Hùng", "0938271564", None, T1),
        person("3", "Trần Văn Hùng", None, "h@example.vn", T1),
    )
    load(store, "shop", person("1", "Nguyễn Thị Lan", "0912345678", None, T1))
    grow(store, settings_of("pos", "shop"))
    return store


@pytest.fixture
def truth(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "truth.csv"
        path.write_text(text, encoding=encoding)
        return path

    return write


def test_pairs_and_clusters_are_measured(shop, truth):
    told = evaluate(shop, truth(HEAD + "pos,1,A\nshop,1,A\npos,002,B\npos,3,B\n"), 1000)
    assert told["pairs"] == {"precision": 1.0, "recall": 0.5, "f1": pytest.approx(2 / 3)}
    assert told["b_cubed"] == {"precision": 1.0, "recall": 0.75, "f1": pytest.approx(6 / 7)}
    assert (told["largest_cluster"], told["over_merges"]["count"], told["under_merges"]["count"]) == (2, 0, 1)


def test_wrong_merges_are_told(shop, truth):
    told = evaluate(shop, truth(HEAD + "pos,1,A\nshop,1,B\n"), 1000)
    assert (told["pairs"]["precision"], told["over_merges"]["count"]) == (0.0, 1)


def test_records_that_the_file_does_not_name_are_left_out(shop, truth):
    told = evaluate(shop, truth(HEAD + "pos,1,A\npos,404,A\n"), 1000)
    assert (told["records"], told["missing"], told["left_out"]) == (1, 1, 3)


def test_scenarios_are_told_apart(shop, truth):
    rows = "pos,1,A,twice\nshop,1,A,twice\npos,002,B,lost\npos,3,B,lost\n"
    told = evaluate(shop, truth("source,source_id,cluster,scenario\n" + rows), 1000)
    assert {name: part["pairs"]["recall"] for name, part in told["scenarios"].items()} == {"twice": 1.0, "lost": 0.0}


@pytest.mark.parametrize(("separator", "encoding"), [(",", "utf-8-sig"), (";", "utf-8"), ("\t", "utf-8")])
def test_files_of_spreadsheet_programs_are_read(shop, truth, separator, encoding):
    path = truth((HEAD + "pos,002,B\npos,3,B\n").replace(",", separator), encoding)
    assert evaluate(shop, path, 1000)["records"] == 2


def test_the_same_row_twice_counts_once(shop, truth):
    assert evaluate(shop, truth(HEAD + "pos,1,A\npos,1,A\n"), 1000)["records"] == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("source,cluster\npos,A\n", "no column source_id"),
        (HEAD + "pos,1,A\npos,1,B\n", "two clusters"),
        (HEAD + "POS,1,A\n", "not one row"),
        ("", "cannot be read"),
        (HEAD + "pos,1,A,x,y\n", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(shop, truth, text, said):
    with pytest.raises(ConfigError, match=said):
        evaluate(shop, truth(text), 1000)


def test_a_file_that_is_not_there_is_refused(store, tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        evaluate(store, tmp_path / "none.csv", 1000)


def test_the_blocks_of_the_score_are_measured_against_the_truth(shop, truth):
    path = truth(HEAD + "pos,1,A\nshop,1,A\npos,002,B\npos,3,B\n")
    told = evaluate(shop, path, 1000)["blocking"]
    assert told["pairs_completeness"] == 1.0
    assert told["reduction_ratio"] == pytest.approx(1 - told["pairs"] / 6)
    assert evaluate(shop, path, 3)["blocking"] is None
