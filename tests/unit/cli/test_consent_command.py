"""`hub consent` on a real workspace with one spreadsheet."""

from __future__ import annotations

import sys

import orjson
import pytest

from hub.cli import cli
from hub.cli.common import run_cli

CONFIG = """[hub]
language = "en"
[sources.events]
connector = "sheet"
path = "drop/*.csv"
id = "Mã"
[sources.events.columns]
full_name = "Tên"
phones = "SĐT"
"""


@pytest.fixture
def hub(tmp_path, capfdbinary):
    """Runs a command: exit code, standard output, standard error."""
    (tmp_path / "drop").mkdir()
    (tmp_path / "hub.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "drop" / "a.csv").write_text("Mã,Tên,SĐT\n001,Nguyễn Thị Lan,0912345678\n", encoding="utf-8")

    def run(*args):
        before, sys.argv = sys.argv, ["hub", *args, "--config", str(tmp_path)]
        try:
            with pytest.raises(SystemExit) as end:
                run_cli(cli)
        finally:
            sys.argv = before
        out, err = capfdbinary.readouterr()
        return end.value.code, out.decode(), err.decode()

    assert run("sync", "--direct")[0] == 0
    return run


def test_a_consent_is_entered_shown_exported_and_taken_back(hub):
    code, out, _ = hub(
        "consent", "0912345678", "granted", "marketing.sms", "--on", "2026-11-01", "--by", "Mai", "--json"
    )
    assert code == 0
    decision = orjson.loads(out)["decision_id"]
    assert "granted since 2026-10-31T17:00:00.000Z (hub)" in hub("consent", "0912345678")[1]
    assert "+84912345678" in hub("export", "customers", "--for", "marketing.sms")[1]
    assert "+84912345678,granted" in hub("export", "consents")[1].replace("marketing,sms,", "")
    assert hub("undo", decision)[0] == 0
    assert "+84912345678" not in hub("export", "customers", "--for", "marketing.sms")[1]
    assert "(taken back)" in hub("consent", "0912345678")[1]


def test_a_dry_run_enters_nothing(hub):
    assert hub("consent", "0912345678", "withdrawn", "--dry-run")[0] == 0
    assert orjson.loads(hub("consent", "0912345678", "--json")[1])["entered"] == []


@pytest.mark.parametrize("wrong", [("0900000000",), ("0912345678", "perhaps"), ("0912345678", "granted", "x.sms")])
def test_what_cannot_be_meant_ends_with_2(hub, wrong):
    code, _, err = hub("consent", *wrong)
    assert code == 2
    assert "Traceback" not in err
