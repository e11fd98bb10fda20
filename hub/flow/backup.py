"""Backup and restore: what a copy holds, and what must outlive putting one back.

Belongs here: names, erasures and audit lines that a restore keeps. Does not: copying (store.backup), erasing (forget.py).
A backup holds neither `forget.key` nor `erased.jsonl`: kept with it they would tell who was forgotten. Keep them apart.
"""

from __future__ import annotations

from pathlib import Path

from hub.errors import ConfigError
from hub.flow import forget, forget_key
from hub.flow.run import Run
from hub.flow.workspace import Workspace
from hub.model import Json
from hub.store import access, audit, backup, erasures, scrub
from hub.store.engine import StoreConnection

LATE = "9999"
"""Later than every time."""


def save(workspace: Workspace, run: Run, path: Path | None, actor: str) -> dict[str, Json]:
    """Copy the store to a new file (left out: `data/backups/`, named by the time). Raises ConfigError for one that is there."""
    at, store = run.now(), workspace.store
    if path is None:
        folder = forget_key.folder(workspace.settings) / "backups"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"hub-{at[:19].replace(':', '')}Z.{'db' if store.sqlite else 'zip'}"
    if path.exists() or not path.parent.is_dir():
        raise ConfigError(f"cannot write {path}", hint="a new file in a folder that is there", code="backup.path")
    with store.begin() as conn:
        audit.write(conn, at=at, actor=actor, action="backup", details={"path": str(path)})
    backup.save(store, path, at)
    return {"path": str(path), "bytes": path.stat().st_size, "apart": [str(one) for one in _apart(workspace)]}


def _apart(workspace: Workspace) -> list[Path]:
    """Files that keep the forgotten out, and are to be kept elsewhere."""
    folder = forget_key.folder(workspace.settings)
    return [folder / name for name in (forget_key.KEY, forget_key.LINES) if (folder / name).exists()]


def restore(workspace: Workspace, run: Run, path: Path, actor: str) -> dict[str, Json]:
    """Put a copy back. The caller holds the workspace.

    People who were forgotten since are erased again, lines of the audit log since stay, who was shut out stays so, and
    everybody has to sign in anew.
    """
    store = workspace.store
    backup.revision_of(store, path)
    _write_down(workspace)
    with store.read() as conn:
        lines, closed = audit.whole(conn), _closed(conn)
    backup.load(store, path)
    with store.begin() as conn:
        kept = audit.again(conn, lines)
        _close(conn, closed, run.now())
        audit.write(conn, at=run.now(), actor=actor, action="restore", details={"path": str(path), "kept": kept})
        scrub.want(conn, run.now())
    erased = forget.catch_up(workspace, run)
    return {"path": str(path), "erased_again": erased, "audit_lines_kept": kept}


def _write_down(workspace: Workspace) -> None:
    """Erasures that only the store knows are written beside it, so that they outlive it."""
    known = {line["erasure_id"] for line in forget_key.lines(workspace.settings)}
    with workspace.store.read() as conn:
        for erasure_id, state in erasures.ids(conn).items():
            if erasure_id not in known and state == "erased":
                forget_key.append(workspace.settings, erasures.line(conn, erasure_id))


def _closed(conn: StoreConnection) -> tuple[set[str], set[str]]:
    """user_id of people, token_id of programs, who may not come in."""
    people = {str(row["user_id"]) for row in access.people(conn) if not row["active"]}
    return people, {str(row["token_id"]) for row in access.all_tokens(conn) if row["revoked_at"]}


def _close(conn: StoreConnection, closed: tuple[set[str], set[str]], at: str) -> None:
    access.sweep_sessions(conn, LATE, LATE)
    people, tokens = closed
    for user_id in people:
        access.change_user(conn, user_id, {"active": False})
    for token_id in tokens:
        access.revoke_token(conn, token_id, at)
