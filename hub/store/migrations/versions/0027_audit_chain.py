"""Every line of the audit log bears a digest of itself and of the line before."""

import hashlib

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

REFUSED = "the audit log is append-only"
CONTENT = ("at", "actor", "action", "subjects", "reason", "details")
BATCH = 5_000


def upgrade() -> None:
    op.add_column("audit", sa.Column("digest", sa.Text(), nullable=True))
    _open()
    _fill(op.get_bind())
    _close()


def _fill(bind) -> None:
    """The chain of the lines that stand there already, oldest first."""
    after, before = 0, ""
    read = sa.text(f"SELECT seq, {', '.join(CONTENT)} FROM audit WHERE seq > :after ORDER BY seq LIMIT {BATCH}")
    while rows := bind.execute(read, {"after": after}).mappings().all():
        made = []
        for row in rows:
            text = orjson.dumps([row[name] for name in CONTENT])
            before = hashlib.sha256(before.encode() + text).hexdigest()
            made.append({"seq": row["seq"], "digest": before})
        bind.execute(sa.text("UPDATE audit SET digest = :digest WHERE seq = :seq"), made)
        after = rows[-1]["seq"]


def _open() -> None:
    """Let lines be changed while the chain is made."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_no_update")
    else:
        op.execute("ALTER TABLE audit DISABLE TRIGGER audit_no_change")


def _close() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
        )
    else:
        op.execute("ALTER TABLE audit ENABLE TRIGGER audit_no_change")


def downgrade() -> None:
    op.drop_column("audit", "digest")
