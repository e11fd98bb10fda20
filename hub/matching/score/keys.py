"""The keys of records, from which blocks are made: what of a field's value is taken, as stable 64-bit hashes.

Belongs here: one function per key, over a field's distinct values; which comparisons a key decides. Does not: rules and
blocks (blocking), pairs (pairing), the hash itself (hashing).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from hub.matching.score import texts
from hub.matching.score.fields import Features, Field
from hub.matching.score.hashing import Hashes, hashed, paired
from hub.matching.score.model import Whole

SCHEMA = {"n": pl.Int64, "key": pl.UInt64}
_ABOUT = {
    "phone": ("phone",),
    "phone_head": ("phone",),
    "phone_tail": ("phone",),
    "email": ("email",),
    "local": ("email",),
    "local_head": ("email",),
    "domain": ("email",),
    "id": ("id",),
    "birth": ("birth_date",),
    "year": ("birth_date",),
    "month_day": ("birth_date",),
    "month": ("birth_date",),
    "given": ("given", "order"),
    "family": ("family", "order"),
    "given_sound": ("given", "order"),
    "family_sound": ("family", "order"),
    "both": ("given", "family", "order"),
    "both_sound": ("given", "family", "order"),
    "given_head": ("given", "order"),
    "given_tail": ("given", "order"),
    "family_head": ("family", "order"),
    "family_tail": ("family", "order"),
    "any_name": ("given", "family", "order"),
    "any_sound": ("given", "family", "order"),
    "postal": ("postal_code",),
    "locality": ("locality",),
    "province": ("province",),
    "street": ("street",),
    "house": ("street",),
    "number_word": ("street",),
    "company": ("company",),
    "company_word": ("company",),
    "occupation": ("occupation",),
}


def about_of(keys: tuple[str, ...]) -> frozenset[str]:
    """The comparisons that a rule's keys decide."""
    return frozenset(name for key in keys for name in _ABOUT.get(key, (key,)))


class Keys:
    """The keys of every record of some features, each made once, when it is asked for."""

    def __init__(self, features: Features) -> None:
        self.features = features
        self._found: dict[str, pl.DataFrame] = {}

    def rows(self, name: str) -> pl.DataFrame:
        """Rows (n, key) of one key, sorted, each once; a record may have several, or none."""
        if name not in self._found:
            rows = _KEYS[name](self) if name in _KEYS else self.told(name)
            self._found[name] = rows.filter(pl.col("key") != 0).unique().sort("n", "key") if rows.height else rows
        return self._found[name]

    def told(self, field: str, key: pl.Expr | None = None) -> pl.DataFrame:
        """A text made of each bare value (`value`) of a field; the value itself without one."""
        held = self.features.fields.get(field)
        if held is None:
            return pl.DataFrame(schema=SCHEMA)
        return self.borne(held, held.bare if key is None else _made(held.bare, key))

    def borne(self, held: Field, texts_: pl.Series) -> pl.DataFrame:
        """Rows of one text for each distinct value of a field."""
        return _frame(_owners(held), hashed(texts_)[held.codes])

    def several(self, field: str, found: pl.Expr) -> pl.DataFrame:
        """Rows of a list of texts made of each bare value (`value`) of a field."""
        held = self.features.fields.get(field)
        if held is None:
            return pl.DataFrame(schema=SCHEMA)
        listed = pl.DataFrame({"code": np.arange(held.bare.len()), "text": _made(held.bare, found)})
        listed = listed.explode("text", empty_as_null=True).drop_nulls()
        each = pl.DataFrame(
            {"code": listed["code"], "key": hashed(listed["text"])}, schema_overrides={"key": pl.UInt64}
        )
        owners = pl.DataFrame({"n": _owners(held), "code": held.codes})
        return owners.join(each, on="code").select("n", "key")


def _frame(n: Whole, key: Hashes) -> pl.DataFrame:
    return pl.DataFrame({"n": n, "key": key}, schema=SCHEMA)


