"""Questions through the command line, on a real workspace with one spreadsheet: list, show, decide, report; hold; status."""

from __future__ import annotations

import orjson
import pytest
from test_query_commands import run

from hub.cli.daily import run_sync
from hub.flow.workspace import open_workspace

CONFIG = """[hub]
language = "{language}"
[sources.events]
connector = "sheet"
path = "drop/*.csv"
id = "Ma"
[sources.events.columns]
full_name = "Ten"
phones = "SDT"
[review]
daily = 2
"""
ROWS = """Ma,Ten,SDT
001,Kiều Văn Sơn,0912345678
002,Sơn Kiều Văn,0912345678
003,Vương Văn Hiệp,0938271564
004,Hiệp Vương Văn,0938271564
005,Lương Văn Nam,0905551234
006,Nam Lương Văn,0905551234
"""


def asked_shop(tmp_path):
    """A workspace after its first sync, with three questions."""
    (tmp_path / "drop").mkdir()
    (tmp_path / "hub.toml").write_text(CONFIG.format(language="en"), encoding="utf-8")
    (tmp_path / "drop" / "a.csv").write_text(ROWS, encoding="utf-8")
    workspace = open_workspace(tmp_path)
    assert run_sync(workspace, direct=True)["match"]["reviews_opened"] == 3
    workspace.store.dispose()
    return tmp_path


@pytest.fixture
def shop(tmp_path):
    return asked_shop(tmp_path)


def told(shop, capsysbinary, *args, code=0):
    found, out, err = run(shop, capsysbinary, *args, "--json")
    assert found == code, err
    return orjson.loads(out)


def first(shop, capsysbinary):
    return told(shop, capsysbinary, "review", "list")["questions"][0]["review_id"]


def test_today_holds_so_many_as_the_settings_say(shop, capsysbinary):
    listed = told(shop, capsysbinary, "review", "list")
    assert (len(listed["questions"]), listed["asked"], listed["minutes"]) == (2, 3, 1)
    assert len(told(shop, capsysbinary, "review", "list", "--all", "--kind", "name")["questions"]) == 3
    assert told(shop, capsysbinary, "status")["counts"]["open_reviews"] == 3


@pytest.mark.parametrize(("language", "words"), [("en", "the names nearly agree"), ("vi", "tên gần giống nhau")])
def test_list_and_show_speak_both_languages(shop, capsysbinary, language, words):
    (shop / "hub.toml").write_text(CONFIG.format(language=language), encoding="utf-8")
    asked = first(shop, capsysbinary)
    for args in (("list",), ("show", asked)):
        code, out, err = run(shop, capsysbinary, "review", *args)
        assert (code, err, words in out) == (0, "", True)
    assert "Kiều Văn Sơn" in out or "Vương Văn Hiệp" in out or "Lương Văn Nam" in out


def test_decide_applies_at_once_and_is_undone(shop, capsysbinary):
    asked = first(shop, capsysbinary)
    made = told(shop, capsysbinary, "review", "decide", asked[:6], "merge", "--by", "an", "--reason", "same card")
    assert (made["applied"], made["effect"]["merged"], made["run"]["golden"]["merged"]) == (True, 1, 1)
    told(shop, capsysbinary, "undo", made["decision_id"])
    assert len(told(shop, capsysbinary, "review", "list", "--all")["questions"]) == 3


def test_a_decided_question_is_not_overwritten(shop, capsysbinary):
    asked = first(shop, capsysbinary)
    told(shop, capsysbinary, "review", "decide", asked, "apart", "--by", "binh")
    code, _, err = run(shop, capsysbinary, "review", "decide", asked, "merge")
    assert (code, "decided by binh" in err, "--again" in err) == (2, True, True)
    assert told(shop, capsysbinary, "review", "decide", asked, "merge", "--again")["effect"]["merged"] == 1
    (line,) = told(shop, capsysbinary, "review", "list", "--state", "decided")["questions"]
    assert line["verdict"] == "merge"


def test_many_are_decided_after_a_sample_and_undone_as_one(shop, capsysbinary):
    words = ("review", "decide", "merge", "--kind", "name", "--rule", "swapped", "--all")
    trial = told(shop, capsysbinary, *words)
    assert (trial["applied"], trial["count"], len(trial["sample"]), trial["effect"]["merged"]) == (False, 3, 3, 3)
    made = told(shop, capsysbinary, *words, "--yes")
    assert made["run"]["golden"]["merged"] == 3
    assert told(shop, capsysbinary, "undo", made["decision_id"])["run"]["golden"]["split"] == 3


def test_a_dry_run_changes_nothing(shop, capsysbinary):
    assert (
        told(shop, capsysbinary, "review", "decide", first(shop, capsysbinary), "merge", "--dry-run")["applied"]
        is False
    )
    assert told(shop, capsysbinary, "status")["counts"]["open_reviews"] == 3


def test_later_puts_off_and_is_counted(shop, capsysbinary):
    made = told(shop, capsysbinary, "review", "decide", first(shop, capsysbinary), "later")
    assert made["count"] == 1
    listed = told(shop, capsysbinary, "review", "list")
    assert (listed["asked"], listed["later"]) == (2, 1)


def test_a_report_holds_and_hold_tells_it(shop, capsysbinary):
    made = told(shop, capsysbinary, "review", "report", "events:001", "--what", "wrong_phone", "--by", "till")
    (line,) = told(shop, capsysbinary, "hold", "--list")
    assert (line["golden_id"], line["review_id"], line["author"]) == (made["golden_id"], made["review_id"], "till")
    assert told(shop, capsysbinary, "review", "list")["questions"][0]["kind"] == "report"
    told(shop, capsysbinary, "hold", "events:001", "--release")
    assert told(shop, capsysbinary, "hold", "--list") == []


def test_hold_shows_in_explain(shop, capsysbinary):
    told(shop, capsysbinary, "hold", "events:001", "--reason", "we are asking", "--by", "an")
    code, out, _ = run(shop, capsysbinary, "explain", "events:001")
    assert (code, "we are asking" in out, "Questions waiting" in out) == (0, True, True)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("review", "decide", "ZZZZZZ", "merge"), "no question"),
        (("review", "decide", "ZZZZZZ", "perhaps"), "is no answer"),
        (("review", "decide", "merge"), "name questions"),
        (("review", "decide", "merge", "--all"), "name questions"),
        (("review", "show", "ab"), "no question"),
        (("review", "report", "nobody"), "nothing found"),
        (("hold",), "name one customer"),
        (("hold", "events:001", "--release"), "not on hold"),
    ],
)
def test_a_users_mistake_is_told_and_exits_2(shop, capsysbinary, args, words):
    code, _, err = run(shop, capsysbinary, *args)
    assert (code, words in err) == (2, True), err
    assert "Traceback" not in err
