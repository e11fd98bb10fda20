"""A new table is either emptied of a person by forgetting, or known to hold nobody's values: it must be told which."""

from __future__ import annotations

from hub.store.tables import metadata

EMPTIED = {
    "arrivals", "block_keys", "blocked_values", "candidate_blocked", "candidate_edges", "candidate_reassigned",
    "candidate_redirects", "candidate_refusals", "candidate_shared", "candidate_xref", "changes", "consents",
    "created_records", "customers", "decisions", "dirty_buyers", "dirty_records", "dirty_reviews", "dirty_values", "edges",
    "evidence", "field_refusals", "held_joins", "history", "holds", "identifiers", "judgements", "landed", "orders", "pins",
    "plan_items", "plan_marks", "plan_states", "purchases", "push_wishes", "quarantine", "raw_records", "reassigned",
    "records", "refusals", "reviews", "samples", "search_grams", "search_segments", "sent", "spending", "suggestions",
    "traits", "waiting", "withdrawals", "xref", "xref_past",
}  # fmt: skip
NOBODYS = {
    "alert_states", "audit", "cursors", "deliveries", "dirty_customers", "drifts", "erase_tasks", "erased_keys", "erasures",
    "meta", "plan_members", "plans", "retold", "review_claims", "runs", "scopes", "source_state", "sweep_pages", "sweeps",
}  # fmt: skip
"""Ids, digests, counts and times."""
STAFF = {"sessions", "tokens", "user_links", "users"}


def test_every_table_is_known_to_forgetting():
    assert set(metadata.tables) == EMPTIED | NOBODYS | STAFF
