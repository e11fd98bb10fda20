"""Landing a page: raw versions, the newest of each record, tombstones. Set-based, in the caller's transaction.

Belongs here: raw_records, landed, waiting. Does not: sweeps (sweeps.py), cursors and states of sources (sources.py),
reading what the payloads mean (flow.normalize).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b

import polars as pl
from sqlalchemy import Connection, insert, select, update

from hub.model import Page, Tombstone, from_utc_text, utc_text
from hub.store.bulk import among, insert_frame, next_number, upsert_frame
from hub.store.frames import read_frame
from hub.store.tables import landed, raw_records, waiting

TOMBSTONE = "tombstone"
FUTURE = timedelta(days=1)
"""A record dated later than this after the vendor's clock has no usable time (behaviour 1.7)."""


@dataclass(slots=True)
class Landed:
    """Counts of a page, the rids it showed, and the newest usable time in it."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    newest: str | None = None

    def add(self, other: Landed) -> None:
        """Sum up in place."""
        for name in ("read", "new", "changed", "unchanged", "removed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.newest = max(filter(None, (self.newest, other.newest)), default=None)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where and when a page lands. at: the hub's clock, canonical."""

    source: str
    stream: str
    scope: str
    at: str
    run_id: str


def land_page(conn: Connection, source: str, page: Page, at: str, run_id: str) -> tuple[Landed, pl.Series]:
    """Write what the page adds; gives the counts and the rids seen (for sweeps).

    Several versions of one record in a page land one after the other, in the page's order.
    """
    arrival = Arrival(source, page.stream, page.scope, at, run_id)
    frame = _page_frame(page, horizon=utc_text(from_utc_text(page.server_time or at) + FUTURE))
    total, seen = Landed(), []
    for part in _rounds(frame):
        counts, rids = _land(conn, arrival, part)
        total.add(counts)
        seen.append(rids)
    total.removed += bury(conn, arrival, page.tombstones)
    return total, pl.concat(seen) if seen else pl.Series("rid", [], dtype=pl.Int64)


def _page_frame(page: Page, horizon: str) -> pl.DataFrame:
    """source_id, payload, updated_at (as given), time (usable for order, else null), content_hash (null: id only)."""
    if isinstance(page.records, pl.DataFrame):
        frame = page.records.select("source_id", "payload", "updated_at")
    else:
        columns = zip(*[(r.source_id, _text(r.payload), r.updated_at) for r in page.records], strict=True)
        frame = pl.DataFrame(
            list(columns) or [[], [], []], schema=dict.fromkeys(("source_id", "payload", "updated_at"), pl.String)
        )
    payloads = frame["payload"].cast(pl.Binary).to_list()  # bytes at once: encoding text by text takes twice as long
    hashes = [blake2b(payload, digest_size=16).hexdigest() if payload else None for payload in payloads]
    usable = pl.when(pl.col("updated_at") <= horizon).then(pl.col("updated_at"))
    return frame.with_columns(time=usable, content_hash=pl.Series("content_hash", hashes, dtype=pl.String))


def _text(payload: str) -> str:
    """The payload with lone surrogates replaced: they are no Unicode text and no database takes them."""
    return payload if payload.isascii() else payload.encode("utf-8", "replace").decode()


