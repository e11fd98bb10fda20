"""A grant of marketing by e-mail travels with a create, is told once, and never overwrites a vendor's own state (5.5, 5.9)."""

from __future__ import annotations

import uuid

import pytest

from hub.flow import sync as flow
from hub.flow.consent import grants
from hub.flow.echo import echoes
from hub.flow.explain import explain
from hub.flow.lock import lock, start_run
from hub.flow.run import Run
from hub.flow.workspace import open_workspace
from hub.sandbox.server import Sandbox

SETTINGS = """
[hub]
[sources.list]
connector = "sheet"
path = "list.csv"
id = "Ma"
[sources.list.columns]
full_name = "Ten"
emails = "Email"
"consents.marketing.email" = "Dong y"
[sources.mail]
connector = "mailchimp"
api_key = "${{KEY}}"
audience = "{audience}"
base_url = "{base_url}"
[destinations.mail]
source = "mail"
mode = "upsert"
purpose = "service"
max_changes = "100%"
[destinations.mail.fields]
email = "destination"
full_name = "hub"
"""
PEOPLE = "Ma,Ten,Email,Dong y\n1,Nguyễn Thị Lan,lan@example.vn,có\n2,Trần Văn Hùng,hung@example.vn,\n"


@pytest.fixture
def shop(tmp_path):
    """A workspace with a list of two people, one of whom agrees to newsletters, and an empty audience."""
    with Sandbox() as box:
        told = box.info()["mailchimp"]
        (tmp_path / "hub.toml").write_text(SETTINGS.format(**told), encoding="utf-8")
        (tmp_path / ".env").write_text(f"KEY={told['api_key']}\n", encoding="utf-8")
        (tmp_path / "list.csv").write_text(PEOPLE, encoding="utf-8")
        workspace = open_workspace(tmp_path)
        yield workspace, box
        workspace.store.dispose()


def sync(workspace, *, yes=False):
    run = Run(str(uuid.uuid4()))
    with lock(workspace.store, run):
        start_run(workspace.store, run)
        flow.steps(workspace, run, no_push=yes)
        if yes:
            flow.destination_step(workspace, run, "mail", yes=True)
        return flow.finish(workspace, run)


def states(box):
    return {row["email_address"]: row["status"] for row in box.mailchimp.rows("members")}


def test_a_member_made_by_the_hub_is_subscribed_only_with_a_grant(shop):
    workspace, box = shop
    sync(workspace, yes=True)
    assert states(box) == {"lan@example.vn": "subscribed", "hung@example.vn": "transactional"}


def test_what_was_granted_comes_back_as_an_echo_and_changes_nothing(shop):
    workspace, box = shop
    sync(workspace, yes=True)
    start = box.journal.position
    again = sync(workspace)
    assert [one["source"] for one in explain(workspace.store, workspace.settings, "lan@example.vn")["consents"]] == [
        "list"
    ]
    assert again["push"]["mail"]["plan_id"] is None
    assert box.journal.of("mailchimp", start) == []


@pytest.mark.parametrize("state", ["unsubscribed", "cleaned"])
def test_who_left_there_is_not_subscribed_by_a_grant_from_elsewhere(shop, state):
    workspace, box = shop
    sync(workspace)
    box.mailchimp.seed(members=[{"email_address": "lan@example.vn", "status": state, "merge_fields": {}}])
    run = Run(str(uuid.uuid4()))
    flow.destination_step(workspace, run, "mail", yes=True)
    assert states(box)["lan@example.vn"] == state
    assert sync(workspace)["status"] == "ok"
    assert states(box)["lan@example.vn"] == state


def consent(status, **more):
    return {"purpose": "marketing", "channel": "email", "status": status, **more}


@pytest.mark.parametrize(
    ("consents", "told"),
    [
        ([consent("granted")], {}),
        ([consent("granted", address="lan@example.vn")], {"marketing_email": "granted"}),
        ([consent("granted", address="other@example.vn")], {}),
        ([consent("granted", address="lan@example.vn"), {"purpose": "*", "channel": "*", "status": "withdrawn"}], {}),
        ([consent("granted", address="lan@example.vn"), consent("withdrawn")], {}),
        ([consent("unknown")], {}),
        ([], {}),
    ],
)
def test_a_grant_is_told_for_the_address_that_is_written_and_for_no_other(consents, told):
    assert grants({"consents": consents}, {"email"}, {"email": "lan@example.vn"}) == told


def test_no_address_no_grant():
    assert grants({"consents": [consent("granted")]}, {"email"}, {"email": None}) == {}


@pytest.mark.parametrize(
    ("consents", "echo"),
    [
        ([consent("granted")], True),
        ([consent("withdrawn")], False),
        ([consent("granted"), {"purpose": "marketing", "channel": "sms", "status": "withdrawn"}], False),
    ],
)
def test_a_withdrawal_is_never_taken_for_our_own_echo(consents, echo):
    found = echoes({"1": {"consents": consents}}, {"1": {"marketing_email": "granted"}})
    assert ("1" in found) == echo
