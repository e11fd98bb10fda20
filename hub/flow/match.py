"""Match: who is who, for what changed or for everything; writes the candidate that resolve proves and promotes.

Belongs here: leading frames from the store through `hub.matching`, deciding between the two paths. Does not: rules
(hub.matching), scores (flow.scoring), SQL (store), promoting (flow.resolve). Both paths call the same functions.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import orjson

from hub.flow import compare, radius, scoring
from hub.flow.normalize import shop_own
from hub.flow.run import GUARDS, MatchReport, Run
from hub.matching.codes import ENTROPY, uuid7
from hub.matching.component import GUARD_OF
from hub.matching.dated import Facts
from hub.matching.golden import shared_values
from hub.matching.guards import Frontier, bearers, frontier
from hub.matching.identity import assign
from hub.matching.partition import partition, standing
from hub.matching.policy import Policy
from hub.model import from_utc_text
from hub.settings import Settings
from hub.store import candidate, facts, held, normalized, notes, pins, scope, suggestions, tally, words
from hub.store.engine import Store, StoreConnection

if TYPE_CHECKING:
    import polars as pl

FULL_SHARE = 0.03
"""Above this share of dirty records everything is matched anew: the columnar path is faster then (measured)."""
MOST = 50_000
"""An incremental run never takes more records than the larger of this and a tenth of all (then everything)."""
GOLDEN_VERSION = 2
"""Rises when the golden record is written differently from the same records; then all customers are decided anew."""


def policy_of(settings: Settings) -> Policy:
    """The policy of matching, from the settings."""
    own = shop_own(settings)
    values = own.phones | own.emails | {f"@{domain}" for domain in own.domains}
    told = settings.matching
    return Policy(told.max_names, told.max_nameless, frozenset(values), gap=told.reassigned_days)


def basis_of(settings: Settings, force: scoring.Force) -> str:
    """Digest of all that decides who is who and what is golden, and above what scores merge; when it differs, everything
    is done anew."""
    told = [
        force.digest,
        policy_of(settings).version,
        GOLDEN_VERSION,
        settings.survivorship.sources,
        {name: list(rules) for name, rules in settings.survivorship.fields.items()},
        bystanders(settings),
    ]
    digest = hashlib.blake2b(orjson.dumps(told, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()
    return f"{digest}/{force.text}"


def bystanders(settings: Settings) -> list[str]:
    """Sources that only add to customers known from elsewhere."""
    return sorted(name for name, source in settings.sources.items() if not source.creates)


def match(store: Store, settings: Settings, run: Run, rebuild: bool = False, *, thorough: bool = False) -> MatchReport:
    """Match what changed since the last promotion (or everything) and write the candidate.

    thorough: everything, all records compared with one another however many they are, and told what scores would join.
    Nothing changed: nothing is written, the report holds the counts that stand.
    """
    began = time.monotonic()
    policy = policy_of(settings)
    normalized.index(store)
    _fall(store, run)
    with store.read() as conn:
        force, stood = scoring.in_force(conn, settings), notes.get(conn, "basis")
        basis = basis_of(settings, force)
        dirty, whole = scope.dirty(conn), tally.totals(conn)
        size = scope.size(conn, whole.get("records", 0))
        anew = rebuild or thorough or stood != basis or compare.owed(conn, settings, force, size)
        if not anew and not dirty:
            return _report(conn, whole, tally.blocked(conn), began, force)
        taken = scoped(conn, policy, size, anew or force.merging)
        scores = scoring.read(conn, settings, force, taken, thorough=thorough)
        gone = {} if taken.full else tally.before(conn, taken)
    run.progress("match", "", 0, taken.records.height, None)
    known = _facts(store)
    proposal, guards = propose(taken, policy, run, known, scores)
    back, at = radius.suspicious(store, taken, proposal, scoring.welcome(force, stood)), run.now()
    if back.height:
        held.hold(taken, back, at)
        proposal, guards = propose(taken, policy, run, known, scores)
    come = tally.after(taken.records, proposal.assigned, proposal.edges, proposal.refusals, bystanders(settings))
    totals = tally.changed({} if taken.full else whole, gone, come)
    with store.begin() as conn:
        held.keep(conn, back, run.run_id, at)
        candidate.write(conn, taken, proposal, basis, totals)
        compare.keep(conn, force, taken, proposal, scores)
        told = _report(conn, totals, guards if taken.full else tally.blocked(conn), began, force)
    told.outlook = scores.outlook(taken) if scores and thorough else {}
    run.progress("match", "", taken.records.height, taken.records.height, None)
    return told


def quick(store: Store, settings: Settings, most: int) -> bool:
    """Whether a match would take only what changed, and that is little: no more than `most` records, values and customers."""
    with store.read() as conn:
        dirty, size = scope.dirty(conn), scope.size(conn, tally.totals(conn).get("records", 0))
        if size <= most:
            return True
        force, stood = scoring.in_force(conn, settings), notes.get(conn, "basis")
        anew = force.merging or stood != basis_of(settings, force) or compare.owed(conn, settings, force, size)
        return not anew and dirty <= most and dirty <= FULL_SHARE * size


def _fall(store: Store, run: Run) -> None:
    """Pins whose time is over fall; nothing is written while none does."""
    now = run.now()
    with store.read() as conn:
        over = pins.over(conn, now)
    if over:
        with store.begin() as conn:
            pins.expire(conn, now)


def scoped(conn: StoreConnection, policy: Policy, size: int, anew: bool) -> scope.Scope:
    """What a run works on: whole components around what is dirty of `size` records, or everything (`anew`, or when that
    is faster)."""

    def ask(people: pl.DataFrame, ids: pl.DataFrame, was_blocked: pl.DataFrame) -> Frontier:
        return frontier(bearers(people, ids), was_blocked, policy)

    if not anew and scope.share(conn, size) <= FULL_SHARE:
        taken = scope.around(conn, ask, MOST)
        if taken is not None:
            return taken
    return scope.everything(conn)


def facts_of(conn: StoreConnection) -> Facts:
    """The sources' own times and addresses of some records, through this connection."""
    return Facts(partial(facts.seen, conn), partial(facts.used, conn), partial(facts.homes, conn))


