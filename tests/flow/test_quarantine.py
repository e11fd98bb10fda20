"""Quarantine as people handle it (1.4): sentences, replay with today's code, giving up."""

from __future__ import annotations

import ast
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeConnection, make_run
from grown import CAPABILITIES, T1, customers, grow, load, person, settings_of

import hub
from hub.errors import AuthError, ConfigError
from hub.flow import quarantine as flow
from hub.flow.normalize import normalize
from hub.flow.texts import texts
from hub.model import RawRecord
from hub.settings import Settings
from hub.store.engine import Store

ROOT = Path(hub.__file__).parent
GOOD = '{"source_id": "%s", "full_name": "Nguyễn Thị Lan", "phones": [{"value": "0912345678", "use": "own"}]}'


class Mended(FakeConnection):
    """Tomorrow's mapping: it also reads payloads that begin with a mark."""

    def to_canonical(self, stream, payloads):
        return super().to_canonical(
            stream, [RawRecord(raw.source_id, raw.payload.removeprefix("#")) for raw in payloads]
        )


@dataclass
class FakeWorkspace:
    """Settings, store, and a connection that is what it is told to be."""

    store: Store
    settings: Settings = field(default_factory=lambda: settings_of("pos", "shop"))
    connection: Any = field(default_factory=FakeConnection)

    @contextmanager
    def connect(self, source, run):
        if isinstance(self.connection, Exception):
            raise self.connection
        yield self.connection


@pytest.fixture
def shut(store, monkeypatch):
    """Two records that cannot be read, and one whose phone was destroyed; their numbers."""
    monkeypatch.setattr(flow, "normalize", partial(normalize, capabilities=CAPABILITIES))
    load(
        store,
        "pos",
        RawRecord("a", "#" + GOOD % "a"),
        RawRecord("b", "<html>"),
        person("ok", "Trần Văn Hùng", "0938271564"),
    )
    load(store, "shop", person("c", None, "8.49E+10"))
    return {row["source_id"]: row["qid"] for row in flow.listed(store, None, None, "open", "en")}


def test_entries_say_what_is_wrong(store, shut):
    rows = {row["source_id"]: row for row in flow.listed(store, None, None, "open", "en")}
    assert {name: (row["code"], row["field"], row["attempts"]) for name, row in rows.items()} == {
        "a": ("payload.json", None, 1),
        "b": ("payload.json", None, 1),
        "c": ("phone.scientific", "phones", 1),
    }
    assert "digits are lost" in rows["c"]["sentence"]
    assert "payload" not in rows["a"]


@pytest.mark.parametrize(
    ("source", "code", "state", "found"),
    [
        ("pos", None, "open", "ab"),
        (None, "phone.scientific", "open", "c"),
        ("shop", "payload.json", "open", ""),
        (None, None, "closed", ""),
    ],
)
def test_entries_are_filtered(store, shut, source, code, state, found):
    assert "".join(row["source_id"] for row in flow.listed(store, source, code, state, "vi")) == found


def test_the_raw_payload_is_shown_only_when_asked_for(store, shut):
    assert "payload" not in flow.shown(store, shut["b"], "vi")
    assert flow.shown(store, shut["b"], "vi", raw=True)["payload"] == "<html>"
    assert flow.shown(store, shut["c"], "vi", raw=True)["payload"]["source_id"] == "c"


def test_replay_closes_what_todays_code_can_read(store, shut):
    done = flow.replay(FakeWorkspace(store, connection=Mended()), make_run(2))
    assert done == {"replayed": 3, "closed": 1, "open": 2, "failed": {}}
    assert {row["source_id"]: row["attempts"] for row in flow.listed(store, None, None, "open", "vi")} == {
        "b": 2,
        "c": 2,
    }
    grow(store, settings_of("pos", "shop"))
    assert ("pos", "a") in customers(store)


def test_replay_asks_no_vendor(store, shut):
    mended = Mended()
    flow.replay(FakeWorkspace(store, connection=mended), make_run(2))
    assert mended.asked == []


