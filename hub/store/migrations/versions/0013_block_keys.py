"""Blocks of records that were compared by score, so that a run compares only what changed."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "block_keys",
        sa.Column("key", BIG, autoincrement=False, nullable=False),
        sa.Column("rid", BIG, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "rid"),
        sqlite_with_rowid=False,
    )
    op.create_index("block_keys_rid", "block_keys", ["rid"], unique=False)


def downgrade() -> None:
    op.drop_table("block_keys")
