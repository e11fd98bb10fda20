"""Labelled lists that were not made here, through the real commands: what is joined by rules, after answers, by score.

They are read from $HUB_TEST_DATA and never copied; where one is absent its test is skipped, aloud.
"""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path

import orjson
import pytest
from fakes import make_run
from sqlalchemy import select

from hub.cli import cli
from hub.cli.common import run_cli
from hub.flow import judge
from hub.flow.workspace import open_workspace
from hub.store import suggestions
from hub.store.tables import records

TYPES = {
    "SSN_NUMBER": "national_id", "NATIONAL_ID_NUMBER": "national_id", "PASSPORT_NUMBER": "passport",
    "DRIVERS_LICENSE_NUMBER": "driving_licence", "TAX_ID_NUMBER": "tax_code",
}  # fmt: skip
TRUTH_SET = """[hub]
region = "US"
[sources.{source}]
connector = "sheet"
path = "{source}.csv"
id = "record_id"
region = "US"
date_order = "mdy"
columns.kind = "kind"
columns.full_name = "person"
columns.company_name = "company"
columns.birth_date = "dob"
columns.phones = "phones"
columns.emails = "emails"
columns.address = "addresses"
"""
FAKE = """[hub]
region = "GB"
[sources.fake]
connector = "sheet"
path = "fake.csv"
id = "unique_id"
region = "GB"
date_order = "ymd"
columns.given_name = "first_name"
columns.family_name = "surname"
columns.birth_date = "dob"
columns.emails = "email"
columns."address.district" = "city"
[matching]
merge_above = "balanced"
"""


def labelled(name):
    given = os.environ.get("HUB_TEST_DATA")
    file = (Path(given) if given else Path(__file__).resolve().parents[2].parent / "shared" / "data") / name
    if not file.exists():
        pytest.skip(f"no {name} in {file.parent}: set HUB_TEST_DATA")
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def hub(tmp_path, capsysbinary):
    """Runs a command in the workspace of this test; gives its exit code and what it told."""

    def run(*args):
        before, sys.argv = sys.argv, ["hub", *args, "--json", "--config", str(tmp_path)]
        try:
            with pytest.raises(SystemExit) as end:
                run_cli(cli)
        finally:
            sys.argv = before
        return end.value.code, orjson.loads(capsysbinary.readouterr().out)

    return run


# the adversarial truth set -------------------------------------------------------------------------------------------


def _sheet_row(row):
    organisation = row["record_type"] == "ORGANIZATION"
    name = row["names"].split("|")[0].strip()
    ids = [one.split(":", 1) for one in row["ids"].split("|") if one]
    told = {
        f"ids.{of}": " ; ".join(value for kind, value in ids if TYPES[kind] == of) for of in sorted({*TYPES.values()})
    }
    return {
        "record_id": row["record_id"], "kind": "organisation" if organisation else "",
        "person": "" if organisation else name, "company": name if organisation else "", "dob": row["dob"],
        "phones": row["phones"].replace("|", " ; "), "emails": row["emails"].replace("|", " ; "),
        "addresses": row["addresses"].split("|")[0], **told,
    }  # fmt: skip


@pytest.fixture
def truth_set(tmp_path):
    """A workspace over the truth set, one source for each of its sources; name of a record → true cluster."""
    rows = labelled("senzing_truthset.csv")
    sources = sorted({row["data_source"].lower() for row in rows})
    for source in sources:
        write(tmp_path / f"{source}.csv", [_sheet_row(row) for row in rows if row["data_source"].lower() == source])
    ids = "\n".join(f'columns."ids.{of}" = "ids.{of}"' for of in sorted({*TYPES.values()}))
    head, _, body = TRUTH_SET.partition("[sources")
    tables = "".join(f"[sources{body}{ids}\n".format(source=source) for source in sources)
    (tmp_path / "hub.toml").write_text(head + tables, encoding="utf-8")
    true = {f"{row['data_source'].lower()}:{row['record_id']}": row["true_cluster"] for row in rows}
    write(tmp_path / "truth.csv", [
        dict(zip(("source", "source_id"), name.split(":"), strict=True), cluster=cluster) for name, cluster in true.items()
    ])  # fmt: skip
    return true


def measured(hub, tmp_path):
    code, told = hub("evaluate", "--truth", str(tmp_path / "truth.csv"))
    assert code == 0
    return told


def test_the_truth_set_by_rules_alone(hub, truth_set, tmp_path):
    code, told = hub("sync", "--no-push")
    assert (code, told["match"]["records"]) == (0, len(truth_set))
    found = measured(hub, tmp_path)["pairs"]
    assert found["precision"] == 1.0
    assert found["recall"] >= 0.30


def answer(tmp_path, truth_set, number, known):
    """Answer by the truth what is suggested and was not answered before; how many."""
    workspace = open_workspace(tmp_path)
    try:
        with workspace.store.begin() as conn:
            rids = {row.rid: f"{row.source}:{row.source_id}" for row in conn.execute(select(records))}
            pairs = [(rids[a], rids[b]) for a, b in suggestions.read(conn).select("rid_a", "rid_b").iter_rows()]
            fresh = [tuple(sorted(pair)) for pair in pairs if frozenset(pair) not in known]
            said = [(a, b, "same" if truth_set[a] == truth_set[b] else "different") for a, b in fresh]
            if said:
                judge.write(conn, judge.Act("merge", (), said), make_run(number), "steward", None)
    finally:
        workspace.store.dispose()
    known |= {frozenset(pair) for pair in fresh}
    return len(said)


def test_the_truth_set_with_suggestions_answered(hub, truth_set, tmp_path):
    hub("sync", "--no-push")
    known: set[frozenset[str]] = set()
    for number in range(1, 9):
        if not answer(tmp_path, truth_set, number, known):
            break
        hub("sync", "--no-push")
    found = measured(hub, tmp_path)["pairs"]
    assert found["precision"] == 1.0
    assert found["recall"] >= 0.90
    assert len(known) <= 400


# misspelt people -----------------------------------------------------------------------------------------------------


@pytest.fixture
def fake(tmp_path):
    rows = labelled("fake_1000.csv")
    write(tmp_path / "fake.csv", [{name: value for name, value in row.items() if name != "cluster"} for row in rows])
    (tmp_path / "hub.toml").write_text(FAKE, encoding="utf-8")
    truth = [{"source": "fake", "source_id": row["unique_id"], "cluster": row["cluster"]} for row in rows]
    write(tmp_path / "truth.csv", truth)
    return rows


def test_misspelt_people_with_balanced_after_training(hub, fake, tmp_path):
    code, told = hub("sync", "--no-push")
    assert (code, told["match"]["merge_above"], told["match"]["untrained"]) == (0, "careful", True)
    assert measured(hub, tmp_path)["pairs"]["precision"] == 1.0
    code, told = hub("match", "--train")
    assert (code, told["match"]["merge_above"], told["match"]["guards"]["held"]) == (0, "balanced", 0)
    assert told["train"]["levels"]["balanced"]["wrong_per_1000"] > told["train"]["levels"]["careful"]["wrong_per_1000"]
    found = measured(hub, tmp_path)
    assert found["pairs"]["f1"] >= 0.93
    assert found["largest_cluster"] <= 16
    code, told = hub("sync", "--no-push")
    assert (code, told["golden"]["updated"], told["golden"]["merged"]) == (0, 0, 0)
