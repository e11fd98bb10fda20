"""Columns of text made plain: the polars twin of text.py.

Belongs here: expressions that agree exactly with their namesakes in text.py. Does not: anything that knows what a text means.
"""

from __future__ import annotations

import polars as pl

from hub.matching.normalize.text import INVISIBLE

_INVISIBLE = INVISIBLE.pattern


def squeezed_text(column: str | pl.Expr) -> pl.Expr:
    """`text.squeezed` for a column; "" becomes null."""
    text = pl.col(column) if isinstance(column, str) else column
    plain = text.str.replace_all(_INVISIBLE, "").str.normalize("NFC").str.replace_all(r"\s+", " ").str.strip_chars(" ")
    return pl.when(plain != "").then(plain)
