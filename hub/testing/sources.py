"""What every source keeps, as tests: pages, cursors, resuming, checking, mapping, silence about secrets.

Belongs here: promises of kit.port for reading. Does not: a vendor's own ways.
"""
# ruff: noqa: S101 - tests speak in assertions

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import orjson
import pytest

from hub import contracts
from hub.connectors.kit.port import Connection, Connector
from hub.errors import HubError
from hub.model import Page, RawRecord, Stream
from hub.testing.looking import (
    SCHEMAS,
    TIME,
    canonical_rows,
    contents,
    ids_of,
    records_of,
    rows_of,
    times_of,
    whole_text,
)

Connect = Callable[..., Connection]


class SourceKit:
    """Subclass it, set `connector` (and `stream`), and give these fixtures:

    connect: opens a connection to a calm vendor; keywords replace fields of the Context (`deadline=…`).
    expected_ids: the ids that the vendor holds in `stream`, enough for two pages where the vendor has pages.
    refused: a connection with wrong credentials, None when the source has none.
    unreachable: a connection to where nobody answers, None when nothing is spoken to.
    secrets: texts that may stand in no error, cursor or finding.
    """

    connector: Connector
    stream: Stream = "customers"

    @pytest.fixture
    def pages(self, expected_ids: set[str], connect: Connect) -> list[Page]:
        """The first pull, once the vendor holds what is expected."""
        return list(connect().pull(self.stream, None, full=False))

    def test_description_names_real_schemas_and_streams(self) -> None:
        """The catalogue's entry can be used."""
        told = self.connector.description
        assert contracts.schema(told.settings_schema)["type"] == "object"
        assert told.payload_schema is None or contracts.schema(told.payload_schema)
        assert told.title_en
        assert told.title_vi
        assert self.stream in {info.name for info in told.capabilities.streams}

    def test_check_says_ok_where_all_is_well(self, connect: Connect) -> None:
        """One finding at least, and it is ok."""
        assert {finding.status for finding in connect().check()} == {"ok"}

    def test_check_tells_refused_credentials_apart(self, refused: Connection | None) -> None:
        """Refused credentials are not the network's fault; nothing is raised."""
        if refused is not None:
            assert {finding.status for finding in refused.check()} <= {"auth", "permission"}

    def test_check_tells_a_silent_vendor_apart(self, unreachable: Connection | None) -> None:
        """Nobody answers: network or settings, never credentials; nothing is raised."""
        if unreachable is not None:
            assert {finding.status for finding in unreachable.check()} <= {"network", "config"}

    def test_first_pull_gives_every_record(self, pages: list[Page], expected_ids: set[str]) -> None:
        """Nothing is missing, nothing is invented."""
        assert ids_of(pages) == expected_ids

    def test_cursors_are_json(self, pages: list[Page]) -> None:
        """A cursor survives being stored."""
        for page in pages:
            assert orjson.loads(orjson.dumps(page.cursor)) == page.cursor

    def test_resuming_from_every_cursor_loses_nothing(
        self, connect: Connect, pages: list[Page], expected_ids: set[str]
    ) -> None:
        """A killed pull goes on where its last page was kept."""
        for n, page in enumerate(pages):
            rest = list(connect().pull(self.stream, page.cursor, full=False))
            assert ids_of(pages[: n + 1]) | ids_of(rest) == expected_ids

    def test_repeated_pull_gives_nothing_new(self, connect: Connect, pages: list[Page]) -> None:
        """What an overlap gives again is what came before."""
        again = list(connect().pull(self.stream, pages[-1].cursor, full=False))
        assert contents(again) <= contents(pages)
        assert not any(page.tombstones for page in again)

    def test_full_pull_reads_all_whatever_the_cursor(
        self, connect: Connect, pages: list[Page], expected_ids: set[str]
    ) -> None:
        """A whole sweep from the end of an earlier pull."""
        assert ids_of(connect().pull(self.stream, pages[-1].cursor, full=True)) == expected_ids

    def test_unknown_keys_in_a_cursor_are_ignored(
        self, connect: Connect, pages: list[Page], expected_ids: set[str]
    ) -> None:
        """A cursor of another version of the connector does no harm."""
        strange = {**pages[0].cursor, "of_another_version": {"position": "x"}}
        assert ids_of(pages[:1]) | ids_of(connect().pull(self.stream, strange, full=False)) == expected_ids

    def test_an_unreadable_cursor_starts_from_the_beginning(self, connect: Connect, expected_ids: set[str]) -> None:
        """Better everything again than nothing at all."""
        assert ids_of(connect().pull(self.stream, {"nothing": "useful"}, full=False)) == expected_ids

    def test_the_pull_stops_after_the_page_at_which_time_is_up(self, connect: Connect, expected_ids: set[str]) -> None:
        """A slice ends at a page that is kept, and the next one goes on."""
        first = list(connect(deadline=lambda: True).pull(self.stream, None, full=False))
        assert len(first) == 1
        rest = connect().pull(self.stream, first[0].cursor, full=False)
        assert ids_of(first) | ids_of(rest) == expected_ids

    def test_sweeps_end_once_and_at_their_last_page(self, pages: list[Page]) -> None:
        """`complete` ends a snapshot; nothing of it comes later."""
        for scope in {page.scope for page in pages}:
            of_sweeps = [page for page in pages if page.scope == scope and page.snapshot is not None]
            for snapshot in {page.snapshot for page in of_sweeps}:
                ends = [page.complete for page in of_sweeps if page.snapshot == snapshot]
                assert not any(ends[:-1])
        assert not any(page.complete for page in pages if page.snapshot is None)

    def test_payloads_are_json_objects(self, pages: list[Page]) -> None:
        """Landing keeps text that can be read again."""
        for page in pages:
            for record in records_of(page):
                assert isinstance(orjson.loads(record.payload), dict)

    def test_times_are_canonical(self, connect: Connect, pages: list[Page]) -> None:
        """UTC text of fixed width, so that text order is time order."""
        rows = canonical_rows(connect(), self.stream, pages)
        told = [row[key] for row in rows for key in ("created_at", "updated_at", "at") if key in row]
        assert all(TIME.fullmatch(time) for time in [*times_of(pages), *told])

    def test_canonical_rows_keep_their_schema(self, connect: Connect, pages: list[Page]) -> None:
        """Every row is a valid document under its landed id."""
        rows = canonical_rows(connect(), self.stream, pages)
        assert list(contracts.validate_values(SCHEMAS[self.stream], rows)) == []
        assert {row["source_id"] for row in rows} <= ids_of(pages)

    def test_mapping_is_pure(self, connect: Connect, pages: list[Page]) -> None:
        """Replay gives the same rows, another connection too."""
        assert canonical_rows(connect(), self.stream, pages) == canonical_rows(connect(), self.stream, pages)

    def test_a_broken_payload_is_unusable_and_stops_nobody(self, connect: Connect, pages: list[Page]) -> None:
        """Bad records go to quarantine one by one."""
        if self.connector.description.capabilities.frames:
            pytest.skip("maps frames")
        good = records_of(pages[0])[0]
        broken = [RawRecord("broken", "[]"), RawRecord("cut", '{"id": 1'), good]
        mapped = connect().to_canonical(self.stream, broken)
        assert {item.source_id for item in mapped.unusable} == {"broken", "cut"}
        assert len(rows_of(mapped)) == 1

    def test_unknown_keys_in_a_payload_are_ignored(self, connect: Connect, pages: list[Page]) -> None:
        """Vendors add fields every month."""
        if self.connector.description.capabilities.frames:
            pytest.skip("maps frames")
        good = records_of(pages[0])[0]
        more = orjson.dumps({**orjson.loads(good.payload), "a_new_field": {"of": ["theirs"]}}).decode()
        changed = dataclasses.replace(good, payload=more)
        connection = connect()
        assert rows_of(connection.to_canonical(self.stream, [changed])) == rows_of(
            connection.to_canonical(self.stream, [good])
        )

    def test_no_secret_stands_in_an_error(
        self, refused: Connection | None, unreachable: Connection | None, secrets: tuple[str, ...]
    ) -> None:
        """Errors and findings go to logs and screens."""
        told = "\n".join(self._failures(refused, unreachable))
        assert not [secret for secret in secrets if secret in told]

    def test_no_secret_stands_in_a_cursor(self, pages: list[Page], secrets: tuple[str, ...]) -> None:
        """Cursors are kept in the store."""
        told = orjson.dumps([dict(page.cursor) for page in pages]).decode()
        assert not [secret for secret in secrets if secret in told]

    def _failures(self, *connections: Connection | None) -> Iterator[str]:
        for connection in connections:
            if connection is None:
                continue
            yield from (f"{finding}" for finding in connection.check())
            with pytest.raises(HubError) as caught:
                list(connection.pull(self.stream, None, full=False))
            yield whole_text(caught.value)
