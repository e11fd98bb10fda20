"""WooCommerce against the sandbox, by the kit's tests."""

import itertools

import pytest

from hub.connectors import load
from hub.testing import DestinationKit, SourceKit
from hub.testing.destinations import write

NAME = "woocommerce"


@pytest.fixture
def vendor_name():
    return NAME


@pytest.fixture
def options(box):
    return box.info()[NAME]


@pytest.fixture
def connect(options, make_context, opened):
    def connect(**changes):
        opened.append(load(NAME).open(make_context(options, **changes)))
        return opened[-1]

    return connect


@pytest.fixture
def refused(options, make_context, opened):
    opened.append(load(NAME).open(make_context({**options, "consumer_secret": "cs_wr0ng"})))
    return opened[-1]


@pytest.fixture
def unreachable(options, make_context, opened, nobody):
    opened.append(load(NAME).open(make_context({**options, "url": nobody})))
    return opened[-1]


@pytest.fixture
def secrets(options):
    return (options["consumer_key"], options["consumer_secret"], "cs_wr0ng")


def accounts(count):
    return [
        {
            "id": n,
            "email": f"khach{n}@example.com",
            "first_name": "Lan",
            "last_name": f"Nguyễn Thị {n}",
            "billing": {"first_name": "Lan", "last_name": f"Nguyễn Thị {n}", "phone": f"09{n:08}", "city": "Hà Nội"},
        }
        for n in range(1, count + 1)
    ]


class TestWooCommerceAccounts(SourceKit):
    connector = load(NAME)

    @pytest.fixture
    def expected_ids(self, box):
        box.woocommerce.seed(customers=accounts(230))
        return {str(n) for n in range(1, 231)}


class TestWooCommerceOrders(SourceKit):
    connector = load(NAME)
    stream = "orders"

    @pytest.fixture
    def expected_ids(self, box):
        box.woocommerce.seed(
            customers=accounts(1),
            orders=[
                {
                    "id": 1000 + n,
                    "status": "completed",
                    "currency": "VND",
                    "total": "150000",
                    "customer_id": n % 2,
                    "billing": {"first_name": "Khách", "last_name": f"{n}", "phone": f"0987{n:06}"},
                }
                for n in range(130)
            ],
        )
        return {str(1000 + n) for n in range(130)}


class TestWooCommerceWriting(DestinationKit):
    connector = load(NAME)

    @pytest.fixture
    def existing(self, box):
        box.woocommerce.seed(customers=accounts(3))
        return "2"

    @pytest.fixture
    def new_fields(self, existing):
        numbers = itertools.count(1)
        return lambda: {"full_name": "Phạm Văn Mới", "phone": "0987000001", "email": f"moi{next(numbers)}@example.com"}

    @pytest.fixture
    def change(self):
        return ("phone", "0987111222")

    @pytest.fixture
    def refused_write(self, existing):
        return write("create", None, {"full_name": "Trần Trùng Thư", "email": "KHACH1@example.com"})

    @pytest.fixture
    def missing(self, existing):
        return "987654"
