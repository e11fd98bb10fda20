"""A small world to be killed in: stand-ins in this process, a workspace on disk, the hub as a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select

from hub.flow import sync as flow
from hub.flow.lock import lock, start_run
from hub.flow.run import Run
from hub.flow.workspace import Workspace, open_workspace
from hub.sandbox.demo import connect, prepare
from hub.sandbox.server import Sandbox
from hub.store import tables

STORY = (("sync", "--direct"), ("push", "--yes"), ("sync", "--direct"), ("push", "--yes"), ("sync", "--direct"))
"""What a shop does: sync, approve, sync again, approve what that brought, sync."""


def made(folder: Path, people: int, seed: int) -> Path:
    """People on disk, once; worlds are copied from it."""
    prepare(folder, people, seed)
    return folder


class World:
    """One workspace beside its own stand-ins. `database`: a PostgreSQL URL, or None for SQLite."""

    def __init__(self, folder: Path, people: Path, database: str | None = None, profile: str = "calm") -> None:
        self.profile = profile
        shutil.copytree(people, folder)
        self.folder = folder
        self.box = Sandbox(directory=folder, profile=profile)
        self.box.load(folder)
        self._database = database

    def __enter__(self) -> World:
        self.box.start()
        connect(self.folder, self.box.info(), "en")
        if self._database:
            path = self.folder / "hub.toml"
            path.write_text(path.read_text().replace("[hub]", '[hub]\ndatabase = "${HUB_TEST_DATABASE}"', 1))
            with (self.folder / ".env").open("a") as secrets:
                secrets.write(f"HUB_TEST_DATABASE={self._database}\n")
        return self

    def __exit__(self, *_: object) -> None:
        self.box.stop()

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """One hub command as a process (and process group) of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "hub", *command, "--json", "--config", str(self.folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env={**os.environ, "HUB_TRACEBACK": "1"},
        )

    def run(self, *command: str) -> tuple[int, Any]:
        """The command to its end: exit code and JSON."""
        process = self.start(*command)
        out, err = process.communicate(timeout=240)
        assert process.returncode in (0, 1, 3), err.decode()[-3000:]
        return process.returncode, orjson.loads(out)

    def kill_after(self, seconds: float, *command: str) -> bool:
        """Kill -9 the command after some seconds; False when it was done before."""
        process = self.start(*command)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return True
        process.communicate()
        return False

    def story(self) -> Any:
        """All of it, undisturbed; the last report."""
        return [self.run(*command) for command in STORY][-1][1]

    def inside(self, command: str, **options: Any) -> dict[str, Any]:
        """`sync` or `push` in this process, without waiting for real; the report."""
        with opened(self.folder) as workspace:
            run = Run(str(uuid.uuid4()))
            with lock(workspace.store, run):
                start_run(workspace.store, run)
                if command == "sync":
                    flow.steps(workspace, run, **options)
                else:
                    flow.all_destinations(workspace, run, list(workspace.settings.destinations), yes=True)
                return flow.finish(workspace, run)

    def state(self) -> dict[str, Any]:
        """What must be the same however often the hub died: records, partition, golden values, the vendors' rows."""
        with opened(self.folder) as workspace:
            return {**_ours(workspace), "vendors": self._theirs()}

    def _theirs(self) -> dict[str, Any]:
        """The vendors' customers without their own clocks and numbers."""
        return {
            "kiotviet": sorted(
                _plain(row, ("id", "code", "modifiedDate", "createdDate"))
                for row in self.box.kiotviet.rows("customers")
            ),
            "woocommerce": sorted(
                _plain(
                    row, ("id", "date_modified", "date_modified_gmt", "date_created", "date_created_gmt", "meta_data")
                )
                for row in self.box.woocommerce.rows("customers")
            ),
            "mailchimp": sorted(
                _plain(
                    row,
                    ("last_changed", "timestamp_opt", "timestamp_signup", "web_id", "unique_email_id", "contact_id"),
                )
                for row in self.box.mailchimp.rows("members")
            ),
        }

    def doubled(self) -> list[object]:
        """Writes that were accepted twice with the same body for the same record."""
        return list(self.box.journal.repeated())


@contextmanager
def opened(folder: Path) -> Iterator[Workspace]:
    """The workspace, with connectors that wait a hundredth of what they should."""
    workspace = replace(open_workspace(folder), sleep=lambda seconds: time.sleep(min(seconds, 0.01)))
    try:
        yield workspace
    finally:
        workspace.store.dispose()


def _plain(row: Any, without: tuple[str, ...]) -> str:
    return orjson.dumps({k: v for k, v in row.items() if k not in without}, option=orjson.OPT_SORT_KEYS).decode()


def _ours(workspace: Workspace) -> dict[str, Any]:
    with workspace.store.read() as conn:
        rows = conn.execute(
            select(
                tables.xref.c.golden_id, tables.records.c.source, tables.records.c.source_id, tables.records.c.doc
            ).join(tables.records, tables.records.c.rid == tables.xref.c.rid)
        ).all()
        docs = conn.execute(
            select(tables.customers.c.golden_id, tables.customers.c.doc).where(tables.customers.c.status == "active")
        ).all()
    members: dict[str, list[str]] = {}
    for row in rows:
        members.setdefault(row.golden_id, []).append(f"{row.source}:{row.source_id}")
    return {
        "records": {f"{row.source}:{row.source_id}": _timeless(_undated(row.doc)) for row in rows},
        "partition": sorted(sorted(keys) for keys in members.values()),
        "golden": sorted(_timeless(row.doc) for row in docs),
    }


def _undated(text: str) -> str:
    """A record without the days of its consents: a vendor dates the one of a contact that the hub has made."""
    doc = orjson.loads(text)
    for one in doc.get("consents", ()):
        one.pop("at", None)
    return orjson.dumps(doc).decode()


def _timeless(text: str) -> str:
    """A document without ids, codes and the hub's own times."""
    doc = orjson.loads(text)
    for name in ("golden_id", "customer_code", "created_at", "updated_at", "version"):
        doc.pop(name, None)
    return orjson.dumps(doc, option=orjson.OPT_SORT_KEYS).decode()
