"""Compare: what a run suggests by score, of all records or of those that changed against their blocks.

Belongs here: the two ways of comparing, which must agree, and when all is compared. Does not: scores (hub.matching.score), the
scores that a full match merges by (flow.scoring), SQL (store.blocks, store.affected, store.suggestions).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hub.flow import scoring
from hub.flow.scoring import Force, Scores, population
from hub.matching import score
from hub.matching.partition import Partition
from hub.model import Json
from hub.settings import Settings
from hub.store import affected, blocks, candidate, notes, scored, suggestions
from hub.store.words import words

if TYPE_CHECKING:
    import polars as pl

    from hub.store.candidate import Proposal
    from hub.store.engine import StoreConnection
    from hub.store.scope import Scope

ALL = 1_000_000_000


def owed(conn: StoreConnection, settings: Settings, force: Force, size: int) -> bool:
    """Whether all `size` records are to be compared by a run, although nothing else asks for a full match."""
    if force.merging or not 0 < size <= settings.matching.compare_up_to:
        return False
    told = scoring.compared(conn, force)
    if told is None or not told["blocks"] or told["population"] != population(size):
        return True
    cut_short = told["least"] is not None and suggestions.count(conn) < suggestions.MOST
    return cut_short or notes.get(conn, candidate.NOTE) is not None  # a candidate that was never promoted


def keep(conn: StoreConnection, force: Force, taken: Scope, proposal: Proposal, scores: Scores | None) -> None:
    """Keep what a run suggests: of all records (scores), of those that changed, or only without what it has settled."""
    told = scoring.compared(conn, force)
    if scores is not None:
        _everything(conn, force, taken, proposal, scores)
    elif told is not None and told["blocks"] and not taken.full:
        _changed(conn, taken, proposal, told)
    else:
        suggestions.settle(conn, taken, proposal)
        missed = scoring.missed(told) + len(affected.rekeyed(conn, taken, proposal)) if told else 0
        scored.set_compared(conn, {**told, "blocks": False, "missed": missed} if told else None)


def _everything(conn: StoreConnection, force: Force, taken: Scope, proposal: Proposal, scores: Scores) -> None:
    asked = scores.questions(taken, proposal)
    suggestions.replace(conn, asked, None)
    if scores.indexed:
        blocks.replace(conn, scores.block_keys(proposal.blocked))
    told = {
        "digest": force.digest,
        "population": population(taken.records.height),
        "least": asked["bits"].min() if asked.height == scoring.KEPT else None,
        "blocks": scores.indexed,
        "missed": 0,
    }
    scored.set_compared(conn, told)


def _changed(conn: StoreConnection, taken: Scope, proposal: Proposal, told: Mapping[str, Json]) -> None:
    """Compare whole customers that changed with all that share a block with them."""
    learnt = scoring.parameters(conn)
    stands = affected.blocked(conn, taken, proposal)
    moved = affected.rekeyed(conn, taken, proposal)
    keys = score.block_keys(scored.people(conn, moved), scored.borne(conn, moved), stands, learnt)
    turned = blocks.change(conn, [*moved, *taken.gone], keys)
    crossed = blocks.crossing(conn, turned, learnt.largest_block)
    anew = affected.customers_of(conn, proposal, [*moved, *crossed])
    anew = sorted({*anew, *affected.regrouped(conn, taken, proposal)})
    focus = affected.members(conn, taken, proposal, anew)["rid"]
    near = blocks.near(conn, focus.to_list(), learnt.largest_block)
    everyone = affected.customers_of(conn, proposal, [*focus, *near.rids])
    held = affected.members(conn, taken, proposal, everyone)
    rids = held["rid"].to_list()
    people, borne = scored.people(conn, rids), scored.borne(conn, rids)
    scorer = score.Scorer(people, borne, stands, learnt, size=told["population"])
    least = max(score.floor(scorer), told["least"]) if told["least"] is not None else score.floor(scorer)
    found = scorer.candidates(least, focus, near.counts)
    parts = _parts(held, proposal, stands)
    asked = score.suggest(scorer, found, people, borne, words(conn), parts, most=ALL)
    suggestions.replace(conn, asked.select("rid_a", "rid_b", bits="weight_bits"), [*focus, *taken.gone])


def _parts(held: pl.DataFrame, proposal: Proposal, stands: pl.DataFrame) -> Partition:
    """Some customers in the form that scores take."""
    assigned = held.select("rid", cluster="golden_id")
    edges, refusals, reassigned = (one.clear() for one in (proposal.edges, proposal.refusals, proposal.reassigned))
    return Partition(assigned, edges, refusals, stands, {}, 0, reassigned)
