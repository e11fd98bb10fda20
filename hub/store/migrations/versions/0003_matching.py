"""Who is who: judgements, crosswalk, edges and candidates."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('dirty_records',
    sa.Column('rid', BIG, autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('rid')
    )
    op.create_table('dirty_values',
    sa.Column('type', sa.Text(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('issuer', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('type', 'value', 'issuer')
    )
    op.create_table('dirty_customers',
    sa.Column('golden_id', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('golden_id')
    )
    op.create_table('judgements',
    sa.Column('id', BIG, autoincrement=True, nullable=False),
    sa.Column('a', sa.Text(), nullable=False),
    sa.Column('b', sa.Text(), nullable=False),
    sa.Column('verdict', sa.Text(), nullable=False),
    sa.Column('author', sa.Text(), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_table('blocked_values',
    sa.Column('type', sa.Text(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('issuer', sa.Text(), nullable=False),
    sa.Column('names', sa.Integer(), nullable=False),
    sa.Column('nameless', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('type', 'value', 'issuer')
    )
    op.create_table('xref',
    sa.Column('rid', BIG, autoincrement=False, nullable=False),
    sa.Column('golden_id', sa.Text(), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('linked_at', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('rid')
    )
    op.create_index('xref_golden', 'xref', ['golden_id'], unique=False)
    op.create_table('xref_past',
    sa.Column('rid', BIG, autoincrement=False, nullable=False),
    sa.Column('golden_id', sa.Text(), nullable=False),
    sa.Column('until', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('rid', 'golden_id')
    )
    op.create_index('xref_past_golden', 'xref_past', ['golden_id'], unique=False)
    op.create_table('edges',
    sa.Column('rid_a', BIG, nullable=False),
    sa.Column('rid_b', BIG, nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('type', sa.Text(), nullable=True),
    sa.Column('value', sa.Text(), nullable=True),
    sa.Column('issuer', sa.Text(), nullable=True)
    )
    op.create_index('edges_a', 'edges', ['rid_a'], unique=False)
    op.create_index('edges_b', 'edges', ['rid_b'], unique=False)
    op.create_table('refusals',
    sa.Column('rid_a', BIG, nullable=False),
    sa.Column('rid_b', BIG, nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('type', sa.Text(), nullable=True),
    sa.Column('value', sa.Text(), nullable=True),
    sa.Column('issuer', sa.Text(), nullable=True),
    sa.Column('related', sa.Boolean(), nullable=False)
    )
    op.create_index('refusals_a', 'refusals', ['rid_a'], unique=False)
    op.create_index('refusals_b', 'refusals', ['rid_b'], unique=False)
    op.create_table('candidate_xref',
    sa.Column('rid', BIG, autoincrement=False, nullable=False),
    sa.Column('golden_id', sa.Text(), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('rid')
    )
    op.create_table('candidate_edges',
    sa.Column('rid_a', BIG, nullable=False),
    sa.Column('rid_b', BIG, nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('type', sa.Text(), nullable=True),
    sa.Column('value', sa.Text(), nullable=True),
    sa.Column('issuer', sa.Text(), nullable=True)
    )
    op.create_table('candidate_refusals',
    sa.Column('rid_a', BIG, nullable=False),
    sa.Column('rid_b', BIG, nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('type', sa.Text(), nullable=True),
    sa.Column('value', sa.Text(), nullable=True),
    sa.Column('issuer', sa.Text(), nullable=True),
    sa.Column('related', sa.Boolean(), nullable=False)
    )
    op.create_table('candidate_blocked',
    sa.Column('type', sa.Text(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('issuer', sa.Text(), nullable=False),
    sa.Column('names', sa.Integer(), nullable=False),
    sa.Column('nameless', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('type', 'value', 'issuer')
    )
    op.create_table('candidate_shared',
    sa.Column('type', sa.Text(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('customers', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('type', 'value')
    )
    op.create_table('candidate_redirects',
    sa.Column('old', sa.Text(), nullable=False),
    sa.Column('live', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('old')
    )


def downgrade() -> None:
    op.drop_table("candidate_redirects")
    op.drop_table("candidate_shared")
    op.drop_table("candidate_blocked")
    op.drop_table("candidate_refusals")
    op.drop_table("candidate_edges")
    op.drop_table("candidate_xref")
    op.drop_table("refusals")
    op.drop_table("edges")
    op.drop_table("xref_past")
    op.drop_table("xref")
    op.drop_table("blocked_values")
    op.drop_table("judgements")
    op.drop_table("dirty_customers")
    op.drop_table("dirty_values")
    op.drop_table("dirty_records")
