"""Who people are at an OpenID Connect provider."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("email", sa.Text(), nullable=True))
    op.create_index("users_email", "users", ["email"], unique=True)
    op.create_table(
        "user_links",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject"),
    )
    op.create_index("user_links_user", "user_links", ["user_id", "issuer"], unique=True)


def downgrade() -> None:
    op.drop_table("user_links")
    op.drop_index("users_email", "users")
    op.drop_column("users", "email")
