"""The tests' own hand: clerk's edits, profiles, journal, snapshot and the process."""

import json
import os
import signal
import subprocess
import sys

import pytest
import requests
import vendor_clients

from hub.sandbox.server import Sandbox


def test_a_clerk_adds_edits_and_deletes(box, kiot, control):
    (key,) = control.post("/kiotviet/customers", {"name": "Lan", "contactNumber": "0912345678"}).json()["keys"]
    control.patch(f"/kiotviet/customers/{key}", {"name": "Hoa"})
    assert kiot.get(f"/customers/{key}").json()["name"] == "Hoa"
    control.delete(f"/kiotviet/customers/{key}")
    assert kiot.get("/customers", includeRemoveIds="true").json()["removedIds"] == [key]


def test_a_clerks_edit_moves_the_modified_date(box):
    box.kiotviet.seed(customers=[{"id": 1, "name": "A", "modifiedDate": "2020-01-01T00:00:00"}])
    assert box.kiotviet.clerk_edit("customers", 1, {"name": "B"})["modifiedDate"] > "2026"


def test_a_clerks_edit_merges_blocks(box):
    box.woocommerce.seed(customers=[{"id": 1, "email": "a@example.com", "billing": {"city": "Huế"}}])
    row = box.woocommerce.clerk_edit("customers", 1, {"billing": {"phone": "1"}})
    assert (row["billing"]["city"], row["billing"]["phone"]) == ("Huế", "1")


def test_a_clerks_change_of_address_changes_the_hash(box, mail):
    box.mailchimp.seed(members=[{"email_address": "a@example.com"}])
    box.mailchimp.clerk_edit("members", vendor_clients.hash_of("a@example.com"), {"email_address": "b@example.com"})
    assert [row["id"] for row in mail.get("/members").json()["members"]] == [vendor_clients.hash_of("b@example.com")]


def test_a_clerk_writes_nothing_into_the_journal(box, control):
    control.post("/woocommerce/customers", {"email": "a@example.com"})
    assert box.journal.of() == []


def test_an_unknown_record_or_table_is_a_400(control):
    assert control.patch("/kiotviet/customers/9", {}).status_code == 400
    assert control.post("/kiotviet/cats", {}).status_code == 400


def test_the_journal_counts_writes_per_record(box, mail, control):
    for name in ("Lan", "Hoa"):
        body = {"email_address": "a@example.com", "status_if_new": "subscribed", "merge_fields": {"FNAME": name}}
        mail.put(f"/members/{vendor_clients.hash_of('a@example.com')}", body)
    journal = control.get("/journal", vendor="mailchimp").json()
    assert [entry["writes"] for entry in journal["counts"]] == [2]
    assert box.journal.repeated() == []


def test_the_same_write_twice_is_told(box, mail):
    body = {"email_address": "a@example.com", "status_if_new": "subscribed"}
    for _ in range(2):
        mail.put(f"/members/{vendor_clients.hash_of('a@example.com')}", body)
    assert [key[:2] for key in box.journal.repeated()] == [("mailchimp", vendor_clients.hash_of("a@example.com"))]


def test_after_a_position_there_are_no_writes(box, shop, control):
    shop.post("/customers", {"email": "a@example.com"})
    position = control.get("/journal").json()["position"]
    shop.get("/customers")
    assert control.get("/journal", after=position).json()["writes"] == []


def test_requests_are_counted_by_route(box, shop):
    shop.get("/customers")
    assert box.journal.requests["woocommerce", "GET", "/wp-json/wc/v3/customers"] == 1


def test_a_profile_is_set_and_ended_over_http(control, shop):
    control.post("/profile", {"name": "down", "vendor": "woocommerce"})
    assert shop.get("/customers").status_code == 503
    control.post("/calm")
    assert shop.get("/customers").status_code == 200


def test_options_are_set_over_http(box, control):
    control.post("/options/kiotviet", {"manage_by_branch": True})
    assert box.kiotviet.options.manage_by_branch is True
    assert control.post("/options/kiotviet", {"colour": 1}).status_code == 400


def test_tokens_are_expired_over_http(kiot, control):
    control.post("/kiotviet/expire-tokens")
    assert kiot.get("/customers").status_code == 401


def test_the_state_is_shown_whole(box, control):
    box.kiotviet.seed(customers=[{"name": "A"}])
    assert control.get("/state/kiotviet").json()["tables"]["customers"][0]["name"] == "A"


