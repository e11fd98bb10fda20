"""The audit log as a chain: a line that was changed, left out, moved or slipped in is named."""

from __future__ import annotations

import importlib
import threading

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import select, text

from hub.store import audit, audit_chain
from hub.store.engine import Store, StoreError
from hub.store.tables import audit as table

AT = "2026-11-01T00:00:00.000Z"


def write(store: Store, *actions: str) -> None:
    with store.begin() as conn:
        for action in actions:
            audit.write(conn, at=AT, actor="an", action=action, subjects=["g1"], details={"n": 1})


def verified(store: Store, **asked: object) -> audit_chain.Verified:
    with store.read() as conn:
        return audit_chain.verify(conn, **asked)  # type: ignore[arg-type]  # as it is asked


def forge(store: Store, *statements: str) -> None:
    """As somebody who owns the database could."""
    with store.begin() as conn:
        if store.sqlite:
            for what in ("update", "delete"):
                conn.execute(text(f"DROP TRIGGER IF EXISTS audit_no_{what}"))
        else:
            conn.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        for statement in statements:
            conn.execute(text(statement))


def test_an_empty_log_is_whole(store: Store) -> None:
    assert verified(store) == audit_chain.Verified(0, "")


def test_every_line_follows_the_one_before(store: Store) -> None:
    write(store, "a", "b")
    write(store, "c")
    told = verified(store)
    assert (told.lines, told.broken, told.good) == (3, None, True)
    with store.read() as conn:
        digests = list(conn.scalars(select(table.c.digest).order_by(table.c.seq)))
    assert len({*digests}) == 3
    assert told.newest == digests[-1]


FORGED = {
    "UPDATE audit SET actor = 'else' WHERE seq = 2": 2,
    "UPDATE audit SET details = NULL WHERE seq = 3": 3,
    "UPDATE audit SET digest = NULL WHERE seq = 2": 2,
    "DELETE FROM audit WHERE seq = 1": 2,
    "DELETE FROM audit WHERE seq = 3": 4,
    "UPDATE audit SET seq = 9 WHERE seq = 2": 3,
    "INSERT INTO audit (seq, at, actor, action, subjects, digest) VALUES (99, 'x', 'x', 'x', '[]', 'x')": 99,
}


@pytest.mark.parametrize(("statement", "broken"), FORGED.items(), ids=str)
def test_the_first_line_that_does_not_fit_is_named(store: Store, statement: str, broken: int) -> None:
    write(store, "a", "b", "c", "d", "e")
    forge(store, statement)
    assert verified(store).broken == broken


def test_an_end_that_was_cut_off_is_noticed_by_a_digest_noted_before(store: Store) -> None:
    write(store, "a", "b")
    noted = verified(store).newest
    write(store, "c")
    assert verified(store, known=noted).good
    forge(store, "DELETE FROM audit WHERE seq > 1")
    assert verified(store).good
    assert verified(store, known=noted).known is False


def test_the_newest_lines_are_followed_from_the_one_before_them(store: Store) -> None:
    write(store, "a", "b", "c", "d")
    assert (verified(store, newest=2).lines, verified(store, newest=9).lines) == (2, 4)
    forge(store, "UPDATE audit SET actor = 'else' WHERE seq = 1")
    assert verified(store, newest=2).good
    assert verified(store).broken == 1


def test_long_logs_are_read_in_batches(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_chain, "BATCH", 2)
    write(store, *"abcdefg")
    assert verified(store).lines == 7
    forge(store, "UPDATE audit SET actor = 'else' WHERE seq = 6")
    assert verified(store).broken == 6


def test_many_writers_at_once_make_one_chain(store: Store) -> None:
    threads = [threading.Thread(target=lambda: [write(store, "a", "b") for _ in range(5)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verified(store).lines == 40
    assert verified(store).good


def test_lines_brought_back_after_a_restore_go_on_with_the_chain(store: Store) -> None:
    write(store, "a", "b")
    with store.read() as conn:
        lines = [{**row, "action": f"{row['action']}2"} for row in audit.whole(conn)]
    with store.begin() as conn:
        assert audit.again(conn, [*audit.whole(conn), *lines]) == 2
    assert verified(store).lines == 4
    assert verified(store).good


def test_lines_from_before_the_chain_get_their_place_in_it(store: Store) -> None:
    write(store, "a", "b")
    forge(store, "ALTER TABLE audit DROP COLUMN digest")
    with store.begin() as conn:
        if store.sqlite:
            conn.execute(
                text("CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'x'); END")
            )
        with Operations.context(MigrationContext.configure(conn)):
            importlib.import_module("hub.store.migrations.versions.0027_audit_chain").upgrade()
    write(store, "c")
    assert verified(store).lines == 3
    assert verified(store).good
    with pytest.raises(StoreError), store.begin() as conn:
        conn.execute(text("UPDATE audit SET actor = 'else'"))
