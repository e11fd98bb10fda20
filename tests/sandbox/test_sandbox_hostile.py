"""The hostile mode: each fault as a client meets it, bounded, seeded, in the journal, and survivable."""

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
import requests
import vendor_clients
from vendor_clients import BROKEN

from hub.sandbox.profiles import Profile


def always(kind, **fields):
    return Profile("always", {kind: 1.0}, in_a_row=10_000, **fields)


def soon(happened):
    """Waits for what another thread is about to do."""
    for _ in range(1000):
        if happened():
            return
        time.sleep(0.01)
    raise AssertionError("it never happened")


def kinds(box):
    return [fault.kind for fault in box.journal.faults]


# -- each fault ------------------------------------------------------------------------------------------------------


def test_429_comes_with_both_forms_of_retry_after(box, shop):
    box.hostile.set(always("limit", retry_after=7))
    texts = [shop.get("/customers").headers["Retry-After"] for _ in range(12)]
    dates = [text for text in texts if not text.isdigit()]
    assert "7" in texts
    assert dates
    assert all(parsedate_to_datetime(text) for text in dates)


def test_kiotviets_429_has_its_own_body_and_no_retry_after(box, kiot):
    box.hostile.set(always("limit"))
    answer = kiot.get("/customers")
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, False)
    assert "responseStatus" in answer.json()


def test_mailchimps_429_is_a_problem_document(box, mail):
    box.hostile.set(always("limit"))
    assert mail.get("/members").json()["title"] == "Too Many Requests"


@pytest.mark.parametrize("client", ["kiot", "shop", "mail"])
def test_500_has_the_vendors_own_shape(box, request, client):
    vendor = request.getfixturevalue(client)
    box.hostile.set(always("error"))
    path = "/members" if client == "mail" else "/customers"
    body = {"kiot": "responseStatus", "shop": "code", "mail": "title"}
    answer = vendor.get(path)
    assert answer.status_code == 500
    assert body[client] in answer.json()


def test_503_is_an_html_page(box, shop):
    box.hostile.set(always("html"))
    answer = shop.get("/customers")
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "text/html; charset=utf-8")


@pytest.mark.parametrize("kind", ["limit", "error", "html"])
def test_a_refused_write_is_not_done(box, shop, kind):
    box.hostile.set(always(kind))
    shop.post("/customers", {"email": "a@example.com"})
    assert box.woocommerce.rows("customers") == []
    assert [fault.committed for fault in box.journal.faults] == [False]


@pytest.mark.parametrize("kind", ["cut", "stall"])
def test_a_write_is_done_though_its_answer_never_comes(box, shop, kind):
    box.hostile.set(always(kind, stall=0.01))
    with pytest.raises(BROKEN):
        shop.post("/customers", {"email": "a@example.com"})
    assert [row["email"] for row in box.woocommerce.rows("customers")] == ["a@example.com"]
    assert [fault.committed for fault in box.journal.faults] == [True]


def test_a_stall_is_longer_than_a_client_waits(box, shop):
    box.hostile.set(always("stall", stall=0.15))
    with pytest.raises(requests.exceptions.ReadTimeout):
        shop.http.post(shop.base + "/customers", json={"email": "a@example.com"}, timeout=(5, 0.05))
    soon(lambda: len(box.woocommerce.rows("customers")) == 1)


def test_half_an_answer_is_no_json(box, shop):
    box.woocommerce.seed(customers=[{"email": f"c{n}@example.com"} for n in range(5)])
    box.hostile.set(always("truncated"))
    for _ in range(6):
        with pytest.raises((*BROKEN, ValueError)):
            shop.get("/customers").json()


def test_half_an_answer_comes_as_a_broken_body_and_as_a_short_one(box, shop):
    box.woocommerce.seed(customers=[{"email": "c@example.com"}])
    box.hostile.set(always("truncated"))
    seen = set()
    for _ in range(12):
        try:
            shop.get("/customers")
        except BROKEN:
            seen.add("broken")
        else:
            seen.add("short")
    assert seen == {"broken", "short"}


