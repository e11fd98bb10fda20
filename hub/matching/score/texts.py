"""Values made plain before they are compared or put into blocks: small letters, bare letters, sounds.

Belongs here: forms of text as polars expressions, and the forms of single words that have no expression.
Does not: which field is read (fields), how two values compare (levels).
"""

from __future__ import annotations

import polars as pl

from hub.matching.normalize.name_fold import word

VIETNAMESE = "="
"""Parts of a name whose every word is a Vietnamese syllable begin with this sign: there no misspelling is assumed."""


def low(text: pl.Expr) -> pl.Expr:
    """NFC, small letters, signs as spaces, single spaces; null when nothing is left."""
    plain = text.str.normalize("NFC").str.to_lowercase().str.replace_all(r"['’ʼ`]", "")
    spaced = plain.str.replace_all(r"[^\p{L}\p{N}\p{M}]+", " ").str.strip_chars()
    return pl.when(spaced != "").then(spaced)


def bare(text: pl.Expr) -> pl.Expr:
    """Latin letters without marks, đ as d, ß as ss; other scripts as they are."""
    return (
        text.str.normalize("NFD")
        .str.replace_all(r"[\x{300}-\x{36f}]", "")
        .str.replace_all("đ", "d")
        .str.replace_all("ß", "ss")
    )


def syllabic(words: pl.Series) -> pl.Series:
    """Whether each word is a Vietnamese syllable of two letters or more."""
    return pl.Series([len(text) > 1 and word(text).syllable for text in words], dtype=pl.Boolean)


def sound_of(text: str) -> str:
    """Russell's Soundex (patent 1,261,167 of 1918): the first letter and three digits; other scripts as they are."""
    codes = text.translate(_CLASSES)
    kept = [here for here, before in zip(codes[1:], codes, strict=False) if here != before and here in "123456"]
    return (text[:1] + "".join(kept) + "000")[:4] if text[:1].isascii() else text


_CLASSES = str.maketrans({letter: code for code, letters in
                          {"1": "bfpv", "2": "cgjkqsxz", "3": "dt", "4": "l", "5": "mn", "6": "r"}.items()
                          for letter in letters})  # fmt: skip


def sounds(words: pl.Series) -> pl.Series:
    """`sound_of` each word; null stays null."""
    distinct = words.drop_nulls().unique()
    table = pl.DataFrame(
        {"word": distinct, "sound": [sound_of(text) for text in distinct]}, schema_overrides={"sound": pl.String}
    )
    return words.alias("word").to_frame().join(table, on="word", how="left", maintain_order="left")["sound"]
