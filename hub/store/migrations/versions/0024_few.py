"""Judgements, pins and created records by the records that they name: a few changed records ask for theirs only."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

INDEXES = (
    ("judgements", "a"), ("judgements", "b"), ("pins", "anchor"), ("pins", "golden_id"), ("created_records", "anchor"),
)  # fmt: skip


def _name(table: str, column: str) -> str:
    return f"{table}_{column.removesuffix('_id')}"


def upgrade() -> None:
    for table, column in INDEXES:
        op.create_index(_name(table, column), table, [column], unique=False)


def downgrade() -> None:
    for table, column in INDEXES:
        op.drop_index(_name(table, column), table_name=table)
