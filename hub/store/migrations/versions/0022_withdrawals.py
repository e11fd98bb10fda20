"""What other systems are still to do because somebody said no."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def _text(name, null=False):
    return sa.Column(name, sa.Text(), nullable=null)


def upgrade() -> None:
    op.create_table(
        "withdrawals",
        *(_text(name) for name in ("task_id", "destination", "target", "golden_id", "purpose", "channel", "said_by")),
        _text("said_at", null=True),
        _text("state"),
        _text("reason", null=True),
        _text("due"),
        sa.Column("tries", sa.Integer(), nullable=False),
        _text("at"),
        _text("ended_at", null=True),
        _text("actor", null=True),
        sa.PrimaryKeyConstraint("task_id"),
    )
    op.create_index("withdrawals_state", "withdrawals", ["state", "due"], unique=False)
    op.create_index("withdrawals_golden", "withdrawals", ["golden_id"], unique=False)


def downgrade() -> None:
    op.drop_table("withdrawals")
