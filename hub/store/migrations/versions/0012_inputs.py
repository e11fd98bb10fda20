"""What customers were decided from, so that a rebuild leaves out who stands decided from the same."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MERGED = sa.text("merged_into IS NOT NULL")


def upgrade() -> None:
    op.add_column("records", sa.Column("stamp", BIG, nullable=False, server_default="0"))
    op.add_column("customers", sa.Column("inputs", BIG, nullable=True))
    op.drop_index("customers_merged", "customers")
    op.create_index(
        "customers_merged", "customers", ["merged_into"], sqlite_where=MERGED, postgresql_where=MERGED
    )


def downgrade() -> None:
    op.drop_index("customers_merged", "customers")
    op.create_index("customers_merged", "customers", ["merged_into"])
    op.drop_column("customers", "inputs")
    op.drop_column("records", "stamp")
