"""WooCommerce's stand-in: keys, lists, writes, batches, orders."""

import pytest
import requests
from vendor_clients import TIMEOUT

from hub.sandbox.shapes import fields_of, misfits

FIELDS = fields_of("woocommerce")


def accounts(count):
    return [{"id": n, "email": f"c{n}@example.com", "first_name": f"N{n:03d}"} for n in range(1, count + 1)]


def code_of(answer):
    return answer.status_code, answer.json()["code"]


def ids(answer):
    return [row["id"] for row in answer.json()]


# -- keys ------------------------------------------------------------------------------------------------------------


def test_without_a_key_nothing_is_listed(shop):
    shop.http.auth = None
    assert code_of(shop.get("/customers")) == (401, "woocommerce_rest_cannot_view")


@pytest.mark.parametrize("auth", [("ck_other", "cs_sandbox"), ("ck_sandbox", "cs_other")])
def test_a_wrong_key_is_refused(shop, auth):
    shop.http.auth = auth
    assert code_of(shop.get("/customers")) == (401, "woocommerce_rest_authentication_error")


def test_keys_may_stand_in_the_query(shop):
    shop.http.auth = None
    answer = shop.get("/customers", consumer_key="ck_sandbox", consumer_secret="cs_sandbox")
    assert answer.status_code == 200


def test_a_key_that_may_only_read_writes_nothing(box, shop):
    box.woocommerce.options.permissions = "read"
    assert shop.post("/customers", {"email": "a@example.com"}).status_code == 401
    assert box.journal.of() == []


def test_the_index_of_the_site_is_public(box):
    answer = requests.get(box.info()["woocommerce"]["url"] + "/wp-json/", timeout=TIMEOUT).json()
    assert "wc/v3" in answer["namespaces"]


def test_the_system_status_needs_the_key(shop):
    assert shop.get("/system_status").json()["settings"]["currency"] == "VND"


# -- lists -----------------------------------------------------------------------------------------------------------


def test_ten_a_page_and_the_totals_in_headers(box, shop):
    box.woocommerce.seed(customers=accounts(25))
    answer = shop.get("/customers")
    assert len(answer.json()) == 10
    assert (answer.headers["X-WP-Total"], answer.headers["X-WP-TotalPages"]) == ("25", "3")


def test_links_lead_to_the_next_and_the_page_before(box, shop):
    box.woocommerce.seed(customers=accounts(25))
    links = shop.get("/customers", page=2, orderby="id").links
    assert ids(shop.http.get(links["next"]["url"], timeout=TIMEOUT)) == [21, 22, 23, 24, 25]
    assert ids(shop.http.get(links["prev"]["url"], timeout=TIMEOUT)) == list(range(1, 11))


def test_a_page_past_the_end_is_empty(box, shop):
    box.woocommerce.seed(customers=accounts(3))
    assert shop.get("/customers", page=2).json() == []


def test_an_offset_outranks_the_page(box, shop):
    box.woocommerce.seed(customers=accounts(9))
    assert ids(shop.get("/customers", orderby="id", offset=7, page=1)) == [8, 9]


@pytest.mark.parametrize(
    "params",
    [{"per_page": 101}, {"per_page": 0}, {"page": 0}, {"orderby": "modified"}, {"order": "up"}, {"role": "king"}],
)
def test_a_parameter_out_of_bounds_is_refused(shop, params):
    assert code_of(shop.get("/customers", **params)) == (400, "rest_invalid_param")


def test_an_undocumented_parameter_is_refused_when_strict(shop):
    assert code_of(shop.get("/customers", phone="1")) == (400, "rest_invalid_param")


def test_an_undocumented_parameter_is_ignored_when_not_strict(box, shop):
    box.woocommerce.options.strict = False
    assert shop.get("/customers", phone="1").status_code == 200


def test_a_date_filter_on_customers_is_silently_ignored(box, shop):
    box.woocommerce.seed(customers=accounts(3))
    assert len(shop.get("/customers", modified_after="2090-01-01T00:00:00").json()) == 3


def test_only_customers_are_listed_unless_all_roles_are_asked(box, shop):
    box.woocommerce.seed(customers=[*accounts(2), {"id": 9, "email": "boss@example.com", "role": "administrator"}])
    assert ids(shop.get("/customers", orderby="id")) == [1, 2]
    assert ids(shop.get("/customers", orderby="id", role="all")) == [1, 2, 9]


def test_customers_are_ordered_by_id_downwards(box, shop):
    box.woocommerce.seed(customers=accounts(3))
    assert ids(shop.get("/customers", orderby="id", order="desc")) == [3, 2, 1]


def test_include_and_exclude(box, shop):
    box.woocommerce.seed(customers=accounts(5))
    assert ids(shop.get("/customers", orderby="id", include="2,4,5", exclude="4")) == [2, 5]


def test_orderby_include_keeps_the_order_asked_for(box, shop):
    box.woocommerce.seed(customers=accounts(5))
    assert ids(shop.get("/customers", orderby="include", include="4,2")) == [4, 2]


def test_an_email_is_found_exactly_and_in_any_case(box, shop):
    box.woocommerce.seed(customers=accounts(12))
    assert ids(shop.get("/customers", email="C1@Example.com")) == [1]


def test_a_search_finds_names_and_emails_but_no_phone(box, shop):
    box.woocommerce.seed(customers=[{"id": 1, "email": "lan@example.com", "billing": {"phone": "0912345678"}}])
    assert ids(shop.get("/customers", search="lan@")) == [1]
    assert ids(shop.get("/customers", search="0912345678")) == []


