"""The hostile mode is bounded and seeded, and a well-behaved client survives it."""

import asyncio

import pytest
import vendor_clients
from vendor_clients import BROKEN

from hub.sandbox.gate import Gate
from hub.sandbox.hostile import Asked, Hostile
from hub.sandbox.profiles import FAILING, Profile


def kinds(box):
    return [fault.kind for fault in box.journal.faults]


# -- bounds and seeds ------------------------------------------------------------------------------------------------


def asked(path="/customers", query="", method="GET"):
    return Asked("kiotviet", method, path, query)


def test_failing_answers_on_one_endpoint_end_after_the_bound(box):
    box.hostile.set(Profile("bad", {"error": 1.0}, in_a_row=3))
    given = [box.hostile.decide(asked(query=f"currentItem={n}")) for n in range(8)]
    assert given == ["error", "error", "error", None] * 2


def test_one_request_that_is_sent_again_gets_through(box):
    box.hostile.set("hostile", rates={kind: 1 / len(FAILING) for kind in FAILING})
    for n in range(200):
        request = asked(query=f"currentItem={n}")
        assert any(box.hostile.decide(request) is None for _ in range(3))


def test_the_same_seed_gives_the_same_faults(box):
    def drawn(seed):
        hostile = Hostile(box.vendors, seed)
        hostile.set("hostile")
        return [hostile.decide(asked(query=f"currentItem={n}")) for n in range(300)]

    assert drawn(4) == drawn(4) != drawn(5)
    box.hostile.calm()


def test_a_profile_with_an_unknown_fault_is_an_error():
    with pytest.raises(ValueError, match="earthquake"):
        Profile("bad", {"earthquake": 0.5})


def test_every_kind_of_fault_comes_up_in_the_hostile_profile(box):
    box.hostile.set("hostile")
    drawn = {box.hostile.decide(asked(query=f"currentItem={100 + n}")) for n in range(2000)}
    assert drawn >= {*FAILING, "slow", "shift", "repeat"}


# -- surviving -------------------------------------------------------------------------------------------------------


def patiently(send, attempts=4):
    """A well-behaved client: tries again, says what it could not read."""
    for _ in range(attempts):
        try:
            answer = send()
            if answer.status_code < 400:
                return answer.json()
        except (*BROKEN, ValueError):
            continue
    raise AssertionError("a well-behaved client did not get through")


def test_a_patient_client_reads_everything_under_the_hostile_profile(box, kiot):
    box.kiotviet.seed(customers=[{"id": n, "name": "A"} for n in range(1, 301)])
    box.hostile.set("hostile", stall=0.01, slow=0.0)
    seen, offset = [], 0
    while True:
        page = patiently(lambda at=offset: kiot.get("/customers", currentItem=at, pageSize=10))["data"]
        seen += [row["id"] for row in page]
        offset += len(page)
        if not page:
            break
    assert set(seen) == set(range(1, 301))
    assert kinds(box)


def test_a_patient_client_that_reads_back_writes_each_record_once(box, mail):
    box.hostile.set("hostile", stall=0.01, slow=0.0)
    emails = [f"n{n}@example.com" for n in range(60)]
    for email in emails:
        body = {"email_address": email, "status_if_new": "subscribed"}
        patiently(lambda email=email, body=body: mail.put(f"/members/{vendor_clients.hash_of(email)}", body))
    assert sorted(row["email_address"] for row in box.mailchimp.rows("members")) == sorted(emails)
    assert {fault.kind for fault in box.journal.faults} & {"cut", "stall", "truncated"}


# -- simultaneous connections ----------------------------------------------------------------------------------------


def test_the_eleventh_simultaneous_request_of_a_key_is_refused(box):
    async def run():
        release = asyncio.Event()
        statuses = []

        async def vendor(scope, receive, send):
            await release.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        async def receive():
            return {"type": "http.request", "body": b""}

        async def send(message):
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        gate = Gate(vendor, box.vendors, box.hostile, box.journal, {"mailchimp": 10})
        scope = {"type": "http", "method": "GET", "path": "/mailchimp/3.0/ping", "query_string": b"", "headers": []}
        waiting = [asyncio.create_task(gate(dict(scope), receive, send)) for _ in range(10)]
        await asyncio.sleep(0)
        await gate(dict(scope), receive, send)
        release.set()
        await asyncio.gather(*waiting)
        await gate(dict(scope), receive, send)
        return statuses

    assert asyncio.run(run()) == [429, *[200] * 11]
