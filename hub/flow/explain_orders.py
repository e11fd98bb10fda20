"""A customer's orders as the story tells them: how many, the last, what they come to.

Belongs here: adding up. Does not: SELECTs (store.story), how amounts are shown (cli).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.model import Json

SIGN = {"sale": 1, "return": -1}
"""Kinds of order that move money; cancelled and refused ones are counted and come to nothing."""
NO_CURRENCY = "XXX"
"""ISO 4217 for an amount of no currency that is known."""
Row = Mapping[str, Any]


def orders(sums: Sequence[Row], newest: Sequence[Row]) -> dict[str, Json]:
    """count (of all), last (newest time), kinds (kind → count), sums (currency → sales less returns, minor units), list."""
    kinds: dict[str, int] = {}
    money: dict[str, int] = {}
    for row in sums:
        kinds[row["kind"]] = kinds.get(row["kind"], 0) + int(row["count"])
        if row["kind"] in SIGN and row["total"] is not None:
            currency = row["currency"] or NO_CURRENCY
            money[currency] = money.get(currency, 0) + SIGN[row["kind"]] * int(row["total"])
    last = max((row["last"] for row in sums if row["last"]), default=None)
    return {
        "count": sum(kinds.values()),
        "last": last,
        "kinds": kinds,
        "sums": money,
        "list": [dict(row) for row in newest],
    }
