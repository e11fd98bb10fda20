"""Worlds that are built once in a process and copied for the tests after that.

Belongs here: fixtures that fill a store and do nothing else. Does not: those that leave something beside it, or whose tests
ask how it was filled.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from functools import wraps
from pathlib import Path

import psycopg
from pool import Contents, contents, put

from hub.store.engine import Store

Saved = bytes | Contents


def once(build: Callable[[Store], Store]) -> Callable[[Store], Store]:
    """A fixture's function that fills a fresh store, the second time with a copy of what it made the first time."""
    saved: dict[bool, Saved] = {}

    @wraps(build)
    def fill(store: Store) -> Store:
        known = saved.get(store.sqlite)
        if known is None or not _filled(store, known):
            build(store)
            saved[store.sqlite] = _saved(store)
        return store

    return fill


def _saved(store: Store) -> Saved:
    if not store.sqlite:
        with closing(_open(store)) as conn:
            return contents(conn)
    path = Path(str(store.engine.url.database))
    copy = path.with_suffix(".copy")
    with closing(sqlite3.connect(path)) as here, closing(sqlite3.connect(copy)) as there:
        here.backup(there)
    told = zlib.compress(copy.read_bytes(), 1)
    for left in path.parent.glob(f"{copy.name}*"):
        left.unlink()
    return told


def _filled(store: Store, saved: Saved) -> bool:
    """False where the database's user may not."""
    if isinstance(saved, Contents):
        try:
            with closing(_open(store)) as conn:
                put(conn, saved)
        except psycopg.errors.InsufficientPrivilege:
            return False
        return True
    store.dispose()
    path = Path(str(store.engine.url.database))
    for left in path.parent.glob(f"{path.name}-*"):
        left.unlink()
    path.write_bytes(zlib.decompress(saved))
    return True


def _open(store: Store) -> psycopg.Connection:
    url = store.engine.url.set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)
