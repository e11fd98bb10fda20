"""What people decide: decisions, their judgements, pins, held joins; the status of former versions."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("subjects", sa.Text(), nullable=False),
        sa.Column("undoes", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("decision_id"),
    )
    op.create_index("decisions_undoes", "decisions", ["undoes"], unique=False)
    op.create_index("decisions_run", "decisions", ["run_id"], unique=False)
    op.add_column("judgements", sa.Column("decision_id", sa.Text(), nullable=True))
    op.create_index("judgements_decision", "judgements", ["decision_id"], unique=False)
    op.create_table(
        "pins",
        sa.Column("pin_id", BIG, autoincrement=True, nullable=False),
        sa.Column("anchor", sa.Text(), nullable=False),
        sa.Column("golden_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("stood", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("pin_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("pins_decision", "pins", ["decision_id"], unique=False)
    op.create_table(
        "held_joins",
        sa.Column("a", sa.Text(), nullable=False),
        sa.Column("b", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("a", "b"),
    )
    op.create_index("held_joins_run", "held_joins", ["run_id"], unique=False)
    op.add_column("history", sa.Column("status", sa.Text(), nullable=True))
    moves = sa.text("kind IN ('merged', 'split')")
    op.create_index(
        "changes_moves", "changes", ["run_id"], unique=False, sqlite_where=moves, postgresql_where=moves
    )


def downgrade() -> None:
    op.drop_index("changes_moves", "changes")
    op.drop_column("history", "status")
    op.drop_table("held_joins")
    op.drop_table("pins")
    op.drop_index("judgements_decision", "judgements")
    op.drop_column("judgements", "decision_id")
    op.drop_table("decisions")
