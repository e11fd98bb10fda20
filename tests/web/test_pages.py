"""The pages: who may open what, what is masked, answers to questions, reports, search, sentences in both languages."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from places import browser
from sqlalchemy import select
from town import HUNG, LAN, Town, hand_in
from town import person as somebody
from walking import as_, question, send, steward, version

from hub.flow.access import ROLES
from hub.store.tables import audit, holds, reviews
from hub.web.pages import ROUTES, customer

SHUT = {
    "/reviews": ("steward",), "/reviews?all=1": ("steward",), "/reviews/pattern?kind=name&rule=swapped": ("steward",),
    "/decisions": ("steward",), "/sources": ("operator", "steward"), "/runs": ("operator", "steward"),
    "/quarantine": ("operator", "steward"), "/plans": ("operator",), "/deliveries": ("operator",), "/audit": (),
    "/segments": ROLES, "/segments/never": ROLES, "/": ROLES, "/customers": ROLES, "/customers?q=lan": ROLES,
}  # fmt: skip
"""Page → roles that may open it, admins aside."""
EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


@pytest.mark.parametrize("role", ROLES)
def test_every_page_opens_for_its_roles_and_no_others(town: Town, role: str) -> None:
    client = as_(town, role)
    told = {path: client.get(path).status_code for path in SHUT}
    assert told == {path: 200 if role == "admin" or role in roles else 403 for path, roles in SHUT.items()}


def test_no_page_opens_without_a_session(town: Town) -> None:
    client = browser(town.place)
    for route in ROUTES:
        path = re.sub(r"\{\w+\}", "x", route.path)
        if path in ("/signin", "/signout", "/theme", "/language"):
            continue
        answers = {method: client.request(method, path).status_code for method in route.methods - {"HEAD"}}
        assert answers == {method: 303 if method == "GET" else 401 for method in answers}, path


def test_every_form_wants_its_token(town: Town) -> None:
    client = as_(town, "admin", scopes=["pii"])
    for route in ROUTES:
        if "POST" in route.methods:
            assert client.post(re.sub(r"\{\w+\}", "x", route.path), data={}).status_code == 403, route.path


def test_somebody_without_the_right_sees_no_phone_anywhere(town: Town) -> None:
    golden_id = town.whose(LAN)
    for role in ("reader", "operator", "steward"):
        client = as_(town, role)
        text = client.get(f"/customers/{golden_id}").text + client.get("/customers?q=Nguyen").text
        assert "Nguyễn Thị Lan" in text
        for secret in (
            "912345678",
            "12 345 678",
            "lan@example.com",
            "001190012345",
            "17/05/1990",
            "1990-05-17",
            "màu xanh",
        ):
            assert secret not in text, (role, secret)


def test_parts_of_a_phone_tell_nothing_to_somebody_without_the_right(town: Town) -> None:
    assert "Nguyễn Thị Lan" not in as_(town, "reader").get("/customers?q=2345").text
    assert "Nguyễn Thị Lan" in as_(town, "reader", scopes=["pii"]).get("/customers?q=2345").text


def test_a_look_at_a_whole_customer_is_written_down(town: Town) -> None:
    golden_id = town.whose(LAN)
    client = as_(town, "reader", scopes=["pii"])
    client.get(f"/customers/{golden_id}")
    client.app.state.ground.looks.write()
    with town.place.store.read() as conn:
        told = conn.scalars(
            select(audit.c.subjects).where(audit.c.action == "look", audit.c.actor.like("user:reader%"))
        ).all()
    assert any(golden_id in subjects for subjects in told)


def test_somebody_of_one_store_sees_its_customers_only(town: Town) -> None:
    client = as_(town, "steward", scopes=["pii"], stores=["A"])
    mine, other = town.whose(LAN), town.whose("0903111222")
    assert client.get(f"/customers/{mine}").status_code == 200
    assert client.get(f"/customers/{other}").status_code == 404
    assert "Lê Thị Mai" not in client.get("/customers?q=mai").text
    assert {client.get(path).status_code for path in ("/reviews/pattern", "/quarantine")} == {403}
    assert send(client, f"/customers/{other}/report", f"/customers/{mine}", what="two_people").status_code == 404


def test_the_comparison_needs_personal_data(town: Town) -> None:
    assert as_(town, "steward").get(f"/reviews/{question(town)}").status_code == 403


def test_the_comparison_marks_what_is_shared_and_previews_every_answer(town: Town) -> None:
    client, review_id = steward(town), question(town)
    assert "<ins>" in client.get(f"/reviews/{review_id}").text
    told = unescape(client.get(f"/reviews/{review_id}/effects", headers={"accept-language": "en"}).text)
    assert "customers: 1 fewer" in told


def test_an_answer_to_what_has_changed_is_refused_and_shows_why(town: Town) -> None:
    client, review_id = steward(town), question(town)
    old = "0" * 16
    answer = send(client, f"/reviews/{review_id}/decision", f"/reviews/{review_id}", verdict="merge", version=old)
    assert answer.status_code == 409
    with town.place.store.read() as conn:
        assert conn.scalar(select(reviews.c.state).where(reviews.c.review_id == review_id)) == "open"


def test_an_answer_is_kept_a_second_one_is_not_and_undo_asks_again(town: Town) -> None:
    client, review_id = steward(town), question(town)
    seen, path = version(client, review_id), f"/reviews/{review_id}"
    done = send(client, f"{path}/decision", path, verdict="apart", version=seen, reason="hai anh em")
    assert done.status_code == 303
    late = send(client, f"{path}/decision", path, verdict="merge", version=seen)
    assert late.status_code == 409
    assert "steward-" in late.text
    assert "user:steward" not in late.text
    decision = re.search(r"(?:done|answered)=([\w-]+)", done.headers["location"])[1]
    assert send(client, f"/undo/{decision}", path, next=path).headers["location"] == path
    assert 'value="merge"' in client.get(path).text


def test_a_question_is_put_off(town: Town) -> None:
    client, review_id = steward(town), question(town)
    path = f"/reviews/{review_id}"
    assert (
        send(client, f"{path}/decision", path, verdict="later", version=version(client, review_id)).status_code == 303
    )
    with town.place.store.begin() as conn:
        assert conn.scalar(select(reviews.c.state).where(reviews.c.review_id == review_id)) == "later"
        conn.execute(reviews.update().where(reviews.c.review_id == review_id).values(state="open", until=None))


def test_a_pattern_is_answered_only_as_it_was_seen(town: Town) -> None:
    client = steward(town)
    at = "/reviews/pattern?kind=name&rule=swapped&verdict=apart"
    assert client.get(at).status_code == 200
    sent = {"kind": "name", "rule": "swapped", "verdict": "apart"}
    assert send(client, "/reviews/pattern", at, **sent, count="77").status_code == 409
    done = send(client, "/reviews/pattern", at, **sent, count="1")
    decision = done.headers["location"].rpartition("=")[2]
    assert send(client, f"/undo/{decision}", "/reviews", next="/reviews").status_code == 303


def test_a_report_in_two_taps_opens_a_question_and_holds_pushes(town: Town) -> None:
    golden_id = town.whose(HUNG)
    client, path = as_(town, "reader"), f"/customers/{golden_id}"
    assert send(client, f"{path}/report", path, what="wrong_phone").status_code == 303
    with town.place.store.read() as conn:
        assert conn.scalar(select(holds.c.golden_id).where(holds.c.active)) == golden_id
        assert conn.scalar(select(reviews.c.kind).where(reviews.c.kind == "report")) == "report"
    boss = steward(town)
    assert send(boss, f"{path}/release", path).status_code == 303


def test_what_a_reader_may_not_do_is_refused(town: Town) -> None:
    client = as_(town, "reader", scopes=["pii"])
    path = f"/customers/{town.whose(LAN)}"
    for act in ("hold", "release", "pin", "split"):
        assert send(client, f"{path}/{act}", path).status_code == 403


def test_a_value_is_pinned_and_unpinned(town: Town) -> None:
    client, path = steward(town), f"/customers/{town.whose('0903111222')}"
    done = send(client, f"{path}/pin", path, field="full_name", value="Lê Thị Mai Hoa", reason="đúng trên thẻ")
    assert done.status_code == 303
    assert "Lê Thị Mai Hoa" in client.get(path).text
    decision = done.headers["location"].rpartition("=")[2]
    send(client, f"/undo/{decision}", path)
    assert "<h1>Lê Thị Mai</h1>" in client.get(path).text


def test_a_customer_is_shown_as_on_a_past_day(town: Town) -> None:
    path = f"/customers/{town.whose(LAN)}"
    client = steward(town)
    assert (
        "Nobody knew this customer then" in client.get(f"{path}?at=2001-01-01", headers={"accept-language": "en"}).text
    )
    for odd in ("2001-13-01", "'--", "9999-99-99"):
        assert client.get(f"{path}?at={odd}").status_code == 200


def test_a_malicious_name_is_only_a_name(town: Town) -> None:
    hand_in(town.place, "till", somebody("66", f"Đinh {EVIL}", "0909888777", note=EVIL, stores=[EVIL]))
    client = steward(town)
    pages = [client.get(f"/customers/{town.whose('0909888777')}"), client.get("/customers", params={"q": "dinh"})]
    pages += [client.get("/customers", params={"q": EVIL}), client.get("/reviews", params={"rule": EVIL, "kind": EVIL})]
    pages += [client.get("/quarantine", params={"code": EVIL}), client.get("/customers/" + "%3Cscript%3E")]
    pages += [as_(town, "admin").get("/audit", params={"action": EVIL})]
    for page in pages:
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text


def test_odd_things_in_an_address_are_no_error_of_ours(town: Town) -> None:
    client = as_(town, "admin", scopes=["pii"])
    for path in ("/reviews/%00", "/reviews/ZZZZ", "/customers/' OR 1=1", "/runs/x", "/plans/x", "/quarantine/9999999999999",
                 "/quarantine/x", "/deliveries?before=-1", "/audit?before=x", "/customers?q=%25%27%22%00"):  # fmt: skip
        assert client.get(path).status_code in (200, 404, 409, 422), path


def test_both_languages_and_themes_are_chosen_by_a_form(town: Town) -> None:
    client = as_(town, "reader")
    send(client, "/language", "/", language="vi", next="/")
    assert "Hôm nay" in client.get("/").text
    send(client, "/theme", "/", theme="dark", next="/")
    assert 'data-theme="dark"' in client.get("/").text


def test_a_plan_is_not_sent_without_a_yes(town: Town) -> None:
    client = as_(town, "operator")
    assert send(client, "/plans/none/approve", "/", sure="yes").status_code == 404


def test_nothing_stands_inline(town: Town) -> None:
    client = steward(town)
    for path in (*SHUT, f"/customers/{town.whose(LAN)}", f"/reviews/{question(town)}"):
        text = client.get(path).text
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=)|javascript:", text), path


def test_templates_mark_nothing_safe() -> None:
    for file in (Path(__file__).parents[2] / "hub/web/templates").glob("*.html"):
        assert not re.search(r"\|\s*safe|autoescape", file.read_text()), file.name


def test_a_value_is_pinned_beside_the_comparison_and_leads_back_to_it(town: Town) -> None:
    client, review_id = steward(town), question(town)
    path = f"/reviews/{review_id}"
    found = re.search(r'action="(/customers/[0-9a-f-]+/pin)"', client.get(path).text)
    assert found
    done = send(client, found[1], path, field="occupation", value="thợ may", review=review_id)
    assert done.headers["location"].startswith(f"{path}?done=")
    send(client, "/undo/" + done.headers["location"].rpartition("=")[2], path)


def test_what_happened_earlier_is_one_link_away(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    client, path = steward(town), f"/customers/{town.whose(LAN)}"
    heading = re.compile(r'id="happened">(.*?)</section>', re.DOTALL)
    whole = re.findall("<li>.*?</li>", heading.search(client.get(path).text)[1], re.DOTALL)
    monkeypatch.setattr(customer, "EVENTS", 1)
    told, older = [], path
    while older and len(told) <= len(whole):
        part = heading.search(client.get(older).text)[1]
        told += re.findall("<li>.*?</li>", part, re.DOTALL)
        found = re.search(r'href="([^"#]+before=[^"#]+)', part)
        older = found[1] if found else ""
    assert told == whole
    assert len(whole) > 3
