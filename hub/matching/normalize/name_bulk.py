"""Names of a whole column at once. Ordinary ones by arrays, all others by the reference (name.py), with which it
agrees exactly.

Belongs here: parse_names. Does not: any rule of its own; what is ordinary is decided in name_bulk_words.py, the
order of names as in name_fold.vietnamese_order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from hub.matching.normalize.name import Name, parse_name
from hub.matching.normalize.name_bulk_words import Codes, Flags, Words, describe, neighbours
from hub.matching.normalize.name_fold import word

SCHEMA: dict[str, Any] = {
    "full_name": pl.String,
    "family_name": pl.String,
    "given_name": pl.String,
    "honorific": pl.String,
    "name_key": pl.String,
    "name_given": pl.String,
    "name_level": pl.String,
    "name_toned": pl.Boolean,
    "name_kind": pl.String,
    "notes": pl.String,
    "reason": pl.String,
}
MOST_WORDS = 6
ORDINARY_LETTERS = "A-Za-zÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ"
_ORDINARY = f"^[{ORDINARY_LETTERS}]{{2,}}(?: [{ORDINARY_LETTERS}]{{2,}}){{1,{MOST_WORDS - 1}}}$"


def parse_names(values: pl.Series, extra: frozenset[str] = frozenset()) -> pl.DataFrame:
    """One row per value, in order, columns as SCHEMA. A null says nothing: missing, without reason. `extra` as in
    parse_name."""
    texts = values.cast(pl.String).alias("text")
    distinct = texts.drop_nulls().unique()
    ordinary = _with_d(distinct).str.contains(_ORDINARY)
    quick, left = _quick(distinct.filter(ordinary), extra)
    slow = pl.concat([distinct.filter(~ordinary), left])
    table = pl.concat([quick, _by_reference(slow, extra)])
    joined = texts.to_frame().join(table, on="text", how="left", maintain_order="left").drop("text")
    return joined.with_columns(
        pl.col("name_level").fill_null("missing"), pl.col("name_toned").fill_null(value=False)
    ).select(list(SCHEMA))


def row(name: Name) -> tuple[str | bool | None, ...]:
    """A name's row, columns as SCHEMA."""
    family, given = name.parts
    return (
        name.display,
        family,
        given,
        name.honorific,
        name.key,
        name.given if name.level == "full" else None,
        name.level,
        name.toned,
        name.kind,
        "|".join(name.notes) or None,
        name.reason,
    )


def _by_reference(texts: pl.Series, extra: frozenset[str]) -> pl.DataFrame:
    rows = [(text, *row(parse_name(text, extra))) for text in texts]
    return pl.DataFrame(rows, schema={"text": pl.String, **SCHEMA}, orient="row")


def _quick(texts: pl.Series, extra: frozenset[str]) -> tuple[pl.DataFrame, pl.Series]:
    """The rows of the ordinary texts, and the texts that turned out not to be."""
    if texts.is_empty():
        return pl.DataFrame(schema={"text": pl.String, **SCHEMA}), texts
    shown = _with_d(texts)
    parted = shown.str.split(" ")
    flat = parted.explode()
    distinct = flat.unique().sort()
    words = describe(distinct.to_list())
    codes = flat.cast(pl.Enum(distinct)).to_physical().to_numpy().astype(np.int64)
    places = matrix(codes, parted.list.len().to_numpy().astype(np.int64))
    keep = _plain(places, words, _first_words(extra))
    kept = pl.Series(keep)
    rows = _rows(shown.filter(kept), places[keep], words)
    return rows.with_columns(texts.filter(kept).alias("text")), texts.filter(~kept)


def _with_d(texts: pl.Series) -> pl.Series:
    """As name_split reads them: NFC, the Icelandic capital at the start of a word as Đ."""
    return texts.str.normalize("NFC").str.replace_all("(^| )Ð", "${1}Đ")


def _first_words(extra: frozenset[str]) -> frozenset[str]:
    return frozenset(word(text.split()[0]).ascii for text in extra if text.split())


def matrix(codes: Codes, lengths: Codes) -> Codes:
    """One row per name, one column per word; -1 behind the last."""
    places = np.full((len(lengths), MOST_WORDS), -1, dtype=np.int64)
    places[np.arange(MOST_WORDS) < lengths[:, None]] = codes
    return places


def _at(flags: npt.NDArray[Any], places: Codes, absent: int = 0) -> npt.NDArray[Any]:
    """The words' property, `absent` where there is no word."""
    return np.where(places >= 0, flags[places], absent)


