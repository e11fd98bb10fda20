"""`hub users` and `hub tokens`: what they keep, what they show."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from hub.cli import cli
from hub.errors import ConfigError
from hub.store.engine import open_store
from hub.store.tables import audit


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "hub.toml").write_text('[hub]\nlanguage = "en"\n')
    return tmp_path


def run(place: Path, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(cli, [*words, "--config", str(place)], input=typed, catch_exceptions=True)


def test_the_first_admin_is_made_by_a_command_that_reads_the_password(place: Path) -> None:
    assert run(place, "users", "add", "Lan", "--role", "admin", typed="a long password\n").exit_code == 0
    told = orjson.loads(run(place, "users", "list", "--json").stdout)
    assert [(one["name"], one["role"], one["active"]) for one in told] == [("lan", "admin", True)]


@pytest.mark.parametrize("typed", ["", "short\n"])
def test_there_is_no_default_password(place: Path, typed: str) -> None:
    found = run(place, "users", "add", "lan", "--role", "admin", typed=typed)
    assert isinstance(found.exception, ConfigError)
    assert found.exception.code == "access.password"


def test_a_name_is_taken_once(place: Path) -> None:
    run(place, "users", "add", "lan", "--role", "admin", typed="a long password\n")
    found = run(place, "users", "add", "LAN", "--role", "reader", typed="a long password\n")
    assert isinstance(found.exception, ConfigError)
    assert found.exception.code == "access.taken"


def test_a_token_is_shown_once_and_listed_without_its_text(place: Path) -> None:
    made = orjson.loads(run(place, "tokens", "create", "till", "--role", "writer", "--store", "A", "--json").stdout)
    listed = run(place, "tokens", "list", "--json").stdout
    assert made["token"] not in listed
    assert orjson.loads(listed)[0] | {"state": "good", "stores": ["A"], "scopes": []} == orjson.loads(listed)[0]


def test_a_revoked_token_stays_listed(place: Path) -> None:
    made = orjson.loads(run(place, "tokens", "create", "till", "--json").stdout)
    assert run(place, "tokens", "revoke", made["token_id"]).exit_code == 0
    assert orjson.loads(run(place, "tokens", "list", "--json").stdout)[0]["state"] == "revoked"


def test_who_was_let_in_and_who_did_it_stand_in_the_audit_log(place: Path) -> None:
    run(place, "users", "add", "lan", "--role", "admin", typed="a long password\n")
    run(place, "users", "disable", "lan")
    token_id = orjson.loads(run(place, "tokens", "create", "till", "--json").stdout)["token_id"]
    run(place, "tokens", "revoke", token_id)
    store = open_store(f"sqlite:///{place / 'data' / 'hub.db'}")
    with store.read() as conn:
        rows = [(row.action, row.subjects) for row in conn.execute(select(audit).order_by(audit.c.seq))]
    store.dispose()
    mine = f'["{token_id}"]'
    assert rows == [
        ("user.add", '["lan"]'), ("user.disable", '["lan"]'), ("token.create", mine), ("token.revoke", mine)
    ]  # fmt: skip


def test_a_person_is_linked_by_address_or_subject_and_unlinked(place: Path) -> None:
    (place / "hub.toml").write_text(
        '[hub]\nlanguage = "en"\n[web]\naddress = "http://127.0.0.1"\n'
        '[oidc]\nissuer = "https://id.example.com"\nclient_id = "hub"\n'
    )
    run(place, "users", "add", "lan", "--role", "admin", typed="a long password\n")
    told = []
    for words in (("link", "lan", "--email", "Lan@Example.com"), ("link", "lan", "--subject", "s1"), ("unlink", "lan")):
        assert run(place, "users", *words).exit_code == 0
        (one,) = orjson.loads(run(place, "users", "list", "--json").stdout)
        told.append((one["email"], one["subject"]))
    assert told == [("lan@example.com", None), ("lan@example.com", "s1"), (None, None)]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["lan"], "access.link"),
        (["lan", "--email", "a@b.vn", "--subject", "s"], "access.link"),
        (["lan", "--email", "nothing"], "access.email"),
        (["lan", "--subject", "s"], "access.oidc"),
        (["mai", "--email", "a@b.vn"], "access.nobody"),
    ],
)
def test_a_link_that_cannot_be(place: Path, words: list[str], code: str) -> None:
    run(place, "users", "add", "lan", "--role", "admin", typed="a long password\n")
    found = run(place, "users", "link", *words)
    assert isinstance(found.exception, ConfigError)
    assert found.exception.code == code
