"""What segments are found by."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=null, autoincrement=False)


def big(name: str) -> sa.Column[int]:
    return sa.Column(name, BIG, nullable=False)


def upgrade() -> None:
    op.create_table(
        "traits",
        text("golden_id"), text("customer_type"), text("province", null=True), text("tier", null=True),
        text("birthday", null=True), text("sources"), text("stores"), text("tags"), text("groups"),
        text("email", null=True), text("sms", null=True), text("zalo", null=True), text("call", null=True),
        number("known"), number("orders"), number("days"), number("first_order", null=True),
        number("last_order", null=True), sa.Column("gap", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("golden_id"), sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("traits_birthday", "traits", ["birthday"])
    op.create_table(
        "purchases",
        text("golden_id"), number("day"), text("currency"), number("orders"), big("amount"),
        sa.PrimaryKeyConstraint("golden_id", "day", "currency"), sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("purchases_day", "purchases", ["day"])
    op.create_table(
        "spending",
        text("golden_id"), text("currency"), big("total"), big("year"), big("before"),
        sa.PrimaryKeyConstraint("golden_id", "currency"), sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("spending_year", "spending", ["currency", "year"])
    op.create_table(
        "dirty_buyers", text("source"), text("customer_source_id"),
        sa.PrimaryKeyConstraint("source", "customer_source_id"),
    )  # fmt: skip
    op.create_table(
        "plan_members", text("destination"), text("golden_id"),
        sa.PrimaryKeyConstraint("destination", "golden_id"),
    )  # fmt: skip


def downgrade() -> None:
    for name in ("plan_members", "dirty_buyers", "spending", "purchases", "traits"):
        op.drop_table(name)
