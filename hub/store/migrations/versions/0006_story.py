"""What one customer's story is told from is found by its id: the change feed and the ledger of deliveries."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('changes_golden', 'changes', ['golden_id'], unique=False)
    op.create_index('deliveries_golden', 'deliveries', ['golden_id'], unique=False)


def downgrade() -> None:
    op.drop_index('deliveries_golden', 'deliveries')
    op.drop_index('changes_golden', 'changes')
