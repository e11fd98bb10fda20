"""The index by which customers are searched."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "search_segments",
        sa.Column("segment", BIG, autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("ids", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("segment"),
    )
    op.create_table(
        "search_grams",
        sa.Column("segment", BIG, autoincrement=False, nullable=False),
        sa.Column("gram", sa.Text(), nullable=False),
        sa.Column("places", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("segment", "gram"),
    )


def downgrade() -> None:
    op.drop_table("search_grams")
    op.drop_table("search_segments")
