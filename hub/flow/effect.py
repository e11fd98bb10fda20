"""What a decision, or other settings, would change, before anything is saved.

Belongs here: asking `match` and `golden` without writing, telling the differences. Does not: deciding them.
A preview writes the decision into a trial (store.trial), asks, and takes it back; a what-if writes nothing at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import orjson

from hub.errors import ConfigError
from hub.flow import judge, match, resolve, scoring
from hub.flow.run import Run
from hub.model import Json
from hub.settings import Settings
from hub.store import effects, feed, goldens, scope, tally, words
from hub.store.engine import Store, StoreConnection
from hub.store.trial import trial

WORST = 20
"""So many customers are shown one by one, those that change most first."""
SAID = {"phone": "phones", "email": "emails", "address": "addresses", "province": "addresses"}
"""A destination's field → the part of the golden document that holds it."""


@dataclass(slots=True)
class Effect:
    """merged: ids that would lead elsewhere. split: ids that records would leave. fields: field → customers where it changes.

    writes: destination → records whose mapped fields would change. cases: the customers that change most, with their
    records before and after and their fields, old and new.
    """

    merged: int = 0
    split: int = 0
    created: int = 0
    changed: int = 0
    records: int = 0
    orders: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    writes: dict[str, int] = field(default_factory=dict)
    cases: list[dict[str, Json]] = field(default_factory=list)

    def document(self) -> dict[str, Json]:
        """As JSON."""
        told = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return told | {"fields": dict(self.fields.most_common())}


def preview(store: Store, settings: Settings, run: Run, plan: judge.Plan) -> dict[str, Json]:
    """What the act would do; the store is as before afterwards. Raises ConfigError when the act cannot be meant."""
    (told,) = previews(store, settings, run, {"": plan}).values()
    if isinstance(told, ConfigError):
        raise told
    return told


def previews(
    store: Store, settings: Settings, run: Run, plans: Mapping[str, judge.Plan]
) -> dict[str, dict[str, Json] | ConfigError]:
    """The same of several acts, each tried by itself; a ConfigError in the place of one that cannot be meant.

    Nobody who writes has to wait meanwhile. What becomes of a record that seems to be a forgotten person's is left out: it is
    no customer's before the next run.
    """
    told: dict[str, dict[str, Json] | ConfigError] = {}
    with trial(store) as conn:
        read = _Read(conn, settings)
        for name, plan in plans.items():
            tried = conn.begin_nested()
            try:
                told[name] = _tried(read, run, plan(conn))
            except ConfigError as error:
                told[name] = error
            finally:
                tried.rollback()
    return told


class _Read:
    """What several tries read once: where scores merge, all records and the weight of every pair. A decision changes words
    about records, never the records."""

    def __init__(self, conn: StoreConnection, settings: Settings) -> None:
        self.conn, self.settings = conn, settings
        self.force = scoring.in_force(conn, settings)
        self._whole: tuple[scope.Scope, scoring.Scores | None] | None = None

    def scoped(self) -> tuple[scope.Scope, scoring.Scores | None]:
        """What a try works on, as its words stand now."""
        if not self.force.merging:
            size = scope.size(self.conn, tally.totals(self.conn).get("records", 0))
            return match.scoped(self.conn, match.policy_of(self.settings), size, False), None
        if self._whole is None:
            every = scope.everything(self.conn)
            self._whole = every, scoring.read(self.conn, self.settings, self.force, every)
        every, scores = self._whole
        return replace(every, judgements=words.words(self.conn)), scores


def _tried(read: _Read, run: Run, act: judge.Act) -> dict[str, Json]:
    judge.write(read.conn, replace(act, forgotten=None), run, "preview", None)
    taken, scores = read.scoped()
    return _effect(read.conn, read.settings, run, taken, scores, whole=False).document()


def what_if(store: Store, settings: Settings, run: Run) -> dict[str, Json]:
    """What these settings would make of the records that stand, against what stands."""
    with store.read() as conn:
        taken, force = scope.everything(conn), scoring.in_force(conn, settings)
        scores = scoring.read(conn, settings, force, taken) if force.merging else None
        return _effect(conn, settings, run, taken, scores, whole=True).document()


def _effect(
    conn: StoreConnection,
    settings: Settings,
    run: Run,
    taken: scope.Scope,
    scores: scoring.Scores | None,
    *,
    whole: bool,
) -> Effect:
    proposal, _ = match.propose(taken, match.policy_of(settings), run, match.facts_of(conn), scores)
    moves = effects.moves(conn, taken, proposal, whole=whole)
    told = Effect(moves.merged, moves.split, moves.created, records=len(moves.left))
    told.orders = effects.orders_of(conn, moves.left)
    decide, changes = resolve.decider(conn, settings), dict[str, list[str]]()
    for batch in effects.batches(moves.part):
        ids = goldens.borne(conn, batch, proposal.reassigned)
        for rows in decide(goldens.members(conn, batch), ids, proposal.shared):
            for golden_id, doc, before in effects.differing(conn, rows):
                changes[golden_id] = orjson.loads(feed.changed_fields(before or "{}", doc))
                told.fields.update(changes[golden_id])
                _case(told, golden_id, before, doc)
    told.changed = len(changes)
    told.cases = sorted(told.cases, key=lambda one: (-one["weight"], one["golden_id"]))[:WORST]
    told.writes = _writes(conn, settings, changes)
    return told


def _case(told: Effect, golden_id: str, before: str | None, now: str) -> None:
    """One customer that changes; of very many only the heaviest are kept."""
    old, new = orjson.loads(before or "{}"), orjson.loads(now)
    names = [{f"{one['source']}:{one['source_id']}" for one in doc.get("records", ())} for doc in (old, new)]
    fields = {
        name: [old.get(name), new.get(name)]
        for name in sorted(old.keys() | new.keys())
        if name != "records" and old.get(name) != new.get(name)
    }
    told.cases.append(
        {
            "golden_id": golden_id,
            "weight": len(names[0] ^ names[1]),
            "before": sorted(names[0]),
            "after": sorted(names[1]),
            "fields": fields,
        }
    )
    if len(told.cases) > 50 * WORST:
        told.cases = sorted(told.cases, key=lambda one: (-one["weight"], one["golden_id"]))[:WORST]


def _writes(conn: StoreConnection, settings: Settings, changes: Mapping[str, list[str]]) -> dict[str, int]:
    """Destination → records there whose mapped fields would change."""
    there = effects.held_at(conn, list(changes))
    found = {}
    for name, destination in settings.destinations.items():
        mapped = {SAID.get(one, one) for one in destination.fields}
        concerned = [golden_id for golden_id, fields in changes.items() if mapped & set(fields)]
        found[name] = sum(there.get(one, {}).get(destination.source or "", 0) for one in concerned)
    return found
