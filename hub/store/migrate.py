"""Building and checking the tables by Alembic migrations that are part of the package.

Belongs here: upgrade, check. Does not: what the tables are (tables), the steps (migrations/versions).
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from sqlalchemy import Connection, column, inspect, select, table

from hub.store.engine import Store
from hub.store.tables import metadata
from hub.store.views import create_views, drop_views, missing_views

if TYPE_CHECKING:
    from alembic.config import Config


@dataclass(frozen=True, slots=True)
class Checked:
    """What `check` found. current, head: revisions (current None: an empty database). drift: differences in words."""

    current: str | None
    head: str | None
    drift: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the tables are those that this program needs."""
        return self.current == self.head and not self.drift


def upgrade(store: Store) -> None:
    """Bring the tables to the newest revision, and the views with them, in one transaction; nothing to do is quick."""
    with store.read() as conn:
        if current_of(conn) == head():
            return
    with store.begin() as conn:
        drop_views(conn)
        build(conn, "head")


def build(conn: Connection, revision: str) -> None:
    """Bring the tables to a revision, in the caller's transaction; at the newest (`head`) with the views."""
    from alembic import command

    with ExitStack() as stack:
        config = _config(stack)
        config.attributes["connection"] = conn
        command.upgrade(config, revision)
    if revision == "head":
        create_views(conn)


def tear_down(conn: Connection) -> None:
    """Take everything of ours away (PostgreSQL)."""
    drop_views(conn)
    there = set(inspect(conn).get_table_names())
    for name in [*(name for name in metadata.tables if name in there), "alembic_version"]:
        conn.exec_driver_sql(f'DROP TABLE IF EXISTS "{name}" CASCADE')
    conn.exec_driver_sql("DROP FUNCTION IF EXISTS audit_kept() CASCADE")


def check(store: Store) -> Checked:
    """Compare the database with the newest revision and with the tables' metadata."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with store.read() as conn:
        current = current_of(conn)
        if current is None:
            return Checked(None, head())
        context = MigrationContext.configure(conn, opts={"include_object": _ours})
        drift = [_words(found) for found in compare_metadata(context, metadata)]
        return Checked(current, head(), (*drift, *(f"add_view {name}" for name in missing_views(conn))))


def head() -> str:
    """The newest revision: files of revisions are named by them, ascending."""
    files = (resources.files("hub.store") / "migrations" / "versions").iterdir()
    return max(file.name.partition("_")[0] for file in files if file.name.endswith(".py"))


def current(store: Store) -> str | None:
    """The revision that stands in the database, None in an empty one."""
    with store.read() as conn:
        return current_of(conn)


def current_of(conn: Connection) -> str | None:
    """The revision that stands in the database, None in an empty one."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    return conn.scalar(select(column("version_num")).select_from(table("alembic_version")))


def _config(stack: ExitStack) -> Config:
    from alembic.config import Config

    folder = stack.enter_context(resources.as_file(resources.files("hub.store") / "migrations"))
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _ours(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    return not (kind == "table" and name == "alembic_version")


def _words(found: object) -> str:
    """`add_table customers`: the kind of a difference and the names in it."""
    parts = found if isinstance(found, tuple) else (found,)
    return " ".join(str(getattr(part, "name", part)) for part in parts if part is not None)