def _plain(places: Codes, words: Words, refused_first: frozenset[str]) -> Flags:
    """Names without any word or two neighbours that mean something else than a name."""
    special: Flags = np.asarray(_at(words.special, places).astype(bool).any(axis=1))
    special = special | words.special_first[places[:, 0]]
    if refused_first:
        special = special | np.isin(
            words.rank[places[:, 0]], [i for i, a in enumerate(words.ascii) if a in refused_first]
        )
    known = {form: i for i, form in enumerate(words.ascii)}
    size = len(words.ascii)
    pairs = np.array([known[a] * size + known[b] for a, b in neighbours() if a in known and b in known], dtype=np.int64)
    rank = _at(words.rank, places, -1)
    for i in range(MOST_WORDS - 1):
        there = rank[:, i + 1] >= 0
        special = special | (there & np.isin(rank[:, i] * size + rank[:, i + 1], pairs))
    plain: Flags = ~special
    return plain


def _rows(texts: pl.Series, places: Codes, words: Words) -> pl.DataFrame:
    vietnamese = vietnamese_of(places, words)
    given, family = order_of(places, words, vietnamese)
    every = np.arange(len(places))
    given_code = places[every, given]
    full = ~words.thi[given_code]
    toned = vietnamese & _at(words.marks, places).astype(bool).any(axis=1)
    ascii_forms = pl.Series("ascii", words.ascii, dtype=pl.String)
    frame = pl.DataFrame(
        {
            "text": texts,
            "family": pl.Series(family),
            "name_key": _keys(places, words, ascii_forms),
            "given": ascii_forms.gather(words.rank[given_code]),
            "full": pl.Series(full),
            "name_toned": pl.Series(toned),
        }
    )
    return _shaped(frame)


def _shaped(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of SCHEMA. `family`: the place of the family name, -1 for none."""
    at, parts = pl.col("family"), pl.col("text").str.split(" ")
    inner = pl.concat_str(
        parts.list.slice(0, at).list.join(" "), parts.list.slice(at + 1).list.join(" "), separator=" "
    )
    rest = (
        pl.when(at < 0)
        .then(pl.col("text"))
        .when(at == 0)
        .then(pl.col("text").str.replace("^[^ ]+ ", ""))
        .when(at == parts.list.len().cast(pl.Int64) - 1)
        .then(pl.col("text").str.replace(" [^ ]+$", ""))
        .otherwise(inner)
    )
    return frame.select(
        "text",
        pl.col("text").alias("full_name"),
        pl.when(at >= 0).then(parts.list.get(at, null_on_oob=True)).alias("family_name"),
        rest.alias("given_name"),
        pl.lit(None, pl.String).alias("honorific"),
        "name_key",
        pl.when("full").then("given").alias("name_given"),
        pl.when("full").then(pl.lit("full")).otherwise(pl.lit("partial")).alias("name_level"),
        "name_toned",
        *(pl.lit(None, pl.String).alias(c) for c in ("name_kind", "notes", "reason")),
    )


def _keys(places: Codes, words: Words, ascii_forms: pl.Series) -> pl.Series:
    """The ASCII words sorted and joined: sorting ranks sorts the words."""
    none = len(words.ascii)
    ranks = np.sort(_at(words.rank, places, none), axis=1)
    forms = pl.concat([ascii_forms, pl.Series("ascii", [None], dtype=pl.String)])
    columns = [forms.gather(ranks[:, i]).alias(str(i)) for i in range(MOST_WORDS)]
    return pl.select(pl.concat_str(columns, separator=" ", ignore_nulls=True)).to_series()


def vietnamese_of(places: Codes, words: Words) -> Flags:
    """As name_fold.all_vietnamese."""
    there = places >= 0
    amiss = (there & ~_at(words.syllable, places).astype(bool)).sum(axis=1)
    sure_first = words.family[places[:, 0]] == 2
    result: Flags = (amiss == 0) | ((amiss == 1) & (there.sum(axis=1) > 2) & sure_first)
    return result


def order_of(places: Codes, words: Words, vietnamese: Flags) -> tuple[Codes, Codes]:
    """As name_fold.vietnamese_order; others: given name first, family name last. -1: no family name."""
    every = np.arange(len(places))
    last = (places >= 0).sum(axis=1) - 1
    kind = _at(words.family, places)
    first_family, last_sure = kind[:, 0] > 0, kind[every, last] == 2
    standard = (last >= 2) & words.middle[places[:, 1]]
    turned = ~standard & last_sure & (kind[:, 0] != 2)
    columns = np.arange(MOST_WORDS)
    inside = (kind == 2) & (columns > 0) & (columns < last[:, None])
    inner_at = inside.argmax(axis=1)
    inner = ~standard & ~turned & ~first_family & inside.any(axis=1)
    given = np.select([~vietnamese, turned, inner], [np.zeros_like(last), last - 1, inner_at - 1], last)
    family = np.select([~vietnamese, turned, inner], [last, last, inner_at], np.where(first_family, 0, -1))
    return given, family
