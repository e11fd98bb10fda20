"""The commands that ask: export, status, explain, evaluate, quarantine; on a real workspace with one spreadsheet."""

from __future__ import annotations

import csv
import io
import shutil
import sys

import openpyxl
import orjson
import pytest

from hub.cli import cli
from hub.cli.common import run_cli

CONFIG = """[hub]
language = "{language}"
[sources.events]
connector = "sheet"
path = "drop/*.csv"
id = "Mã"
freshness = "1h"
[sources.events.columns]
full_name = "Tên"
phones = "SĐT"
emails = "Email"
"consents.marketing.sms" = "SMS"
"""
ROWS = """Mã,Tên,SĐT,Email,SMS
001,Nguyễn Thị Lan,0912345678,lan@example.vn,
002,Trần Văn Hùng,0912345678,,
003,Phạm Văn Nam,0938271564,,có
004,,8.49E+10,,
"""


def run(folder, capture, *args):
    """Exit code, standard output and standard error of a command."""
    before, sys.argv = sys.argv, ["hub", *args, "--config", str(folder)]
    try:
        with pytest.raises(SystemExit) as end:
            run_cli(cli)
    finally:
        sys.argv = before
    out, err = capture.readouterr()
    return end.value.code, out.decode(), err.decode()


@pytest.fixture(scope="module")
def synced(tmp_path_factory):
    """A workspace after its first sync."""
    from hub.cli.daily import run_sync
    from hub.flow.workspace import open_workspace

    folder = tmp_path_factory.mktemp("shop")
    (folder / "drop").mkdir()
    (folder / "hub.toml").write_text(CONFIG.format(language="en"), encoding="utf-8")
    (folder / "drop" / "a.csv").write_text(ROWS, encoding="utf-8")
    workspace = open_workspace(folder)
    assert run_sync(workspace, direct=True)["status"] == "ok"
    workspace.store.dispose()
    return folder


@pytest.fixture
def hub(synced, tmp_path, capsysbinary):
    """Runs a command in a copy of the workspace."""
    folder = shutil.copytree(synced, tmp_path / "ws")

    def ask(*args, language="en"):
        (folder / "hub.toml").write_text(CONFIG.format(language=language), encoding="utf-8")
        return run(folder, capsysbinary, *args)

    return ask


def table(text):
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_an_export_goes_to_standard_output(hub):
    code, out, err = hub("export", "xref")
    assert (code, err) == (0, "")
    assert [row["source_id"] for row in table(out)] == ["001", "002", "003"]


def test_an_export_goes_to_a_file_and_says_so(hub, tmp_path):
    path = tmp_path / "c.xlsx"
    code, out, _ = hub("export", "customers", "--output", str(path), "--json")
    assert (code, orjson.loads(out)) == (0, {"table": "customers", "format": "xlsx", "path": str(path), "rows": 3})
    assert openpyxl.load_workbook(path).active.max_row == 4


def test_an_export_says_its_rows_in_the_shops_language(hub, tmp_path):
    code, out, _ = hub("export", "customers", "--output", str(tmp_path / "c.csv"), language="vi")
    assert (code, out) == (0, f"Đã ghi 3 dòng vào {tmp_path / 'c.csv'}\n")


def test_an_export_for_a_purpose(hub):
    code, out, _ = hub("export", "customers", "--for", "marketing.sms", "--one-per", "phone")
    assert (code, [row["full_name"] for row in table(out)]) == (0, ["Phạm Văn Nam"])


@pytest.mark.parametrize(
    "args",
    [
        ("customers", "--format", "xlsx"),
        ("customers", "--format", "parquet"),
        ("customers", "--json"),
        ("people",),
        ("xref", "--one-per", "phone"),
        ("orders", "--for", "marketing.sms"),
        ("customers", "--for", "marketing.pigeon"),
        ("customers", "--output", "/nowhere/at/all.csv"),
    ],
)
def test_wrong_usage_of_export_ends_with_2_and_no_traceback(hub, args):
    code, out, err = hub("export", *args)
    assert (code, out) == (2, "")
    assert "rror" in err
    assert "Traceback" not in err


def test_status_as_json(hub):
    code, out, _ = hub("status", "--json")
    told = orjson.loads(out)
    assert code == 0
    assert set(told) == {
        "sources",
        "counts",
        "plans",
        "held",
        "given_up",
        "drift",
        "reviews",
        "scores",
        "erasing",
        "withdrawals",
        "webhooks",
        "last_run",
    }
    assert told["counts"] == {"customers": 3, "records": 3, "open_reviews": 0, "quarantine": 1, "plans_waiting": 0}
    assert told["sources"]["events"]["status"] == told["last_run"]["status"] == "ok"


@pytest.mark.parametrize(
    ("language", "said"), [("vi", "3 khách hàng từ 3 bản ghi"), ("en", "3 customers from 3 records")]
)
def test_status_as_people_read_it(hub, language, said):
    code, out, _ = hub("status", language=language)
    assert code == 0
    assert said in out


def test_explain_tells_the_story(hub):
    code, out, _ = hub("explain", "0938 271 564", "--json")
    told = orjson.loads(out)
    assert code == 0
    assert {"golden", "records", "links", "refusals", "fields", "related", "consents", "pushes", "history"} <= set(told)
    assert told["golden"]["full_name"] == "Phạm Văn Nam"


