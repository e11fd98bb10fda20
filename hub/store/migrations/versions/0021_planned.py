"""What the last plan of each destination rested on."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_states",
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("positions", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("destination"),
    )
    op.create_table(
        "plan_marks",
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("golden_id", sa.Text(), nullable=False),
        sa.Column("double", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("destination", "golden_id"),
    )
    op.create_table(
        "retold",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("golden_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("records_stamp", "records", ["stamp"], unique=False)


def downgrade() -> None:
    op.drop_index("records_stamp", table_name="records")
    for name in ("retold", "plan_marks", "plan_states"):
        op.drop_table(name)
