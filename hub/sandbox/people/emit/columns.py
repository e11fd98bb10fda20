"""Small expressions that several vendors' shapes share: times, order rows, blanks."""

from __future__ import annotations

import polars as pl

from hub.sandbox.people.draw import DAY, Draw
from hub.sandbox.people.world import World

SHOP_HOURS = 7 * 3600  # the made shop's clock is UTC+7


def clock(seconds: pl.Expr, form: str, offset: int = 0) -> pl.Expr:
    """Unix seconds as text in strftime's FORM, OFFSET seconds east of Greenwich."""
    return pl.from_epoch(seconds + offset, time_unit="s").dt.strftime(form)


def blank(text: str) -> pl.Expr:
    """A column whose null is shown as empty text, as WordPress and Mailchimp do."""
    return pl.col(text).fill_null("")


def sold(world: World, records: pl.DataFrame, name: str) -> pl.DataFrame:
    """One row per sale of RECORDS, by time: `at` (Unix seconds), `amount` (whole VND), `quantity`, `lot` (0..99)."""
    draw = Draw(world.seed, name, 0, world.until)
    rows = records.filter(pl.col("orders") > 0).select(pl.all().repeat_by("orders").list.explode())
    count = len(rows)
    start = pl.max_horizontal("made", pl.lit(world.until - 400 * DAY))
    share = pl.lit(pl.Series(draw.rng.random(count)))
    rows = rows.with_columns(
        at=(start + share * (world.until - start)).cast(pl.Int64),
        amount=draw.whole(20, 2000, count) * 1000,
        quantity=draw.whole(1, 5, count),
        lot=draw.whole(0, 100, count),
    )
    return rows.sort("at", "source", "number", maintain_order=True)
