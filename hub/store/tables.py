"""The private tables of the store, as SQLAlchemy Core metadata; Alembic migrations build them.

Times are canonical UTC text, JSON is text (orjson, sorted keys), ids of customers are UUID text.
`rid` is the hub's own integer for a source record; it joins tables and never decides anything (ties go by source, source_id).
The views that others may read are in views.py; these tables may change with any version.
"""

# fmt: off
from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, LargeBinary, MetaData, Table, Text, text

metadata = MetaData()
NATIONAL = "type = 'national_id'"
MOVES = "kind IN ('merged', 'split')"
BIG = BigInteger().with_variant(Integer, "sqlite")


def _text(name: str, *, null: bool = True, key: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null and not key, primary_key=key)


# landing: what came, as it came -------------------------------------------------------------------------------------
raw_records = Table(
    "raw_records", metadata,
    Column("raw_id", BIG, primary_key=True, autoincrement=False),
    Column("rid", BIG, nullable=False),          # landed.rid
    _text("content_hash", null=False),           # 32 hex of BLAKE2b-128 over the payload text
    _text("payload", null=False),
    _text("updated_at"),                         # the source's own time
    _text("landed_at", null=False),
    _text("run_id", null=False),
    Index("raw_records_rid", "rid"),
)
landed = Table(
    "landed", metadata,
    Column("rid", BIG, primary_key=True, autoincrement=False),
    _text("source", null=False), _text("stream", null=False), _text("source_id", null=False),
    Column("raw_id", BIG, nullable=False),       # the newest version
    _text("content_hash", null=False), _text("updated_at"),  # updated_at: null too when it lies in the future
    _text("state", null=False),                  # current | missing | removed
    _text("missing_since"), _text("missing_snapshot"), _text("missing_run"),  # of a tombstone: time, `tombstone`, run
    _text("scope", null=False),                  # file path or ""
    Index("landed_key", "source", "stream", "source_id", unique=True),
)
waiting = Table("waiting", metadata, Column("rid", BIG, primary_key=True, autoincrement=False))  # to be normalized, or removed
sweeps = Table(                                  # sweeps still going on: one per source, stream and scope
    "sweeps", metadata,
    Column("sweep_id", BIG, primary_key=True, autoincrement=False),
    _text("source", null=False), _text("stream", null=False), _text("scope", null=False), _text("snapshot", null=False),
    Index("sweeps_key", "source", "stream", "scope", unique=True),
)
sweep_pages = Table(                             # rids seen by a page, as little-endian int64
    "sweep_pages", metadata,
    Column("sweep_id", BIG, primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False), Column("rids", LargeBinary, nullable=False),
)
scopes = Table(                                  # the last plausible complete sweep
    "scopes", metadata,
    _text("source", key=True), _text("stream", key=True), _text("scope", key=True),
    Column("usual_rows", Integer, nullable=False), _text("snapshot", null=False), _text("at", null=False),
)
cursors = Table(
    "cursors", metadata,
    _text("source", key=True), _text("stream", key=True),
    _text("cursor", null=False), _text("updated_at", null=False),
)
source_state = Table(
    "source_state", metadata,
    _text("source", key=True),
    _text("last_attempt"), _text("last_success"), _text("newest_record"), _text("last_sweep"),
    _text("status"), _text("error"),             # error: code and sentence, no personal data
    Column("usual_rows", Integer),               # customers of the last complete sweeps, for `plausible`
    _text("first_matched_at"),
)
quarantine = Table(
    "quarantine", metadata,
    Column("qid", BIG, primary_key=True, autoincrement=True),
    _text("source", null=False), _text("stream", null=False), _text("source_id", null=False),
    Column("raw_id", BIG, nullable=False),
    _text("code", null=False), _text("field"), _text("state", null=False),   # open | closed | discarded
    Column("attempts", Integer, nullable=False), _text("first_at", null=False), _text("last_at", null=False),
    Index("quarantine_key", "source", "stream", "source_id"),
    sqlite_autoincrement=True,
)
field_refusals = Table(
    "field_refusals", metadata,
    Column("rid", BIG, primary_key=True), _text("field", key=True), Column("n", Integer, primary_key=True),
    _text("code", null=False),
)