def test_fields_may_be_chosen(box, shop):
    box.woocommerce.seed(customers=accounts(1))
    assert shop.get("/customers", _fields="id,email").json() == [{"id": 1, "email": "c1@example.com"}]


def test_site_time_and_gmt_differ_by_the_sites_offset(box, shop):
    box.woocommerce.seed(customers=[{"email": "a@example.com", "date_created_gmt": "2026-01-01T20:00:00"}])
    (row,) = shop.get("/customers").json()
    assert (row["date_created_gmt"], row["date_created"]) == ("2026-01-01T20:00:00", "2026-01-02T03:00:00")


# -- writes ----------------------------------------------------------------------------------------------------------


def test_a_created_customer_answers_201_with_documented_fields(shop):
    answer = shop.post("/customers", {"email": "lan@example.com", "billing": {"phone": "0912345678"}})
    assert answer.status_code == 201
    assert misfits(answer.json(), FIELDS["customer"]) == []


def test_an_email_is_needed(shop):
    assert code_of(shop.post("/customers", {"first_name": "A"})) == (400, "rest_missing_callback_param")


def test_an_email_exists_once_in_any_case_and_the_refusal_has_html(shop):
    shop.post("/customers", {"email": "lan@example.com"})
    answer = shop.post("/customers", {"email": "LAN@example.com"})
    assert code_of(answer) == (400, "registration-error-email-exists")
    assert "<a href=" in answer.json()["message"]


def test_two_emails_with_one_local_part_get_two_user_names(shop):
    names = [shop.post("/customers", {"email": f"lan@{host}.example"}).json()["username"] for host in "ab"]
    assert len(set(names)) == 2


def test_an_update_is_partial_below_billing_too(box, shop):
    box.woocommerce.seed(
        customers=[{"id": 1, "email": "a@example.com", "first_name": "Lan", "billing": {"city": "Huế"}}]
    )
    row = shop.put("/customers/1", {"billing": {"phone": "0912345678"}}).json()
    assert (row["first_name"], row["billing"]["city"], row["billing"]["phone"]) == ("Lan", "Huế", "0912345678")


def test_an_update_that_changes_nothing_moves_no_date(box, shop):
    dated = {"date_modified_gmt": "2026-01-01T00:00:00"}
    box.woocommerce.seed(customers=[{"id": 1, "email": "a@example.com", "first_name": "Lan", **dated}])
    assert shop.put("/customers/1", {"first_name": "Lan"}).json()["date_modified_gmt"] == "2026-01-01T00:00:00"
    assert [entry.changed for entry in box.journal.of()] == [False]


def test_an_update_that_changes_something_moves_the_date(box, shop):
    dated = {"date_modified_gmt": "2026-01-01T00:00:00"}
    box.woocommerce.seed(customers=[{"id": 1, "email": "a@example.com", **dated}])
    assert shop.put("/customers/1", {"first_name": "Lan"}).json()["date_modified_gmt"] > "2026-01-01T00:00:00"


def test_an_update_to_anothers_email_is_refused(box, shop):
    box.woocommerce.seed(customers=accounts(2))
    answer = shop.put("/customers/1", {"email": "c2@example.com"})
    assert code_of(answer) == (400, "woocommerce_rest_customer_invalid_email")


@pytest.mark.parametrize("body", [{"phone": "1"}, {"billing": {"mobile": "1"}}, {"first_name": 5}, {"email": "nobody"}])
def test_unknown_or_wrong_fields_are_refused(box, shop, body):
    box.woocommerce.seed(customers=accounts(1))
    assert code_of(shop.put("/customers/1", body)) == (400, "rest_invalid_param")


def test_read_only_fields_are_ignored(box, shop):
    box.woocommerce.seed(customers=accounts(1))
    assert shop.put("/customers/1", {"role": "administrator"}).json()["role"] == "customer"


def test_meta_is_upserted_by_key(box, shop):
    box.woocommerce.seed(customers=accounts(1))
    shop.put("/customers/1", {"meta_data": [{"key": "_hub", "value": "a"}, {"key": "x", "value": "1"}]})
    meta = shop.put("/customers/1", {"meta_data": [{"key": "_hub", "value": "b"}]}).json()["meta_data"]
    assert [(item["key"], item["value"]) for item in meta] == [("_hub", "b"), ("x", "1")]


def test_a_null_value_deletes_meta(box, shop):
    box.woocommerce.seed(customers=[{"id": 1, "email": "a@example.com", "meta_data": [{"key": "x", "value": "1"}]}])
    assert shop.put("/customers/1", {"meta_data": [{"key": "x", "value": None}]}).json()["meta_data"] == []


def test_deleting_needs_force(box, shop):
    box.woocommerce.seed(customers=accounts(1))
    assert code_of(shop.delete("/customers/1")) == (501, "woocommerce_rest_trash_not_supported")
    assert shop.delete("/customers/1", force="true").json()["id"] == 1


def test_a_deleted_customer_leaves_no_trace_in_the_list_and_orders_become_guests(box, shop):
    box.woocommerce.seed(customers=accounts(1), orders=[{"id": 5, "customer_id": 1}])
    shop.delete("/customers/1", force="true")
    assert shop.get("/customers", role="all").json() == []
    assert shop.get("/orders/5").json()["customer_id"] == 0


def test_an_unknown_customer_is_404_to_read_and_400_to_write(shop):
    assert code_of(shop.get("/customers/9")) == (404, "woocommerce_rest_invalid_id")
    assert code_of(shop.put("/customers/9", {})) == (400, "woocommerce_rest_invalid_id")


def test_an_unknown_path_is_404(shop):
    assert code_of(shop.get("/products")) == (404, "rest_no_route")
