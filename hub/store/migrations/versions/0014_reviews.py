"""Questions for people, what judgements rested on, holds; what records said when a value was pinned."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("a", sa.Text(), nullable=False),
        sa.Column("b", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("money", BIG, nullable=False),
        sa.Column("total", BIG, nullable=False),
        sa.Column("bits", BIG, nullable=True),
        sa.Column("shared", sa.Integer(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("decision_id", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("review_id"),
    )
    for name, column in (("a", "a"), ("b", "b"), ("state", "state"), ("decision", "decision_id")):
        op.create_index(f"reviews_{name}", "reviews", [column], unique=False)
    op.create_table(
        "dirty_reviews",
        sa.Column("rid", BIG, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("rid"),
    )
    op.create_table(
        "evidence",
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("decision_id", "name"),
    )
    op.create_index("evidence_name", "evidence", ["name"], unique=False)
    op.create_table(
        "holds",
        sa.Column("hold_id", BIG, autoincrement=True, nullable=False),
        sa.Column("anchor", sa.Text(), nullable=False),
        sa.Column("golden_id", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("hold_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("holds_decision", "holds", ["decision_id"], unique=False)
    op.add_column("pins", sa.Column("said", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("pins", "said")
    for name in ("holds", "evidence", "dirty_reviews", "reviews"):
        op.drop_table(name)
