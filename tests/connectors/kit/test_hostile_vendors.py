"""Three connectors against vendors that refuse, stall, cut, repeat and move pages: nothing lost, nothing sent twice."""

import uuid

import pytest

from hub.connectors import load
from hub.connectors.email_mailchimp.mapping import member_hash
from hub.model import Write

NAMES = ("kiotviet", "woocommerce", "mailchimp")
SEEDS = (1, 2)


@pytest.fixture
def held(box):
    """Ids that each vendor holds."""
    box.kiotviet.seed(customers=[{"id": n, "name": f"Lê {n}", "contactNumber": f"09{n:08}"} for n in range(1, 331)])
    box.woocommerce.seed(
        customers=[{"id": n, "email": f"k{n}@example.com", "first_name": f"Lê {n}"} for n in range(1, 231)],
        orders=[
            {
                "id": 1000 + n,
                "status": "completed",
                "total": "1",
                "currency": "VND",
                "customer_id": 0,
                "billing": {"first_name": f"Khách {n}", "phone": f"0987{n:06}"},
            }
            for n in range(120)
        ],
    )
    box.mailchimp.seed(
        members=[
            {"email_address": f"k{n}@example.com", "status": ("subscribed", "archived")[n % 2]} for n in range(1, 1301)
        ]
    )
    return {"kiotviet": 330, "woocommerce": 350, "mailchimp": 1300}


@pytest.fixture
def connection(box, held, make_context, opened):
    def connect(name, profile, seed):
        box.hostile.set(profile, stall=0.01, slow=0.01)
        box.hostile.seed(seed)
        opened.append(load(name).open(make_context(box.info()[name])))
        return opened[-1]

    return connect


def wish(action, target, fields):
    return Write(action, "g", target, fields, {}, uuid.uuid4().hex)


def target_of(name, n):
    return member_hash(f"k{n}@example.com") if name == "mailchimp" else str(n)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("profile", ["hostile", "busy"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_lost_and_the_sweep_ends_whole(connection, held, name, profile, seed):
    pages = list(connection(name, profile, seed).pull("customers", None, full=False))
    assert len({record.source_id for page in pages for record in page.records}) == held[name]
    assert any(page.complete for page in pages)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", NAMES)
def test_no_write_is_accepted_twice_and_every_one_has_its_receipt(connection, box, name, seed):
    wishes = [
        wish(
            "update",
            target_of(name, n),
            {"full_name": f"Trần Văn {n}"} if name == "woocommerce" else {"email": f"z{n}@example.com"},
        )
        for n in range(1, 25)
    ]
    wishes += [
        wish("create", None, {"full_name": f"Mới {n}", "email": f"moi{n}@example.com", "phone": f"08{n:08}"})
        for n in range(12)
    ]
    if name == "mailchimp":
        wishes = [w for w in wishes if w.action == "create" or int(w.fields["email"][1:].partition("@")[0]) % 2 == 0]
    receipts = list(connection(name, "hostile", seed).write(wishes))
    assert sorted(receipt.key for receipt in receipts) == sorted(w.key for w in wishes)
    assert {receipt.outcome for receipt in receipts} <= {"acked", "unknown"}
    assert box.journal.repeated(name) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_vendor_that_is_down_is_told_as_the_network(connection, name):
    assert [finding.status for finding in connection(name, "down", 1).check()] == ["network"]


@pytest.mark.parametrize("name", NAMES)
def test_refused_credentials_are_told_as_such(connection, name):
    assert [finding.status for finding in connection(name, "expired", 1).check()] == ["auth"]
