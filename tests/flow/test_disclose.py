"""Everything known about a person is told to them, and nothing of others."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from fakes import make_run
from steps import HUNG, LAN, SETTINGS, bring, person, rows, settle, whose

from hub.errors import ConfigError
from hub.flow import disclose, segments
from hub.store import tables

ENGLISH = replace(SETTINGS, language="en")


@pytest.fixture
def told(store, tmp_path):
    """Lan, who shares her phone with Hùng; her disclosure."""
    bring(store, person("1", *LAN, emails=[{"value": "lan@example.com", "use": "own"}]), person("2", HUNG[0], LAN[1]))
    settle(store)
    golden_id = whose(store)["pos:1"]
    return disclose.write(store, ENGLISH, make_run(9), golden_id, tmp_path / "lan.json", "asked", "an")


def test_every_part_is_told(told):
    assert told["customer"]["full_name"] == LAN[0]
    assert told["where_from"]
    assert [one["source_id"] for one in told["records"]] == ["1"]
    assert told["records"][0]["as_received"]["full_name"] == LAN[0]
    assert {one["value"] for one in told["records"][0]["identifiers"]} == {"+84912345678", "lan@example.com"}
    assert [one["kind"] for one in told["events"]] == ["created"]


def test_nothing_of_those_who_share_a_number_is_told(store, told):
    text = orjson.dumps(told).decode()
    assert HUNG[0] not in text
    assert whose(store)["pos:2"] not in text


def test_the_files_are_the_owners_alone_and_say_the_same(told, tmp_path):
    assert orjson.loads((tmp_path / "lan.json").read_bytes()) == orjson.loads(orjson.dumps(told))
    text = (tmp_path / "lan.txt").read_text()
    assert LAN[0] in text
    assert "Where each value comes from" in text
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("lan.*")} == {0o600}


def test_that_somebody_looked_is_in_the_audit_log(store, told):
    (line,) = rows(store, tables.audit)
    assert (line["action"], line["actor"], line["reason"]) == ("disclose", "an", "asked")


def test_a_folder_that_is_not_there_is_refused(store, tmp_path):
    with pytest.raises(ConfigError):
        disclose.write(store, ENGLISH, make_run(9), "g", tmp_path / "none" / "x.json", None, "an")


def test_the_groups_they_are_counted_in_are_told_with_the_reason(store, tmp_path):
    bring(store, person("1", *LAN))
    settle(store)
    golden_id = whose(store)["pos:1"]
    before = disclose.write(store, ENGLISH, make_run(9), golden_id, None, None, "an")
    segments.ready(store, ENGLISH)
    told = disclose.write(store, ENGLISH, make_run(10), golden_id, tmp_path / "lan.json", None, "an")
    assert before["segments"] == []
    assert "never" in [one["name"] for one in told["segments"]]
    assert all(one["why"] for one in told["segments"])
    assert "Groups they are counted in" in (tmp_path / "lan.txt").read_text()
