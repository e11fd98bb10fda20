"""Questions for people, what judgements rested on, and customers on hold.

No personal value stands here but in `evidence`, which forgetting erases by the records' names; `comment` is a person's own word.
"""

# fmt: off
from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table

from hub.store.tables.base import BIG, metadata
from hub.store.tables.base import text_column as _text

reviews = Table(                                 # questions for people: one per pair of customers
    "reviews", metadata,
    _text("review_id", key=True),                # ten characters out of the kind and the records' names
    _text("kind", null=False),                   # of flow/review_kinds.tsv
    _text("a", null=False), _text("b", null=False),          # `source:source_id`, a < b; b is "" of one customer's question
    _text("about", null=False),                  # words that tell its pattern, a pinned field, a run, what was reported
    Column("rank", Integer, nullable=False),     # smaller first
    Column("money", BIG, nullable=False),        # minor units of orders that the answer moves
    Column("total", BIG, nullable=False),        # of all orders of both
    Column("bits", BIG),                         # thousandths of a bit, null without a score
    Column("shared", Integer, nullable=False),   # values that both bear
    Column("records", Integer, nullable=False),  # of both
    _text("state", null=False),                  # open | later | decided | gone
    _text("until"),                              # of later: open again from then on
    _text("opened_at", null=False), _text("run_id", null=False),
    _text("decided_at"), _text("author"), _text("verdict"), _text("decision_id"), _text("comment"),
    Index("reviews_a", "a"), Index("reviews_b", "b"), Index("reviews_state", "state"),
    Index("reviews_decision", "decision_id"),
)
dirty_reviews = Table(                           # records whose questions are to be looked at again: their orders changed
    "dirty_reviews", metadata, Column("rid", BIG, primary_key=True, autoincrement=False),
)
review_claims = Table(                           # who looks at which question; it runs out by itself
    "review_claims", metadata, _text("review_id", key=True), _text("author", null=False), _text("until", null=False),
)
evidence = Table(                                # what a judgement rested on: the record as it was then
    "evidence", metadata,
    _text("decision_id", key=True), _text("name", key=True),  # name: `source:source_id`
    _text("digest", null=False),
    _text("doc", null=False),                    # JSON {name, key, birth_date, ids: [[type, value], …]}
    Index("evidence_name", "name"),
)
holds = Table(                                   # customers that nothing is written about until somebody decides
    "holds", metadata,
    Column("hold_id", BIG, primary_key=True, autoincrement=True),
    _text("anchor", null=False),                 # `source:source_id` of a record: who holds it is on hold
    _text("golden_id", null=False),              # is on hold when the anchor has left
    _text("author", null=False), _text("reason"), _text("at", null=False),
    Column("active", Boolean, nullable=False), _text("decision_id", null=False),
    _text("review_id"),                          # the question that lifts it
    Index("holds_decision", "decision_id"), sqlite_autoincrement=True,
)
