"""The kit itself: an honest connector of a few lines passes, dishonest ones are caught."""

import json

import pytest

from hub.connectors.kit.port import Capabilities, Connector, Context, Description, Found, Mapped, StreamInfo
from hub.connectors.kit.results import finding
from hub.connectors.kit.rows import map_rows
from hub.model import Page, RawRecord, Receipt
from hub.testing import SourceKit

PEOPLE = {str(n): {"id": n, "name": f"Lê {n}"} for n in range(1, 6)}


class Notebook:
    """People in memory, two a page, in order of their ids."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def check(self):
        return (finding(None),)

    def pull(self, stream, cursor, *, full):
        after = 0 if full else int((cursor or {}).get("after", 0))
        for n in range(after + 1, len(PEOPLE) + 1, 2):
            keys = [str(k) for k in (n, n + 1) if str(k) in PEOPLE]
            yield self.page(keys)
            if self.context.deadline():
                return

    def page(self, keys):
        records = [RawRecord(key, json.dumps(PEOPLE[key]), "2026-11-21T10:00:00.000Z") for key in keys]
        return Page("customers", records, {"after": int(keys[-1])})

    def to_canonical(self, stream, payloads):
        return map_rows(payloads, lambda _, payload: {"source_id": str(payload["id"]), "full_name": payload["name"]})

    def find(self, field, value):
        return []

    def read(self, source_id) -> Found | None:
        return None

    def write(self, writes):
        return iter([Receipt(write.key, "rejected", reason="unsupported") for write in writes])

    def forget(self, source_id):
        return Receipt("forget", "rejected", reason="unsupported")

    def close(self):
        """Nothing is held."""


def connector_of(kind):
    told = Description(
        "notebook",
        "sheet",
        "Notebook",
        "Sổ tay",
        "connectors/kiotviet.v1",
        None,
        Capabilities((StreamInfo("customers", "none", True, True),)),
    )
    return Connector(told, kind)


class TestNotebook(SourceKit):
    connector = connector_of(Notebook)

    @pytest.fixture
    def connect(self, make_context):
        return lambda **changes: self.connector.open(make_context(**changes))

    @pytest.fixture
    def expected_ids(self):
        return set(PEOPLE)

    @pytest.fixture
    def refused(self):
        return None

    @pytest.fixture
    def unreachable(self):
        return None

    @pytest.fixture
    def secrets(self):
        return ("s3cret",)


class Forgetful(Notebook):
    """Its cursor runs ahead of its page."""

    def page(self, keys):
        made = super().page(keys)
        return Page(made.stream, made.records, {"after": int(keys[-1]) + 1})


class Repeating(Notebook):
    """Says something new about the same people at every pull."""

    told = 0

    def page(self, keys):
        type(self).told += 1
        made = super().page(keys)
        records = [RawRecord(r.source_id, json.dumps({**PEOPLE[r.source_id], "told": self.told})) for r in made.records]
        return Page(made.stream, records, {"after": 0})


class Talkative(Notebook):
    """Keeps a secret in its cursor."""

    def page(self, keys):
        made = super().page(keys)
        return Page(made.stream, made.records, {**made.cursor, "key": "s3cret"})


class LocalTime(Notebook):
    """Hands on times as the vendor wrote them."""

    def page(self, keys):
        made = super().page(keys)
        return Page(
            made.stream, [RawRecord(r.source_id, r.payload, "2026-11-21 17:00") for r in made.records], made.cursor
        )


class Fragile(Notebook):
    """One broken payload stops all."""

    def to_canonical(self, stream, payloads):
        return Mapped([{"source_id": r.source_id, "full_name": json.loads(r.payload)["name"]} for r in payloads])


CAUGHT = [
    (Forgetful, "test_resuming_from_every_cursor_loses_nothing", ("connect", "pages", "expected_ids")),
    (Repeating, "test_repeated_pull_gives_nothing_new", ("connect", "pages")),
    (Talkative, "test_no_secret_stands_in_a_cursor", ("pages", "secrets")),
    (LocalTime, "test_times_are_canonical", ("connect", "pages")),
    (Fragile, "test_a_broken_payload_is_unusable_and_stops_nobody", ("connect", "pages")),
]


@pytest.mark.parametrize(("kind", "promise", "wants"), CAUGHT, ids=[kind.__name__ for kind, _, _ in CAUGHT])
def test_a_dishonest_connector_is_caught(make_context, kind, promise, wants):
    kit = SourceKit()
    kit.connector = connector_of(kind)
    given = {
        "connect": lambda **changes: kind(make_context(**changes)),
        "pages": list(kind(make_context()).pull("customers", None, full=False)),
        "expected_ids": set(PEOPLE),
        "secrets": ("s3cret",),
    }
    with pytest.raises((AssertionError, TypeError, KeyError, ValueError)):
        getattr(kit, promise)(**{name: given[name] for name in wants})
