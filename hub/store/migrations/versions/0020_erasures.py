"""Who was forgotten, by keyed digests, and what other systems are still to do."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def _text(name, null=False):
    return sa.Column(name, sa.Text(), nullable=null)


def upgrade() -> None:
    op.create_table(
        "erasures",
        *(_text(name) for name in ("erasure_id", "golden_id", "at", "actor", "state")),
        *(_text(name, null=True) for name in ("lifted_at", "lifted_by")),
        *(_text(name) for name in ("words", "proof")),
        sa.PrimaryKeyConstraint("erasure_id"),
    )
    op.create_index("erasures_golden", "erasures", ["golden_id"], unique=False)
    op.create_table(
        "erased_keys",
        *(_text(name) for name in ("digest", "erasure_id", "kind")),
        sa.PrimaryKeyConstraint("digest", "erasure_id"),
    )
    op.create_index("erased_keys_erasure", "erased_keys", ["erasure_id"], unique=False)
    op.create_table(
        "erase_tasks",
        *(_text(name) for name in ("erasure_id", "system", "digest")),
        _text("target", null=True),
        _text("state"),
        _text("reason", null=True),
        _text("due"),
        sa.Column("tries", sa.Integer(), nullable=False),
        _text("at"),
        sa.PrimaryKeyConstraint("erasure_id", "system", "digest"),
    )
    op.create_index("erase_tasks_state", "erase_tasks", ["state"], unique=False)


def downgrade() -> None:
    for name in ("erase_tasks", "erased_keys", "erasures"):
        op.drop_table(name)
