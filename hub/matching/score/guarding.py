"""What forbids a join by score: a person's word, kinds, national ids, and names where they must not be guessed.

Belongs here: reading what guards need of the frames, the check of two sets of records. Does not: linkage, thresholds.
In a score, names and birth dates are evidence in bits (behaviour 3.4, 3.9). Names forbid all the same where bits cannot
be trusted: two Vietnamese names that do not agree (there one letter is another name), two full names that are not even
alike, when the join rests on what a household shares (phone, e-mail, address), and with `careful` all names that do not agree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from hub.matching.births import birth_conflict
from hub.matching.book import AGREE, Book
from hub.matching.guards import VALUE
from hub.matching.partition import Partition
from hub.matching.rules.judgement import APART, HELD
from hub.matching.rules.personal_number import NationalIds, national_conflict
from hub.matching.score.scorer import Scorer

Face = tuple[str, str, str]
MISSPELT = 75
"""From this likeness of their letters (0 to 100, words in order) two full names may be one name misspelt."""
SETTLED = frozenset(
    {"name_weak", "ambiguous", "name_unsure", "birth_date", "name_incompatible", "cluster", "reassigned", "national_id"}
)
"""Reasons for which the rules refused a phone or e-mail; `careful` does not go behind them."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Of every place: face (kind, name, birth date), national ids, records it may never be one with, and those with whom
    the rules refused to join it by a phone or an e-mail."""

    faces: list[Face]
    national: dict[int, NationalIds]
    apart: dict[int, dict[int, str]]
    refused: dict[int, dict[int, str]]


def ground(
    scorer: Scorer, records: pl.DataFrame, identifiers: pl.DataFrame, judgements: pl.DataFrame, partition: Partition
) -> Ground:
    """What the guards read, out of the frames of `partition`."""
    places = pl.DataFrame({"rid": scorer.rids, "place": np.arange(scorer.features.size)})
    return Ground(
        _faces(places, records),
        _national(places, identifiers, partition.blocked),
        _apart(places, judgements),
        _refused(places, partition.refusals),
    )


def _faces(places: pl.DataFrame, records: pl.DataFrame) -> list[Face]:
    person = pl.col("kind") == "person"
    name = pl.when(person).then("full_name").otherwise(pl.coalesce("company_key", "name_key"))
    birth = pl.when(pl.col("birth_date").str.len_bytes() == 10).then("birth_date")
    shown = records.select("rid", "kind", name=name.fill_null(""), birth=birth.fill_null(""))
    rows = places.join(shown, on="rid", how="left", maintain_order="left").select("kind", "name", "birth")
    return rows.rows()


def _national(places: pl.DataFrame, identifiers: pl.DataFrame, blocked: pl.DataFrame) -> dict[int, NationalIds]:
    """Those of a known country: two numbers of an unknown one are evidence in bits, they may be of two kinds."""
    known = (pl.col("type") == "national_id") & pl.col("key") & (pl.col("issuer") != "")
    rows = identifiers.filter(known).join(blocked, on=VALUE, how="anti")
    rows = rows.join(places, on="rid", how="inner").select("place", "issuer", pl.col("class").fill_null(""), "value")
    found: dict[int, NationalIds] = {}
    for place, *one in rows.unique().sort("place", "issuer", "class", "value").iter_rows():
        found[place] = (*found.get(place, ()), (one[0], one[1], one[2]))
    return found


def _pairs(places: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """rid_a, rid_b as places a, b, smaller first."""
    located = frame.join(places.rename({"rid": "rid_a", "place": "x"}), on="rid_a", how="inner").join(
        places.rename({"rid": "rid_b", "place": "y"}), on="rid_b", how="inner"
    )
    return located.with_columns(a=pl.min_horizontal("x", "y"), b=pl.max_horizontal("x", "y"))


def _apart(places: pl.DataFrame, judgements: pl.DataFrame) -> dict[int, dict[int, str]]:
    """Pairs whose latest word is `different` (of words of one time, `same` stands as in the rules), and those that a run
    held back unless somebody has judged them: with the reason that each gives."""
    words = _pairs(places, judgements).with_columns(said=pl.col("verdict") != HELD)
    words = words.sort("a", "b", "said", "at", "verdict").group_by("a", "b", maintain_order=True).last()
    found: dict[int, dict[int, str]] = {}
    for a, b, verdict in words.filter(pl.col("verdict").is_in(list(APART))).select("a", "b", "verdict").iter_rows():
        found.setdefault(a, {})[b] = APART[verdict]
        found.setdefault(b, {})[a] = APART[verdict]
    return found


def _refused(places: pl.DataFrame, refusals: pl.DataFrame) -> dict[int, dict[int, str]]:
    rows = _pairs(places, refusals.filter(pl.col("rule").is_in(sorted(SETTLED)))).sort("a", "b", "rule")
    found: dict[int, dict[int, str]] = {}
    for a, b, reason in rows.select("a", "b", "rule").iter_rows():
        found.setdefault(a, {}).setdefault(b, reason)
    return found


class Guard:
    """Asks of two sets of places why they may not be one. strict: as for `careful`.

    rests: whether a join of the two rests on what a household shares.
    """

    def __init__(
        self, found: Ground, book: Book, *, strict: bool, rests: Callable[[Sequence[int], Sequence[int]], bool]
    ) -> None:
        self.found, self.book, self.strict, self.rests = found, book, strict, rests

    def against(self, xs: Sequence[int], ys: Sequence[int]) -> str | None:
        """The reason code of the first thing that forbids, None when nothing does."""
        ground = self.found
        apart = {ground.apart[x][y] for x in xs if x in ground.apart for y in ground.apart[x].keys() & set(ys)}
        if apart:
            return min(apart)
        ids = [{ground.national[one] for one in side if one in ground.national} for side in (xs, ys)]
        if any(national_conflict(x, y) for x in ids[0] for y in ids[1]):
            return "national_id"
        rests = self.rests(xs, ys)
        faces = [{ground.faces[one] for one in side} for side in (xs, ys)]
        reasons = (self._faces(x, y, rests=rests) for x in sorted(faces[0]) for y in sorted(faces[1]) if x != y)
        found = next((reason for reason in reasons if reason), None)
        return found or (self._settled(xs, ys) if self.strict and rests else None)

    def _faces(self, x: Face, y: Face, *, rests: bool) -> str | None:
        if x[0] != y[0]:
            return "kind"
        verdict = self.book.verdict(x[0], x[1], y[1])
        if verdict not in AGREE and verdict != "missing" and self._telling(x, y, verdict, rests=rests):
            return f"name_{verdict}"
        return "birth_date" if self.strict and verdict != "same" and birth_conflict(x[2], y[2]) else None

    def _telling(self, x: Face, y: Face, verdict: str, *, rests: bool) -> bool:
        """Whether names that do not agree forbid by themselves."""
        from rapidfuzz.fuzz import token_sort_ratio

        if self.strict:
            return True
        names = [self.book.name(one[1]) for one in (x, y)] if x[0] == "person" else []
        if names and all(name.vietnamese for name in names):
            return True
        full = all(name.level == "full" for name in names)
        apart = token_sort_ratio(self.book.form(x[1]).bare, self.book.form(y[1]).bare) < MISSPELT
        return rests and verdict == "incompatible" and full and apart

    def _settled(self, xs: Sequence[int], ys: Sequence[int]) -> str | None:
        """What the rules refused between two of the records."""
        pairs = ((min(x, y), max(x, y)) for x in xs for y in ys)
        reasons = [self.found.refused[a][b] for a, b in pairs if b in self.found.refused.get(a, {})]
        return min(reasons, default=None)
