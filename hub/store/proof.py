"""The proof of a candidate: invariants that must hold before anything is promoted, checked apart from how it was made.

Belongs here: counting violations. Does not: raising (flow.resolve), repairing (nothing is repaired).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

import polars as pl
from sqlalchemy import Connection, func, literal_column, select

from hub.store.bulk import among
from hub.store.candidate import Loaded, Waiting
from hub.store.frames import read_frame
from hub.store.tables import (
    customers,
    dirty_records,
    identifiers,
    records,
    xref_past,
)
from hub.store.words import words

NationalId = tuple[str, str, str]
Conflict = Callable[[tuple[NationalId, ...], tuple[NationalId, ...]], bool]
"""Whether two records' national ids (country, generation, value) say that they are two people."""


def prove(conn: Connection, waiting: Waiting, loaded: Loaded, conflict: Conflict) -> dict[str, int]:
    """Invariant → number of violations.

    record_without_id: every current record has exactly one golden id. parted_inside: no customer holds two records that a
    standing judgement keeps apart. national_id_inside: nor two that national ids of a known country tell apart.
    id_unanswered: every id ever issued is live or leads to a live one. id_moved: no id passes wholly to other records.
    count: the sums agree.
    """
    new, old, redirects = loaded.new.select("rid", "golden_id"), loaded.old.select("rid", "golden_id"), loaded.redirects
    told = words(conn)
    return {
        "record_without_id": _without(conn, waiting, new),
        "parted_inside": _parted(new, told),
        "national_id_inside": _two_people(conn, waiting, new, told, conflict),
        "id_unanswered": _unanswered(conn, old, new, redirects),
        "id_moved": _moved(conn, old, new),
        "count": _sums(conn, waiting, old, new),
    }


def _without(conn: Connection, waiting: Waiting, new: pl.DataFrame) -> int:
    """Records without an id, and ids of records that are not there."""
    must = select(records.c.rid) if waiting.full else select(dirty_records.c.rid)
    expected = read_frame(conn, must)
    there = (
        read_frame(conn, select(records.c.rid).where(among(conn, records.c.rid, new["rid"].to_list())))
        if not waiting.full
        else expected
    )
    return expected.join(new, on="rid", how="anti").height + new.join(there, on="rid", how="anti").height


def _parted(new: pl.DataFrame, told: pl.DataFrame) -> int:
    """Pairs judged different (the last word counts) inside one customer."""
    low, high = pl.min_horizontal("rid_a", "rid_b"), pl.max_horizontal("rid_a", "rid_b")
    last = (
        told.select(low.alias("a"), high.alias("b"), "verdict", "at")
        .sort("at", maintain_order=True)
        .unique(["a", "b"], keep="last")
    )
    apart = last.filter(pl.col("verdict") == "different")
    ids = new.select("rid", "golden_id")
    both = apart.join(ids, left_on="a", right_on="rid").join(ids, left_on="b", right_on="rid")
    return both.filter(pl.col("golden_id") == pl.col("golden_id_right")).height


def _two_people(conn: Connection, waiting: Waiting, new: pl.DataFrame, told: pl.DataFrame, conflict: Conflict) -> int:
    """Customers that hold two records with conflicting national ids, those aside that a person put together."""
    borne = select(
        identifiers.c.rid,
        identifiers.c.issuer,
        func.coalesce(identifiers.c["class"], "").label("class"),
        identifiers.c.value,
    )
    national = (
        identifiers.c.type == literal_column("'national_id'"),
        identifiers.c.key,
        identifiers.c.issuer != "",
        records.c.kind == "person",
    )
    some = () if waiting.full else (among(conn, identifiers.c.rid, new["rid"].to_list()),)
    ids = read_frame(conn, borne.join(records, records.c.rid == identifiers.c.rid).where(*national, *some))
    inside = ids.join(new, on="rid")
    several = inside.group_by("golden_id").agg(pl.col("rid").n_unique()).filter(pl.col("rid") > 1).select("golden_id")
    same = told.filter(pl.col("verdict") == "same").select(rid="rid_a").join(new, on="rid").select("golden_id")
    doubtful = inside.join(several, on="golden_id", how="semi").join(same, on="golden_id", how="anti")
    return sum(_any_conflict(part, conflict) for _, part in doubtful.group_by("golden_id"))


def _any_conflict(part: pl.DataFrame, conflict: Conflict) -> bool:
    borne: dict[int, list[NationalId]] = {}
    for rid, issuer, kind, value in (
        part.select("rid", "issuer", "class", "value").sort("rid", "issuer", "class", "value").iter_rows()
    ):
        borne.setdefault(rid, []).append((issuer, kind, value))
    sets: Sequence[tuple[NationalId, ...]] = sorted({tuple(ids) for ids in borne.values()})
    return any(conflict(a, b) for a, b in combinations(sets, 2))


def _unanswered(conn: Connection, old: pl.DataFrame, new: pl.DataFrame, redirects: pl.DataFrame) -> int:
    """Ids that records bore, that live no more and lead nowhere; ids that lead to one that lives not; chains without an end."""
    live = new.select("golden_id").unique()
    left = old.join(new.select("rid"), on="rid", how="semi").select("golden_id").unique()
    lost = left.join(live, on="golden_id", how="anti").join(redirects, left_on="golden_id", right_on="old", how="anti")
    astray = redirects.join(live, left_on="live", right_on="golden_id", how="anti")
    self_led = redirects.join(live, left_on="old", right_on="golden_id", how="semi")
    unknown = astray["live"].unique().to_list()
    there = (
        set(conn.scalars(select(customers.c.golden_id).where(among(conn, customers.c.golden_id, sorted(unknown)))))
        if unknown
        else set()
    )
    return lost.height + self_led.height + astray.filter(~pl.col("live").is_in(sorted(there))).height


def _moved(conn: Connection, old: pl.DataFrame, new: pl.DataFrame) -> int:
    """Ids that existed and keep none of the records that bore them, now or before."""
    if conn.scalar(select(customers.c.golden_id).limit(1)) is None:
        return 0
    kept = (
        pl.concat([old, _past(conn, new)]).join(new, on=["rid", "golden_id"], how="semi").select("golden_id").unique()
    )
    doubtful = new.select("golden_id").unique().join(kept, on="golden_id", how="anti")["golden_id"].to_list()
    if not doubtful:
        return 0
    known = select(func.count()).select_from(customers).where(among(conn, customers.c.golden_id, doubtful))
    return conn.scalar(known) or 0


def _past(conn: Connection, new: pl.DataFrame) -> pl.DataFrame:
    statement = select(xref_past.c.rid, xref_past.c.golden_id)
    if new.height < 100_000:
        statement = statement.where(among(conn, xref_past.c.rid, new["rid"].to_list()))
    return read_frame(conn, statement)


def _sums(conn: Connection, waiting: Waiting, old: pl.DataFrame, new: pl.DataFrame) -> int:
    """By how much the crosswalk would differ in length from the records: all of them, or those that the candidate names."""
    there = select(func.count()).select_from(records)
    if waiting.full:
        return abs((conn.scalar(there) or 0) - new.height)
    named = pl.concat([new["rid"], old["rid"]]).unique().to_list()
    return abs((conn.scalar(there.where(among(conn, records.c.rid, named))) or 0) - new.height)
