"""What becomes of writes, findings in both languages, and the catalogue of connectors."""

import pytest

from hub import contracts
from hub.connectors import REGISTRY, catalogue, load
from hub.connectors.kit.resend import holds, until_it_stands
from hub.connectors.kit.results import each, failed, finding
from hub.errors import AuthError, ConfigError, PermanentError, TransientError, UnknownOutcome
from hub.model import Receipt, Write


@pytest.mark.parametrize(
    ("record", "wish", "stands"),
    [
        ({"a": None}, {"a": ""}, True),
        ({}, {"a": None}, True),
        ({"a": "x "}, {"a": "x"}, True),
        ({"a": 5}, {"a": "5"}, True),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, True),
        ({"a": "y"}, {"a": "x"}, False),
        ({"a": "y"}, {"a": ""}, False),
    ],
)
def test_what_was_sent_is_recognised(record, wish, stands):
    assert holds(record, wish) is stands


def lost_then(*answers):
    waiting = list(answers)

    def send():
        answer = waiting.pop(0)
        if answer is None:
            raise UnknownOutcome("lost")
        return answer

    return send


def test_a_lost_write_that_stands_is_not_sent_again():
    assert until_it_stands(lost_then(None), lambda: "there") == "there"


def test_a_lost_write_that_does_not_stand_is_sent_again():
    assert until_it_stands(lost_then(None, None, "done"), lambda: None) == "done"


def test_a_lost_write_that_cannot_be_looked_up_stays_unknown():
    def look():
        raise TransientError("down")

    with pytest.raises(UnknownOutcome):
        until_it_stands(lost_then(None), look)


def wishes(count):
    return [Write("update", "g", str(n), {}, {}, f"k{n}") for n in range(count)]


def failing(error):
    def one(write):
        raise error

    return one


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (UnknownOutcome("x"), "unknown"),
        (TransientError("x"), "retry"),
        (PermanentError("x"), "rejected"),
        (AuthError("x", code="permission"), "retry"),
    ],
)
def test_every_error_has_its_outcome(error, outcome):
    assert failed(wishes(1)[0], error).outcome == outcome


def test_records_that_are_refused_keep_nobody_back():
    receipts = list(each(wishes(9), failing(PermanentError("x"))))
    assert [receipt.outcome for receipt in receipts] == ["rejected"] * 9


def test_a_vendor_that_is_down_is_left_alone_after_three_writes():
    told = []
    with pytest.raises(TransientError):
        told.extend(each(wishes(9), failing(TransientError("x"))))
    assert len(told) <= 3


def test_refused_credentials_end_the_batch_at_once():
    with pytest.raises(AuthError):
        list(each(wishes(2), failing(AuthError("x"))))


def test_one_record_that_always_fails_does_not_stop_the_rest():
    def one(write):
        if write.target == "0":
            raise TransientError("x")
        return Receipt(write.key, "acked", write.target)

    assert [receipt.outcome for receipt in each(wishes(4), one)] == ["retry", "acked", "acked", "acked"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (None, "ok"),
        (AuthError("x"), "auth"),
        (AuthError("x", code="permission"), "permission"),
        (TransientError("x"), "network"),
        (PermanentError("x"), "config"),
    ],
)
def test_findings_speak_both_languages(error, status):
    told = finding(error)
    assert told.status == status
    assert told.en
    assert told.vi
    assert told.en != told.vi


def test_the_catalogue_names_every_connector_of_the_hub():
    assert set(REGISTRY) <= set(catalogue())


def test_a_connectors_name_is_its_name_in_the_registry():
    for name in ("kiotviet", "woocommerce", "mailchimp"):
        assert load(name).description.name == name


def test_an_unknown_connector_is_told_with_near_names():
    with pytest.raises(ConfigError) as caught:
        load("kiotvit")
    assert "kiotviet" in str(caught.value)


def test_connectors_of_other_packages_are_found_by_entry_point(monkeypatch):
    from importlib.metadata import EntryPoint

    point = EntryPoint("elsewhere", "hub.connectors.pos_kiotviet:CONNECTOR", "hub.connectors")
    monkeypatch.setattr("hub.connectors.entry_points", lambda group: [point])
    assert "elsewhere" in catalogue()
    assert load("elsewhere").description.name == "kiotviet"


def test_a_package_that_cannot_be_loaded_is_a_clear_error(monkeypatch):
    monkeypatch.setitem(REGISTRY, "gone", "hub.connectors.no_such_folder:CONNECTOR")
    monkeypatch.setitem(REGISTRY, "wrong", "hub.connectors:REGISTRY")
    for name in ("gone", "wrong"):
        with pytest.raises(ConfigError) as caught:
            load(name)
        assert name in str(caught.value)


@pytest.mark.parametrize(
    ("name", "options", "key"),
    [
        ("kiotviet", {}, "retailer"),
        (
            "kiotviet",
            {"retailer": "r", "client_id": "a", "client_secret": "b", "base_url": "http://shop.example"},
            "base_url",
        ),
        (
            "kiotviet",
            {"retailer": "r", "client_id": "a", "client_secret": "b", "token_url": "http://shop.example"},
            "token_url",
        ),
        ("woocommerce", {"consumer_key": "a", "consumer_secret": "b"}, "url"),
        ("woocommerce", {"url": "http://shop.example", "consumer_key": "a", "consumer_secret": "b"}, "url"),
        ("mailchimp", {"api_key": "a-us1"}, "audience"),
    ],
)
def test_wrong_keys_are_told_by_their_path(make_context, name, options, key):
    with pytest.raises(ConfigError) as caught:
        load(name).open(make_context(options))
    assert caught.value.path == f"sources.src.{key}"


@pytest.mark.parametrize("name", ["kiotviet", "woocommerce", "mailchimp"])
def test_schemas_of_settings_know_only_the_connectors_own_keys(name):
    own = contracts.schema(load(name).description.settings_schema)
    assert own["additionalProperties"] is False
    assert not set(own["properties"]) & {"connector", "channel", "every", "budget", "sweep", "history"}
