"""A no reaches every system that holds the address, tracked until it is there (behaviour 5.9, decision 16)."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from hub.errors import ConfigError
from hub.flow import consenting, judge, withdraw_tell, withdrawing
from hub.flow import hold as holding
from hub.flow import sync as flow
from hub.flow.carry_out import carry_out
from hub.flow.explain import explain
from hub.flow.lock import lock, start_run
from hub.flow.run import Run
from hub.flow.workspace import open_workspace
from hub.model import from_utc_text
from hub.sandbox.server import Sandbox
from hub.store import audit, tables
from hub.store import withdrawals as table

SETTINGS = """
[hub]
database = "${{DB}}"
[sources.list]
connector = "sheet"
path = "list.csv"
id = "Ma"
complete = true
[sources.list.columns]
full_name = "Ten"
emails = "Email"
phones = "SDT"
"consents.marketing.email" = "Dong y"
[sources.mail]
connector = "mailchimp"
api_key = "${{KEY}}"
audience = "{audience}"
base_url = "{base_url}"
[destinations.mail]
source = "mail"
max_changes = "100%"
[destinations.mail.fields]
full_name = "hub"
[destinations.calls]
connector = "sheet"
path = "nothing/*.csv"
out_path = "out/calls.csv"
channel = "sms"
mode = "upsert"
max_changes = "100%"
[destinations.calls.columns]
phones = "SDT"
[destinations.calls.fields]
full_name = "hub"
phone = "hub"
[destinations.papers]
source = "list"
channel = "email"
"""
HEAD = "Ma,Ten,Email,SDT,Dong y\n"
PEOPLE = HEAD + "1,Nguyễn Thị Lan,lan@example.vn,0912345678,có\n2,Trần Văn Hùng,hung@example.vn,0987654321,có\n"
LAN, HUNG = "lan@example.vn", "hung@example.vn"


@pytest.fixture
def shop(tmp_path, store_url):
    """A list of two people who agree, both subscribed in an audience that a person has approved a push to."""
    with Sandbox() as box:
        told = box.info()["mailchimp"]
        (tmp_path / "hub.toml").write_text(SETTINGS.format(**told), encoding="utf-8")
        (tmp_path / ".env").write_text(f"KEY={told['api_key']}\nDB={store_url}\n", encoding="utf-8")
        (tmp_path / "list.csv").write_text(PEOPLE, encoding="utf-8")
        for email in (LAN, HUNG):
            box.mailchimp.seed(members=[{"email_address": email, "status": "subscribed", "merge_fields": {}}])
        workspace = open_workspace(tmp_path)
        sync(workspace)
        yield workspace, box
        workspace.store.dispose()


def sync(workspace, *, yes=False, push=True):
    run = Run(str(uuid.uuid4()))
    with lock(workspace.store, run):
        start_run(workspace.store, run)
        flow.steps(workspace, run, no_push=yes or not push)
        for name in workspace.settings.destinations if yes else ():
            flow.destination_step(workspace, run, name, yes=True)
        return flow.finish(workspace, run)


def says(workspace, status, *scopes, key=LAN, number=0):
    """The customer says so here."""
    at = f"2026-11-0{number + 1}T08:00:00.000Z" if number else Run("x").now()
    carry_out(workspace, consenting.wish(workspace.settings, key, status, scopes, None, at), "mai", None, "consent")


def states(box):
    return {row["email_address"]: row["status"] for row in box.mailchimp.rows("members")}


def tasks(workspace, destination="mail"):
    with workspace.store.read() as conn:
        rows = table.left(conn, destination, (*table.LEFT, *table.ENDED))
    return [(one["state"], one["reason"]) for one in rows]


def ids(workspace, destination="mail"):
    with workspace.store.read() as conn:
        return [one["task_id"] for one in table.left(conn, destination, (*table.LEFT, *table.ENDED))]


def test_nothing_is_written_to_a_system_before_a_person_has_once_sent_something_there(shop):
    workspace, box = shop
    says(workspace, "withdrawn", "marketing.email")
    sync(workspace)
    assert tasks(workspace) == [("held", "first")]
    assert states(box)[LAN] == "subscribed"


class Killed(BaseException):
    """The process dies."""


def ledger_of(workspace):
    with workspace.store.read() as conn:
        lines = conn.execute(select(tables.deliveries).where(tables.deliveries.c.plan_id.in_(ids(workspace))))
        return [(row.state, row.reason) for row in lines]


def test_a_sending_that_died_after_it_arrived_has_its_end_in_the_ledger_when_the_system_tells(shop, monkeypatch):
    workspace, _ = shop
    sync(workspace, yes=True)
    says(workspace, "withdrawn", "marketing.email")
    real = withdraw_tell.send.receipts

    def dies(outlet, writes):
        list(real(outlet, writes))
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(withdraw_tell.send, "receipts", dies)
        with pytest.raises(Killed):
            sync(workspace)
    assert ledger_of(workspace) == [("sent", None)]
    sync(workspace)
    assert tasks(workspace) == [("done", "read_back")]
    assert ledger_of(workspace) == [("sent", None), ("acked", "read_back")]


def test_a_withdrawal_goes_out_although_a_plan_waits_for_approval(shop):
    workspace, box = shop
    sync(workspace, yes=True)
    (workspace.settings.workspace / "list.csv").write_text(PEOPLE.replace("Trần Văn Hùng", "Trần Văn Hưng"))
    says(workspace, "withdrawn", "marketing.email")
    assert tasks(workspace) == [("open", None)]
    told = sync(workspace)
    assert told["push"]["mail"]["state"] == "waiting"
    assert told["push"]["mail"]["withdrawn"] == {"done": 1}
    assert states(box) == {LAN: "unsubscribed", HUNG: "subscribed"}
    assert tasks(workspace) == [("done", "acked")]


def test_an_unchanged_second_sync_writes_nothing_and_makes_no_task(shop):
    workspace, box = shop
    sync(workspace, yes=True)
    says(workspace, "withdrawn", "marketing.email")
    sync(workspace)
    start = box.journal.position
    sync(workspace)
    sync(workspace)
    assert box.journal.of("mailchimp", start) == []
    assert tasks(workspace) == [("done", "acked")]


def test_what_the_hub_wrote_there_comes_back_as_an_echo_and_is_no_word_of_the_vendor(shop):
    workspace, _ = shop
    sync(workspace, yes=True)
    says(workspace, "withdrawn", "marketing.email")
    sync(workspace)
    sync(workspace)
    said = explain(workspace.store, workspace.settings, LAN)["consents"]
    assert {one["source"] for one in said if one["status"] == "withdrawn"} == {"hub"}


@pytest.mark.parametrize("left", ["unsubscribed", "cleaned"])
def test_who_left_there_meanwhile_is_left_alone(shop, left):
    workspace, box = shop
    sync(workspace, yes=True)
    says(workspace, "withdrawn", "marketing.email")
    member = next(row["id"] for row in box.mailchimp.rows("members") if row["email_address"] == LAN)
    box.mailchimp.clerk_edit("members", member, {"status": left})
    start = box.journal.position
    run = Run(str(uuid.uuid4()))
    flow.destination_step(workspace, run, "mail")
    assert tasks(workspace) == [("done", "read_back")]
    assert box.journal.of("mailchimp", start) == []
    assert states(box)[LAN] == left


def test_what_the_vendor_itself_told_needs_no_task(shop):
    workspace, box = shop
    sync(workspace, yes=True)
    member = next(row["id"] for row in box.mailchimp.rows("members") if row["email_address"] == LAN)
    box.mailchimp.clerk_edit("members", member, {"status": "unsubscribed"})
    sync(workspace)
    assert tasks(workspace) == []


def test_a_no_of_a_sheet_reaches_the_audience(shop):
    workspace, box = shop
    sync(workspace, yes=True)
    (workspace.settings.workspace / "list.csv").write_text(PEOPLE.replace("0987654321,có", "0987654321,không"))
    sync(workspace)
    assert states(box)[HUNG] == "unsubscribed"


def test_a_system_without_a_mark_for_it_is_a_persons_to_do(shop):
    workspace, _ = shop
    says(workspace, "withdrawn", "marketing.email")
    assert tasks(workspace, "papers") == [("manual", "no_mark")]
    assert withdraw_tell.by_hand(workspace.store, Run("r"), ids(workspace, "papers"), "mai", "told the printer") == 1
    sync(workspace)
    assert tasks(workspace, "papers") == [("done", "by_hand")]
    with workspace.store.read() as conn:
        (line,) = audit.read(conn, action="withdrawal.done")
    assert (line["actor"], line["details"]["destinations"]) == ("mai", ["papers"])
    with pytest.raises(ConfigError):
        withdraw_tell.by_hand(workspace.store, Run("r"), ids(workspace, "papers"), "mai")


def test_a_list_that_the_hub_only_writes_takes_the_row_out(shop):
    workspace, _ = shop
    says(workspace, "granted", "marketing.sms")
    sync(workspace, yes=True)
    says(workspace, "withdrawn", "marketing.sms")
    sync(workspace)
    assert tasks(workspace, "calls") == [("done", "acked")]
    (written,) = (workspace.settings.workspace / "out").glob("calls_*.csv")
    assert "deactivate" in written.read_text(encoding="utf-8-sig")


def test_a_later_grant_ends_what_is_still_open(shop):
    workspace, box = shop
    says(workspace, "withdrawn", "marketing.email")
    says(workspace, "unknown", "marketing.email")
    says(workspace, "granted", "marketing.email")
    assert tasks(workspace) == [("superseded", "allowed_again")]
    says(workspace, "withdrawn", "marketing.email")
    assert sorted(tasks(workspace)) == [("held", "first"), ("superseded", "allowed_again")]
    sync(workspace)
    assert states(box)[LAN] == "subscribed"


def test_on_hold_nothing_is_sent_until_somebody_has_decided(shop):
    workspace, box = shop
    sync(workspace, yes=True)
    carry_out(workspace, holding.hold(workspace.settings, LAN), "mai", None, "hold", effective=False)
    says(workspace, "withdrawn", "marketing.email")
    sync(workspace)
    assert tasks(workspace) == [("open", "hold")]
    carry_out(workspace, holding.release(workspace.settings, LAN), "mai", None, "hold", effective=False)
    sync(workspace)
    assert states(box)[LAN] == "unsubscribed"


def test_suspiciously_many_wait_for_a_person(shop, monkeypatch):
    workspace, box = shop
    sync(workspace, yes=True)
    monkeypatch.setattr(withdrawing, "FEW", 1)
    (workspace.settings.workspace / "list.csv").write_text(PEOPLE.replace(",có", ",không"))
    assert sync(workspace)["status"] == "ok"
    assert tasks(workspace) == [("held", "many")] * 2
    assert withdraw_tell.release(workspace.store, Run("r"), "mail", "mai") == 2
    sync(workspace)
    assert set(states(box).values()) == {"unsubscribed"}


def test_a_run_that_died_before_it_was_noted_is_caught_up(shop, monkeypatch):
    workspace, box = shop
    sync(workspace, yes=True)
    with monkeypatch.context() as broken:
        broken.setattr(withdrawing, "track", lambda *_: {})
        says(workspace, "withdrawn", "marketing.email")
    assert tasks(workspace) == []
    sync(workspace)
    assert states(box)[LAN] == "unsubscribed"


def test_a_push_that_died_after_sending_is_read_back_and_not_sent_twice(shop, monkeypatch):
    workspace, box = shop
    sync(workspace, yes=True)
    says(workspace, "withdrawn", "marketing.email")
    with monkeypatch.context() as broken:
        broken.setattr(withdraw_tell, "_keep", lambda *_: 1 / 0)
        sync(workspace)
    assert tasks(workspace) == [("open", None)]
    start = box.journal.position
    sync(workspace)
    assert box.journal.of("mailchimp", start) == []
    assert tasks(workspace) == [("done", "read_back")]


def test_the_due_date_counts_from_when_the_customer_said_so(shop):
    workspace, _ = shop
    says(workspace, "withdrawn", "marketing.email", number=3)
    with workspace.store.read() as conn:
        (one,) = table.left(conn, "mail")
        (waits,) = (row for row in table.waiting(conn, "2026-12-01T00:00:00.000Z") if row["destination"] == "mail")
    begins = from_utc_text("2026-11-04T08:00:00.000Z")
    assert (from_utc_text(one["due"]) - begins).days == workspace.settings.consent.withdraw_within // 86_400 == 10
    assert (waits["count"], waits["overdue"]) == (1, 1)


def test_a_destination_that_left_the_settings_is_a_persons_to_tell(shop):
    workspace, _ = shop
    says(workspace, "withdrawn", "marketing.email")
    path = workspace.settings.path
    path.write_text(
        path.read_text(encoding="utf-8").replace("destinations.mail", "destinations.news"), encoding="utf-8"
    )
    other = open_workspace(path.parent)
    sync(other)
    assert tasks(other) == [("manual", "no_destination")]
    other.store.dispose()


def test_somebody_elses_record_is_left_alone_after_a_split(shop):
    workspace, box = shop
    says(workspace, "withdrawn", "marketing.email", key="list:1")
    member = next(row["id"] for row in box.mailchimp.rows("members") if row["email_address"] == LAN)
    plan = judge.split(workspace.settings, "list:1", [f"mail:{member}"])
    carry_out(workspace, plan, "mai", None, "split")
    assert tasks(workspace) == [("superseded", "allowed_again")]
