"""KiotViet against the sandbox, by the kit's tests."""

import itertools

import pytest

from hub.connectors import load
from hub.testing import DestinationKit, SourceKit
from hub.testing.destinations import write

NAME = "kiotviet"


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
    opened.append(load(NAME).open(make_context({**options, "client_secret": "wrong-s3cret"})))
    return opened[-1]


@pytest.fixture
def unreachable(options, make_context, opened, nobody):
    opened.append(load(NAME).open(make_context({**options, "base_url": nobody, "token_url": f"{nobody}/token"})))
    return opened[-1]


@pytest.fixture
def secrets(options):
    return (options["client_secret"], "wrong-s3cret", options["client_id"])


class TestKiotVietCustomers(SourceKit):
    connector = load(NAME)

    @pytest.fixture
    def expected_ids(self, box):
        rows = [
            {"id": n, "name": f"Trần Thị {n}", "contactNumber": f"09{n:08}", "gender": n % 2 == 0}
            for n in range(1, 231)
        ]
        box.kiotviet.seed(customers=rows)
        return {str(row["id"]) for row in rows}


class TestKiotVietOrders(SourceKit):
    connector = load(NAME)
    stream = "orders"

    @pytest.fixture
    def expected_ids(self, box):
        box.kiotviet.seed(
            customers=[{"id": 1, "name": "Lê Văn Năm", "contactNumber": "0912000111"}],
            invoices=[
                {
                    "id": n,
                    "code": f"HD{n}",
                    "status": 1,
                    "total": 1000,
                    "totalPayment": 1000,
                    "customerId": 1 if n % 2 else None,
                }
                for n in range(1, 131)
            ],
            returns=[
                {"id": n, "code": f"TH{n}", "status": 1, "returnTotal": 500, "customerId": 1} for n in range(1, 6)
            ],
        )
        return {f"invoice:{n}" for n in range(1, 131)} | {f"return:{n}" for n in range(1, 6)}


class TestKiotVietWriting(DestinationKit):
    connector = load(NAME)

    @pytest.fixture
    def existing(self, box):
        box.kiotviet.seed(
            groups=[{"id": 5, "name": "Khách sỉ"}],
            customers=[
                {
                    "id": 11,
                    "code": "KH000011",
                    "name": "Nguyễn Thị Lan",
                    "contactNumber": "0912345678",
                    "email": "lan@example.com",
                    "gender": False,
                    "birthDate": "1990-02-03T00:00:00",
                    "debt": 150000,
                    "address": "12 Hàng Bông",
                    "locationName": "Hà Nội - Hoàn Kiếm",
                    "wardName": "Hàng Gai",
                    "comments": "hay mua buổi sáng",
                    "groups": "Khách sỉ",
                }
            ],
        )
        return "11"

    @pytest.fixture
    def new_fields(self, existing):
        numbers = itertools.count(1)
        return lambda: {"full_name": "Phạm Văn Mới", "phone": f"09870000{next(numbers):02}", "email": "moi@example.com"}

    @pytest.fixture
    def change(self):
        return ("email", "lan.moi@example.com")

    @pytest.fixture
    def refused_write(self, existing):
        return write("create", None, {"full_name": "Trần Trùng Số", "phone": "0912345678"})

    @pytest.fixture
    def missing(self, existing):
        return "987654"
