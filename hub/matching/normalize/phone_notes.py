"""Words around ordinary numbers and several of them in a cell, told apart by patterns: for the bulk path.

Belongs here: cutting what the reference (phone_text.py) would cut in the same way, and only that; all else stays null.
Does not: reading digits (phone_bulk.py).
"""

from __future__ import annotations

import polars as pl

EDGES = " \t\r\n'\"`="
_LETTERS = "A-Za-zÀ-ÃÈ-ÊÌÍÒ-ÕÙÚÝà-ãè-êìíò-õùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ"
_WORDS = f"[{_LETTERS}](?:[{_LETTERS} ]*[{_LETTERS}])?"
_TAIL = rf"^(.*[0-9])(?: ?\({_WORDS}\)| (?:- )?{_WORDS})$"
_HEAD = rf"^{_WORDS}(?: ?: ?| )([0-9+(].*)$"
_LABEL = r"^[0-9][ .)]+[0+]"
"""A digit that belongs to the word before it: `SĐT 2 0912345678`."""
_MASK = r"^[^(]*[xX]"
"""An x outside of brackets may hide a digit."""
_SEVERAL = r"^[0-9+ .\-;|\n\r\t/\\,&]+$"
_BORDER = r"\s-+\s|[;|\n\r\t/\\,&]+"


def with_note(cells: pl.DataFrame) -> pl.DataFrame:
    """text: the number in a cell that holds one with words before or behind it (`sđt: 0912345678`, `0912345678 (vợ)`)."""
    clean = pl.col("raw").str.strip_chars(EDGES)
    head = pl.when(~clean.str.contains(_MASK)).then(clean.str.extract(_HEAD))
    head = pl.when(~head.str.contains(_LABEL)).then(head)
    tail = pl.when(~clean.str.contains(_MASK)).then(clean.str.extract(_TAIL))
    return cells.with_columns(text=pl.coalesce(head, tail))


def pieces_of(cells: pl.DataFrame) -> pl.DataFrame:
    """row, n, raw: the pieces of cells made of digits and separators only; cells with one piece are left out."""
    clean = cells.select("row", raw=pl.col("raw").str.strip_chars(EDGES)).filter(pl.col("raw").str.contains(_SEVERAL))
    lists = clean.select("row", raw=pl.col("raw").str.replace_all(_BORDER, "\x1f").str.split("\x1f"))
    lists = lists.filter(pl.col("raw").list.len() > 1)
    numbered = lists.with_columns(n=pl.int_ranges(pl.col("raw").list.len(), dtype=pl.UInt32)).explode("n", "raw")
    return numbered.with_columns(raw=pl.col("raw").str.replace_all(" +", " ").str.strip_chars(" "))
