"""Facts for the tests of numbers that changed hands: when records were seen, out of a short notation."""

from __future__ import annotations

import polars as pl
from hypothesis import strategies as st

from hub.matching.dated import HOMES, SEEN, Facts

SPANS = [None, ("2019-01-01", "2019-06-01"), ("2019-05-01", "2019-05-02"), ("2022-01-01", "2022-03-01"),
         ("2024-01-01", "2025-01-01"), ("2018-01-01", "2025-01-01")]  # fmt: skip


def facts(identifiers, times, homes=(), used=()):
    """times: rid → (first day, last day) or None; every identifier of a record has the record's times.

    homes: (rid, address). used: (rid, day).
    """
    spans = {rid: tuple(f"{day}T00:00:00.000Z" for day in span) for rid, span in times.items() if span}
    rows = [
        (rid, type_, value, issuer, *spans.get(rid, (None, None)))
        for rid, type_, value, issuer in identifiers.filter("key").select("rid", "type", "value", "issuer").iter_rows()
    ]
    seen = pl.DataFrame(rows, schema=SEEN, orient="row")
    lived = pl.DataFrame(list(homes), schema=HOMES, orient="row")
    bought = [(rid, f"{day}T00:00:00.000Z") for rid, day in used]
    orders = pl.DataFrame(bought, schema={"rid": pl.Int64, "at": pl.String}, orient="row")

    def asked(frame):
        return lambda rids: frame.filter(pl.col("rid").is_in(rids))

    return Facts(lambda rids, types: asked(seen)(rids).filter(pl.col("type").is_in(types)), asked(orders), asked(lived))


def spans(size):
    """A span, or none, for every rid up to size."""
    return st.lists(st.sampled_from(SPANS), min_size=size, max_size=size).map(lambda one: dict(enumerate(one, 1)))
