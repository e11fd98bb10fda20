"""The golden record, its history and the change feed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('customers',
    sa.Column('golden_id', sa.Text(), nullable=False),
    sa.Column('customer_code', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('merged_into', sa.Text(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('record_count', sa.Integer(), nullable=False),
    sa.Column('sources', sa.Text(), nullable=True),
    sa.Column('customer_type', sa.Text(), nullable=True),
    sa.Column('full_name', sa.Text(), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('phone_national', sa.Text(), nullable=True),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('phones', sa.Text(), nullable=True),
    sa.Column('emails', sa.Text(), nullable=True),
    sa.Column('birth_date', sa.Text(), nullable=True),
    sa.Column('gender', sa.Text(), nullable=True),
    sa.Column('address', sa.Text(), nullable=True),
    sa.Column('province', sa.Text(), nullable=True),
    sa.Column('company_name', sa.Text(), nullable=True),
    sa.Column('marketing_email', sa.Text(), nullable=True),
    sa.Column('marketing_sms', sa.Text(), nullable=True),
    sa.Column('marketing_zalo', sa.Text(), nullable=True),
    sa.Column('marketing_call', sa.Text(), nullable=True),
    sa.Column('doc', sa.Text(), nullable=False),
    sa.Column('provenance', sa.Text(), nullable=True),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('created_at', sa.Text(), nullable=False),
    sa.Column('updated_at', sa.Text(), nullable=False),
    sa.Column('run_id', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('golden_id')
    )
    op.create_index('customers_code', 'customers', ['customer_code'], unique=True)
    op.create_index('customers_merged', 'customers', ['merged_into'], unique=False)
    op.create_table('history',
    sa.Column('golden_id', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.Text(), nullable=False),
    sa.Column('valid_to', sa.Text(), nullable=False),
    sa.Column('doc', sa.Text(), nullable=False),
    sa.Column('provenance', sa.Text(), nullable=True),
    sa.Column('run_id', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('golden_id', 'version')
    )
    op.create_table('changes',
    sa.Column('seq', BIG, autoincrement=True, nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('golden_id', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed', sa.Text(), nullable=True),
    sa.Column('moved', sa.Text(), nullable=True),
    sa.Column('run_id', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('seq'),
    sqlite_autoincrement=True
    )


def downgrade() -> None:
    op.drop_table("changes")
    op.drop_table("history")
    op.drop_table("customers")
