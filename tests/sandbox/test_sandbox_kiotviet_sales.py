"""KiotViet's stand-in: invoices, returns, branches, settings."""

import pytest

from hub.sandbox.shapes import fields_of, misfits

FIELDS = fields_of("kiotviet")


def people(count):
    return [{"id": n, "name": f"Khách {n:03d}", "contactNumber": f"09{n:08d}"} for n in range(1, count + 1)]


def code_of(answer):
    return answer.json()["responseStatus"]["errorCode"]


# -- sales -----------------------------------------------------------------------------------------------------------


def invoice(key, **fields):
    lines = [{"productId": 1, "productCode": "SP1", "productName": "Bánh", "quantity": 1.0, "price": 50.0}]
    return {"id": key, "total": 50, "invoiceDetails": lines, "purchaseDate": f"2026-02-{key:02d}T09:00:00", **fields}


def test_an_invoice_has_documented_fields_and_a_list_of_lines(box, kiot):
    box.kiotviet.seed(invoices=[invoice(1)])
    (row,) = kiot.get("/invoices", includePayment="true", includeInvoiceDelivery="true").json()["data"]
    assert misfits(row, FIELDS["invoice"]) == []
    assert misfits(row["invoiceDetails"][0], FIELDS["invoice_detail"]) == []


def test_a_walk_in_has_a_null_customer(box, kiot):
    box.kiotviet.seed(invoices=[invoice(1)])
    assert kiot.get("/invoices").json()["data"][0]["customerId"] is None


@pytest.mark.parametrize(
    ("params", "ids"),
    [
        ({"customerIds": 1}, [1, 3]),
        ({"status": [2]}, [2]),
        ({"status": "1,2"}, [1, 2, 3]),
        ({"branchIds": 9}, [3]),
        ({"fromPurchaseDate": "2026-02-02"}, [2, 3]),
        ({"toPurchaseDate": "2026-02-02T09:00:00"}, [1, 2]),
    ],
)
def test_invoices_are_filtered(box, kiot, params, ids):
    sales = [invoice(1, customerId=1), invoice(2, status=2), invoice(3, customerId=1, branchId=9)]
    box.kiotviet.seed(customers=people(1), invoices=sales)
    assert [row["id"] for row in kiot.get("/invoices", **params).json()["data"]] == ids


def test_a_deleted_customer_is_marked_in_old_invoices(box, kiot):
    named = {"customerId": 1, "customerCode": "KH000001", "customerName": "Khách 001"}
    box.kiotviet.seed(customers=people(1), invoices=[invoice(1, **named)])
    kiot.delete("/customers/1")
    (row,) = kiot.get("/invoices").json()["data"]
    assert (row["customerCode"], row["customerName"]) == ("KH000001{DEL}", "Khách 001{DEL}")


def test_returns_have_documented_fields(box, kiot):
    box.kiotviet.seed(returns=[{"invoiceId": 1, "returnTotal": 20.0, "returnDate": "2026-02-03T09:00:00"}])
    (row,) = kiot.get("/returns", includePayment="true").json()["data"]
    assert misfits(row, FIELDS["return"]) == []


def test_branches_and_settings_are_as_documented(box, kiot):
    box.kiotviet.seed(branches=[{"id": 1, "branchName": "Quận 1", "contactNumber": "02838251234"}])
    (branch,) = kiot.get("/branches").json()["data"]
    assert misfits(branch, FIELDS["branch"]) == []
    assert kiot.get("/settings").json().keys() == FIELDS["settings"].keys()


def test_an_unknown_path_is_404_in_the_vendors_shape(kiot):
    assert code_of(kiot.get("/nothing")) == "KvNotFoundException"
