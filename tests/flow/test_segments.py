"""Who is in which segment: every condition, on both stores, at the edges of days, ranks and currencies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from buyers import Buyers, ago, order
from databases import fresh
from steps import person

from hub.store.engine import open_store


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Buyers]:
    """People whom the tests of this module only look at."""
    with fresh(request, request.param, tmp_path_factory.mktemp("segments") / "data") as url:
        store = open_store(url)
        made = Buyers(store)
        settle_in(made)
        yield made
        store.dispose()


def settle_in(shop: Buyers) -> None:
    shop.bring(
        person("1", "Nguyễn Thị Một", "0912000001", birth_date="1990-11-22", tags=["VIP", "Quen"], stores=["A"]),
        person("2", "Trần Văn Hai", "0912000002", birth_date="--11-29", tier="Vàng", stores=["B"]),
        person("3", "Lê Thị Ba", "0912000003", birth_date="1985-11-30", stores=["A", "B"]),
        person("4", "Phạm Văn Bốn", "0912000004", birth_date="1988-02-29"),
        person("5", "Vũ Thị Năm", "0912000005", birth_date="1970-12", created_at=ago(10)),
        person("6", "Đỗ Văn Sáu", "0912000006", created_at=ago(400)),
        person("7", "", "0912000007", company_name="Công ty TNHH Bảy", customer_type="business", kind="organisation"),
        person("8", "Hoàng Thị Tám", "0912000008", kind="staff"),
        person("9", "Bùi Văn Chín", "0912000009"),
    )
    shop.buys("1", 204, 235, 266, 297)  # every 31 days, and then no more
    shop.buys("2", 1, 11, 21, total=700_000)
    shop.buys("3", 500)
    shop.buys("4", 100, 130, total=50_000)
    shop.buys("6", 30, 90, 150, total=700_000)
    shop.buys("8", 5, total=9_000_000)
    shop.deliver(
        order("r1", "2", ago(2), 200_000, kind="return"),
        order("r2", "9", ago(3), 900_000, kind="cancelled"),
        order("r3", "9", ago(3), 900_000, kind="refused"),
        order("u1", "9", ago(4), 5_000, currency="USD"),
    )  # fmt: skip


CASES: list[tuple[dict[str, Any], set[str]]] = [
    ({"tags": "vip"}, {"1"}),
    ({"tags": ["vip", "khác"]}, {"1"}),
    ({"tier": "vàng"}, {"2"}),
    ({"stores": "A"}, {"1", "3"}),
    ({"sources": "pos", "stores": "B"}, {"2", "3"}),
    ({"customer_type": ["business", "charity"]}, {"7"}),
    ({"orders": ">=3"}, {"1", "2", "6"}),
    ({"orders": "=0"}, {"5", "7"}),
    ({"orders": 1}, {"3", "9"}),
    ({"orders": "2-3"}, {"2", "4", "6"}),
    ({"last_order": ">180d"}, {"1", "3"}),
    ({"last_order": "30d-100d"}, {"4", "6"}),
    ({"last_order": ">30d"}, {"1", "3", "4"}),
    ({"first_order": "<30d"}, {"2", "9"}),
    ({"birthday": "today"}, {"1"}),
    ({"birthday": "next 7d"}, {"1", "2"}),
    ({"birthday": "next 8d"}, {"1", "2", "3"}),
    ({"birthday": "this month"}, {"1", "2", "3"}),
    ({"spent": {"VND": ">=1900000"}}, {"2", "6"}),
    ({"spent": {"VND": ">1900000"}}, {"6"}),
    ({"spent_year": {"VND": ">=100000"}, "last_order": ">90d"}, {"1", "4"}),
    ({"spent": {"VND": ">=500000"}}, {"2", "6"}),
    ({"spent": {"USD": "50"}}, {"9"}),
    ({"spent": {"USD": ">50"}}, set()),
    ({"lapsed": True}, {"1", "3"}),
    ({"lapsed": {"times": 1, "least": "1d", "otherwise": "99d"}}, {"1", "3", "4"}),
    ({"lapsed": False, "orders": ">0"}, {"2", "4", "6", "9"}),
    ({"consent": {"marketing.sms": "unknown"}, "tags": "quen"}, {"1"}),
    ({"created": "<30d"}, {"2", "5", "7", "9"}),
    ({"all": ["lapsed"], "none": ["once"]}, {"1"}),
    ({"any": ["once", "companies"]}, {"3", "7", "9"}),
    ({"none": ["lapsed"], "orders": ">=3"}, {"2", "6"}),
    ({"rank": "top 30%"}, {"6", "2", "9"}),
    ({"rank": "top 20%"}, {"6", "9"}),
    ({"rank": "30%-100%"}, {"1", "4"}),
]  # fmt: skip


@pytest.mark.parametrize(("table", "expected"), CASES, ids=lambda one: str(one) if isinstance(one, dict) else "")
def test_a_condition_finds_its_customers(shop: Buyers, table: dict[str, Any], expected: set[str]) -> None:
    assert shop.within(**table) == expected