# normalized: the current source records ------------------------------------------------------------------------------
records = Table(
    "records", metadata,
    Column("rid", BIG, primary_key=True, autoincrement=False),
    _text("source", null=False), _text("source_id", null=False),
    _text("code"), _text("kind", null=False), _text("full_name"), _text("family_name"), _text("given_name"),
    _text("honorific"), _text("name_key"), _text("name_given"), _text("name_level", null=False),
    Column("name_toned", Boolean, nullable=False), _text("company_name"), _text("company_key"), _text("birth_date"),
    _text("gender"), _text("customer_type"), _text("updated_at"), _text("created_at"),
    _text("doc", null=False),                    # the whole normalized document (schemas/source_record.v1.json)
    _text("since"),                              # JSON {field: time at which its value began} for values younger than first_at
    _text("first_at"),                           # time of the first version's values
    _text("echo"),                               # JSON [field, …] that only repeat what the hub sent
    Index("records_key", "source", "source_id", unique=True),
    Index("records_code", "code"),
)
identifiers = Table(
    "identifiers", metadata,
    Column("rid", BIG, primary_key=True), Column("n", Integer, primary_key=True),
    _text("type", null=False), _text("value", null=False), _text("issuer", null=False), _text("class"),
    _text("use", null=False), Column("key", Boolean, nullable=False), _text("flags", null=False), _text("raw"),
    _text("national"), _text("first_seen"), _text("last_seen"),
    Index("identifiers_value", "value", "type"),
    Index("identifiers_national", "rid", sqlite_where=text(NATIONAL), postgresql_where=text(NATIONAL)),
    sqlite_with_rowid=False,
)
orders = Table(
    "orders", metadata,
    Column("rid", BIG, primary_key=True, autoincrement=False),
    _text("source", null=False), _text("source_id", null=False), _text("code"), _text("kind", null=False),
    _text("customer_source_id"), _text("store"), _text("at"), _text("currency"),
    Column("total", BIG), Column("paid", BIG), _text("doc", null=False),
    Index("orders_customer", "source", "customer_source_id"),
)

# who is who ----------------------------------------------------------------------------------------------------------
dirty_records = Table("dirty_records", metadata, Column("rid", BIG, primary_key=True, autoincrement=False))
dirty_values = Table(                            # identifiers that a changed record no longer bears
    "dirty_values", metadata, _text("type", key=True), _text("value", key=True), _text("issuer", key=True),
)
dirty_customers = Table("dirty_customers", metadata, _text("golden_id", key=True))
judgements = Table(
    "judgements", metadata,
    Column("id", BIG, primary_key=True, autoincrement=True),
    _text("a", null=False), _text("b", null=False),          # `source:source_id`, a < b in byte order
    _text("verdict", null=False), _text("author", null=False), _text("at", null=False), _text("reason"),
    Column("active", Boolean, nullable=False), _text("decision_id"),
    Index("judgements_decision", "decision_id"), sqlite_autoincrement=True,
)
decisions = Table(                               # what people decided; append-only, ids only
    "decisions", metadata,
    _text("decision_id", key=True), _text("at", null=False), _text("author", null=False),
    _text("kind", null=False),                   # merge | split | pin | undo | undo_run | undo_rule
    _text("reason"), _text("subjects", null=False),          # JSON [golden_id, …] as they were then
    _text("undoes"), _text("run_id", null=False),
    Index("decisions_undoes", "undoes"), Index("decisions_run", "run_id"),
)
pins = Table(                                    # values that people set above what records say
    "pins", metadata,
    Column("pin_id", BIG, primary_key=True, autoincrement=True),
    _text("anchor", null=False),                 # `source:source_id` of a record: who holds it bears the pin
    _text("golden_id", null=False),              # bears it when the anchor has left
    _text("field", null=False), _text("value", null=False), _text("stood"),  # stood: the value that it replaced
    _text("author", null=False), _text("reason"), _text("at", null=False), _text("until"),
    Column("active", Boolean, nullable=False), _text("decision_id", null=False),
    Index("pins_decision", "decision_id"), sqlite_autoincrement=True,
)
held_joins = Table(                              # joins of customers that a run held back: an input until a person decides
    "held_joins", metadata,
    _text("a", key=True), _text("b", key=True),  # `source:source_id`, a < b in byte order
    _text("run_id", null=False), _text("at", null=False),
    _text("state", null=False),                  # held | approved | refused
    _text("decision_id"), Index("held_joins_run", "run_id"),
)
blocked_values = Table(                          # generic identifiers: they join nobody
    "blocked_values", metadata, _text("type", key=True), _text("value", key=True), _text("issuer", key=True),
    Column("names", Integer, nullable=False), Column("nameless", Integer, nullable=False), _text("reason", null=False),
)


