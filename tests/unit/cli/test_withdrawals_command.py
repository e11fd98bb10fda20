"""`hub withdrawals`: what is left, by hand, let go; a mistake changes nothing."""

from __future__ import annotations

import orjson
import pytest
from test_query_commands import run

from hub.cli.daily import run_sync
from hub.flow.workspace import open_workspace

CONFIG = """[hub]
language = "en"
[sources.list]
connector = "sheet"
path = "drop/*.csv"
id = "Ma"
[sources.list.columns]
full_name = "Ten"
emails = "Email"
"consents.marketing.email" = "Dong y"
[destinations.printer]
source = "list"
channel = "email"
"""
ROWS = "Ma,Ten,Email,Dong y\n1,Nguyễn Thị Lan,lan@example.vn,có\n2,Trần Văn Hùng,hung@example.vn,có\n"


@pytest.fixture
def shop(tmp_path):
    """A list whose system has no place for a no."""
    (tmp_path / "drop").mkdir()
    (tmp_path / "hub.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "drop" / "a.csv").write_text(ROWS, encoding="utf-8")
    workspace = open_workspace(tmp_path)
    assert run_sync(workspace, direct=True)["golden"]["created"] == 2
    workspace.store.dispose()
    return tmp_path


def told(shop, capsysbinary, *args, code=0):
    found, out, err = run(shop, capsysbinary, *args, "--json")
    assert found == code, err
    return orjson.loads(out)


def test_a_no_is_listed_until_a_person_says_it_was_done_there(shop, capsysbinary):
    assert told(shop, capsysbinary, "withdrawals")["tasks"] == []
    told(shop, capsysbinary, "consent", "lan@example.vn", "withdrawn", "marketing.email")
    (task,) = told(shop, capsysbinary, "withdrawals", "--at", "printer")["tasks"]
    assert (task["state"], task["destination"], task["overdue"]) == ("manual", "printer", False)
    _, out, _ = run(shop, capsysbinary, "withdrawals")
    assert "by hand" in out
    done = told(shop, capsysbinary, "withdrawals", "--done", task["task_id"], "--by", "mai", "--reason", "phoned")
    assert done["count"] == 1
    assert told(shop, capsysbinary, "withdrawals")["tasks"] == []
    (ended,) = told(shop, capsysbinary, "withdrawals", "--state", "done")["tasks"]
    assert ended["actor"] == "mai"


@pytest.mark.parametrize(
    ("args", "code"),
    [(("--done", "x", "--send", "printer"), 2), (("--send", "nobody"), 2), (("--done", "nothing-such"), 2)],
)
def test_a_mistake_is_told_by_the_exit_code(shop, capsysbinary, args, code):
    found, _, err = run(shop, capsysbinary, "withdrawals", *args)
    assert (found, b"Traceback" in err if isinstance(err, bytes) else "Traceback" in err) == (code, False)
