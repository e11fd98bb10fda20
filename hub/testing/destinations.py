"""What every destination keeps, as tests: one receipt per write, nothing sent twice, nothing else touched.

Belongs here: promises of kit.port for writing. Does not: a vendor's own ways.
"""
# ruff: noqa: S101 - tests speak in assertions

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from uuid import uuid4

import orjson
import pytest

from hub.connectors.kit.port import Connection, Connector
from hub.model import Action, Json, Receipt, Standing, Write
from hub.testing.looking import TIME, canonical_of

MOVING = frozenset({"updated_at", "code", "stores", "cleared"})
"""Fields that a vendor moves by itself when it is written."""


def write(
    action: Action, target: str | None, fields: Mapping[str, Json], known: Mapping[str, Json] | None = None
) -> Write:
    """A wish with a key of its own."""
    return Write(action, str(uuid4()), target, fields, known or {}, uuid4().hex)


class DestinationKit:
    """Subclass it, set `connector`, and give these fixtures:

    connect: opens a connection to a calm vendor that holds `existing`.
    existing: the id of a record there. new_fields: gives, at every call, fields for another create that is allowed.
    change: (field, value) that may be written to `existing`; shown: what its canonical row says then, see `reads`.
    refused_write: a Write that the vendor refuses for good. missing: an id in the vendor's form that is not there.
    requests: gives how many writing requests the vendor has seen.
    lose_answer: makes the vendor do the next write and hang up; gives how many writes it has accepted.
    secrets: texts that may stand in no receipt.
    """

    connector: Connector

    def one(self, connection: Connection, wish: Write) -> Receipt:
        """The receipt of a single write."""
        (receipt,) = connection.write([wish])
        return receipt

    def row(self, connection: Connection, source_id: str) -> dict[str, Json]:
        """A record read back, in the hub's words."""
        found = connection.read(source_id)
        assert found is not None
        return canonical_of(connection, found)

    def test_a_create_is_acknowledged_with_an_id_that_can_be_read(
        self, connect: Callable[..., Connection], new_fields: Callable[[], dict[str, Json]]
    ) -> None:
        """The receipt names the new record."""
        connection, fields = connect(), new_fields()
        receipt = self.one(connection, write("create", None, fields))
        assert receipt.outcome == "acked"
        assert receipt.source_id is not None
        assert self.row(connection, receipt.source_id)["full_name"] == fields["full_name"]

    def test_every_write_gets_exactly_one_receipt(
        self,
        connect: Callable[..., Connection],
        existing: str,
        new_fields: Callable[[], dict[str, Json]],
        change: tuple[str, Json],
        refused_write: Write,
    ) -> None:
        """Good and bad, creates and updates in one call."""
        wishes = [
            write("create", None, new_fields()),
            refused_write,
            write("update", existing, dict([change])),
            write("create", None, new_fields()),
        ]
        receipts = list(connect().write(wishes))
        assert sorted(receipt.key for receipt in receipts) == sorted(wish.key for wish in wishes)
        outcomes = {receipt.key: receipt.outcome for receipt in receipts}
        assert [outcomes[wish.key] for wish in wishes] == ["acked", "rejected", "acked", "acked"]

    def test_an_update_changes_nothing_else(
        self, connect: Callable[..., Connection], existing: str, change: tuple[str, Json]
    ) -> None:
        """All that was there is there afterwards, the written field apart."""
        connection = connect()
        before = self.row(connection, existing)
        assert self.one(connection, write("update", existing, dict([change]))).outcome == "acked"
        after = self.row(connection, existing)
        touched = MOVING | self.touches(change[0])
        assert {k: v for k, v in after.items() if k not in touched} == {
            k: v for k, v in before.items() if k not in touched
        }
        assert after != before

    def touches(self, field: str) -> frozenset[str]:
        """Canonical fields that a write of `field` moves."""
        lists = {"phone": "phones", "email": "emails", "address": "addresses"}
        names = {"full_name", "given_name", "family_name"} if field == "full_name" else set()
        return frozenset({lists.get(field, field), *names})

    def test_the_same_update_twice_changes_nothing_more(
        self, connect: Callable[..., Connection], existing: str, change: tuple[str, Json]
    ) -> None:
        """A repeated wish is harmless."""
        connection = connect()
        wish = write("update", existing, dict([change]))
        assert self.one(connection, wish).outcome == "acked"
        before = self.row(connection, existing)
        assert self.one(connection, wish).outcome == "acked"
        after = self.row(connection, existing)
        assert {k: v for k, v in after.items() if k not in MOVING} == {
            k: v for k, v in before.items() if k not in MOVING
        }

    def test_a_record_that_was_changed_there_is_read_and_not_overwritten(
        self,
        connect: Callable[..., Connection],
        existing: str,
        change: tuple[str, Json],
        requests: Callable[[], int],
    ) -> None:
        """The check is asked with the record as it stands; nothing is sent when it says `changed`."""
        self.only_rereading()
        connection, before, asked = connect(), requests(), list[str]()

        def check(payload: str) -> Standing:
            asked.append(payload)
            return "changed"

        wish = replace(write("update", existing, dict([change])), check=check)
        receipt = self.one(connection, wish)
        assert (receipt.outcome, receipt.reason, requests()) == ("rejected", "changed_there", before)
        assert isinstance(orjson.loads(asked[0]), dict)

    def test_a_record_that_stands_so_already_is_not_written(
        self,
        connect: Callable[..., Connection],
        existing: str,
        change: tuple[str, Json],
        requests: Callable[[], int],
    ) -> None:
        """Acknowledged without a request that writes."""
        self.only_rereading()
        connection, before = connect(), requests()
        wish = replace(write("update", existing, dict([change])), check=lambda text: "stands")
        assert (self.one(connection, wish).outcome, requests()) == ("acked", before)

    def only_rereading(self) -> None:
        """Skip what only connectors promise that read before they write."""
        if not self.connector.description.capabilities.rereads:
            pytest.skip("the flow reads for this connector")

    def test_a_permanent_refusal_is_rejected_and_not_tried_again(
        self, connect: Callable[..., Connection], refused_write: Write, requests: Callable[[], int]
    ) -> None:
        """No layer repeats what can only fail again."""
        connection, before = connect(), requests()
        receipt = self.one(connection, refused_write)
        assert receipt.outcome == "rejected"
        assert receipt.reason
        assert requests() - before <= 1

    def test_writing_to_a_record_that_is_gone_is_rejected(
        self, connect: Callable[..., Connection], missing: str, change: tuple[str, Json]
    ) -> None:
        """An update never makes a new record."""
        assert self.one(connect(), write("update", missing, dict([change]))).outcome == "rejected"

    def test_what_cannot_be_said_to_the_vendor_is_rejected(
        self, connect: Callable[..., Connection], existing: str
    ) -> None:
        """An unknown field or action is a receipt, not an exception."""
        connection = connect()
        assert self.one(connection, write("update", existing, {"shoe_size": "41"})).outcome == "rejected"
        for action in {"create", "update", "deactivate", "delete"} - self.connector.description.capabilities.writes:
            assert self.one(connection, write(action, existing, {})).outcome == "rejected"  # type: ignore[arg-type]  # an Action

    def test_receipts_hold_canonical_times_and_no_value_in_their_reasons(
        self, connect: Callable[..., Connection], refused_write: Write, new_fields: Callable[[], dict[str, Json]]
    ) -> None:
        """Reasons go to the ledger, which is never erased."""
        fields = new_fields()
        receipts = list(connect().write([refused_write, write("create", None, fields)]))
        values = [str(value) for value in (*fields.values(), *refused_write.fields.values())]
        assert not [value for value in values for receipt in receipts if value in (receipt.reason or "")]
        assert all(TIME.fullmatch(receipt.updated_at) for receipt in receipts if receipt.updated_at)
        assert all(isinstance(orjson.loads(receipt.payload), dict) for receipt in receipts if receipt.payload)

    def test_a_created_record_is_found_by_every_exact_look_up(
        self, connect: Callable[..., Connection], new_fields: Callable[[], dict[str, Json]]
    ) -> None:
        """Unknown outcomes are settled this way."""
        connection, fields = connect(), new_fields()
        receipt = self.one(connection, write("create", None, fields))
        for field in self.connector.description.capabilities.find_by & set(fields):
            found = connection.find(field, str(fields[field]))
            assert receipt.source_id in [candidate.source_id for candidate in found]

    def test_a_record_that_is_not_there_reads_as_none(self, connect: Callable[..., Connection], missing: str) -> None:
        """A 404 is no error of reading."""
        assert connect().read(missing) is None

    def test_a_lost_answer_is_never_followed_by_a_second_create(
        self,
        connect: Callable[..., Connection],
        new_fields: Callable[[], dict[str, Json]],
        lose_answer: Callable[[], Callable[[], int]],
    ) -> None:
        """The vendor did it and hung up: unknown, or found out by looking; one record either way."""
        connection = connect()
        accepted = lose_answer()
        receipt = self.one(connection, write("create", None, new_fields()))
        assert receipt.outcome in ("unknown", "acked")
        assert accepted() == 1

    def test_a_lost_answer_to_an_update_is_looked_up_not_sent_again(
        self,
        connect: Callable[..., Connection],
        existing: str,
        change: tuple[str, Json],
        lose_answer: Callable[[], Callable[[], int]],
    ) -> None:
        """Read back before sending again."""
        connection = connect()
        accepted = lose_answer()
        receipt = self.one(connection, write("update", existing, dict([change])))
        assert receipt.outcome in ("unknown", "acked")
        assert accepted() == 1

    def test_a_forgotten_record_is_gone_and_forgetting_twice_is_fine(
        self, connect: Callable[..., Connection], existing: str
    ) -> None:
        """Erasing may be repeated."""
        connection = connect()
        assert connection.forget(existing).outcome == "acked"
        assert connection.read(existing) is None
        assert connection.forget(existing).outcome == "acked"

    def test_no_secret_stands_in_a_receipt(
        self, connect: Callable[..., Connection], refused_write: Write, secrets: Sequence[str]
    ) -> None:
        """Receipts are kept."""
        told = repr(self.one(connect(), refused_write))
        assert not [secret for secret in secrets if secret in told]