def test_a_slow_answer_is_a_right_one(box, shop):
    box.hostile.set(always("slow", slow=0.01))
    assert shop.get("/customers").json() == []
    assert kinds(box) == ["slow"]


def test_the_vendors_clock_is_off_in_the_date_header_and_in_its_rows(box, shop):
    real = datetime(2026, 1, 1, tzinfo=UTC)
    box.woocommerce.clock.freeze(real)
    box.hostile.set(Profile("skewed", skew=3000.0))
    answer = shop.post("/customers", {"email": "a@example.com"})
    shown = parsedate_to_datetime(answer.headers["Date"])
    assert shown == real + box.woocommerce.clock.skew != real
    assert answer.json()["date_modified_gmt"] == shown.strftime("%Y-%m-%dT%H:%M:%S")


def test_down_is_always_503(box, kiot):
    box.hostile.set("down")
    assert {kiot.get("/customers").status_code for _ in range(5)} == {503}


def test_expired_is_401_and_gives_no_new_token(box, kiot, shop, mail):
    box.hostile.set("expired")
    assert [client.get(path).status_code for client, path in ((kiot, "/customers"), (shop, "/orders"), (mail, ""))] == [
        401,
        401,
        401,
    ]
    info = box.info()["kiotviet"]
    answer = requests.post(info["token_url"], data=vendor_clients.token_form(info), timeout=5)
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_client"})


def test_one_vendor_can_be_down_alone(box, kiot, shop):
    box.hostile.set("down", "kiotviet")
    assert (kiot.get("/customers").status_code, shop.get("/customers").status_code) == (503, 200)


def test_calm_ends_it(box, shop):
    box.hostile.set("down")
    box.hostile.calm()
    assert shop.get("/customers").status_code == 200


# -- pages -----------------------------------------------------------------------------------------------------------


def walk(client, size):
    """Reads a KiotViet list to its end, as a plain client does."""
    rows, pages = [], []
    while True:
        page = [row["id"] for row in client.get("/customers", currentItem=len(rows), pageSize=size).json()["data"]]
        if not page:
            return rows, pages
        rows += page
        pages.append(page)


@pytest.mark.parametrize("kind", ["shift", "repeat"])
def test_rows_come_twice_but_none_is_missed(box, kiot, kind):
    box.kiotviet.seed(customers=[{"id": n, "name": "A"} for n in range(1, 51)])
    box.hostile.set(always(kind))
    rows, _ = walk(kiot, 10)
    assert len(rows) > 50
    assert set(rows) == set(range(1, 51))


def test_a_repeated_page_is_the_page_before(box, kiot):
    box.kiotviet.seed(customers=[{"id": n, "name": "A"} for n in range(1, 51)])
    box.hostile.set(always("repeat"))
    _, pages = walk(kiot, 10)
    assert pages[1] == pages[0]


def test_a_new_walk_begins_without_shifts(box, kiot):
    box.kiotviet.seed(customers=[{"id": n, "name": "A"} for n in range(1, 31)])
    box.hostile.set(always("shift"))
    walk(kiot, 10)
    box.hostile.calm()
    assert walk(kiot, 10)[0] == list(range(1, 31))


def test_a_touched_record_moves_to_the_end_of_a_list_by_modified_date(box, kiot):
    dated = [{"id": n, "name": "A", "modifiedDate": f"2026-01-01T00:00:{n:02d}"} for n in range(1, 21)]
    box.kiotviet.seed(customers=dated)
    box.hostile.set(always("touch"))
    order = {"orderBy": "modifiedDate", "pageSize": 10}
    first = {row["id"] for row in kiot.get("/customers", **order).json()["data"]}
    second = {row["id"] for row in kiot.get("/customers", currentItem=10, **order).json()["data"]}
    assert first & second
    assert 11 not in second
