"""The private tables of the store, as SQLAlchemy Core metadata; Alembic migrations build them.

Times are canonical UTC text, JSON is text (orjson, sorted keys), ids of customers are UUID text.
`rid` is the hub's own integer for a source record; it joins tables and never decides anything (ties go by source, source_id).
The views that others may read are in views.py; these tables may change with any version.

One file per step; this one names them all.
"""

from hub.store.tables.access import sessions, tokens, user_links, users
from hub.store.tables.auditing import audit
from hub.store.tables.base import BIG, metadata
from hub.store.tables.deciding import consents, decisions, held_joins, judgements, pins, samples, suggestions
from hub.store.tables.giving import (
    created_records,
    deliveries,
    drifts,
    plan_items,
    plan_marks,
    plan_states,
    plans,
    push_wishes,
    sent,
)
from hub.store.tables.golden import CUSTOMER_TEXT, MOVES, changes, customers, history, retold
from hub.store.tables.landing import (
    arrivals,
    cursors,
    field_refusals,
    landed,
    quarantine,
    raw_records,
    scopes,
    source_state,
    sweep_pages,
    sweeps,
    waiting,
)
from hub.store.tables.matching import (
    block_keys,
    blocked_values,
    candidate_blocked,
    candidate_edges,
    candidate_reassigned,
    candidate_redirects,
    candidate_refusals,
    candidate_shared,
    candidate_xref,
    dirty_customers,
    dirty_records,
    dirty_values,
    edges,
    reassigned,
    refusals,
    xref,
    xref_past,
)
from hub.store.tables.normalized import NATIONAL, identifiers, orders, records
from hub.store.tables.reviewing import dirty_reviews, evidence, holds, review_claims, reviews
from hub.store.tables.running import alert_states, meta, runs
from hub.store.tables.searching import search_grams, search_segments
from hub.store.tables.segmenting import dirty_buyers, plan_members, purchases, spending, traits
from hub.store.tables.wishing import erase_tasks, erased_keys, erasures
from hub.store.tables.withdrawing import withdrawals

__all__ = [
    "BIG",
    "CUSTOMER_TEXT",
    "MOVES",
    "NATIONAL",
    "alert_states",
    "arrivals",
    "audit",
    "block_keys",
    "blocked_values",
    "candidate_blocked",
    "candidate_edges",
    "candidate_reassigned",
    "candidate_redirects",
    "candidate_refusals",
    "candidate_shared",
    "candidate_xref",
    "changes",
    "consents",
    "created_records",
    "cursors",
    "customers",
    "decisions",
    "deliveries",
    "dirty_buyers",
    "dirty_customers",
    "dirty_records",
    "dirty_reviews",
    "dirty_values",
    "drifts",
    "edges",
    "erase_tasks",
    "erased_keys",
    "erasures",
    "evidence",
    "field_refusals",
    "held_joins",
    "history",
    "holds",
    "identifiers",
    "judgements",
    "landed",
    "meta",
    "metadata",
    "orders",
    "pins",
    "plan_items",
    "plan_marks",
    "plan_members",
    "plan_states",
    "plans",
    "purchases",
    "push_wishes",
    "quarantine",
    "raw_records",
    "reassigned",
    "records",
    "refusals",
    "retold",
    "review_claims",
    "reviews",
    "runs",
    "samples",
    "scopes",
    "search_grams",
    "search_segments",
    "sent",
    "sessions",
    "source_state",
    "spending",
    "suggestions",
    "sweep_pages",
    "sweeps",
    "tokens",
    "traits",
    "user_links",
    "users",
    "waiting",
    "withdrawals",
    "xref",
    "xref_past",
]
