"""Scores in a run: which parameters stand, whether scores merge, what all records suggest.

Belongs here: leading frames through `hub.matching.score`, what a comparison of all records is kept by. Does not: scores and
merging by them (hub.matching.score), SQL (store.scored, store.suggestions), training (flow.train).
Parameters are the shipped ones until `hub match --train` has learnt others; nothing else ever changes them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hub.errors import HubError
from hub.matching import score
from hub.matching.partition import Partition
from hub.matching.rules.score import RULE
from hub.model import Json
from hub.settings import Settings
from hub.store import scored, suggestions, tally
from hub.store.candidate import Proposal
from hub.store.engine import StoreConnection, open_store
from hub.store.scope import Scope

if TYPE_CHECKING:
    import polars as pl

Level = Literal["never", "careful", "balanced"]
LEVELS: tuple[Literal["careful", "balanced"], ...] = ("careful", "balanced")
KEPT = 5 * suggestions.MOST
"""So many suggestions are kept after all records were compared, the likeliest; more than are ever read at once."""


@dataclass(frozen=True, slots=True)
class Force:
    """What decides scores now. digest: of the parameters. trained: learnt here, not shipped. level: above which weight
    scores merge. lowered: `careful` in place of `balanced`, which only trained parameters may."""

    digest: str
    trained: bool
    level: Level
    lowered: bool = False

    @property
    def merging(self) -> bool:
        """Whether scores merge at all."""
        return self.level != "never"

    @property
    def text(self) -> str:
        """As it stands behind the policy's digest: while it is another one, score joins are nobody's habit yet."""
        return f"{self.level}:{'trained' if self.trained else 'shipped'}"


@cache
def _shipped_digest() -> str:
    return score.shipped().digest


def in_force(conn: StoreConnection, settings: Settings) -> Force:
    """What decides scores under these settings."""
    return force_of(scored.learnt(conn), settings)


def force_of(told: Mapping[str, Json] | None, settings: Settings) -> Force:
    """The same; told: what the last training said."""
    trained, wanted = told is not None, settings.matching.merge_above
    lowered = wanted == "balanced" and not trained
    digest = str(told["digest"]) if told else _shipped_digest()
    return Force(digest, trained, "careful" if lowered else wanted, lowered)


def unlearnt(settings: Settings) -> bool:
    """Whether `merge_above = balanced` works as `careful` in this workspace; a store that is not there has learnt nothing."""
    if settings.matching.merge_above != "balanced":
        return False
    store = open_store(settings.database)
    try:
        if store.folder is not None and not Path(store.engine.url.database or "").exists():
            return True
        with store.read() as conn:
            return in_force(conn, settings).lowered
    except HubError:  # no tables yet, or no database
        return True
    finally:
        store.dispose()


def state(conn: StoreConnection, settings: Settings) -> dict[str, Json]:
    """What `hub status` says of scores: the level asked for and the one in force, what each merges from and the wrong
    merges per 1,000 to expect, suggestions, records that were not all compared."""
    force, told = in_force(conn, settings), scored.learnt(conn) or {}
    return {
        "merge_above": settings.matching.merge_above,
        "in_force": force.level,
        "trained": force.trained,
        "trained_at": told.get("at"),
        "levels": told.get("levels") or levels(score.shipped()),
        "suggestions": suggestions.count(conn),
        "not_compared": not_compared(conn, force, tally.totals(conn).get("records", 0)),
    }


def levels(learnt: score.Parameters) -> dict[str, Json]:
    """Level → the weight in bits above which it merges, and the wrong merges per 1,000 to expect."""
    told = learnt.thresholds
    return {name: {"bits": round(told.of(name), 1), "wrong_per_1000": told.wrong.get(name)} for name in LEVELS}


def parameters(conn: StoreConnection) -> score.Parameters:
    """The parameters that decide scores now."""
    document = scored.parameters(conn)
    return _loaded(document) if document is not None else score.shipped()


@lru_cache(maxsize=1)
def _loaded(document: str) -> score.Parameters:
    return score.load(document)


def population(size: int) -> int:
    """The size of a list to within a factor of two, by which shipped parameters take its prior: a few records more or less
    change no suggestion."""
    return 1 << round(math.log2(max(size, 2)))


class Scores:
    """The scores of one run: every candidate pair of a full scope, weighed once, whatever is asked of it then."""

    def __init__(
        self,
        force: Force,
        learnt: score.Parameters,
        people: pl.DataFrame,
        identifiers: pl.DataFrame,
        size: int,
        *,
        indexed: bool,
    ) -> None:
        """people: the scope's records with the details that scoring reads. size: of the list, by which its prior goes.
        indexed: whether the blocks of all records are wanted afterwards."""
        self.force, self.parameters = force, learnt
        self.people, self.identifiers, self.size = people, identifiers, size
        self.indexed = indexed
        self._blocks: score.Blocks | None = None
        self._weighed: tuple[score.Scorer, score.Scored] | None = None
        self._blocked: pl.DataFrame | None = None
        self._parts: Partition | None = None

    def weighed(self, blocked: pl.DataFrame) -> tuple[score.Scorer, score.Scored]:
        """The scorer and all candidate pairs that may be a question or a join; weighed anew only when other values are blocked
        (those that join nobody)."""
        mine = blocked.sort(blocked.columns)
        if self._weighed is None or self._blocked is None or not mine.equals(self._blocked):
            self._blocked = mine
            scorer = score.Scorer(self.people, self.identifiers, blocked, self.parameters, size=self.size)
            asked = [score.floor(scorer), *(self.parameters.thresholds.of(one) for one in LEVELS)]
            self._blocks = score.Blocks(scorer.features, keep=True) if self.indexed else None
            self._weighed = scorer, scorer.candidates(min(asked), blocks=self._blocks)
        return self._weighed

    def block_keys(self, blocked: pl.DataFrame) -> pl.DataFrame:
        """rid, key: the blocks of every record, made no second time when they are wanted."""
        scorer, _ = self.weighed(blocked)
        return (self._blocks or score.Blocks(scorer.features)).borne(self.parameters.rules)

    def merged(self, taken: Scope, parts: Partition) -> Partition:
        """The partition after merging by score, where that is wanted."""
        self._parts = parts
        level = self.force.level
        return parts if level == "never" else self._merge(taken, parts, level).partition

    def _merge(self, taken: Scope, parts: Partition, level: Literal["careful", "balanced"]) -> score.Merged:
        scorer, found = self.weighed(parts.blocked)
        return score.merge(scorer, found, self.people, self.identifiers, taken.judgements, parts, level)

    def outlook(self, taken: Scope) -> dict[str, Json]:
        """Level → how many joins scores would make above it, of what the rules have left."""
        parts = self._parts
        return {} if parts is None else {one: {"joins": self._merge(taken, parts, one).joins} for one in LEVELS}

    def questions(self, taken: Scope, proposal: Proposal) -> pl.DataFrame:
        """rid_a, rid_b, bits of the pairs of customers (as proposed) that may be one, the likeliest KEPT."""
        parts = as_partition(proposal)
        scorer, found = self.weighed(parts.blocked)
        asked = score.suggest(scorer, found, self.people, self.identifiers, taken.judgements, parts, most=KEPT)
        return asked.select("rid_a", "rid_b", bits="weight_bits")


def as_partition(proposal: Proposal) -> Partition:
    """A proposal in the form that scores take: clusters by golden id."""
    assigned = proposal.assigned.select("rid", "rule", cluster="golden_id")
    return Partition(assigned, proposal.edges, proposal.refusals, proposal.blocked, {}, 0, proposal.reassigned)


def read(
    conn: StoreConnection, settings: Settings, force: Force, taken: Scope, *, thorough: bool = False
) -> Scores | None:
    """The scores of a full scope, when they merge, or when all its records are to be compared; else None."""
    few = taken.records.height <= settings.matching.compare_up_to
    if not taken.full or not (force.merging or thorough or few):
        return None
    people = taken.records.join(scored.details(conn), on="rid", how="left", maintain_order="left")
    size, indexed = population(people.height), few and not force.merging
    return Scores(force, parameters(conn), people, taken.identifiers, size, indexed=indexed)


def welcome(force: Force, stood: str | None) -> tuple[str, ...]:
    """Rules whose joins a person has just asked for: of scores, while no promoted match had this level and origin.

    stood: the basis of what stands.
    """
    return () if (stood or "").endswith(f"/{force.text}") else (RULE.name,)


# what was compared ---------------------------------------------------------------------------------------------------


def compared(conn: StoreConnection, force: Force) -> Mapping[str, Json] | None:
    """How all records were compared by the parameters in force; None when they never were.

    digest: of the parameters. population: the size taken for their prior. least: bits below which suggestions were left
    out (None: none were). blocks: whether what changes can be compared by itself. missed: records changed since, at most,
    that were not.
    """
    told = scored.compared(conn)
    return told if told is not None and told["digest"] == force.digest and "missed" in told else None


def missed(told: Mapping[str, Json]) -> int:
    """How many records changed since all were compared, at most, without being compared."""
    return int(told["missed"])


def not_compared(conn: StoreConnection, force: Force, records: int) -> int:
    """How many of the records have not been compared since they changed."""
    told = compared(conn, force)
    return records if told is None else min(missed(told), records)
