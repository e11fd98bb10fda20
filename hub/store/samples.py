"""Blind samples of pairs for stewards: what is drawn from, the pairs that were drawn, their answers.

Belongs here: those reads and writes. Does not: drawing and estimating (matching.sampling), files (flow.sample).
A sample names records and strata and holds no value of a customer.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from sqlalchemy import Connection, func, select, update

from hub.store.bulk import among, insert_frame
from hub.store.frames import read_frame
from hub.store.tables import records, refusals, samples, suggestions, xref
from hub.store.words import NAME, named

CUSTOMERS = ("person", "organisation")
REFUSED, SUGGESTED, ALIKE = "apart.refused_", "apart.suggested", "apart.same_name_and_birth"
PAIR = ["rid_a", "rid_b"]


def members(conn: Connection) -> pl.DataFrame:
    """rid, cluster (golden id), rule of every person's and organisation's record."""
    statement = select(xref.c.rid, xref.c.golden_id.label("cluster"), xref.c.rule)
    return read_frame(conn, statement.join(records, records.c.rid == xref.c.rid).where(records.c.kind.in_(CUSTOMERS)))


def apart(conn: Connection, there: pl.DataFrame) -> pl.DataFrame:
    """Pairs of records that the hub compared and left with two customers: rid_a, rid_b, stratum; each pair once.

    there: of `members`. A refused pair bears its (first) reason, else it was suggested, else name and birth date are equal.
    """
    refused = read_frame(conn, select(refusals.c.rid_a, refusals.c.rid_b, refusals.c.rule))
    told = read_frame(conn, select(suggestions.c.rid_a, suggestions.c.rid_b))
    pairs = pl.concat(
        [
            refused.select(*PAIR, (pl.lit(REFUSED) + pl.col("rule")).alias("stratum"), pl.lit(0).alias("place")),
            told.select(*PAIR, pl.lit(SUGGESTED).alias("stratum"), pl.lit(1).alias("place")),
            _alike(conn).select(*PAIR, pl.lit(ALIKE).alias("stratum"), pl.lit(2).alias("place")),
        ]
    ).select(pl.min_horizontal(PAIR).alias("rid_a"), pl.max_horizontal(PAIR).alias("rid_b"), "stratum", "place")
    once = pairs.sort("place", "stratum").unique(PAIR, keep="first", maintain_order=True)
    of = there.select("rid", "cluster")
    both = once.join(of, left_on="rid_a", right_on="rid").join(of, left_on="rid_b", right_on="rid", suffix="_b")
    return both.filter(pl.col("cluster") != pl.col("cluster_b")).select(*PAIR, "stratum")


def _alike(conn: Connection) -> pl.DataFrame:
    """Records of persons with one name and one whole birth date that is not the first of January."""
    whole = (func.length(records.c.birth_date) == len("2000-12-31"), ~records.c.birth_date.like("%-01-01"))
    statement = select(records.c.rid, records.c.name_key, records.c.birth_date)
    rows = read_frame(conn, statement.where(records.c.kind == "person", records.c.name_level == "full", *whole))
    alike = ["name_key", "birth_date"]
    several = rows.filter(pl.struct(alike).is_duplicated())
    both = several.join(several, on=alike, suffix="_b").filter(pl.col("rid") < pl.col("rid_b"))
    return both.select(rid_a="rid", rid_b="rid_b")


def keep(conn: Connection, sample_id: str, at: str, drawn: pl.DataFrame) -> pl.DataFrame:
    """Keep a sample; n, a, b (names of records) of its pairs. drawn: rid_a, rid_b, stratum, population, in order."""
    rids = [*drawn["rid_a"], *drawn["rid_b"]]
    rows = read_frame(
        conn, select(records.c.rid, records.c.source, records.c.source_id).where(among(conn, records.c.rid, rids))
    )
    names = rows.select("rid", NAME.alias("name"))
    pairs = (
        drawn.with_row_index("n", offset=1)
        .join(names.rename({"name": "a"}), left_on="rid_a", right_on="rid", maintain_order="left")
        .join(names.rename({"name": "b"}), left_on="rid_b", right_on="rid", maintain_order="left")
        .with_columns(pl.col("n").cast(pl.Int64), sample_id=pl.lit(sample_id), drawn_at=pl.lit(at))
    )
    insert_frame(conn, samples, pairs.select("sample_id", "n", "a", "b", "stratum", "population", "drawn_at"))
    return pairs.select("n", "a", "b")


def documents(conn: Connection, names: list[str]) -> dict[str, str]:
    """name → the normalized document, of records that are there."""
    rids = named(conn, names)
    statement = select(records.c.rid, records.c.doc).where(among(conn, records.c.rid, rids["rid"].to_list()))
    return dict(read_frame(conn, statement).join(rids, on="rid").select("name", "doc").iter_rows())


def answer(conn: Connection, sample_id: str, answers: Mapping[int, str | None], by: str, at: str) -> int:
    """Keep answers (same | different | unsure, None takes one back); how many pairs of the sample they name."""
    count = 0
    for n, verdict in answers.items():
        row = (samples.c.sample_id == sample_id, samples.c.n == n)
        told = {"answer": verdict, "answered_by": by if verdict else None, "answered_at": at if verdict else None}
        count += conn.execute(update(samples).where(*row).values(**told)).rowcount
    return count


def read(conn: Connection, sample_id: str) -> pl.DataFrame:
    """n, a, b, stratum, population, answer of a sample; none for one that was never drawn."""
    columns = (samples.c.n, samples.c.a, samples.c.b, samples.c.stratum, samples.c.population, samples.c.answer)
    return read_frame(conn, select(*columns).where(samples.c.sample_id == sample_id).order_by(samples.c.n))
