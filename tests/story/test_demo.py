"""`hub demo`: the README's first command, as a stranger runs it."""

from __future__ import annotations

import subprocess
import sys

import orjson


def test_the_demo_ends_with_nothing_to_send(tmp_path):
    command = [sys.executable, "-m", "hub", "demo", "--json", "--people", "15", "--dir", str(tmp_path / "demo")]
    done = subprocess.run(command, capture_output=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    story = orjson.loads(done.stdout)
    first, *_, last = story["syncs"]
    assert story["dir"] == str(tmp_path / "demo")
    assert set(first["sources"]) == {"pos", "shop", "mail", "mailbox", "events"}
    assert all(part["status"] == "ok" and part["new"] > 0 for part in first["sources"].values())
    assert {part["state"] for part in first["push"].values()} == {"waiting"}
    assert all(part["plan_id"] is None and part["acked"] == 0 for part in last["push"].values())
    assert {name: number for name, number in last["golden"].items() if name != "unchanged"} == dict.fromkeys(
        ("created", "updated", "merged", "split"), 0
    )
    assert (tmp_path / "demo" / "data" / "dagster").is_dir()
