"""Consents that people enter here."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "consents",
        sa.Column("consent_id", BIG, autoincrement=True, nullable=False),
        sa.Column("anchor", sa.Text(), nullable=False),
        sa.Column("golden_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("consent_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("consents_anchor", "consents", ["anchor"], unique=False)
    op.create_index("consents_golden", "consents", ["golden_id"], unique=False)
    op.create_index("consents_decision", "consents", ["decision_id"], unique=False)


def downgrade() -> None:
    op.drop_table("consents")
