"""Comparing names: the table of pairs, symmetry, sentences, and labelled sets where they are present."""

import csv
import itertools
import os
import re
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.matching.name_tokens import distance
from hub.matching.names import compare_names, mutually_compatible, sentence
from hub.matching.normalize.name import Name, parse_name
from hub.matching.normalize.tables import read_table

_ROOT = Path(__file__).parents[2]
_LINES = (_ROOT / "spec" / "name_pairs.tsv").read_text(encoding="utf-8").split("\n")
_PAIRS = [line.split("\t") for line in _LINES[2:] if line]
_JOINS = ("same", "compatible")
_WORDS = [
    "Lan", "Lân", "Loan", "Anh", "Tuấn", "Nguyễn", "Nguyen", "Lê", "Thị", "Thi", "Văn", "Hùng", "Dũng", "chị", "anh",
    "Anna", "Annabelle", "Bob", "Robert", "Smith", "Smyth", "J", "S", "Jr", "Sr", "Mark", "Mary", "Thompson", "Tompson",
    "cty", "ABC", "(ABC)", "Mrs", "Mr", "王杰", "O'Hare", "Q7", "Luis", "Louis", "Lous", "Ivanov", "Ivanova",
]  # fmt: skip
_NAMES = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=5).map(" ".join)


@pytest.mark.parametrize("row", _PAIRS, ids=lambda r: f"{r[0]} ~ {r[1]}")
def test_a_pair_of_the_table_gets_its_verdict(row: list[str]) -> None:
    match = compare_names(parse_name(row[0]), parse_name(row[1]))
    assert match.verdict == row[2]
    assert row[3] in ("*", match.reason)


@pytest.mark.parametrize("row", _PAIRS, ids=lambda r: f"{r[1]} ~ {r[0]}")
def test_a_pair_of_the_table_gets_the_same_verdict_turned_round(row: list[str]) -> None:
    there = compare_names(parse_name(row[0]), parse_name(row[1]))
    back = compare_names(parse_name(row[1]), parse_name(row[0]))
    assert (there.verdict, there.reason) == (back.verdict, back.reason)


@settings(max_examples=400, deadline=None)
@given(_NAMES, _NAMES)
def test_comparing_is_symmetric(a: str, b: str) -> None:
    there, back = compare_names(parse_name(a), parse_name(b)), compare_names(parse_name(b), parse_name(a))
    assert (there.verdict, there.reason, there.organisation_of) == (back.verdict, back.reason, back.organisation_of)
    assert sorted((right, left) for left, right in there.detail) == sorted(back.detail)


@settings(max_examples=200, deadline=None)
@given(_NAMES)
def test_a_name_is_never_at_odds_with_itself(text: str) -> None:
    name = parse_name(text)
    assert compare_names(name, name).verdict in (*_JOINS, "missing", "unsure")


@settings(max_examples=200, deadline=None)
@given(_NAMES)
def test_capitals_do_not_change_who_is_named(text: str) -> None:
    name = parse_name(text)
    match = compare_names(name, parse_name(text.upper()))
    assert match.verdict != "incompatible" or name.kind == "organisation" or name.honorific or name.level == "missing"


@settings(max_examples=300, deadline=None)
@given(_NAMES, _NAMES, st.sampled_from(["vi", "en"]))
def test_every_finding_has_a_sentence_with_both_names(a: str, b: str, language: str) -> None:
    text = sentence(compare_names(parse_name(a), parse_name(b)), "Tên Một", "Tên Hai", language)
    assert "Tên Một" in text
    assert "Tên Hai" in text


def test_every_sentence_is_told_in_both_languages() -> None:
    assert all(row["vi"] and row["en"] and row["vi"] != row["en"] for row in read_table("name_sentences.tsv"))


def test_a_sentence_uses_the_words_that_decided() -> None:
    match = compare_names(parse_name("Bob Smith"), parse_name("Robert Smith"))
    assert "Bob ~ Robert" in sentence(match, "Bob Smith", "Robert Smith", "en")


