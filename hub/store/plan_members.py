"""Who was in the segments of a destination's `only` at its last plan, so that the next one looks at whoever came or went.

Belongs here: the table plan_members. Does not: who is in a segment now (segments.py), planning (flow).
"""

from __future__ import annotations

from collections.abc import Set

import polars as pl
from sqlalchemy import Connection, select

from hub.store.bulk import delete_in, insert_frame
from hub.store.tables import plan_members


def held(conn: Connection, destination: str) -> set[str]:
    """Golden ids of the members at the last plan."""
    return set(conn.scalars(select(plan_members.c.golden_id).where(plan_members.c.destination == destination)))


def keep(conn: Connection, destination: str, members: Set[str]) -> None:
    """Keep those of this plan; only who came or went is written."""
    before = held(conn, destination)
    delete_in(conn, plan_members.c.golden_id, sorted(before - members), plan_members.c.destination == destination)
    fresh = pl.DataFrame({"golden_id": sorted(members - before)}, schema={"golden_id": pl.String})
    insert_frame(conn, plan_members, fresh.with_columns(destination=pl.lit(destination)))
