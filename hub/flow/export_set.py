"""Exports of several tables as one set: all from one snapshot, with a manifest, into a folder here or elsewhere.

Belongs here: the set, its manifest, those that settings ask for after a sync. Does not: one table (export.py), SELECTs and
formats (store), folders (connectors.kit.remote).
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import orjson

from hub import __version__
from hub.connectors.kit.remote import open_folder, shown
from hub.flow import segments
from hub.flow.export import export_rows, reach_of
from hub.flow.report import trouble
from hub.flow.run import Run
from hub.flow.workspace import Workspace
from hub.model import Json, from_utc_text
from hub.settings import Export, Settings
from hub.store import audit, exports, notes
from hub.store.engine import StoreConnection

SCHEMA = "v1"
"""Of the columns; it rises when one is renamed or taken away, which does not happen within a version."""
MANIFEST = "manifest.json"


def export_set(workspace: Workspace, run: Run, wish: Export) -> dict[str, Json]:
    """Write the tables and, last, the manifest; gives the manifest. Raises what the folder raises; nothing is half there.

    feed_position: the last change that the snapshot holds; the next changes are asked for after it.
    """
    reach = reach_of(workspace.settings, wish.purpose) if wish.purpose else None
    inside = segments.for_export(workspace.store, workspace.settings, wish.segment) if wish.segment else None
    with (
        tempfile.TemporaryDirectory(prefix=".export-", dir=_scratch(workspace)) as scratch,
        closing(open_folder(wish.path, wish.options, workspace.settings.workspace)) as folder,
    ):
        with workspace.store.read() as conn:
            told = {"feed_position": exports.position(conn), "created_at": run.now()}
            tables: dict[str, Json] = {}
            for name in wish.tables:
                file = Path(scratch) / f"{name}.{wish.format}"
                chosen = (reach, inside) if name == "customers" else (None, None)
                count = export_rows(conn, name, wish.format, file, *chosen)
                columns = {each: str(kind) for each, kind in exports.schema(name).items()}
                tables[name] = {"file": file.name, "rows": count, **_digest(file), "columns": columns}
        manifest = {"schema_version": SCHEMA, "hub_version": __version__, "format": wish.format, **told}
        manifest |= {"purpose": wish.purpose or None, "segment": wish.segment or None, "tables": tables}
        for part in tables.values():
            folder.put(Path(scratch) / part["file"], part["file"])
        last = Path(scratch) / MANIFEST
        last.write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        folder.put(last, MANIFEST)
    with workspace.store.begin() as conn:
        where = {"path": shown(wish.path), "tables": list(wish.tables), "format": wish.format}
        audit.write(conn, at=run.now(), actor=run.actor, action="export", details=where)
    return manifest


def _scratch(workspace: Workspace) -> Path:
    folder = workspace.settings.workspace / "data"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _digest(file: Path) -> dict[str, Json]:
    whole = hashlib.sha256()
    with file.open("rb") as given:
        while block := given.read(1 << 20):
            whole.update(block)
    return {"sha256": whole.hexdigest(), "bytes": file.stat().st_size}


# after a sync --------------------------------------------------------------------------------------------------------


def after_sync(workspace: Workspace, run: Run) -> dict[str, dict[str, Json]]:
    """Write those of the settings that are due: something has changed since (for a segment: or a day has passed), and `every` is
    over. Never raises.

    One that failed is tried again by the next sync whether or not something has changed.
    """
    told = {}
    for name, wish in workspace.settings.exports.items():
        with workspace.store.read() as conn:
            due = _due(conn, run, workspace.settings, name, wish)
        if due:
            told[name] = _one(workspace, run, name, wish)
    return told


def _due(conn: StoreConnection, run: Run, settings: Settings, name: str, wish: Export) -> bool:
    last = orjson.loads(notes.get(conn, f"export:{name}") or "{}")
    if not last or last["state"] != "ok" or last["wish"] != _wish(wish):
        return True
    if wish.every and (from_utc_text(run.now()) - from_utc_text(last["at"])).total_seconds() < wish.every:
        return False
    brought = any(
        part.get("new") or part.get("changed") or part.get("removed") for part in run.parts.get("sources", {}).values()
    )
    return (
        brought
        or last["feed_position"] != exports.position(conn)
        or _another_day(settings, wish, last["at"], run.now())
    )


def _another_day(settings: Settings, wish: Export, before: str, now: str) -> bool:
    """Whether a segment may have other customers although nothing changed."""
    return bool(wish.segment) and segments.today(settings, before) != segments.today(settings, now)


def _wish(wish: Export) -> str:
    told = [wish.path, wish.format, list(wish.tables), wish.purpose, *([wish.segment] if wish.segment else [])]
    return hashlib.blake2b(orjson.dumps(told), digest_size=16).hexdigest()


def _one(workspace: Workspace, run: Run, name: str, wish: Export) -> dict[str, Json]:
    began, at = time.perf_counter(), run.now()
    told: dict[str, Json] = {"status": "ok", "rows": 0, "error": None}
    kept: dict[str, Json] = {"state": "failed", "at": at, "wish": _wish(wish)}
    try:
        manifest = export_set(workspace, run, wish)
        told["rows"] = sum(part["rows"] for part in manifest["tables"].values())
        kept |= {"state": "ok", "feed_position": manifest["feed_position"]}
    except Exception as error:  # an export that fails stops nothing
        told |= {"status": "failed", "error": trouble(error)}
    with workspace.store.begin() as conn:
        notes.put(conn, f"export:{name}", orjson.dumps(kept).decode())
    return {**told, "seconds": round(time.perf_counter() - began, 3)}


def asked(
    tables: Sequence[str], format_: str, path: str, purpose: str | None, segment: str | None, options: Mapping[str, str]
) -> Export:
    """A set as the command line asks for it."""
    return Export("", path, format_, tuple(tables), 0, purpose or "", options, segment or "")
