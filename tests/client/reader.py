"""A reader of the feed as a process of its own, to be killed: its database holds events and position in one transaction."""

from __future__ import annotations

import sqlite3
import sys
import time

from hub.client import Client, follow


class Kept:
    """A position in the reader's own database."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def load(self) -> int:
        return int(self._conn.execute("SELECT coalesce(max(seq), 0) FROM position").fetchone()[0])

    def save(self, seq: int) -> None:
        self._conn.execute("INSERT OR REPLACE INTO position (one, seq) VALUES (1, ?)", (seq,))


def main(path: str, url: str, token: str) -> None:
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("CREATE TABLE IF NOT EXISTS position (one INTEGER PRIMARY KEY, seq INTEGER)")
    conn.execute("CREATE TABLE IF NOT EXISTS seen (n INTEGER PRIMARY KEY AUTOINCREMENT, seq INTEGER)")
    kept = Kept(conn)
    for event in follow(Client(url, token), kept, wait=1, limit=7):
        conn.execute("BEGIN IMMEDIATE")
        conn.execute("INSERT INTO seen (seq) VALUES (?)", (event["seq"],))
        kept.save(event["seq"])
        conn.execute("COMMIT")
        time.sleep(0.004)


if __name__ == "__main__":
    main(*sys.argv[1:])
