"""Searching: tones, order and parts are forgiven, what is found is true today, and strangers to the shop stay out."""

import uuid

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, update

from hub.store import search_index
from hub.store.search import ready, search
from hub.store.search_words import fits, folded, gram_frame, grams, read, whole_grams, words_of
from hub.store.tables import changes, customers

AT = "2026-01-01T00:00:00.000Z"
NAMES = st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạÁĐƠ 'ñß9.-", max_size=20)


def put(store, number, name, phone=None, email=None, kind="person"):
    golden_id = str(uuid.UUID(int=number))
    row = {
        "golden_id": golden_id, "customer_code": f"KH{number}", "status": "active", "kind": kind, "version": 1,
        "record_count": 1, "full_name": name, "phones": phone, "emails": email, "doc": "{}", "digest": "x",
        "created_at": AT, "updated_at": AT, "run_id": "r",
    }  # fmt: skip
    with store.begin() as conn:
        conn.execute(insert(customers).values(row))
        tell(conn, golden_id)
    return golden_id


def tell(conn, golden_id):
    conn.execute(insert(changes).values(at=AT, kind="updated", golden_id=golden_id, version=1, run_id="r"))


def found(store, text, **asked):
    with store.read() as conn:
        return [row["full_name"] for row in search(conn, text, **asked).rows]


@pytest.fixture
def shop(store):
    put(store, 1, "Nguyễn Thị Bích Ngọc", "+84912345678", "bngoc85@example.com")
    put(store, 2, "Trần Văn Đức", "+84987654321|+84281299567")
    put(store, 3, "Ngọc Nguyễn")
    put(store, 4, "Khách lẻ", "+84912345678", kind="anonymous")
    ready(store)
    return store


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("bich ngoc", ["Nguyễn Thị Bích Ngọc"]),
        ("NGỌC bích", ["Nguyễn Thị Bích Ngọc"]),
        ("tran d", ["Trần Văn Đức"]),
        ("2345 67", ["Nguyễn Thị Bích Ngọc"]),
        ("+84 912", ["Nguyễn Thị Bích Ngọc"]),
        ("duc 0281", ["Trần Văn Đức"]),
        ("bngoc85", ["Nguyễn Thị Bích Ngọc"]),
        ("ngoc nguyen", ["Nguyễn Thị Bích Ngọc", "Ngọc Nguyễn"]),
        ("' OR 1=1 --", []),
        ("%", []),
        ("", []),
    ],
)
def test_what_is_typed_finds(shop, typed, names):
    assert found(shop, typed) == names


def test_a_whole_word_comes_before_the_beginning_of_one(store):
    put(store, 1, "Lê Anh")
    put(store, 2, "Lê An")
    ready(store)
    assert found(store, "le an") == ["Lê An", "Lê Anh"]


def test_who_is_no_customer_is_found_only_when_asked_for(shop):
    assert "Khách lẻ" in found(shop, "khach", everyone=True)
    assert found(shop, "khach") == []


def test_numbers_and_mails_stay_shut_to_those_who_may_not_see_them(shop):
    assert found(shop, "0912345", numbers=False) == []
    assert found(shop, "bngoc85", numbers=False) == []
    assert found(shop, "bich", numbers=False) == ["Nguyễn Thị Bích Ngọc"]


def test_a_change_is_found_before_and_after_it_is_indexed(shop):
    golden_id = str(uuid.UUID(int=2))
    with shop.begin() as conn:
        conn.execute(update(customers).where(customers.c.golden_id == golden_id).values(full_name="Trần Văn Tài"))
        tell(conn, golden_id)
    assert (found(shop, "tai"), found(shop, "duc")) == (["Trần Văn Tài"], [])
    with shop.begin() as conn:
        assert search_index.follow(conn) == 1
    assert (found(shop, "tai"), found(shop, "duc")) == (["Trần Văn Tài"], [])


