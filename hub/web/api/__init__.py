"""The HTTP API: one route table out of a module for each family of paths.

Belongs here: the list of families, in the order in which paths are tried. Does not: what a line says (table.py), how it is
answered (entry.py).
"""

from __future__ import annotations

from hub.web.api import (
    customers,
    feed,
    health,
    openapi,
    operations,
    records,
    reviews,
    segments,
    stories,
    webhooks,
    withdrawals,
)
from hub.web.api.table import Line


def described() -> tuple[Line, ...]:
    """The lines that OpenAPI and the reference tell of."""
    return (
        *customers.LINES, *segments.LINES, *stories.LINES, *feed.LINES, *records.LINES, *webhooks.LINES, *reviews.LINES,
        *operations.LINES, *withdrawals.LINES, *health.LINES,
    )  # fmt: skip


def lines() -> tuple[Line, ...]:
    """All lines."""
    told = described()
    return (*told, openapi.line_of(told))