def _join_columns() -> list[Column[object]]:
    """Two records (a before b by source, source_id), the rule or reason, and the identifier that it rests on."""
    columns: list[Column[object]] = [
        Column("rid_a", BIG, nullable=False), Column("rid_b", BIG, nullable=False),
        Column("rule", Text, nullable=False), Column("type", Text), Column("value", Text), Column("issuer", Text),
    ]
    return columns


xref = Table(
    "xref", metadata,
    Column("rid", BIG, primary_key=True, autoincrement=False),
    _text("golden_id", null=False), _text("rule", null=False), _text("linked_at", null=False),
    Index("xref_golden", "golden_id"),
)
xref_past = Table(                               # ids that a record had before: a part of a split takes its own back
    "xref_past", metadata,
    Column("rid", BIG, primary_key=True, autoincrement=False), _text("golden_id", key=True), _text("until", null=False),
    Index("xref_past_golden", "golden_id"),
)
edges = Table("edges", metadata, *_join_columns(), Index("edges_a", "rid_a"), Index("edges_b", "rid_b"))
refusals = Table(                                # joins refused, with the reason as rule; related = the two are RELATED
    "refusals", metadata, *_join_columns(), Column("related", Boolean, nullable=False),
    Index("refusals_a", "rid_a"), Index("refusals_b", "rid_b"),
)
suggestions = Table(                             # pairs that may be one by their score; rid_a first by (source, source_id)
    "suggestions", metadata,
    Column("rid_a", BIG, primary_key=True, autoincrement=False),
    Column("rid_b", BIG, primary_key=True, autoincrement=False),
    Column("bits", Double, nullable=False), Index("suggestions_b", "rid_b"),
)
candidate_xref = Table(                          # what match proposes; resolve proves and promotes it in one transaction
    "candidate_xref", metadata,
    Column("rid", BIG, primary_key=True, autoincrement=False), _text("golden_id", null=False), _text("rule", null=False),
)
candidate_edges = Table("candidate_edges", metadata, *_join_columns())
candidate_refusals = Table("candidate_refusals", metadata, *_join_columns(), Column("related", Boolean, nullable=False))
candidate_blocked = Table(
    "candidate_blocked", metadata, _text("type", key=True), _text("value", key=True), _text("issuer", key=True),
    Column("names", Integer, nullable=False), Column("nameless", Integer, nullable=False),
    _text("reason"),                             # null: no longer blocked
)
candidate_shared = Table(                        # phones and e-mails that several customers bear as their own
    "candidate_shared", metadata, _text("type", key=True), _text("value", key=True),
    Column("customers", Integer, nullable=False),
)
candidate_redirects = Table("candidate_redirects", metadata, _text("old", key=True), _text("live", null=False))

