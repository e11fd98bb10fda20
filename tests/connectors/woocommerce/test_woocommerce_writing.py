"""Writing to WooCommerce: batches, receipts per item, nothing resent blindly."""

import pytest

from hub.connectors import load
from hub.connectors.shop_woocommerce.mapping import to_canonical, to_vendor
from hub.errors import PermanentError
from hub.testing.destinations import write


@pytest.fixture
def connection(box, make_context, opened):
    box.woocommerce.seed(
        customers=[
            {
                "id": n,
                "email": f"k{n}@example.com",
                "first_name": "Lan",
                "last_name": f"Lê {n}",
                "billing": {"phone": "0912345678", "city": "Huế"},
            }
            for n in range(1, 6)
        ]
    )
    opened.append(load("woocommerce").open(make_context(box.info()["woocommerce"])))
    return opened[-1]


def batches(box):
    return box.journal.requests["woocommerce", "POST", "/customers/batch"] or sum(
        times
        for (_, method, route), times in box.journal.requests.items()
        if method == "POST" and route.endswith("batch")
    )


def test_many_updates_are_one_request(connection, box):
    receipts = list(connection.write([write("update", str(n), {"phone": f"098700000{n}"}) for n in range(1, 6)]))
    assert [receipt.outcome for receipt in receipts] == ["acked"] * 5
    assert batches(box) == 1


def test_an_existing_email_is_a_duplicate_by_name_and_the_others_go_on(connection):
    wishes = [write("create", None, {"email": "K1@example.com"}), write("create", None, {"email": "moi@example.com"})]
    receipts = {receipt.key: receipt for receipt in connection.write(wishes)}
    assert (receipts[wishes[0].key].outcome, receipts[wishes[0].key].reason) == ("rejected", "duplicate.email")
    assert receipts[wishes[1].key].outcome == "acked"


def test_a_create_without_an_email_is_rejected_before_it_is_sent(connection, box):
    (receipt,) = connection.write([write("create", None, {"full_name": "Không Thư"})])
    assert (receipt.outcome, receipt.reason) == ("rejected", "needs.email")
    assert batches(box) == 0


def test_lost_updates_are_looked_up_and_only_missing_ones_sent_again(connection, box):
    box.hostile.set("hostile", "woocommerce", rates={"truncated": 1.0}, in_a_row=1)
    receipts = list(connection.write([write("update", str(n), {"phone": f"098700000{n}"}) for n in range(1, 6)]))
    assert [receipt.outcome for receipt in receipts] == ["acked"] * 5
    assert box.journal.repeated("woocommerce") == []


def test_a_lost_batch_of_creates_is_unknown_for_each(connection, box):
    connection.check()
    box.hostile.set("hostile", "woocommerce", rates={"cut": 1.0}, in_a_row=1)
    receipts = list(connection.write([write("create", None, {"email": f"m{n}@example.com"}) for n in range(3)]))
    assert [receipt.outcome for receipt in receipts] == ["unknown"] * 3
    assert len(box.journal.of("woocommerce")) == 3


def test_no_meta_is_written(connection, box):
    list(connection.write([write("create", None, {"email": "moi@example.com", "full_name": "Trần Mới"})]))
    assert all("meta_data" not in entry.body for entry in box.journal.of("woocommerce"))


@pytest.mark.parametrize(
    "fields",
    [
        {"full_name": "Nguyễn Văn An", "phone": "0912345678"},
        {
            "full_name": "John Lê",
            "address": {"line": "1 Lê Lợi", "ward": "Bến Nghé", "district": "Quận 1", "province": "TP HCM"},
        },
        {"full_name": "Lan", "company_name": "Hoa Sen Nhỏ"},
    ],
)
def test_what_is_written_reads_back_the_same(fields):
    row = to_canonical({"id": 1, **to_vendor(fields, {})})
    assert row["full_name"] == fields["full_name"]
    assert row.get("addresses", [None])[0] == fields.get("address")
    assert row.get("company_name") == fields.get("company_name")
    assert [phone["value"] for phone in row.get("phones", [])] == [fields[key] for key in ("phone",) if key in fields]


def test_a_field_it_does_not_know_is_refused_by_name():
    with pytest.raises(PermanentError) as caught:
        to_vendor({"birth_date": "1990-02-03"}, {})
    assert caught.value.code == "unwritable.birth_date"