@pytest.mark.parametrize(("language", "said"), [("vi", "Vì sao là một khách"), ("en", "Why they are one customer")])
def test_explain_as_people_read_it(hub, language, said):
    code, out, _ = hub("explain", "events:001", language=language)
    assert code == 0
    assert said in out
    assert "Trần Văn Hùng" in out


def test_explain_lists_several(hub):
    code, out, _ = hub("explain", "0912345678")
    assert code == 0
    assert out.startswith("2 customers fit")
    assert "Nguyễn Thị Lan" in out


def test_explain_of_nobody_ends_with_1(hub):
    assert hub("explain", "nobody@example.vn") == (1, "Nothing found for nobody@example.vn\n", "")


def test_evaluate_as_json_and_text(hub, tmp_path):
    truth = tmp_path / "t.csv"
    truth.write_text("source,source_id,cluster,scenario\nevents,001,a,one\nevents,002,b,two\nevents,9,b,two\n")
    code, out, _ = hub("evaluate", "--truth", str(truth), "--json")
    told = orjson.loads(out)
    assert (code, told["pairs"], told["largest_cluster"]) == (0, {"precision": 1.0, "recall": 1.0, "f1": 1.0}, 1)
    assert (told["records"], told["missing"], told["left_out"]) == (2, 1, 1)
    code, out, _ = hub("evaluate", "--truth", str(truth))
    assert "Compared 2 records; 1 rows" in out


def test_a_blind_sample_is_written_and_its_answers_are_told(hub, tmp_path):
    path = tmp_path / "pairs.xlsx"
    code, out, _ = hub("evaluate", "--sample", "20", "--output", str(path), "--json")
    assert (code, orjson.loads(out)["pairs"], path.is_file()) == (0, 1, True)
    code, out, _ = hub("evaluate", "--answers", str(path), "--by", "Mai")
    assert code == 0
    assert "0 of 1 pairs answered" in out


@pytest.mark.parametrize("wrong", [("--sample", "20"), ("--sample", "1", "--output", "x.csv"), ("--answers", "no.csv")])
def test_a_sample_asked_for_wrongly_ends_with_2(hub, wrong):
    assert hub("evaluate", *wrong)[0] == 2


def test_evaluate_without_a_file_ends_with_2(hub, tmp_path):
    assert hub("evaluate", "--truth", str(tmp_path / "none.csv"))[0] == 2
    assert hub("evaluate")[0] == 2


def test_quarantine_is_listed_and_shown(hub):
    code, out, _ = hub("quarantine", "list", "--json")
    (entry,) = orjson.loads(out)["entries"]
    assert (code, entry["source_id"], entry["code"], entry["field"]) == (0, "004", "phone.scientific", "phones")
    assert '8.49E+10"' not in hub("quarantine", "show", str(entry["qid"]))[1]
    assert '8.49E+10"' in hub("quarantine", "show", str(entry["qid"]), "--raw")[1]
    assert hub("quarantine", "show", "99")[0] == 2


def test_quarantine_says_why_in_vietnamese(hub):
    assert "Bảng tính đã làm hỏng số điện thoại" in hub("quarantine", "list", language="vi")[1]


def test_quarantine_is_replayed_as_a_run(hub):
    code, out, _ = hub("quarantine", "replay", "--json")
    assert (code, orjson.loads(out)) == (0, {"replayed": 1, "closed": 0, "open": 1, "failed": {}})
    assert orjson.loads(hub("quarantine", "list", "--json")[1])["entries"][0]["attempts"] == 2
    assert hub("quarantine", "replay", "--source", "evnts")[0] == 2


def test_quarantine_is_given_up_with_a_reason(hub):
    assert hub("quarantine", "discard", "1")[0] == 2
    assert hub("quarantine", "discard", "1", "--reason", "nobody knows")[:2] == (0, "Discarded 1\n")
    assert hub("quarantine", "list")[1] == "Nothing is quarantined\n"
    assert "nobody knows" in hub("quarantine", "show", "1")[1]


@pytest.mark.parametrize("name", ["export", "status", "explain", "evaluate", "quarantine list", "quarantine replay"])
def test_help_shows_an_example(name, capsysbinary, tmp_path):
    before, sys.argv = sys.argv, ["hub", *name.split(), "--help"]
    try:
        with pytest.raises(SystemExit) as end:
            run_cli(cli)
    finally:
        sys.argv = before
    assert end.value.code == 0
    assert f"Example: hub {name}" in " ".join(capsysbinary.readouterr().out.decode().split())


def test_segments_are_listed_shown_and_exported(hub):
    code, out, _ = hub("segments", "--json")
    told = {one["name"]: one["customers"] for one in orjson.loads(out)["segments"]}
    assert (code, told["never"], told["lapsed"]) == (0, orjson.loads(out)["customers"], 0)
    code, out, _ = hub("segments", "show", "never", "--limit", "1")
    assert (code, "Never bought" in out, f"And {told['never'] - 1} more" in out) == (0, True, True)
    code, out, _ = hub("export", "customers", "--segment", "lapsed")
    assert (code, len(out.splitlines())) == (0, 1)


def test_a_segment_that_is_not_there_is_told_by_name(hub):
    for command in (("segments", "show", "lapsd"), ("export", "customers", "--segment", "lapsd")):
        code, _, err = hub(*command)
        assert (code, "no segment named 'lapsd'" in err) == (2, True)
