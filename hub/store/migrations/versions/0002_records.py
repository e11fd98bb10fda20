"""The normalized records, their identifiers and orders."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('records',
    sa.Column('rid', BIG, autoincrement=False, nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('source_id', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('full_name', sa.Text(), nullable=True),
    sa.Column('family_name', sa.Text(), nullable=True),
    sa.Column('given_name', sa.Text(), nullable=True),
    sa.Column('honorific', sa.Text(), nullable=True),
    sa.Column('name_key', sa.Text(), nullable=True),
    sa.Column('name_given', sa.Text(), nullable=True),
    sa.Column('name_level', sa.Text(), nullable=False),
    sa.Column('name_toned', sa.Boolean(), nullable=False),
    sa.Column('company_name', sa.Text(), nullable=True),
    sa.Column('company_key', sa.Text(), nullable=True),
    sa.Column('birth_date', sa.Text(), nullable=True),
    sa.Column('gender', sa.Text(), nullable=True),
    sa.Column('customer_type', sa.Text(), nullable=True),
    sa.Column('updated_at', sa.Text(), nullable=True),
    sa.Column('created_at', sa.Text(), nullable=True),
    sa.Column('doc', sa.Text(), nullable=False),
    sa.Column('since', sa.Text(), nullable=True),
    sa.Column('first_at', sa.Text(), nullable=True),
    sa.Column('echo', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('rid')
    )
    op.create_index('records_code', 'records', ['code'], unique=False)
    op.create_index('records_key', 'records', ['source', 'source_id'], unique=True)
    op.create_table('identifiers',
    sa.Column('rid', BIG, nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('type', sa.Text(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('issuer', sa.Text(), nullable=False),
    sa.Column('class', sa.Text(), nullable=True),
    sa.Column('use', sa.Text(), nullable=False),
    sa.Column('key', sa.Boolean(), nullable=False),
    sa.Column('flags', sa.Text(), nullable=False),
    sa.Column('raw', sa.Text(), nullable=True),
    sa.Column('national', sa.Text(), nullable=True),
    sa.Column('first_seen', sa.Text(), nullable=True),
    sa.Column('last_seen', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('rid', 'n'),
    sqlite_with_rowid=False
    )
    op.create_index('identifiers_national', 'identifiers', ['rid'], unique=False, sqlite_where=sa.text("type = 'national_id'"), postgresql_where=sa.text("type = 'national_id'"))
    op.create_index('identifiers_value', 'identifiers', ['value', 'type'], unique=False)
    op.create_table('orders',
    sa.Column('rid', BIG, autoincrement=False, nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('source_id', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('customer_source_id', sa.Text(), nullable=True),
    sa.Column('store', sa.Text(), nullable=True),
    sa.Column('at', sa.Text(), nullable=True),
    sa.Column('currency', sa.Text(), nullable=True),
    sa.Column('total', BIG, nullable=True),
    sa.Column('paid', BIG, nullable=True),
    sa.Column('doc', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('rid')
    )
    op.create_index('orders_customer', 'orders', ['source', 'customer_source_id'], unique=False)


def downgrade() -> None:
    op.drop_table("orders")
    op.drop_table("identifiers")
    op.drop_table("records")
