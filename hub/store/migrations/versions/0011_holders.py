"""Phones and e-mails that changed hands: whose they were."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAMES = ("reassigned", "candidate_reassigned")


def upgrade() -> None:
    for name in NAMES:
        op.create_table(
            name,
            sa.Column("rid", BIG, autoincrement=False, nullable=False),
            sa.Column("type", sa.Text(), nullable=False),
            sa.Column("value", sa.Text(), nullable=False),
            sa.Column("issuer", sa.Text(), nullable=False),
            sa.Column("until", sa.Text(), nullable=False),
            sa.Column("since", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("rid", "type", "value", "issuer"),
        )
    op.create_index("reassigned_value", "reassigned", ["value"], unique=False)


def downgrade() -> None:
    for name in NAMES:
        op.drop_table(name)
