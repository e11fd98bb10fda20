"""Indexes by which a plan finds what changed and nothing else."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

INDEXES = (
    ("customers_left", "customers", ["golden_id"], "status <> 'active'"),
    ("changes_splits", "changes", ["seq"], "kind = 'split'"),
    ("plan_items_unknown", "plan_items", ["plan_id", "n"], "state IN ('sent', 'unknown')"),
    ("sent_given", "sent", ["destination", "golden_id"], "state IS NULL"),
    ("created_golden", "created_records", ["golden_id"], None),
)


def upgrade() -> None:
    for name, table, columns, where in INDEXES:
        some = {} if where is None else {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)}
        op.create_index(name, table, columns, unique=False, **some)


def downgrade() -> None:
    for name, table, _, _ in INDEXES:
        op.drop_index(name, table_name=table)
