"""The promises of matching as small worlds: records with what they bear, and who is one with whom.

P1 is a phone, E1 an e-mail, `own…` a phone of the shop, `#` an organisation, `*` a birth date, `?` no name.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "unit" / "matching"))

from made_frames import clusters, frames, identifier, record  # noqa: E402

from hub.matching.partition import partition  # noqa: E402
from hub.matching.policy import Policy  # noqa: E402

with (HERE / "matching.tsv").open(encoding="utf-8", newline="") as stream:
    ROWS = list(csv.DictReader(stream, delimiter="\t"))


def _identifier(rid, text):
    if text.startswith("own"):
        return identifier(rid, f"phone:{text[3:]}", flags="own")
    if text[0] in "PE" and text[1:].isdigit():
        return identifier(rid, f"phone:+8490000000{text[1:]}" if text[0] == "P" else f"email:e{text[1:]}@example.com")
    return identifier(rid, text)


def _person(rid, text):
    head, _, borne = text.partition("[")
    name, _, birth = head.partition("*")
    name = name.strip()
    row = record(
        rid,
        "" if name == "?" else name.removeprefix("#"),
        kind="organisation" if name.startswith("#") else "person",
        birth=birth.strip() or None,
    )
    return row, [_identifier(rid, one) for one in borne.rstrip("]").split()]


@pytest.mark.parametrize("bulk", [True, False], ids=["columns", "reference"])
@pytest.mark.parametrize("row", ROWS, ids=[row["promise"] for row in ROWS])
def test_matching(row, bulk):
    people = [_person(n, text.strip()) for n, text in enumerate(row["records"].split(" / "), 1)]
    expected = {frozenset(map(int, part.split())) for part in row["clusters"].split("|")}
    assert clusters(partition(*frames(people), Policy(), bulk=bulk)) == expected
