"""Reading WooCommerce: sweeps, what is new between them, guests, odd sites."""

import hashlib

import pytest
from fake_vendor import Reply

from hub.connectors import load
from hub.connectors.shop_woocommerce.client import tail_json
from hub.connectors.shop_woocommerce.mapping import guest_id
from hub.errors import AuthError, PermanentError

GUEST = {"first_name": "Phạm", "last_name": "Khách", "email": "khach@example.com", "phone": "0905 000 111"}


@pytest.fixture
def site(box):
    return box.woocommerce


@pytest.fixture
def connect(box, make_context, opened):
    def connect(options=None, **changes):
        opened.append(
            load("woocommerce").open(make_context({**box.info()["woocommerce"], **(options or {})}, **changes))
        )
        return opened[-1]

    return connect


def accounts(*numbers):
    return [{"id": n, "email": f"k{n}@example.com", "first_name": "Lan", "last_name": f"Lê {n}"} for n in numbers]


def order(number, billing=None, **fields):
    return {
        "id": number,
        "status": "completed",
        "currency": "VND",
        "total": "100",
        "customer_id": 0,
        "billing": billing or GUEST,
        "date_created_gmt": f"2026-11-{10 + number % 10:02}T01:00:00",
        **fields,
    }


def pull(connection, cursor=None, *, full=False, stream="customers"):
    return list(connection.pull(stream, cursor, full=full))


def ids(pages):
    return [record.source_id for page in pages for record in page.records]


def lists(vendor, path):
    return [seen.query for seen in vendor.seen if seen.path.endswith(path)]


def test_a_guest_is_one_record_whatever_the_number_of_orders(site, connect):
    site.seed(orders=[order(1), order(2, {**GUEST, "phone": "0905  000 111 ", "email": "KHACH@example.com"}), order(3)])
    assert len(set(ids(pull(connect())))) == 1


def test_a_guests_id_is_the_hash_of_what_was_typed():
    text = "0905 000 111\nkhach@example.com\nphạm khách"
    assert guest_id(GUEST) == "guest:" + hashlib.sha256(text.encode()).hexdigest()[:16]
    assert guest_id({"first_name": " "}) is None


def test_a_guests_payload_holds_who_and_when_and_nothing_that_was_bought(site, connect):
    site.seed(orders=[order(1), order(2)])
    (record,) = [r for page in pull(connect()) for r in page.records][-1:]
    assert '"last_order_at":"2026-11-12T01:00:00.000Z"' in record.payload
    assert record.updated_at == "2026-11-12T01:00:00.000Z"
    assert "total" not in record.payload


def test_an_older_order_read_later_is_an_older_version_of_the_guest(site, connect):
    site.seed(orders=[order(2)])
    connection = connect()
    first = pull(connection)
    site.seed(orders=[order(1)])
    again = pull(connection, first[-1].cursor)
    assert {r.updated_at for page in again for r in page.records} <= {
        "2026-11-11T01:00:00.000Z",
        "2026-11-12T01:00:00.000Z",
    }


def test_orders_of_guests_name_the_guest(site, connect):
    site.seed(orders=[order(1)])
    connection = connect()
    (record,) = [r for page in pull(connection, stream="orders") for r in page.records]
    mapped = connection.to_canonical("orders", [record])
    assert mapped.rows[0]["customer_source_id"] == guest_id(GUEST)


def test_accounts_and_guests_have_scopes_of_their_own(site, connect):
    site.seed(customers=accounts(1), orders=[order(1)])
    pages = pull(connect())
    scopes = {record.source_id.partition(":")[0]: page.scope for page in pages for record in page.records}
    assert scopes == {"1": "registered", "guest": "guests"}
    assert [page.complete for page in pages if page.scope == "guests"] == [False]


def test_between_sweeps_only_new_accounts_are_read(site, connect):
    site.seed(customers=accounts(*range(1, 151)))
    connection = connect()
    first = pull(connection)
    site.seed(customers=accounts(200))
    again = pull(connection, first[-1].cursor)
    assert ids(again) == ["200"]
    assert [page.snapshot for page in again] == [None] * len(again)


def test_accounts_whose_orders_changed_are_read_again(site, connect):
    site.seed(customers=accounts(1, 2, 3))
    connection = connect()
    first = pull(connection)
    site.seed(orders=[order(1, customer_id=2)])
    assert ids(pull(connection, first[-1].cursor)) == ["2"]


def test_all_accounts_are_swept_again_once_the_sweep_is_due(site, connect):
    site.seed(customers=accounts(1, 2, 3))
    connection = connect({"sweep_seconds": 0})
    first = pull(connection)
    again = pull(connection, first[-1].cursor)
    assert any(page.complete for page in again)
    assert {page.snapshot for page in again if page.snapshot} != {page.snapshot for page in first if page.snapshot}