def test_an_index_built_anew_is_read_anew_though_its_numbers_come_again(shop):
    assert found(shop, "duc") == ["Trần Văn Đức"]
    with shop.begin() as conn:
        search_index.drop(conn)
        conn.execute(update(customers).where(customers.c.golden_id == str(uuid.UUID(int=1))).values(status="erased"))
    put(shop, 5, "Mai Lan")
    ready(shop)
    assert (found(shop, "duc"), found(shop, "lan"), found(shop, "bich")) == (["Trần Văn Đức"], ["Mai Lan"], [])


def test_only_what_the_feed_told_since_is_asked_of_it(shop):
    put(shop, 6, "Mai Lan")
    put(shop, 7, "Mai Hoa")
    with shop.read() as conn:
        assert len(search_index.changed_since(conn, search_index.reached(conn), 2)) == 2
        assert search_index.changed_since(conn, search_index.reached(conn), 1) is None


def test_many_small_steps_are_gathered_and_find_the_same(store):
    ready(store)
    for number in range(1, 20):
        put(store, number, f"Lê Văn Số {number}")
        with store.begin() as conn:
            search_index.follow(conn)
    with store.read() as conn:
        assert len(conn.execute(search_index.search_segments.select()).all()) <= search_index.MANY_SMALL + 1
    assert len(found(store, "van so")) == 19


def test_a_promotion_leaves_a_long_list_to_who_searches_next(shop):
    put(shop, 9, "Mai Lan")
    with shop.begin() as conn:
        assert search_index.follow(conn, most=0) == search_index.TOO_MANY
    assert found(shop, "lan") == ["Mai Lan"]


def test_a_limit_says_that_there_are_more(shop):
    with shop.read() as conn:
        told = search(conn, "ng", limit=1)
    assert (len(told.rows), told.more) == (1, True)


def test_places_are_read_as_they_were_packed():
    few, many = (
        pl.Series([5, 2, 9_999], dtype=pl.UInt16).to_numpy(),
        pl.Series(range(5_000), dtype=pl.UInt16).to_numpy(),
    )
    for places in (few, many):
        told = search_index.unpacked(search_index.packed(places, 10_000), 10_000)
        assert sorted(places.tolist()) == told.nonzero()[0].tolist()


@settings(deadline=None)
@given(NAMES)
def test_many_and_one_are_folded_alike(name):
    rows = pl.DataFrame({"place": [0], "full_name": [name], "company_name": [None], "emails": [None], "phones": [None]},
                        schema_overrides=dict.fromkeys(("company_name", "emails", "phones"), pl.String))  # fmt: skip
    held = set(gram_frame(rows)["gram"])
    assert {gram[1:] for gram in held if gram.startswith("=")} == set(words_of(name))


@settings(deadline=None)
@given(NAMES, st.integers(0, 5), st.integers(1, 4))
def test_the_index_holds_whatever_fits(name, at, size):
    rows = pl.DataFrame({"place": [0], "full_name": [name], "company_name": [None], "emails": [None], "phones": ["+84912345678"]},
                        schema_overrides=dict.fromkeys(("company_name", "emails"), pl.String))  # fmt: skip
    held = set(gram_frame(rows)["gram"])
    asked = read(" ".join(word[:size] for word in words_of(name)[at:]) + " 4567")
    if fits(asked, words_of(name), ["0912345678"]):
        assert set(grams(asked)) <= held


def test_a_word_asked_whole_is_looked_for_whole():
    assert whole_grams(read("Bích 0912")) == ["#091", "#912", "=bich"]
    assert folded("Đặng Thị Ánh") == "dang thi anh"


def test_whose_phone_ends_as_was_typed_stands_first(store):
    put(store, 1, "Đầu", "+84905678123")
    put(store, 2, "Cuối", "+84912345678")
    ready(store)
    assert found(store, "5678") == ["Cuối", "Đầu"]
