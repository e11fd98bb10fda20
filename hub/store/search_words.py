"""What a text is made of for searching: words without tones, their grams, digits of numbers.

Belongs here: folding, in polars for many and in Python for one; both must agree. Does not: the index, the tables.
Folding: NFD without marks, lower case, đ → d. A word is a run of letters and digits, at most WIDEST of them.
Grams of a word: `=word`, ` w` and ` wo` (how it begins), every three letters on end. Of a number: `#` and every three digits.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import polars as pl

WIDEST = 24
WORD = re.compile(r"[^\W_]+")
NUMBER = re.compile(r"[\d\s.()+\-]+")
NAMES = ("full_name", "company_name")
SHORTEST = 3
"""Digits of which a part of a number has at least so many."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is searched. words: each begins a word of the customer's names or e-mails; numbers: each is in one of its phones."""

    words: tuple[str, ...]
    numbers: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing to search by."""
        return not (self.words or self.numbers)


def folded(text: str) -> str:
    """Without tones, in small letters."""
    plain = "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.category(one).startswith("M"))
    return plain.lower().replace("đ", "d")


def words_of(text: str) -> list[str]:
    """Words, folded, in their order."""
    return [word[:WIDEST] for word in WORD.findall(folded(text))]


def read(text: str) -> Asked:
    """What somebody typed: digits that stand together are one number, everything else words. Order does not matter."""
    numbers = tuple(dict.fromkeys(one for part in _parts(text) if (one := _number(part))))
    rest = NUMBER.sub(lambda found: " " if _number(found[0]) else found[0], text)
    return Asked(tuple(dict.fromkeys(words_of(rest))), numbers)


def _parts(text: str) -> list[str]:
    """Runs of digits with what people write between them, that are no part of a word."""
    return [found[0] for found in re.finditer(r"(?<![^\W\d_])[\d\s.()+\-]+(?![^\W\d_])", text)]


def _number(part: str) -> str:
    """The digits of a number's part as phones are kept here (national), "" for fewer than SHORTEST."""
    digits = "".join(one for one in part if one in "0123456789")
    international = part.strip().startswith("+84") or (digits.startswith("84") and len(digits) > 9)
    digits = "0" + digits[2:] if international else digits
    return digits if len(digits) >= SHORTEST else ""


def national(phones: str | None) -> list[str]:
    """Digits of phones (E.164, joined by `|`) as people here type them."""
    told = (phones or "").split("|")
    return ["0" + one[3:] if one.startswith("+84") else one.lstrip("+") for one in told if one]


def fits(asked: Asked, words: list[str], numbers: list[str]) -> bool:
    """Whether each word begins one of these, and each number is in one."""
    begun = all(any(word.startswith(one) for word in words) for one in asked.words)
    return begun and all(any(one in number for number in numbers) for one in asked.numbers)


def whole(asked: Asked, words: list[str]) -> int:
    """How many of the words are there whole."""
    return sum(one in words for one in asked.words)


def ends(asked: Asked, numbers: list[str]) -> int:
    """How many of the numbers end one of these: people remember the last digits of a phone."""
    return sum(any(number.endswith(one) for number in numbers) for one in asked.numbers)


def grams(asked: Asked) -> list[str]:
    """All grams that a customer must have."""
    told = [gram for word in asked.words for gram in _begun(word)]
    told += [f"#{one[at : at + 3]}" for one in asked.numbers for at in range(len(one) - 2)]
    return sorted(set(told))


def whole_grams(asked: Asked) -> list[str]:
    """Grams of customers that have every word whole."""
    return sorted({f"={word}" for word in asked.words} | {gram for gram in grams(asked) if gram[0] == "#"})


def _begun(word: str) -> list[str]:
    return [f" {word[:2]}", *(word[at : at + 3] for at in range(len(word) - 2))]


# many at once --------------------------------------------------------------------------------------------------------


def _fold(text: pl.Expr) -> pl.Expr:
    return (
        text.str.normalize("NFD")
        .str.replace_all(r"\p{M}", "")
        .str.to_lowercase()
        .str.replace_all("đ", "d", literal=True)
    )


def gram_frame(rows: pl.DataFrame) -> pl.DataFrame:
    """place (uint16), gram: each once. rows: place, NAMES, emails and phones (joined by `|`)."""
    local = pl.col("emails").str.replace_all(r"@[^|]*", " ")
    text = pl.concat_str([*(pl.col(name) for name in NAMES), local], separator=" ", ignore_nulls=True)
    words = rows.select("place", word=_fold(text).str.extract_all(r"[\p{L}\p{N}]+")).explode("word").drop_nulls()
    words = words.with_columns(pl.col("word").str.slice(0, WIDEST)).unique()
    told = words.join(_spelt(words["word"].unique()), on="word").select("place", "gram")
    return pl.concat([told, _digits(rows)]).unique()


def _spelt(words: pl.Series) -> pl.DataFrame:
    """word, gram of every word."""
    word, size = pl.col("word"), pl.col("word").str.len_chars()
    parts = [pl.format("={}", word), pl.format(" {}", word.str.slice(0, 1)), pl.format(" {}", word.str.slice(0, 2))]
    longest = int(words.str.len_chars().max() or 0)  # type: ignore[arg-type]  # a length is an integer
    threes = [pl.when(size >= at + 3).then(word.str.slice(at, 3)) for at in range(max(0, longest - 2))]
    return words.to_frame("word").select("word", gram=pl.concat_list(*parts, *threes)).explode("gram").drop_nulls()


def _digits(rows: pl.DataFrame) -> pl.DataFrame:
    """place, gram of phones."""
    phones = rows.select("place", one=pl.col("phones").str.split("|")).explode("one").drop_nulls()
    plain = phones.with_columns(pl.col("one").str.replace(r"^\+84", "0").str.replace(r"^\+", ""))
    longest = int(plain["one"].str.len_chars().max() or 0)  # type: ignore[arg-type]  # a length is an integer
    size = pl.col("one").str.len_chars()
    threes = [
        pl.when(size >= at + 3).then(pl.format("#{}", pl.col("one").str.slice(at, 3))) for at in range(longest - 2)
    ]
    if not threes:
        return pl.DataFrame(schema={"place": rows.schema["place"], "gram": pl.String})
    return plain.select("place", gram=pl.concat_list(threes)).explode("gram").drop_nulls()