# golden --------------------------------------------------------------------------------------------------------------
CUSTOMER_TEXT = (
    "customer_type", "full_name", "phone", "phone_national", "email", "phones", "emails", "birth_date", "gender",
    "address", "province", "company_name", "marketing_email", "marketing_sms", "marketing_zalo", "marketing_call",
)
customers = Table(
    "customers", metadata,
    _text("golden_id", key=True), _text("customer_code", null=False),
    _text("status", null=False),                 # active | inactive | merged | erased
    _text("merged_into"), _text("kind", null=False), Column("version", Integer, nullable=False),
    Column("record_count", Integer, nullable=False), _text("sources"),
    *[_text(name) for name in CUSTOMER_TEXT],
    _text("doc", null=False), _text("provenance"), _text("digest", null=False),
    _text("created_at", null=False), _text("updated_at", null=False), _text("run_id", null=False),
    Index("customers_code", "customer_code", unique=True), Index("customers_merged", "merged_into"),
)
history = Table(                                 # versions that were replaced
    "history", metadata,
    _text("golden_id", key=True), Column("version", Integer, primary_key=True),
    _text("valid_from", null=False), _text("valid_to", null=False), _text("doc", null=False), _text("provenance"),
    _text("run_id", null=False), _text("status"),            # of that version; null = active
)
changes = Table(
    "changes", metadata,
    Column("seq", BIG, primary_key=True, autoincrement=True),
    _text("at", null=False), _text("kind", null=False),      # created | updated | merged | split | erased
    _text("golden_id", null=False), Column("version", Integer, nullable=False), _text("changed"), _text("moved"),
    _text("run_id", null=False), Index("changes_golden", "golden_id"),
    Index("changes_moves", "run_id", sqlite_where=text(MOVES), postgresql_where=text(MOVES)),
    sqlite_autoincrement=True,
)

# giving back -----------------------------------------------------------------------------------------------------------
plans = Table(
    "plans", metadata,
    _text("plan_id", key=True), _text("destination", null=False),
    _text("state", null=False),                  # waiting | held | approved | applied | stale | superseded
    _text("created_at", null=False), _text("run_id", null=False), _text("counts", null=False), _text("reason"),
    _text("approved_by"), _text("approved_at"), _text("applied_at"), Column("feed_seq", BIG, nullable=False),
    _text("basis", null=False),                  # digest of what the plan rests on; differs at apply = stale
    Index("plans_destination", "destination", "state"),
)
plan_items = Table(
    "plan_items", metadata,
    _text("plan_id", key=True),
    Column("n", Integer, primary_key=True),
    _text("action", null=False), _text("golden_id", null=False), _text("target"),
    _text("changes", null=False),                # JSON {field: [old, new]}
    _text("known"), _text("reason"), _text("idempotency_key", null=False),
    _text("state", null=False),                  # open | sent | acked | rejected | retry | unknown
)
deliveries = Table(                              # append-only ledger: ids and digests only
    "deliveries", metadata,
    Column("seq", BIG, primary_key=True, autoincrement=True),
    _text("plan_id", null=False), Column("n", Integer, nullable=False), _text("destination", null=False),
    _text("golden_id", null=False), _text("target"), _text("action", null=False), _text("idempotency_key", null=False),
    _text("state", null=False), _text("digest"), _text("reason"), _text("at", null=False), _text("run_id", null=False),
    Index("deliveries_item", "plan_id", "n"), Index("deliveries_golden", "golden_id"), sqlite_autoincrement=True,
)
sent = Table(                                    # last acknowledged: moves only on ack
    "sent", metadata,
    _text("destination", key=True), _text("source_id", key=True),
    _text("golden_id", null=False), _text("fields", null=False),   # JSON {field: value as sent}
    _text("acked_at", null=False), Index("sent_golden", "golden_id"),
)
created_records = Table(                         # records the hub created: they belong to their customer by the receipt
    "created_records", metadata,
    _text("source", key=True), _text("source_id", key=True), _text("golden_id", null=False),
    _text("anchor", null=False),                 # `source:source_id` of the customer's first record then
    _text("at", null=False),
)

# running ---------------------------------------------------------------------------------------------------------------
runs = Table(
    "runs", metadata,
    _text("run_id", key=True), _text("trigger", null=False), _text("started_at", null=False), _text("ended_at"),
    _text("status", null=False),                 # running | ok | degraded | held | failed
    Column("pid", Integer), _text("report"),
)
alert_states = Table(
    "alert_states", metadata, _text("subject", key=True), _text("state", null=False), _text("since", null=False),
    _text("notified_at"),
)
meta = Table("meta", metadata, _text("key", key=True), _text("value", null=False))
