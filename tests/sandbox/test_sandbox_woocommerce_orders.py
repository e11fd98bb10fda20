"""WooCommerce's stand-in: batches with an error per item, and orders."""

import pytest

from hub.sandbox.shapes import fields_of, misfits

FIELDS = fields_of("woocommerce")


def accounts(count):
    return [{"id": n, "email": f"c{n}@example.com", "first_name": f"N{n:03d}"} for n in range(1, count + 1)]


def code_of(answer):
    return answer.status_code, answer.json()["code"]


def ids(answer):
    return [row["id"] for row in answer.json()]


# -- batches ---------------------------------------------------------------------------------------------------------


def test_a_batch_answers_200_with_an_error_per_failing_item(box, shop):
    box.woocommerce.seed(customers=accounts(2))
    body = {
        "create": [{"email": "c1@example.com"}, {"email": "new@example.com"}],
        "update": [{"id": 1, "first_name": "Lan"}, {"id": 99}],
        "delete": [2, 98],
    }
    answer = shop.post("/customers/batch", body)
    assert answer.status_code == 200
    done = answer.json()
    failed = {verb: ["error" in item for item in items] for verb, items in done.items()}
    assert failed == {"create": [True, False], "update": [False, True], "delete": [False, True]}
    assert done["create"][0]["error"]["code"] == "registration-error-email-exists"


def test_a_batch_takes_a_hundred_items(shop):
    body = {"create": [{"email": f"n{n}@example.com"} for n in range(101)]}
    assert code_of(shop.post("/customers/batch", body)) == (413, "woocommerce_rest_request_entity_too_large")
    assert len(shop.post("/customers/batch", {"create": body["create"][:100]}).json()["create"]) == 100


def test_only_accepted_items_of_a_batch_are_in_the_journal(box, shop):
    box.woocommerce.seed(customers=accounts(1))
    shop.post("/customers/batch", {"create": [{"email": "c1@example.com"}], "update": [{"id": 1, "first_name": "A"}]})
    assert [(entry.action, entry.record) for entry in box.journal.of()] == [("update", 1)]


def test_a_password_is_not_kept_in_the_journal(box, shop):
    shop.post("/customers", {"email": "a@example.com", "password": "geheim"})
    assert "password" not in box.journal.of()[0].body


# -- orders ----------------------------------------------------------------------------------------------------------


def order(key, **fields):
    return {"id": key, "date_created_gmt": f"2026-03-{key:02d}T00:00:00", "status": "completed", **fields}


def test_an_order_has_documented_fields_and_money_as_text(box, shop):
    box.woocommerce.seed(orders=[order(1, total="120000.00", billing={"email": "guest@example.com"})])
    (row,) = shop.get("/orders").json()
    assert misfits(row, FIELDS["order"]) == []
    assert row["customer_id"] == 0


def test_the_newest_order_comes_first(box, shop):
    box.woocommerce.seed(orders=[order(n) for n in (1, 2, 3)])
    assert ids(shop.get("/orders")) == [3, 2, 1]


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"modified_after": "2026-03-02T00:00:00", "dates_are_gmt": "true"}, [3]),
        ({"modified_after": "2026-03-02T00:00:00"}, [2, 3]),
        ({"modified_after": "2026-03-02T00:00:00Z"}, [3]),
        ({"modified_before": "2026-03-02T00:00:00", "dates_are_gmt": "true"}, [1]),
        ({"after": "2026-03-01T12:00:00", "dates_are_gmt": "true"}, [2, 3]),
        ({"status": "processing"}, [2]),
        ({"status[]": ["processing", "completed"]}, [1, 2, 3]),
        ({"customer": 7}, [3]),
        ({"include": "1,3"}, [1, 3]),
    ],
)
def test_orders_are_filtered(box, shop, params, found):
    box.woocommerce.seed(orders=[order(1), order(2, status="processing"), order(3, customer_id=7)])
    assert ids(shop.get("/orders", orderby="id", order="asc", **params)) == found


def test_the_trash_is_listed_only_by_name(box, shop):
    box.woocommerce.seed(orders=[order(1, status="trash")])
    assert ids(shop.get("/orders")) == []
    assert ids(shop.get("/orders", status="trash")) == [1]
