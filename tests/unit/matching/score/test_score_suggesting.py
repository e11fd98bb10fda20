"""Questions for people: which pairs are asked, in which order, and how much the answers find."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import orjson
import polars as pl
import pytest
from made_scores import JUDGEMENTS, NO_WORDS, divided, normalized, pairs_measure, person, scorer_of

from hub.matching.score import floor, shipped, suggest

TYPES = {
    "SSN_NUMBER": "national_id", "NATIONAL_ID_NUMBER": "national_id", "PASSPORT_NUMBER": "passport",
    "DRIVERS_LICENSE_NUMBER": "driving_licence", "TAX_ID_NUMBER": "tax_code",
}  # fmt: skip
PEOPLE = [
    person(0, "Nguyễn Thị Lan", birth="1990-02-03", phone="0912345678"),
    person(1, "Nguyen Thi Lan", birth="1990-02-03", email="lan@example.com"),
    person(2, "Trần Văn Hùng", phone="0387654321", line="5 Hùng Vương, Huế"),
    person(3, "Trần Văn Dũng", phone="0387654321"),
    person(4, "Đỗ Mỹ Hạnh", phone="0977123456"),
]


def _asked(people, words=(), **options):
    records, identifiers = normalized(people)
    said = pl.DataFrame(list(words), schema=JUDGEMENTS, orient="row") if words else NO_WORDS
    scorer = scorer_of(records, identifiers, shipped())
    scored = scorer.candidates(floor(scorer))
    return suggest(scorer, scored, records, identifiers, said, divided(records, identifiers, said), **options)


def test_a_pair_that_may_be_one_is_asked_with_its_levels():
    found = _asked(PEOPLE)
    assert found.select("rid_a", "rid_b").rows() == [(0, 1)]
    assert orjson.loads(found["levels"][0])["birth_date"] == "exact"
    assert 0.5 < found["probability"][0] <= 1.0


def test_a_family_on_one_phone_asks_nobody():
    assert (2, 3) not in _asked(PEOPLE).select("rid_a", "rid_b").rows()


@pytest.mark.parametrize("verdict", ["same", "different"])
def test_what_was_answered_is_not_asked_again(verdict):
    assert _asked(PEOPLE, [(0, 1, verdict, "t1")]).is_empty()


def test_two_customers_are_asked_about_once():
    twice = [*PEOPLE, person(5, "Nguyễn Thị Lan", birth="1990-02-03", phone="0912345678")]
    assert _asked(twice).height == 1


def test_no_more_is_asked_than_wanted_and_the_likeliest_comes_first():
    people = [person(n, "Trần Văn Hùng", birth="1985-07-09", phone=f"091200000{n}") for n in range(5)]
    found = _asked([*PEOPLE, *({**one, "source_id": f"x{one['source_id']}"} for one in people)], most=3)
    assert found.height == 3
    assert found["weight_bits"].is_sorted(descending=True)


def _rows():
    folder = os.environ.get("HUB_TEST_DATA")
    file = Path(folder) if folder else Path(__file__).resolve().parents[4].parent / "shared" / "data"
    if not (file / "senzing_truthset.csv").exists():
        pytest.skip(f"no senzing_truthset.csv in {file}: set HUB_TEST_DATA")
    with (file / "senzing_truthset.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _canonical(row):
    organisation = row["record_type"] == "ORGANIZATION"
    name = row["names"].split("|")[0].strip()
    own = {part: [{"value": one, "use": "own"} for one in row[part].split("|") if one] for part in ("phones", "emails")}
    ids = [one.split(":", 1) for one in row["ids"].split("|") if one]
    return {
        "source_id": row["record_id"], "full_name": name, "kind": "organisation" if organisation else None,
        "company_name": name if organisation else None, "birth_date": row["dob"], **own,
        "addresses": [{"line": one, "country": "US"} for one in row["addresses"].split("|") if one],
        "ids": [{"type": TYPES[type_], "value": value, "issuer": None} for type_, value in ids],
    }  # fmt: skip


def test_on_the_adversarial_truth_set_answered_questions_find_nine_pairs_in_ten_and_nothing_wrong():
    rows = _rows()
    sources = [row["data_source"] for row in rows]
    records, identifiers = normalized([_canonical(row) for row in rows], region="US", date_order="mdy", sources=sources)
    true = {rid: row["true_cluster"] for rid, row in enumerate(rows)}
    scorer = scorer_of(records, identifiers, shipped())
    asked = suggest(
        scorer, scorer.candidates(floor(scorer)), records, identifiers, NO_WORDS, divided(records, identifiers)
    )
    assert asked.height <= 120
    words = [
        (a, b, "same" if true[a] == true[b] else "different", f"t{n:03d}")
        for n, (a, b) in enumerate(asked.select("rid_a", "rid_b").iter_rows())
    ]
    answered = divided(records, identifiers, pl.DataFrame(words, schema=JUDGEMENTS, orient="row"))
    truth = pl.DataFrame({"rid": list(true), "cluster": list(true.values())})
    found = pairs_measure(answered, truth)["pairs"]
    assert found["precision"] == 1.0
    assert found["recall"] >= 0.90