def test_a_sweep_cut_by_the_slice_is_finished_by_the_next_pull(site, connect):
    site.seed(customers=accounts(*range(1, 251)))
    first = pull(connect(deadline=lambda: True))
    rest = pull(connect(), first[-1].cursor)
    assert set(ids(first)) | set(ids(rest)) == {str(n) for n in range(1, 251)}
    swept = [page for page in [*first, *rest] if page.snapshot]
    assert len({page.snapshot for page in swept}) == 1
    assert swept[-1].complete


def test_staff_accounts_are_read_and_marked(site, connect):
    site.seed(customers=[{**accounts(1)[0], "role": "shop_manager"}])
    connection = connect()
    (page,) = [page for page in pull(connection) if page.records]
    assert connection.to_canonical("customers", page.records).rows[0]["kind"] == "staff"


def test_a_site_with_plain_permalinks_is_asked_by_parameter(vendor, make_context, opened):
    def answer(seen):
        if seen.path != "/":
            return Reply(404, raw=b"<html>not here</html>", headers={"Content-Type": "text/html"})
        rows = (
            accounts(1)
            if seen.query["rest_route"] == "/wc/v3/customers" and seen.query.get("offset", "0") == "0"
            else []
        )
        return Reply(200, rows, {"X-WP-Total": str(len(rows))})

    vendor.answer = answer
    opened.append(
        load("woocommerce").open(make_context({"url": vendor.url, "consumer_key": "ck", "consumer_secret": "cs"}))
    )
    assert ids(pull(opened[-1])) == ["1"]
    assert [seen.path for seen in vendor.seen].count("/wp-json/wc/v3/customers") == 1


def test_a_host_that_strips_the_header_gets_the_keys_in_the_query(vendor, make_context, opened):
    def answer(seen):
        if seen.query.get("consumer_key") != "ck":
            return Reply(401, {"code": "woocommerce_rest_cannot_view", "data": {"status": 401}})
        return Reply(200, [], {"X-WP-Total": "0"})

    vendor.answer = answer
    opened.append(
        load("woocommerce").open(make_context({"url": vendor.url, "consumer_key": "ck", "consumer_secret": "cs"}))
    )
    assert [finding.status for finding in opened[-1].check()] == ["ok"]


def test_wrong_keys_are_tried_in_the_query_once_only(vendor, make_context, opened):
    vendor.replies(Reply(401, {"code": "woocommerce_rest_cannot_view"}))
    opened.append(
        load("woocommerce").open(make_context({"url": vendor.url, "consumer_key": "ck", "consumer_secret": "cs"}))
    )
    for _ in range(2):
        with pytest.raises(AuthError):
            pull(opened[-1])
    assert len(vendor.seen) == 3


@pytest.mark.parametrize(
    "body",
    [
        b'[{"id": 1}]',
        b'<br />\n<b>Notice</b>: x in <b>/a.php</b> on line <b>3</b><br />\n[{"id": 1}]',
        b'Warning: [x]\n[{"id": 1}]',
    ],
)
def test_notices_before_the_json_are_skipped(body):
    assert tail_json(body) == [{"id": 1}]


def test_a_page_without_json_is_no_answer():
    with pytest.raises(ValueError, match="Expecting"):
        tail_json(b"<html><body>{oops</body></html>")


def test_guests_cannot_be_read_written_or_forgotten_one_by_one(connect):
    connection = connect()
    with pytest.raises(PermanentError):
        connection.read("guest:0011223344556677")
    assert connection.forget("guest:0011223344556677").reason == "unsupported.guest"


def test_a_full_pull_reads_the_guests_of_history_again(site, connect):
    site.seed(customers=accounts(1), orders=[order(1)])
    connection = connect()
    first = pull(connection)
    assert set(ids(pull(connection, first[-1].cursor, full=True))) == set(ids(first))


def test_a_full_pull_cut_by_the_slice_still_reads_the_guests_later(site, connect):
    site.seed(customers=accounts(1), orders=[order(1, date_modified_gmt="2026-01-01T00:00:00")])
    first = pull(connect())
    cut = pull(connect(deadline=lambda: True), first[-1].cursor, full=True)
    assert guest_id(GUEST) in ids(pull(connect(), cut[-1].cursor))


def test_a_check_asks_every_time(connect, box):
    connection = connect()
    connection.check()
    box.hostile.set("down")
    assert [finding.status for finding in connection.check()] == ["network"]