def _rounds(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Parts in which each record stands at most once, in order of appearance."""
    if frame.is_empty():
        return
    if not frame["source_id"].is_duplicated().any():
        yield frame
        return
    counted = frame.with_columns(nth=pl.int_range(pl.len()).over("source_id"))
    for nth in range(int(counted["nth"].max() or 0) + 1):  # type: ignore[arg-type]  # an integer column
        yield counted.filter(pl.col("nth") == nth).drop("nth")


def _land(conn: Connection, arrival: Arrival, frame: pl.DataFrame) -> tuple[Landed, pl.Series]:
    known = frame.join(_known(conn, arrival, frame["source_id"].to_list()), on="source_id", how="left")
    fresh = known.filter(pl.col("rid").is_null() & pl.col("content_hash").is_not_null()).sort("source_id")
    fresh = fresh.with_columns(rid=pl.int_range(pl.len(), dtype=pl.Int64) + next_number(conn, landed.c.rid))
    old = known.filter(pl.col("rid").is_not_null()).with_columns(_verdicts())
    newer = old.filter("differs", ~pl.col("stale"))
    revived = old.filter("revives")
    versions = pl.concat([fresh.select(VERSION), newer.select(VERSION), _unseen(conn, old).select(VERSION)])
    versions = versions.with_columns(
        raw_id=pl.int_range(pl.len(), dtype=pl.Int64) + next_number(conn, raw_records.c.raw_id)
    )
    _write_versions(conn, arrival, versions)
    _write_landed(conn, arrival, versions, fresh, newer)
    _touch(conn, arrival, old)
    _wait(conn, pl.concat([newer["rid"], revived["rid"]]).unique())
    changed = old.filter(pl.col("revives") | (pl.col("differs") & ~pl.col("stale"))).height
    newest = frame["time"].max()
    counts = Landed(
        frame.height,
        fresh.height,
        changed,
        frame.height - fresh.height - changed,
        newest=str(newest) if newest is not None else None,
    )
    return counts, pl.concat([fresh["rid"], old["rid"]])


VERSION = ["rid", "payload", "updated_at", "content_hash", "time"]


def _known(conn: Connection, arrival: Arrival, ids: list[str]) -> pl.DataFrame:
    statement = select(
        landed.c.source_id,
        landed.c.rid,
        landed.c.content_hash.label("old_hash"),
        landed.c.updated_at.label("old_time"),
        landed.c.state,
        landed.c.missing_since,
        landed.c.missing_snapshot,
        landed.c.scope,
    ).where(landed.c.source == arrival.source, landed.c.stream == arrival.stream, among(conn, landed.c.source_id, ids))
    return read_frame(conn, statement)


def _verdicts() -> list[pl.Expr]:
    """differs: other content than the newest; stale: older than it; revives: removed before, and back in force now."""
    buried = (pl.col("missing_snapshot") == TOMBSTONE) & (pl.col("time") < pl.col("missing_since"))
    return [
        (pl.col("content_hash").is_not_null() & (pl.col("content_hash") != pl.col("old_hash"))).alias("differs"),
        (pl.col("time") < pl.col("old_time")).fill_null(value=False).alias("stale"),
        ((pl.col("state") == "removed") & ~buried.fill_null(value=False)).alias("revives"),
    ]


def _unseen(conn: Connection, old: pl.DataFrame) -> pl.DataFrame:
    """Older versions that never landed: kept as history; an older page that is repeated adds nothing."""
    older = old.filter("differs", "stale")
    if older.is_empty():
        return older
    rids = older["rid"].to_list()
    held = select(raw_records.c.rid, raw_records.c.content_hash).where(among(conn, raw_records.c.rid, rids))
    return older.join(read_frame(conn, held), on=["rid", "content_hash"], how="anti")


def _write_versions(conn: Connection, arrival: Arrival, versions: pl.DataFrame) -> None:
    insert_frame(conn, raw_records, versions.drop("time"), {"landed_at": arrival.at, "run_id": arrival.run_id})


def _write_landed(
    conn: Connection, arrival: Arrival, versions: pl.DataFrame, fresh: pl.DataFrame, newer: pl.DataFrame
) -> None:
    """New rows, which wait for normalizing at once, and the newest version of rows that changed."""
    numbered = versions.select("rid", "raw_id", "content_hash", pl.col("time").alias("updated_at"))
    same = {"source": arrival.source, "stream": arrival.stream, "scope": arrival.scope, "state": "current"}
    first = fresh.select("rid", "source_id").join(numbered, on="rid", maintain_order="left")
    insert_frame(conn, landed, first, same)
    if not first.is_empty():
        made = select(landed.c.rid).where(landed.c.rid >= first["rid"].min())
        conn.execute(insert(waiting).from_select(["rid"], made))
    blank = dict.fromkeys(("missing_since", "missing_snapshot", "missing_run"), pl.lit(None, dtype=pl.String))
    changed = newer.select("rid", "source_id").join(numbered, on="rid")
    upsert_frame(conn, landed, changed.with_columns(**{name: pl.lit(value) for name, value in same.items()}, **blank))


def _touch(conn: Connection, arrival: Arrival, old: pl.DataFrame) -> None:
    """Records seen again are current again; they belong to the scope that showed them last."""
    moved = (pl.col("state") == "missing") | pl.col("revives") | (pl.col("scope") != arrival.scope)
    kept = (pl.col("state") != "removed") | pl.col("revives")
    rids = old.filter(moved & kept, ~pl.col("differs") | pl.col("stale"))["rid"].to_list()
    if rids:
        conn.execute(
            update(landed)
            .where(among(conn, landed.c.rid, rids))
            .values(state="current", scope=arrival.scope, missing_since=None, missing_snapshot=None, missing_run=None),
        )


def _wait(conn: Connection, rids: pl.Series) -> None:
    if not rids.is_empty():
        upsert_waiting(conn, rids.to_frame("rid"))


def upsert_waiting(conn: Connection, rids: pl.DataFrame) -> None:
    """Hand records (column `rid`) to normalizing; those that wait already stay."""
    there = read_frame(conn, select(waiting.c.rid).where(among(conn, waiting.c.rid, rids["rid"].to_list())))
    insert_frame(conn, waiting, rids.join(there, on="rid", how="anti").sort("rid"))


def bury(conn: Connection, arrival: Arrival, tombstones: Sequence[Tombstone]) -> int:
    """Remove what the vendor says is gone, unless a version newer than the tombstone is there; how many went."""
    if not tombstones:
        return 0
    told = pl.DataFrame(
        [(t.source_id, t.at) for t in tombstones], schema={"source_id": pl.String, "at": pl.String}, orient="row"
    )
    told = told.group_by("source_id").agg(pl.col("at").max())
    known = told.join(_known(conn, arrival, told["source_id"].to_list()), on="source_id")
    outlived = (pl.col("old_time") > pl.col("at")).fill_null(value=False)
    gone = known.filter(pl.col("state") != "removed", ~outlived)
    remove(conn, gone.select("rid", since=pl.col("at")), TOMBSTONE, arrival.run_id)
    return gone.height


def remove(conn: Connection, gone: pl.DataFrame, why: str, run_id: str) -> None:
    """Set records (rid, since) to removed and let normalizing take them out."""
    for (since,), part in gone.group_by("since"):
        rids = part["rid"].to_list()
        conn.execute(
            update(landed)
            .where(among(conn, landed.c.rid, rids))
            .values(state="removed", missing_since=since, missing_snapshot=why, missing_run=run_id),
        )
        upsert_waiting(conn, part.select("rid"))
