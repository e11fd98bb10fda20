"""What stood there before a write and whose value it was, what people ask for, the last drift; the ledger by key."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MORE = (("plan_items", "notes"), ("sent", "before"), ("sent", "origin"), ("sent", "state"))


def upgrade() -> None:
    for table, column in MORE:
        op.add_column(table, sa.Column(column, sa.Text(), nullable=True))
    op.create_index("deliveries_key", "deliveries", ["idempotency_key"], unique=False)
    op.create_table(
        "push_wishes",
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("golden_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("destination", "golden_id", "what"),
    )
    op.create_table(
        "drifts",
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("destination"),
    )


def downgrade() -> None:
    op.drop_table("drifts")
    op.drop_table("push_wishes")
    op.drop_index("deliveries_key", table_name="deliveries")
    for table, column in reversed(MORE):
        op.drop_column(table, column)
