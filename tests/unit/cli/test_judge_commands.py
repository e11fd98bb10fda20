"""merge, split, pin, undo and what-if through the command line, on a real workspace with one spreadsheet."""

from __future__ import annotations

import orjson
import pytest
from test_query_commands import run

from hub.cli.daily import run_sync
from hub.flow.workspace import open_workspace

CONFIG = """[hub]
language = "en"
[sources.events]
connector = "sheet"
path = "drop/*.csv"
id = "Ma"
[sources.events.columns]
full_name = "Ten"
phones = "SDT"
gender = "Gioi"
"""
ROWS = """Ma,Ten,SDT,Gioi
001,Nguyễn Thị Lan,0912345678,nữ
002,NGUYEN THI LAN,0912345678,
003,Nguyễn Thị Lan,0938271564,
"""


@pytest.fixture
def shop(tmp_path):
    """A workspace after its first sync: 001 and 002 are one by their phone."""
    (tmp_path / "drop").mkdir()
    (tmp_path / "hub.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "drop" / "a.csv").write_text(ROWS, encoding="utf-8")
    workspace = open_workspace(tmp_path)
    run_sync(workspace, direct=True)
    workspace.store.dispose()
    return tmp_path


def told(shop, capsysbinary, *args, code=0):
    found, out, err = run(shop, capsysbinary, *args, "--json")
    assert found == code, err
    return orjson.loads(out)


def ids(shop, capsysbinary):
    return {n: told(shop, capsysbinary, "explain", f"events:{n}")["golden"]["golden_id"] for n in ("001", "002", "003")}


def test_merge_then_undo_by_the_command_line(shop, capsysbinary):
    before = ids(shop, capsysbinary)
    made = told(shop, capsysbinary, "merge", "events:001", "0938271564", "--reason", "same card", "--by", "an")
    assert (made["applied"], made["effect"]["merged"], made["run"]["golden"]["merged"]) == (True, 1, 1)
    assert len(set(ids(shop, capsysbinary).values())) == 1
    (line,) = told(shop, capsysbinary, "undo", "--list")
    assert (line["kind"], line["author"], line["reason"], line["stands"]) == ("merge", "an", "same card", True)
    told(shop, capsysbinary, "undo", made["decision_id"])
    assert ids(shop, capsysbinary) == before
    assert [row["stands"] for row in told(shop, capsysbinary, "undo", "--list")] == [True, False]


def test_a_dry_run_shows_and_changes_nothing(shop, capsysbinary):
    before = ids(shop, capsysbinary)
    made = told(shop, capsysbinary, "split", "events:001", "events:002", "--dry-run")
    assert (made["applied"], made["effect"]["split"], made["effect"]["created"]) == (False, 1, 1)
    assert ids(shop, capsysbinary) == before
    assert told(shop, capsysbinary, "undo", "--list") == []


def test_split_outlives_the_next_sync(shop, capsysbinary):
    told(shop, capsysbinary, "split", "events:001", "events:002")
    parted = ids(shop, capsysbinary)
    assert parted["001"] != parted["002"]
    told(shop, capsysbinary, "sync", "--direct", "--no-push")
    told(shop, capsysbinary, "match", "--rebuild")
    assert ids(shop, capsysbinary) == parted


def test_pin_shows_in_explain_with_who_and_why(shop, capsysbinary):
    told(shop, capsysbinary, "pin", "events:001", "birth_date", "24/12/1985", "--by", "an", "--reason", "saw the card")
    story = told(shop, capsysbinary, "explain", "events:001")
    assert story["golden"]["birth_date"] == "1985-12-24"
    assert story["fields"]["birth_date"]["rule"] == "pinned"
    assert [(pin["field"], pin["author"], pin["reason"]) for pin in story["pins"]] == [
        ("birth_date", "an", "saw the card")
    ]
    assert story["history"][-1]["cause"]["kind"] == "pin"


def test_explain_as_of_a_day_before_anything_happened_finds_nobody(shop, capsysbinary):
    assert told(shop, capsysbinary, "explain", "events:001", "--as-of", "2020-01-01", code=1)["customers"] == []


def test_what_if_tells_merges_and_fields_and_saves_nothing(shop, capsysbinary, tmp_path):
    before = ids(shop, capsysbinary)
    trial = tmp_path / "trial.toml"
    trial.write_text('[matching]\nown = ["0912345678"]\n', encoding="utf-8")
    told_ = told(shop, capsysbinary, "match", "--what-if", str(trial))
    assert (told_["merged"], told_["split"], told_["created"]) == (0, 1, 1)
    assert ids(shop, capsysbinary) == before


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("merge", "events:001", "events:002"), "one customer already"),
        (("merge", "events:001", "nobody"), "nothing found"),
        (("split", "events:001", "events:003"), "no record of"),
        (("undo",), "name one of"),
        (("undo", "x", "--rule", "phone"), "name one of"),
        (("pin", "events:001", "birth_date", "31/02/1985"), "cannot be used"),
        (("pin", "events:001", "birth_date", "1985-12-24", "--until", "soon"), "no date"),
        (("match", "--what-if", "none.toml"), "no file"),
    ],
)
def test_a_users_mistake_is_told_and_exits_2(shop, capsysbinary, args, words):
    code, _, err = run(shop, capsysbinary, *args)
    assert (code, words in err) == (2, True)
    assert "Traceback" not in err
