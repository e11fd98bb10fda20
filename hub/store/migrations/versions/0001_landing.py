"""What came: raw versions, sweeps, cursors, quarantine."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('raw_records',
    sa.Column('raw_id', BIG, autoincrement=False, nullable=False),
    sa.Column('rid', BIG, nullable=False),
    sa.Column('content_hash', sa.Text(), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.Column('updated_at', sa.Text(), nullable=True),
    sa.Column('landed_at', sa.Text(), nullable=False),
    sa.Column('run_id', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('raw_id')
    )
    op.create_index('raw_records_rid', 'raw_records', ['rid'], unique=False)
    op.create_table('landed',
    sa.Column('rid', BIG, autoincrement=False, nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('stream', sa.Text(), nullable=False),
    sa.Column('source_id', sa.Text(), nullable=False),
    sa.Column('raw_id', BIG, nullable=False),
    sa.Column('content_hash', sa.Text(), nullable=False),
    sa.Column('updated_at', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('missing_since', sa.Text(), nullable=True),
    sa.Column('missing_snapshot', sa.Text(), nullable=True),
    sa.Column('missing_run', sa.Text(), nullable=True),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('rid')
    )
    op.create_index('landed_key', 'landed', ['source', 'stream', 'source_id'], unique=True)
    op.create_table('waiting',
    sa.Column('rid', BIG, autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('rid')
    )
    op.create_table('sweeps',
    sa.Column('sweep_id', BIG, autoincrement=False, nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('stream', sa.Text(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('snapshot', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('sweep_id')
    )
    op.create_index('sweeps_key', 'sweeps', ['source', 'stream', 'scope'], unique=True)
    op.create_table('sweep_pages',
    sa.Column('sweep_id', BIG, autoincrement=False, nullable=False),
    sa.Column('n', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('rids', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('sweep_id', 'n')
    )
    op.create_table('scopes',
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('stream', sa.Text(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('usual_rows', sa.Integer(), nullable=False),
    sa.Column('snapshot', sa.Text(), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('source', 'stream', 'scope')
    )
    op.create_table('cursors',
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('stream', sa.Text(), nullable=False),
    sa.Column('cursor', sa.Text(), nullable=False),
    sa.Column('updated_at', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('source', 'stream')
    )
    op.create_table('source_state',
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('last_attempt', sa.Text(), nullable=True),
    sa.Column('last_success', sa.Text(), nullable=True),
    sa.Column('newest_record', sa.Text(), nullable=True),
    sa.Column('last_sweep', sa.Text(), nullable=True),
    sa.Column('status', sa.Text(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('usual_rows', sa.Integer(), nullable=True),
    sa.Column('first_matched_at', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('source')
    )
    op.create_table('quarantine',
    sa.Column('qid', BIG, autoincrement=True, nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('stream', sa.Text(), nullable=False),
    sa.Column('source_id', sa.Text(), nullable=False),
    sa.Column('raw_id', BIG, nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('field', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('first_at', sa.Text(), nullable=False),
    sa.Column('last_at', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('qid'),
    sqlite_autoincrement=True
    )
    op.create_index('quarantine_key', 'quarantine', ['source', 'stream', 'source_id'], unique=False)
    op.create_table('field_refusals',
    sa.Column('rid', BIG, nullable=False),
    sa.Column('field', sa.Text(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('rid', 'field', 'n')
    )


def downgrade() -> None:
    op.drop_table("field_refusals")
    op.drop_table("quarantine")
    op.drop_table("source_state")
    op.drop_table("cursors")
    op.drop_table("scopes")
    op.drop_table("sweep_pages")
    op.drop_table("sweeps")
    op.drop_table("waiting")
    op.drop_table("landed")
    op.drop_table("raw_records")
