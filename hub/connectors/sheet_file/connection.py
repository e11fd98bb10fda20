"""A sheet source as the hub sees it: the port's Connection over pull, mapping and writer.

Belongs here: wiring. Does not: any of the work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from hub.connectors.kit.port import Context, Finding, Found, Mapped
from hub.connectors.sheet_file.book import FileRefused
from hub.connectors.sheet_file.mapping import SCHEMA, to_canonical
from hub.connectors.sheet_file.opener import open_file
from hub.connectors.sheet_file.options import read_options
from hub.connectors.sheet_file.pull import pull
from hub.connectors.sheet_file.survey import pick
from hub.connectors.sheet_file.watch import candidates
from hub.connectors.sheet_file.writer import Writer
from hub.errors import ConfigError
from hub.model import Json, Page, RawRecord, Receipt, Stream, Write

if TYPE_CHECKING:
    from hub.model import Frame


class SheetConnection:
    """Open for one source. Raises ConfigError when the settings are wrong."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.options = read_options(context.options, context.timezone)
        self.writer = Writer(context, self.options)

    def check(self) -> Sequence[Finding]:
        """One finding per file that cannot be read, else ok."""
        files, _ = candidates(self.context.workspace, self.options.paths)
        if not files:
            return (_finding("config", "sheet.no_files", {"path": ", ".join(self.options.paths)}),)
        findings = []
        for file in files:
            try:
                book = open_file(
                    file.path, self.options.wanted, encoding=self.options.encoding, sheet=self.options.sheet
                )
                try:
                    pick(book, self.options)
                finally:
                    book.close()
            except FileRefused as error:
                findings.append(_finding("config", error.code, {"file": file.key, **error.fields}))
            except OSError:
                findings.append(_finding("permission", "sheet.waiting", {"file": file.key, "reason": "locked"}))
        return findings or (
            Finding("ok", "sheet.ok", f"{len(files)} files are readable.", f"Đọc được {len(files)} tệp."),
        )

    def pull(self, stream: Stream, cursor: Mapping[str, Json] | None, *, full: bool) -> Iterator[Page]:
        """Pages of new and changed files; the stream is customers, whatever is asked."""
        if stream == "customers":
            yield from pull(self.context, self.options, cursor, full=full)

    def to_canonical(self, stream: Stream, payloads: Sequence[RawRecord] | Frame) -> Mapped:
        """A canonical frame."""
        frame = payloads if isinstance(payloads, pl.DataFrame) else _frame(payloads)
        if not frame.height:
            return Mapped(pl.DataFrame(schema=dict(SCHEMA)))
        return to_canonical(frame, self.options, self.context.timezone)

    def find(self, field: str, value: str) -> Sequence[Found]:
        """Files answer no look-ups."""
        return ()

    def read(self, source_id: str) -> Found | None:
        """What was written for this record last, None when nothing was."""
        return self.writer.read(source_id)

    def write(self, writes: Sequence[Write]) -> Iterator[Receipt]:
        """Rows into a new file beside; never into the owner's."""
        return self.writer.write(writes)

    def forget(self, source_id: str) -> Receipt:
        """Takes the row out of what the hub wrote; the owner's own files are the owner's to clean."""
        return self.writer.forget(source_id)

    def close(self) -> None:
        """Nothing is held open."""


def open_connection(context: Context) -> SheetConnection:
    """The connection of one source."""
    return SheetConnection(context)


def _frame(records: Sequence[RawRecord]) -> pl.DataFrame:
    rows = [(r.source_id, r.payload, r.updated_at) for r in records]
    return pl.DataFrame(rows, schema=dict.fromkeys(("source_id", "payload", "updated_at"), pl.String), orient="row")


@cache
def sentences() -> dict[str, tuple[str, str]]:
    """Code → sentence in English and in Vietnamese, with the args of the Notice in braces."""
    lines = (Path(__file__).parent / "sentences.tsv").read_text("utf-8").splitlines()
    return {code: (en, vi) for code, en, vi in (x.split("\t") for x in lines if x and not x.startswith("#"))}


def _finding(status: str, code: str, args: Mapping[str, str | int | float]) -> Finding:
    if status not in ("config", "permission"):
        raise ConfigError(f"no such status: {status}")
    en, vi = sentences()[code]
    filled = {"tab": "", **args}
    return Finding("config" if status == "config" else "permission", code, en.format_map(filled), vi.format_map(filled))