def _facts(store: Store) -> Facts:
    """The same, each asked through a connection of its own."""

    def asked(tell: Callable[..., pl.DataFrame]) -> Callable[..., pl.DataFrame]:
        def ask(*which: Sequence[object]) -> pl.DataFrame:
            with store.read() as conn:
                return tell(conn, *which)

        return ask

    return Facts(asked(facts.seen), asked(facts.used), asked(facts.homes))


def propose(
    taken: scope.Scope, policy: Policy, run: Run, known: Facts, scores: scoring.Scores | None = None
) -> tuple[candidate.Proposal, Mapping[str, int]]:
    """Who is who in a scope, with stable ids; and the counts of the guards. Writes nothing. scores: of a full scope."""
    frames = (taken.records, taken.identifiers, taken.judgements, taken.receipts)
    parts = partition(*frames, policy, blocked=taken.blocked, facts=known)
    parts = standing(scores.merged(taken, parts), taken.identifiers) if scores else parts
    confirmed = words.confirmed(taken.judgements)
    ids = assign(parts.assignment, taken.previous, new_ids(run), taken.own_ids, confirmed)
    assigned = ids.assigned.join(parts.assignment.select("rid", "rule"), on="rid", maintain_order="left")
    shared = candidate.with_blocked(shared_values(candidate.bearers(taken, assigned, parts.reassigned)), parts.blocked)
    redirects = candidate.steady(ids.redirects, taken, assigned)
    told = (parts.edges, parts.refusals, parts.blocked, redirects, shared, parts.reassigned)
    return candidate.Proposal(assigned, *told), parts.guards


def new_ids(run: Run) -> Iterator[str]:
    """Fresh golden ids, ascending within a block; the first block is small, as most runs need few."""
    moment, count = int(from_utc_text(run.now()).timestamp() * 1000), 16
    while True:
        yield from uuid7(count, moment, os.urandom(count * ENTROPY))
        moment, count = moment + 1, 10_000


def _report(
    conn: StoreConnection, totals: Mapping[str, int], guards: Mapping[str, int], began: float, force: scoring.Force
) -> MatchReport:
    records, customers, links, related = (totals.get(name, 0) for name in ("records", "customers", "links", "related"))
    report = MatchReport(records, customers, links, related, merge_above=force.level, untrained=force.lowered)
    report.suggestions = suggestions.count(conn)
    report.not_compared = scoring.not_compared(conn, force, records)
    for name in ("blocked_value", "own", "generic_identifier"):
        report.guards[name] = guards.get(name, 0)
    for reason, guard in GUARD_OF.items():
        if guard in GUARDS:
            report.guards[guard] += totals.get(f"refused.{reason}", 0)
    report.seconds = round(time.monotonic() - began, 3)
    return report
