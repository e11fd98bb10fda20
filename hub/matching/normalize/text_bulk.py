"""Columns of text made plain: the polars twin of text.py.

Belongs here: expressions that agree exactly with their namesakes in text.py. Does not: anything that knows what a text means.
"""

from __future__ import annotations

import polars as pl

from hub.matching.normalize.text import INVISIBLE

_INVISIBLE = INVISIBLE.pattern
_SIGN = "[!-~\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]"
"""Visible signs of which NFC changes none, whatever stands beside."""
_SQUEEZED = f"^{_SIGN}+(?: {_SIGN}+)*$"


def squeezed_text(column: str | pl.Expr) -> pl.Expr:
    """`text.squeezed` for a column; "" becomes null. Text that is squeezed already, as most is, costs one look."""
    text = pl.col(column) if isinstance(column, str) else column
    ready = text.str.contains(_SQUEEZED)
    odd = pl.when(~ready).then(text)
    plain = odd.str.replace_all(_INVISIBLE, "").str.normalize("NFC").str.replace_all(r"\s+", " ").str.strip_chars(" ")
    return pl.when(ready).then(text).when(plain != "").then(plain)
