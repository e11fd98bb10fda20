"""How people at tills and in forms type names, phones and notes: styles, never changes of meaning.

Belongs here: spellings that a careful reader takes for the same value. Does not: wrong values (scenarios/mistakes.py).
"""

from __future__ import annotations

import polars as pl

from hub.sandbox.people.draw import Draw, folded

HOME = r"^0[35789]\d{8}$"
_STYLES = (("plain", 0.5), ("spaced", 0.15), ("dotted", 0.1), ("plus", 0.1), ("plus_spaced", 0.05), ("bare", 0.05))
_STYLES_ALL = (*_STYLES, ("dashed", 0.05))
_NAMES = {
    "pos": (
        ("full", 55),
        ("folded", 12),
        ("upper", 8),
        ("upper_folded", 5),
        ("lower", 4),
        ("called", 12),
        ("swapped", 4),
    ),
    "shop": (("full", 70), ("folded", 12), ("upper", 3), ("upper_folded", 3), ("lower", 6), ("swapped", 6)),
    "mail": (("full", 65), ("folded", 20), ("swapped", 10), ("upper_folded", 5)),
    "mailbox": (("full", 50), ("folded", 35), ("swapped", 15)),
    "events": (("full", 75), ("folded", 5), ("upper", 15), ("upper_folded", 5)),
}

full = pl.col("name")
swapped = pl.concat_str("given", "family", "middle", separator=" ", ignore_nulls=True)


def phones(draw: Draw, phone: pl.Series) -> pl.Series:
    """Ten-digit home numbers in one of the seven ways people write them; everything else as it is."""
    style = draw.choose([name for name, _ in _STYLES_ALL], len(phone), [share for _, share in _STYLES_ALL])
    p = pl.col("phone")
    a, b, c = p.str.slice(0, 4), p.str.slice(4, 3), p.str.slice(7, 3)
    tail = p.str.slice(1)
    ways = {
        "spaced": pl.concat_str(a, b, c, separator=" "),
        "dotted": pl.concat_str(a, b, c, separator="."),
        "dashed": pl.concat_str(a, b, c, separator="-"),
        "plus": "+84" + tail,
        "plus_spaced": "+84 " + tail,
        "bare": "84" + tail,
    }
    frame = pl.DataFrame({"phone": phone, "style": style})
    written = pl.coalesce(*(pl.when(pl.col("style") == name).then(way) for name, way in ways.items()), p)
    return frame.select(pl.when(p.str.contains(HOME)).then(written).otherwise(p)).to_series()


def called(draw: Draw, persons: pl.DataFrame) -> pl.Series:
    """Honorific and given name only, as a shop calls its regulars: `chị Lan`."""
    count = len(persons)
    title = (
        pl.when(pl.col("sex") == "m").then(draw.word("honorific_m", count)).otherwise(draw.word("honorific_f", count))
    )
    return persons.select(title + " " + pl.col("given")).to_series()


def names(draw: Draw, persons: pl.DataFrame, source: str) -> pl.Series:
    """The persons' names as SOURCE's people type them."""
    styles = _NAMES[source]
    total = sum(share for _, share in styles)
    style = draw.choose([name for name, _ in styles], len(persons), [share / total for _, share in styles])
    ways = {
        "folded": folded(full),
        "upper": full.str.to_uppercase(),
        "upper_folded": folded(full).str.to_uppercase(),
        "lower": full.str.to_lowercase(),
        "swapped": swapped,
        "called": pl.lit(called(draw, persons)),
    }
    frame = persons.with_columns(style=style)
    return frame.select(
        pl.coalesce(*(pl.when(pl.col("style") == name).then(way) for name, way in ways.items()), full)
    ).to_series()