def test_a_person_with_the_company_in_a_note_belongs_to_it() -> None:
    assert compare_names(parse_name("cty ABC"), parse_name("Lan (ABC)")).organisation_of == "abc"


def test_a_person_without_the_company_in_a_note_does_not_belong_to_it() -> None:
    assert compare_names(parse_name("cty ABC"), parse_name("Lan (AB)")).organisation_of is None


def test_the_sentence_names_the_organisation_of_a_person() -> None:
    match = compare_names(parse_name("cty ABC"), parse_name("Lan (ABC)"))
    assert "abc" in sentence(match, "cty ABC", "Lan", "vi")


def _names(*texts: str) -> list[Name]:
    return [parse_name(t) for t in texts]


def test_an_initial_between_two_people_makes_a_group_incompatible() -> None:
    assert not mutually_compatible(_names("J Muir", "Jim Muir", "Jane Muir"))


def test_missing_names_do_not_count_in_a_group() -> None:
    assert mutually_compatible(_names("Khách lẻ", "chị Lan", "Nguyễn Thị Lan", "Mẹ Bin"))


def test_an_unsure_pair_makes_a_group_incompatible() -> None:
    assert not mutually_compatible(_names("Nguyễn Thị Lan", "Lan", "Nguyễn Thị Lan Anh"))


def test_a_group_of_one_is_compatible() -> None:
    assert mutually_compatible(_names("Lan"))


@pytest.mark.parametrize(
    ("a", "b", "edits"),
    [("sarah", "srahh", 2), ("sarah", "sarha", 1), ("abc", "abc", 0), ("abc", "ac", 1), ("univrsl", "universal", 2)],
)
def test_distance_counts_edits_and_swaps(a: str, b: str, edits: int) -> None:
    assert distance(a, b, 3) == edits


@settings(max_examples=200, deadline=None)
@given(st.text("abc", max_size=6), st.text("abc", max_size=6), st.integers(0, 3))
def test_a_bounded_distance_is_the_distance_or_one_more_than_the_bound(a: str, b: str, most: int) -> None:
    assert distance(a, b, most) == min(distance(a, b, 20), most + 1)


def _labelled(name: str) -> Path:
    path = Path(os.environ.get("HUB_TEST_DATA", "")) / name
    if not os.environ.get("HUB_TEST_DATA") or not path.exists():
        pytest.skip(f"{name} is not in $HUB_TEST_DATA")
    return path


def _truth_set() -> list[tuple[Name, str, set[str]]]:
    with _labelled("senzing_truthset.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(parse_name(r["names"].split("|")[0]), r["true_cluster"], _keys(r)) for r in rows]


def _keys(row: dict[str, str]) -> set[str]:
    mails = {m.lower() for m in re.findall(r"[\w.]+@[\w.-]+", row["emails"])}
    phones = {digits[-10:] for p in row["phones"].split("|") if len(digits := re.sub(r"\D", "", p)) > 9}
    return {k for k in mails | phones if not k.startswith("info@")}


def test_no_two_people_of_the_truth_set_who_share_a_phone_or_e_mail_are_joined_by_name() -> None:
    holders = defaultdict(list)
    for name, cluster, keys in _truth_set():
        for key in keys:
            holders[key].append((name, cluster))
    pairs = [p for group in holders.values() for p in itertools.combinations(group, 2)]
    wrong = [(a.raw, b.raw) for (a, c), (b, d) in pairs if c != d and compare_names(a, b).verdict in _JOINS]
    assert wrong == []


def test_most_pairs_of_one_person_in_the_truth_set_are_joined_by_name() -> None:
    holders = defaultdict(list)
    for name, cluster, keys in _truth_set():
        for key in keys:
            holders[key].append((name, cluster))
    pairs = [p for group in holders.values() for p in itertools.combinations(group, 2) if p[0][1] == p[1][1]]
    joined = sum(compare_names(a[0], b[0]).verdict in _JOINS for a, b in pairs)
    assert joined >= 0.6 * len(pairs)
