"""Mailchimp against the sandbox, by the kit's tests."""

import itertools

import pytest

from hub.connectors import load
from hub.connectors.email_mailchimp.mapping import member_hash
from hub.testing import DestinationKit, SourceKit
from hub.testing.destinations import write

NAME = "mailchimp"
STATUSES = ["subscribed", "unsubscribed", "cleaned", "archived", "transactional"]


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
    opened.append(load(NAME).open(make_context({**options, "api_key": "wr0ng-us19"})))
    return opened[-1]


@pytest.fixture
def unreachable(options, make_context, opened, nobody):
    opened.append(load(NAME).open(make_context({**options, "base_url": nobody})))
    return opened[-1]


@pytest.fixture
def secrets(options):
    return (options["api_key"], "wr0ng-us19")


def members(count):
    return [
        {
            "email_address": f"Khach{n}@example.com",
            "status": STATUSES[n % 5],
            "merge_fields": {"FNAME": "Lan", "LNAME": f"Nguyễn {n}", "PHONE": f"+849{n:08}", "BIRTHDAY": "02/03"},
        }
        for n in range(1, count + 1)
    ]


class TestMailchimpMembers(SourceKit):
    connector = load(NAME)

    @pytest.fixture
    def expected_ids(self, box):
        box.mailchimp.seed(members=members(1400))
        return {member_hash(f"khach{n}@example.com") for n in range(1, 1401)}


class TestMailchimpWriting(DestinationKit):
    connector = load(NAME)

    @pytest.fixture
    def existing(self, box):
        box.mailchimp.seed(members=members(3))
        return member_hash("khach2@example.com")

    @pytest.fixture
    def new_fields(self, existing):
        numbers = itertools.count(1)
        return lambda: {"full_name": "Phạm Văn Mới", "email": f"moi{next(numbers)}@example.com"}

    @pytest.fixture
    def change(self):
        return ("phone", "+84987111222")

    @pytest.fixture
    def refused_write(self, existing):
        return write("create", None, {"full_name": "Trần Không", "email": "khong@phai.invalid"})

    @pytest.fixture
    def missing(self, existing):
        return member_hash("chua.co@example.com")
