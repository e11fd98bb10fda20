"""Reading KiotViet: windows, tombstones, resuming, tokens."""

import pytest
from fake_kiotviet import FakeKiotViet

from hub.connectors import load
from hub.errors import AuthError


@pytest.fixture
def shop(vendor):
    return FakeKiotViet(vendor)


@pytest.fixture
def connect(shop, make_context):
    opened = []

    def connect(**changes):
        opened.append(load("kiotviet").open(make_context(shop.options, **changes)))
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()


def ids(pages):
    return [record.source_id for page in pages for record in page.records]


def test_first_pull_reads_every_customer_once_as_a_complete_snapshot(shop, connect):
    shop.add(250)
    pages = list(connect().pull("customers", None, full=False))
    assert ids(pages) == [str(n) for n in range(1, 251)]
    assert pages[-1].complete
    assert len({page.snapshot for page in pages}) == 1


def test_token_retailer_and_paging_are_sent_as_documented(shop, connect, vendor):
    shop.add(1)
    list(connect().pull("customers", None, full=False))
    token, listing = vendor.seen
    assert b"scopes=PublicApi.Access" in token.body
    assert listing.headers["Retailer"] == "cuahang"
    assert listing.headers["Authorization"] == "Bearer token-1"
    assert listing.query["pageSize"] == "100"
    assert listing.query["currentItem"] == "0"


def test_second_pull_asks_for_changes_since_the_newest_with_five_minutes_of_overlap(shop, connect, vendor):
    shop.add(3, modified="2026-11-20T10:00:00.0970000")
    first = list(connect().pull("customers", None, full=False))
    list(connect().pull("customers", first[-1].cursor, full=False))
    assert vendor.seen[-1].query["lastModifiedFrom"] == "2026-11-20T09:55:00"
    assert vendor.seen[-1].query["includeRemoveIds"] == "true"


@pytest.mark.parametrize("spelling", ["removedIds", "removeId"])
def test_removed_ids_become_tombstones_in_both_spellings(shop, connect, spelling):
    shop.add(3)
    first = list(connect().pull("customers", None, full=False))
    shop.remove(2)
    shop.spelling = spelling
    pages = list(connect().pull("customers", first[-1].cursor, full=False))
    assert [t.source_id for page in pages for t in page.tombstones] == ["2"]


def test_resuming_from_every_page_loses_nothing_even_when_rows_before_it_vanish(shop, connect):
    shop.add(420)
    pages = list(connect().pull("customers", None, full=False))
    for page in pages[:-1]:
        before = {record.source_id for p in pages[: pages.index(page) + 1] for record in p.records}
        for gone in range(1, 8):
            shop.remove(gone)
        rest = list(connect().pull("customers", page.cursor, full=False))
        assert before | set(ids(rest)) >= {str(n) for n in range(8, 421)}
        assert rest[-1].complete


def test_rows_that_vanish_behind_the_walk_make_it_step_back(shop, connect):
    shop.add(300)
    walk = connect().pull("customers", None, full=False)
    seen = set(ids([next(walk)]))
    for gone in range(1, 91):
        shop.remove(gone)
    rest = list(walk)
    assert seen | set(ids(rest)) == {str(n) for n in range(1, 301)}
    assert rest[-1].complete


def test_a_row_dated_in_the_future_does_not_move_the_mark(shop, connect, vendor):
    shop.add(1, modified="2026-11-20T10:00:00.0000000")
    shop.add(1, modified="2031-01-01T00:00:00.0000000")
    first = list(connect().pull("customers", None, full=False))
    list(connect().pull("customers", first[-1].cursor, full=False))
    assert vendor.seen[-1].query["lastModifiedFrom"] == "2026-11-20T09:55:00"


def test_repeated_pull_of_an_unchanged_shop_keeps_its_cursor(shop, connect):
    shop.add(150)
    first = list(connect().pull("customers", None, full=False))
    second = list(connect().pull("customers", first[-1].cursor, full=False))
    assert second[-1].cursor == first[-1].cursor


def test_full_pull_reads_all_again_under_a_snapshot_of_its_own(shop, connect):
    shop.add(120)
    first = list(connect().pull("customers", None, full=False))
    again = list(connect().pull("customers", first[-1].cursor, full=True))
    assert len(ids(again)) == 120
    assert again[0].snapshot != first[0].snapshot
    assert again[-1].complete


def test_the_slice_ends_after_the_page_at_which_time_is_up(shop, connect):
    shop.add(300)
    pages = list(connect(deadline=lambda: True).pull("customers", None, full=False))
    assert len(pages) == 1
    rest = list(connect().pull("customers", pages[0].cursor, full=False))
    assert set(ids(pages)) | set(ids(rest)) == {str(n) for n in range(1, 301)}


def test_an_expired_token_is_renewed_once_and_the_request_repeated(shop, connect):
    shop.add(2)
    shop.expire_after = 0
    assert ids(connect().pull("customers", None, full=False)) == ["1", "2"]


def test_refused_client_is_an_auth_error_that_names_no_secret(shop, connect):
    shop.refuse_client = True
    with pytest.raises(AuthError) as caught:
        list(connect().pull("customers", None, full=False))
    assert "s3cret" not in repr(caught.value) + str(caught.value)
    assert [f.status for f in connect().check()] == ["auth"]


def test_orders_are_invoices_and_returns_since_history(shop, connect, vendor):
    shop.invoices.append({"id": 7, "code": "HD7", "createdDate": "2026-11-01T08:00:00", "status": 1})
    shop.returns.append({"id": 7, "code": "TH7", "createdDate": "2026-11-02T08:00:00", "status": 1})
    pages = list(connect().pull("orders", None, full=False))
    assert ids(pages) == ["invoice:7", "return:7"]
    asked = next(seen for seen in vendor.seen if seen.path == "/invoices")
    assert asked.query["lastModifiedFrom"] == "2024-11-21T16:55:00"