def _made(bare: pl.Series, key: pl.Expr) -> pl.Series:
    return bare.alias("value").to_frame().select(key).to_series()


def _owners(field: Field) -> Whole:
    return np.repeat(np.arange(field.held.size), field.held)


def _word(held: Field, part: str) -> pl.Series:
    """The word that stands for each part of a name: the last of a Vietnamese given name, else the first."""
    words = held.bare.str.split(" ")
    if part == "family":
        return words.list.first()
    vietnamese = held.values.str.starts_with(texts.VIETNAMESE)
    return words.list.last().zip_with(vietnamese, words.list.first())


def _words(keys: Keys, part: str, made: Callable[[pl.Series], pl.Series] = lambda words: words) -> pl.DataFrame:
    held = keys.features.fields[part]
    return keys.borne(held, made(_word(held, part)))


def _head(words: pl.Series) -> pl.Series:
    """The first letters of words that have more."""
    return words.str.extract(r"^(\p{L}{3})\p{L}")


def _tail(words: pl.Series) -> pl.Series:
    """The last letters of words that have more."""
    return words.str.extract(r"\p{L}(\p{L}{3})$")


def _both(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Given and family name together, in either order."""
    pairs = one.join(other, on="n", suffix="_o")
    x, y = pairs["key"].to_numpy(), pairs["key_o"].to_numpy()
    return _frame(pairs["n"].to_numpy(), paired(np.minimum(x, y), np.maximum(x, y)))


def _house(words: int) -> pl.Expr:
    """Every number of an address with the words after it, and long words with the number after them."""
    after = r"\d+ \p{L}[\p{L}\p{M}]+" + r" [\p{L}\p{N}]+" * (words - 1)
    return pl.concat_list(pl.col("value").str.extract_all(pattern) for pattern in (after, r"\p{L}{6,} \d+"))


_HALF = 5
_VALUE = pl.col("value")
_KEYS: dict[str, Callable[[Keys], pl.DataFrame]] = {
    "given": lambda k: _words(k, "given"),
    "family": lambda k: _words(k, "family"),
    "any_name": lambda k: pl.concat([k.rows("given"), k.rows("family")]),
    "given_sound": lambda k: _words(k, "given", texts.sounds),
    "family_sound": lambda k: _words(k, "family", texts.sounds),
    "given_head": lambda k: _words(k, "given", _head),
    "given_tail": lambda k: _words(k, "given", _tail),
    "family_head": lambda k: _words(k, "family", _head),
    "family_tail": lambda k: _words(k, "family", _tail),
    "any_sound": lambda k: pl.concat([k.rows("given_sound"), k.rows("family_sound")]),
    "both": lambda k: _both(k.rows("given"), k.rows("family")),
    "both_sound": lambda k: _both(k.rows("given_sound"), k.rows("family_sound")),
    "birth": lambda k: k.told("birth_date", pl.when(_VALUE.str.len_bytes() == 10).then("value")),
    "year": lambda k: k.told("birth_date", _VALUE.str.extract(r"^(\d{4})")),
    "month": lambda k: k.told("birth_date", _VALUE.str.extract(r"^(\d{4}-\d{2})")),
    "month_day": lambda k: k.told("birth_date", _VALUE.str.extract(r"-(\d{2}-\d{2})$")),
    "phone_head": lambda k: k.told("phone", _VALUE.str.head(-_HALF)),
    "phone_tail": lambda k: k.told("phone", _VALUE.str.tail(_HALF)),
    "local_head": lambda k: k.told("email", _VALUE.str.extract(r"^([^@]{5})")),
    "local": lambda k: k.told("email", _VALUE.str.extract(r"^(.{5,})@")),
    "domain": lambda k: k.told("email", _VALUE.str.extract(r"@(.*)$")),
    "postal": lambda k: k.told("postal_code"),
    "house": lambda k: k.several("street", _house(2)),
    "number_word": lambda k: k.several("street", _house(1)),
    "company_word": lambda k: k.several("company", _VALUE.str.extract_all(r"[\p{L}\p{N}]{4,}")),
}
