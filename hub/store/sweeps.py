"""Sweeps: which records a whole read of a source showed, and what follows from those it did not.

Belongs here: sweeps, sweep_pages, scopes, the states missing and removed that come from sweeps. Does not: tombstones
(landing.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl
from sqlalchemy import Connection, delete, func, insert, select, update

from hub.model import Page, from_utc_text, utc_text
from hub.store.bulk import among, next_number
from hub.store.frames import read_frame
from hub.store.landing import remove
from hub.store.tables import landed, scopes, sweep_pages, sweeps

SAME_CONTENT = timedelta(days=1)
"""The same snapshot confirms an absence only after this time (behaviour 1.6, files)."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a complete sweep did. collapsed: it held less than half of the usual rows, so it changed nothing."""

    rows: int = 0
    missing: int = 0
    removed: int = 0
    collapsed: bool = False
    usual: int = 0


def collect(conn: Connection, source: str, page: Page, rids: pl.Series) -> int:
    """Note the rids that a page of a sweep showed; another snapshot of the same scope begins anew. Gives the sweep's id."""
    where = (sweeps.c.source == source, sweeps.c.stream == page.stream, sweeps.c.scope == page.scope)
    row = conn.execute(select(sweeps.c.sweep_id, sweeps.c.snapshot).where(*where)).one_or_none()
    if row is not None and row.snapshot != page.snapshot:
        forget(conn, row.sweep_id)
        row = None
    sweep_id = row.sweep_id if row is not None else _begin(conn, source, page)
    count = conn.scalar(select(func.count()).where(sweep_pages.c.sweep_id == sweep_id)) or 0
    seen = rids.to_numpy().astype("<i8").tobytes()
    conn.execute(insert(sweep_pages).values(sweep_id=sweep_id, n=count, rids=seen))
    return sweep_id


def _begin(conn: Connection, source: str, page: Page) -> int:
    sweep_id = next_number(conn, sweeps.c.sweep_id)
    row = {
        "sweep_id": sweep_id,
        "source": source,
        "stream": page.stream,
        "scope": page.scope,
        "snapshot": page.snapshot,
    }
    conn.execute(insert(sweeps).values(row))
    return sweep_id


def forget(conn: Connection, sweep_id: int) -> None:
    """Drop what a sweep collected."""
    conn.execute(delete(sweep_pages).where(sweep_pages.c.sweep_id == sweep_id))
    conn.execute(delete(sweeps).where(sweeps.c.sweep_id == sweep_id))


def finish(conn: Connection, source: str, page: Page, sweep_id: int, at: str, run_id: str) -> Swept:
    """Draw the conclusions of a complete sweep: unseen records become missing, or removed when confirmed."""
    pages = conn.scalars(select(sweep_pages.c.rids).where(sweep_pages.c.sweep_id == sweep_id)).all()
    forget(conn, sweep_id)
    seen = pl.Series(np.concatenate([np.frombuffer(part, dtype="<i8") for part in pages])).unique()
    usual = _usual(conn, source, page)
    if len(seen) * 2 < usual:
        return Swept(len(seen), collapsed=True, usual=usual)
    _remember(conn, source, page, len(seen), at)
    missing, removed = _absent(conn, source, page, seen, at, run_id)
    return Swept(len(seen), missing, removed, usual=usual)


def _absent(conn: Connection, source: str, page: Page, seen: pl.Series, at: str, run_id: str) -> tuple[int, int]:
    where = [landed.c.source == source, landed.c.stream == page.stream, landed.c.state != "removed"]
    if page.scope:
        where.append(landed.c.scope == page.scope)
    known = read_frame(conn, select(landed.c.rid).where(*where))["rid"]
    unseen = known.filter(~known.is_in(seen.implode())).to_list()
    if not unseen:
        return 0, 0
    details = [landed.c[name] for name in ("rid", "state", "missing_since", "missing_snapshot", "missing_run")]
    absent = read_frame(conn, select(*details).where(among(conn, landed.c.rid, unseen)))
    first = absent.filter(pl.col("state") == "current")["rid"].to_list()
    if first:
        marks = {"state": "missing", "missing_since": at, "missing_snapshot": page.snapshot, "missing_run": run_id}
        conn.execute(update(landed).where(among(conn, landed.c.rid, first)).values(marks))
    gone = absent.filter(_confirmed(page.snapshot or "", at, run_id)).select("rid", since=pl.col("missing_since"))
    remove(conn, gone, page.snapshot or "", run_id)
    return len(first), gone.height


def _confirmed(snapshot: str, at: str, run_id: str) -> pl.Expr:
    """Missing already in an earlier run: by another snapshot, or by the same content a day ago."""
    day_ago = utc_text(from_utc_text(at) - SAME_CONTENT)
    earlier = (pl.col("missing_snapshot") != snapshot) & (pl.col("missing_run") != run_id)
    return (pl.col("state") == "missing") & (earlier | (pl.col("missing_since") <= day_ago))


def _usual(conn: Connection, source: str, page: Page) -> int:
    where = (scopes.c.source == source, scopes.c.stream == page.stream, scopes.c.scope == page.scope)
    return conn.scalar(select(scopes.c.usual_rows).where(*where)) or 0


def _remember(conn: Connection, source: str, page: Page, rows: int, at: str) -> None:
    where = (scopes.c.source == source, scopes.c.stream == page.stream, scopes.c.scope == page.scope)
    conn.execute(delete(scopes).where(*where))
    values = {
        "source": source,
        "stream": page.stream,
        "scope": page.scope,
        "usual_rows": rows,
        "snapshot": page.snapshot,
        "at": at,
    }
    conn.execute(insert(scopes).values(values))
