"""Pairs of records that the score suggests: they may be one person."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "suggestions",
        sa.Column("rid_a", BIG, autoincrement=False, nullable=False),
        sa.Column("rid_b", BIG, autoincrement=False, nullable=False),
        sa.Column("bits", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("rid_a", "rid_b"),
    )
    op.create_index("suggestions_b", "suggestions", ["rid_b"], unique=False)


def downgrade() -> None:
    op.drop_table("suggestions")
