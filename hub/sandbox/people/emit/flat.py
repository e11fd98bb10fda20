"""One flat CSV over all systems, for benchmarks: a shop's whole list in one file, and the truth beside it."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from hub.sandbox.people.draw import Draw
from hub.sandbox.people.emit.columns import clock
from hub.sandbox.people.emit.sheets import (
    ADDRESS,
    BIRTH,
    CODE,
    EMAIL,
    NAME,
    PHONE,
    PHONE_2,
    SEX,
    address,
    typed_date,
    typed_sex,
)
from hub.sandbox.people.world import World, make

RECORDS_PER_PERSON = 2.18  # a little fewer than any world has, so that enough are made
SOURCE, UPDATED = "Nguồn", "Ngày cập nhật"
_WORDS = {"pos": "Cửa hàng", "shop": "Web", "guest": "Web", "mail": "Bản tin", "mailbox": "Email", "events": "Sự kiện"}


def flat(world: World, records: int | None = None) -> pl.DataFrame:
    """The first RECORDS records of WORLD in one list, mixed, with `cluster` and `scenario` beside the headers."""
    order = Draw(world.seed, "flat", 0, world.until).rng.permutation(len(world.records))[:records]
    mixed = world.records[pl.Series(order)]
    number = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(7)
    return mixed.select(
        pl.format("KH{}", number).alias(CODE),
        pl.col("name").alias(NAME),
        pl.col("phone").alias(PHONE),
        pl.col("phone2").alias(PHONE_2),
        pl.col("email").alias(EMAIL),
        typed_date().alias(BIRTH),
        typed_sex().alias(SEX),
        address().alias(ADDRESS),
        pl.col("source").replace_strict(_WORDS).alias(SOURCE),
        clock(pl.col("updated"), "%Y-%m-%d %H:%M:%S").alias(UPDATED),
        "cluster",
        "scenario",
    )


def write_csv(path: Path, records: int, seed: int, source: str = "events") -> Path:
    """RECORDS rows into PATH, and who is who into the path this gives back (`NAME.truth.csv`)."""
    return write_flat(make(seed, max(1, int(records / RECORDS_PER_PERSON))), path, records, source)


def write_flat(world: World, path: Path, records: int | None = None, source: str = "events") -> Path:
    """As write_csv, of a world that is there already; ids are the codes as typed."""
    table = flat(world, records)
    table.drop("cluster", "scenario").write_csv(path)
    truth = table.select(source=pl.lit(source), source_id=pl.col(CODE), cluster="cluster", scenario="scenario")
    beside = path.with_suffix(".truth.csv")
    truth.write_csv(beside)
    return beside