def test_replay_takes_only_those_named(store, shut):
    assert flow.replay(FakeWorkspace(store, connection=Mended()), make_run(2), [shut["b"]])["replayed"] == 1
    assert {row["source_id"]: row["attempts"] for row in flow.listed(store, "pos", None, "open", "vi")} == {
        "a": 1,
        "b": 2,
    }


def test_replay_takes_only_a_source(store, shut):
    assert flow.replay(FakeWorkspace(store), make_run(2), (), "shop") == {
        "replayed": 1,
        "closed": 0,
        "open": 1,
        "failed": {},
    }


def test_replay_leaves_entries_of_sources_that_are_no_more(store, shut):
    assert flow.replay(FakeWorkspace(store, settings_of("pos"), Mended()), make_run(2)) == {
        "replayed": 3,
        "closed": 1,
        "open": 2,
        "failed": {},
    }


def test_a_source_that_fails_is_told_and_stops_no_other(store, shut):
    done = flow.replay(FakeWorkspace(store, connection=AuthError("no key")), make_run(2))
    assert (done["closed"], done["open"], sorted(done["failed"])) == (0, 3, ["pos", "shop"])
    assert done["failed"]["pos"] == {"code": "auth", "sentence": "no key"}


def test_only_open_entries_can_be_replayed_or_discarded(store, shut):
    with pytest.raises(ConfigError, match="999"):
        flow.replay(FakeWorkspace(store), make_run(2), [999])
    with pytest.raises(ConfigError, match="999"):
        flow.discard(store, [shut["a"], 999], "an", "gone", T1)
    assert len(flow.listed(store, None, None, "open", "vi")) == 3


def test_giving_up_keeps_who_when_and_why(store, shut):
    assert flow.discard(store, [shut["a"], shut["b"]], "an", "nobody knows", T1) == 2
    assert [row["source_id"] for row in flow.listed(store, None, None, "open", "vi")] == ["c"]
    shown = flow.shown(store, shut["a"], "vi")
    assert (shown["state"], shown["discarded"]) == ("discarded", {"author": "an", "at": T1, "reason": "nobody knows"})


def test_an_entry_that_is_not_there_is_a_users_mistake(store):
    with pytest.raises(ConfigError, match="7"):
        flow.shown(store, 7, "vi")


CODES = ("required", "type", "enum", "pattern", "minLength", "maxLength", "format", "additionalProperties")


def codes_of_connectors():
    """The codes with which the shipped connectors give payloads up."""
    found = set()
    for path in (ROOT / "connectors").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Unusable":
                found |= {arg.value for arg in node.args[1:2] if isinstance(arg, ast.Constant)}
    return found


def codes_of_normalizing():
    """The codes that modules of normalizing name, whole or as the reason put behind their prefix."""
    kinds = {"phone": "empty invalid unassigned placeholder masked scientific", "email": "empty invalid placeholder masked phone",
             "ids": "empty invalid placeholder masked scientific unknown_type", "date": "invalid implausible",
             "name": "legacy_encoding lost_letters"}  # fmt: skip
    words = ("gender", "customer_type", "kind", "consent")
    return {f"{kind}.{why}" for kind, reasons in kinds.items() for why in reasons.split()} | {
        f"{word}.unknown" for word in words
    }


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_code_has_a_sentence(language):
    codes = codes_of_connectors() | codes_of_normalizing() | {f"schema.{code}" for code in CODES}
    codes |= {"mapping.failed", "extra.invalid"}
    assert len(codes_of_connectors()) >= 4
    assert [code for code in sorted(codes) if code in flow.sentence(code, "phones", language)] == []


def test_a_code_that_nobody_knows_is_shown():
    assert flow.sentence("vendor.odd", None, "en") == "Cannot be used (vendor.odd)"


def test_both_languages_use_the_same_values():
    assert [
        key for key, row in texts("quarantine.tsv").items() if ("{field}" in row["vi"]) != ("{field}" in row["en"])
    ] == []
