"""A batch that is refused whole is halved until the record is found that nobody takes."""

from __future__ import annotations

import pytest

from hub.connectors import load
from hub.connectors.kit.halving import CAP, halved
from hub.errors import AuthError, PermanentError
from hub.model import Receipt
from hub.testing.destinations import write

WISHES = [write("update", str(n), {"full_name": f"Lê {n}"}) for n in range(100)]


class Door:
    """Takes every record but the poisonous ones, whose company it refuses whole."""

    def __init__(self, *poison: int, error: PermanentError | None = None) -> None:
        self.poison, self.asked = {WISHES[n].key for n in poison}, 0
        self.error = error or PermanentError("refused", code="rejected")

    def __call__(self, part):
        self.asked += 1
        if any(one.key in self.poison for one in part):
            raise self.error
        return [Receipt(one.key, "acked", one.target) for one in part]


def outcomes(door, wishes=WISHES):
    return {receipt.key: receipt.outcome for receipt in halved(wishes, lambda one: one, door)}


@pytest.mark.parametrize("poison", [(0,), (57,), (99,), (3, 4, 90)])
def test_only_the_poison_is_rejected_and_the_others_go_on(poison):
    told = outcomes(Door(*poison))
    assert {n for n, wish in enumerate(WISHES) if told[wish.key] == "rejected"} == set(poison)
    assert list(told.values()).count("acked") == 100 - len(poison)


def test_one_poison_in_a_hundred_costs_few_requests():
    door = Door(57)
    outcomes(door)
    assert door.asked <= 15


def test_when_everything_is_refused_no_record_is_blamed_and_it_ends_soon():
    door = Door(*range(100))
    assert set(outcomes(door).values()) == {"retry"}
    assert door.asked <= 2 * CAP + 8


def test_a_single_record_is_rejected_by_its_refusal():
    assert outcomes(Door(5), [WISHES[5]]) == {WISHES[5].key: "rejected"}


def test_refused_credentials_are_nobodys_fault_and_are_raised():
    with pytest.raises(AuthError):
        outcomes(Door(5, error=AuthError("no")))


def test_a_record_that_a_firewall_forbids_is_found_like_any_other():
    told = outcomes(Door(5, error=AuthError("no", code="permission")))
    assert list(told.values()).count("acked") == 99


def test_nothing_asks_nothing():
    assert list(halved([], lambda one: one, Door())) == []


@pytest.mark.parametrize("rates", [{}, {"limit": 0.3, "cut": 0.3}])
def test_a_shop_that_refuses_a_batch_gets_all_but_the_poison(box, make_context, opened, rates):
    box.woocommerce.seed(customers=[{"id": n, "email": f"k{n}@example.com", "first_name": "Lan"} for n in range(1, 21)])
    box.options["woocommerce"].poison = "SELECT"
    if rates:
        box.hostile.set("hostile", "woocommerce", rates=rates, retry_after=0)
    opened.append(load("woocommerce").open(make_context(box.info()["woocommerce"])))
    wishes = [write("update", str(n), {"full_name": "SELECT Lan" if n == 7 else f"Lê Lan {n}"}) for n in range(1, 21)]
    told = {receipt.key: receipt.outcome for receipt in opened[-1].write(wishes)}
    assert [n for n, wish in enumerate(wishes, 1) if told[wish.key] != "acked"] == [7]
    assert box.journal.repeated("woocommerce") == []


@pytest.mark.parametrize("rates", [{}, {"limit": 0.3, "cut": 0.3}])
def test_an_audience_that_refuses_a_batch_gets_all_but_the_poison(box, make_context, opened, rates):
    box.options["mailchimp"].poison = "SELECT"
    if rates:
        box.hostile.set("hostile", "mailchimp", rates=rates, retry_after=0)
    opened.append(load("mailchimp").open(make_context(box.info()["mailchimp"])))
    names = {n: "SELECT Lan" if n == 7 else f"Lê Lan {n}" for n in range(1, 21)}
    wishes = [write("create", None, {"email": f"k{n}@example.com", "full_name": name}) for n, name in names.items()]
    told = {receipt.key: receipt.outcome for receipt in opened[-1].write(wishes)}
    assert [n for n, wish in enumerate(wishes, 1) if told[wish.key] != "acked"] == [7]
    assert box.journal.repeated("mailchimp") == []
