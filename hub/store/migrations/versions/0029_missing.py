"""An index by which the first page counts what a source no longer shows, without passing over all that landed."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

MISSING = sa.text("state = 'missing'")


def upgrade() -> None:
    op.create_index("landed_missing", "landed", ["source"], sqlite_where=MISSING, postgresql_where=MISSING)


def downgrade() -> None:
    op.drop_index("landed_missing", table_name="landed")
