"""The client: what is retried and what is waited for."""

import pytest
from fake_vendor import Reply

from hub.connectors.kit.auth import ClientCredentials
from hub.connectors.kit.http import HttpClient
from hub.connectors.kit.patience import Patience, Waiting
from hub.errors import AuthError, PermanentError, TransientError, UnknownOutcome

OK = Reply(200, {"fine": True})


def test_a_reading_request_is_tried_again_after_named_transient_errors(client, vendor):
    vendor.replies(Reply(503), Reply(502), Reply(500), Reply(408), OK)
    assert client.get("/x").data == {"fine": True}


def test_tries_are_counted_and_the_last_error_is_raised(client, vendor):
    vendor.replies(Reply(503, headers={"Content-Type": "text/html"}, raw=b"<html>"))
    with pytest.raises(TransientError) as caught:
        client.get("/x")
    assert caught.value.code == "server"
    assert len(vendor.seen) == Patience().attempts


def test_backoff_doubles_up_to_its_cap(vendor, waits):
    patience = Patience(attempts=6, base=1.0, cap=4.0)
    made = HttpClient(vendor.url, patience=patience, waiting=Waiting(wait=waits.append, jitter=lambda: 1.0))
    vendor.replies(Reply(500))
    with pytest.raises(TransientError):
        made.get("/x")
    made.close()
    assert waits == [1.0, 2.0, 4.0, 4.0, 4.0]


def test_who_cannot_be_reached_is_given_up_soon(nobody, waits):
    made = HttpClient(nobody, waiting=Waiting(wait=waits.append, jitter=lambda: 1.0))
    with pytest.raises(TransientError) as caught:
        made.get("/x")
    made.close()
    assert caught.value.code == "unreachable"
    assert (len(waits) + 1, sum(waits) < Patience().reach) == (Patience().knocks, True)


def test_who_is_not_reached_in_time_is_not_knocked_at_again(nobody, waits):
    made = HttpClient(nobody, patience=Patience(reach=0.0), waiting=Waiting(wait=waits.append))
    with pytest.raises(TransientError):
        made.get("/x")
    made.close()
    assert waits == []


def test_waits_between_knocks_are_jittered(nobody):
    def waited(jitter):
        waits = []
        made = HttpClient(nobody, waiting=Waiting(wait=waits.append, jitter=lambda: jitter))
        with pytest.raises(TransientError):
            made.get("/x")
        made.close()
        return sum(waits)

    assert waited(0.0) < waited(1.0)


def test_a_token_that_cannot_be_had_is_not_asked_for_again_with_every_try(vendor, nobody, waits):
    waiting = Waiting(wait=waits.append, jitter=lambda: 1.0)
    tokens = HttpClient(nobody, waiting=waiting)
    auth = ClientCredentials(lambda: tokens.send("POST", "", form={"a": "b"}, idempotent=True).data)
    made = HttpClient(vendor.url, auth, waiting=waiting)
    with pytest.raises(TransientError):
        made.get("/x")
    tokens.close()
    made.close()
    assert (vendor.seen, len(waits)) == ([], Patience().knocks - 1)


def test_a_limit_is_waited_for_more_often_than_nobody_is(client, vendor, waits):
    vendor.replies(*[Reply(429, headers={"Retry-After": "1"})] * Patience().knocks, OK)
    assert client.get("/x").data == {"fine": True}
    assert len(waits) == Patience().knocks


def test_retry_after_in_seconds_with_decimals_is_waited_for(client, vendor, waits):
    vendor.replies(Reply(429, headers={"Retry-After": "2.5"}), OK)
    client.get("/x")
    assert 2.5 <= waits[0] <= 2.75


def test_retry_after_as_a_date_counts_from_the_vendors_own_clock(client, vendor, waits):
    dates = {"Date": "Mon, 01 Jan 2001 00:00:00 GMT", "Retry-After": "Mon, 01 Jan 2001 00:00:07 GMT"}
    vendor.replies(Reply(503, headers=dates), OK)
    client.get("/x")
    assert 7.0 <= waits[0] <= 7.7


def test_a_wait_longer_than_the_cap_ends_the_slice_and_is_told(client, vendor, waits):
    vendor.replies(Reply(429, headers={"Retry-After": "3600"}))
    with pytest.raises(TransientError) as caught:
        client.get("/x")
    assert caught.value.retry_after == 3600
    assert waits == []


def test_no_more_tries_once_the_time_of_the_slice_is_up(vendor, waits):
    made = HttpClient(vendor.url, waiting=Waiting(wait=waits.append, deadline=lambda: True))
    vendor.replies(Reply(503))
    with pytest.raises(TransientError):
        made.get("/x")
    made.close()
    assert len(vendor.seen) == 1


@pytest.mark.parametrize(
    "bad",
    [
        Reply(200, raw=b'{"a": [1, 2'),
        Reply(200, raw=b"<html>hi</html>"),
        Reply(200, {"a": "b" * 99}, cut=20),
        Reply(drop=True),
    ],
    ids=["half", "page", "cut", "dropped"],
)
def test_a_spoiled_answer_to_a_reading_request_is_asked_for_again(client, vendor, bad):
    vendor.replies(bad, OK)
    assert client.get("/x").data == {"fine": True}


@pytest.mark.parametrize(
    "bad",
    [
        Reply(200, raw=b'{"a": [1, 2'),
        Reply(200, {"a": "b" * 99}, cut=20),
        Reply(drop=True),
        Reply(500),
        Reply(504),
        Reply(503),
    ],
    ids=["half", "cut", "dropped", "500", "504", "503"],
)
def test_a_write_that_may_have_happened_is_not_sent_again(client, vendor, bad):
    vendor.replies(bad, OK)
    with pytest.raises(UnknownOutcome):
        client.send("POST", "/x", json={"a": 1}, idempotent=False)
    assert len(vendor.seen) == 1


@pytest.mark.parametrize("refusal", [Reply(429), Reply(503, headers={"Retry-After": "1"})], ids=["429", "503"])
def test_a_write_that_was_turned_away_is_sent_again(client, vendor, refusal):
    vendor.replies(refusal, OK)
    assert client.send("POST", "/x", json={"a": 1}, idempotent=False).status == 200


def test_a_repeatable_write_is_sent_again(client, vendor):
    vendor.replies(Reply(drop=True), OK)
    assert client.send("PUT", "/x", json={"a": 1}, idempotent=True).status == 200


def test_a_refused_connection_means_not_sent(nobody):
    made = HttpClient(nobody, waiting=Waiting(wait=lambda seconds: None))
    with pytest.raises(TransientError) as caught:
        made.send("POST", "/x", json={}, idempotent=False)
    made.close()
    assert not isinstance(caught.value, UnknownOutcome)


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (401, AuthError, "auth"),
        (403, AuthError, "permission"),
        (404, PermanentError, "not_found"),
        (400, PermanentError, "rejected"),
    ],
)
def test_refusals_are_told_apart_and_never_retried(client, vendor, status, kind, code):
    vendor.replies(Reply(status, {"x": 1}))
    with pytest.raises(kind) as caught:
        client.get("/x")
    assert caught.value.code == code
    assert len(vendor.seen) == 1