def test_a_reset_leaves_nothing(box, shop, control):
    shop.post("/customers", {"email": "a@example.com"})
    control.post("/reset")
    assert shop.get("/customers").json() == []
    assert box.journal.of() == []


# -- files -----------------------------------------------------------------------------------------------------------


def filled(directory):
    rows = {
        "kiotviet/customers": [{"id": 3, "name": "Lan", "contactNumber": "0912345678"}],
        "kiotviet/invoices": [{"id": 8, "customerId": 3, "total": 5}],
        "woocommerce/orders": [{"id": 4, "billing": {"email": "guest@example.com"}}],
        "mailchimp/members": [{"email_address": "lan@example.com", "merge_fields": {"CARD": "7"}}],
    }
    for name, lines in rows.items():
        path = directory / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return directory


def test_a_directory_seeds_every_vendor(box, tmp_path):
    counts = box.load(filled(tmp_path))
    assert counts["kiotviet"] == {"customers": 1, "invoices": 1}
    assert counts["woocommerce"] == {"orders": 1}
    assert counts["mailchimp"]["members"] == 1


def test_seeded_merge_fields_are_known_to_the_audience(box, tmp_path):
    box.load(filled(tmp_path))
    assert "CARD" in box.mailchimp.merge_tags()


def test_a_snapshot_brings_everything_back(box, kiot, shop, tmp_path):
    box.load(filled(tmp_path))
    kiot.delete("/customers/3")
    shop.post("/customers", {"email": "a@example.com", "meta_data": [{"key": "x", "value": "1"}]})
    box.mailchimp.erase(box.mailchimp.find("lan@example.com"))
    before = [state.dump() for state in box.vendors.values()]
    box.save(tmp_path / "state.json")
    other = Sandbox()
    other.restore(tmp_path / "state.json")
    assert [state.dump() for state in other.vendors.values()] == before


def test_after_a_restore_new_ids_go_on(box, shop, tmp_path):
    first = shop.post("/customers", {"email": "a@example.com"}).json()["id"]
    box.save(tmp_path / "state.json")
    box.restore(tmp_path / "state.json")
    assert shop.post("/customers", {"email": "b@example.com"}).json()["id"] == first + 1


def test_after_a_restore_a_taken_email_is_still_taken(box, shop, tmp_path):
    shop.post("/customers", {"email": "a@example.com"})
    box.save(tmp_path / "state.json")
    box.restore(tmp_path / "state.json")
    assert shop.post("/customers", {"email": "a@example.com"}).status_code == 400


def test_a_sandbox_without_a_directory_needs_a_path(box):
    with pytest.raises(ValueError, match="path"):
        box.save()


# -- the process -----------------------------------------------------------------------------------------------------


@pytest.fixture
def process(tmp_path):
    started = []

    def start(*words):
        command = [sys.executable, "-m", "hub.sandbox", "--dir", str(tmp_path), *words]
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(child)
        return child, json.loads(child.stdout.readline())

    yield start
    for child in started:
        if child.poll() is None:
            child.kill()
        child.communicate()


def test_the_process_says_where_it_is_and_its_state_survives_a_restart(process, tmp_path):
    filled(tmp_path)
    child, info = process()
    client = vendor_clients.woocommerce(info["woocommerce"])
    client.post("/customers", {"email": "a@example.com"})
    client.http.close()
    os.kill(child.pid, signal.SIGTERM)
    assert child.wait(10) == 0
    _, again = process()
    shown = requests.get(again["control"] + "/state/woocommerce", timeout=5).json()
    assert [row["email"] for row in shown["tables"]["customers"]] == ["a@example.com"]
    assert len(shown["tables"]["orders"]) == 1


def test_the_process_ends_with_its_parent(process):
    child, info = process("--until-stdin-closes", "--hostile", "down")
    assert info["ready"] is True
    child.stdin.close()
    child.stdin = None
    assert child.wait(10) == 0


def test_a_stopped_sandbox_comes_back_at_the_same_address_with_its_rows():
    box = Sandbox().start()
    box.woocommerce.seed(customers=[{"email": "a@example.com"}])
    url = box.url
    client = vendor_clients.woocommerce(box.info()["woocommerce"])
    box.stop()
    with pytest.raises(requests.exceptions.ConnectionError):
        client.get("/customers")
    with box:
        assert box.url == url
        assert len(client.get("/customers").json()) == 1
    client.http.close()
