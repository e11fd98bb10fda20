"""Everything known about a person, for that person: one JSON document, and the same as text.

Belongs here: the document. Does not: SELECTs (store.disclosed), finding the customer (lookup). What it holds of others is
left out: who shares a number, whom they were compared with.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from hub.errors import ConfigError
from hub.flow import segments
from hub.flow.run import Run
from hub.flow.texts import texts
from hub.model import Json
from hub.settings import Settings
from hub.store import audit, disclosed, story
from hub.store.engine import Store, StoreConnection

HEAD = ("golden_id", "customer_code", "status", "version", "created_at", "updated_at")
RECORD = ("source", "source_id", "code", "kind", "rule", "linked_at", "created_at", "updated_at", "missing_since")
Row = Mapping[str, Any]


def document(
    conn: StoreConnection, golden_id: str, at: str, groups: Sequence[Mapping[str, Json]] = ()
) -> dict[str, Json]:
    """All that is known by parts: customer, where_from, records, orders, consents, decided, segments, given_to, events, versions.

    groups: the segments they are in.
    """
    row, members = story.customer(conn, golden_id), story.members(conn, golden_id)
    names = {one["rid"]: f"{one['source']}:{one['source_id']}" for one in members}
    ids = [golden_id, *story.former(conn, golden_id)]
    said, went = disclosed.said(conn, ids, list(names.values())), disclosed.went(conn, ids)
    doc = orjson.loads(row["doc"])
    return {
        "disclosed_at": at,
        "customer": {name: row[name] for name in HEAD} | _alone(doc),
        "former_ids": ids[1:],
        "where_from": _where_from(orjson.loads(row["provenance"] or "{}"), names),
        "records": _records(conn, members),
        "orders": [{"source": one["source"], **orjson.loads(one["doc"])} for one in disclosed.bought(conn, golden_id)],
        "consents": {"standing": doc.get("consents", []), "entered": said["consents"]},
        "decided": {"pins": said["pins"], "holds": said["holds"]},
        "segments": list(groups),
        "given_to": {
            "now": [{**one, "fields": orjson.loads(one["fields"])} for one in went["sent"]],
            "ledger": went["deliveries"],
        },
        "events": [{**one, "changed": orjson.loads(one["changed"] or "[]")} for one in went["changes"]],
        "versions": [{**one, "doc": _alone(orjson.loads(one["doc"]))} for one in went["history"]],
    }


def _alone(doc: Mapping[str, Json]) -> dict[str, Json]:
    """A golden document without the ids of those who share a value."""
    told = dict(doc)
    for name in ("phones", "emails"):
        if name in told:
            told[name] = [{key: value for key, value in one.items() if key != "shared_with"} for one in told[name]]
    return told


def _where_from(provenance: Mapping[str, Json], names: Mapping[int, str]) -> dict[str, Json]:
    """Field → the record whose value it is, and the rule that chose it."""
    told = {name: {**why, "record": names.get(why.get("rid"))} for name, why in provenance.items()}
    return {name: {key: value for key, value in why.items() if key != "rid"} for name, why in told.items()}


def _records(conn: StoreConnection, members: Sequence[Row]) -> list[dict[str, Json]]:
    rids = [one["rid"] for one in members]
    came, borne = disclosed.payloads(conn, rids), disclosed.borne(conn, rids)
    return [
        {
            **{name: one[name] for name in RECORD},
            "values": orjson.loads(one["doc"]),
            "identifiers": [
                {name: value for name, value in row.items() if name != "rid"}
                for row in borne
                if row["rid"] == one["rid"]
            ],
            "landed_at": came.get(one["rid"], (None, ""))[0],
            "as_received": _json(came.get(one["rid"], ("", ""))[1]),
        }
        for one in members
    ]


def _json(text: str) -> Json:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def write(
    store: Store, settings: Settings, run: Run, golden_id: str, path: Path | None, reason: str | None, actor: str
) -> dict[str, Json]:
    """The document; with a path also that file (.json) and beside it the text (.txt), for the owner's eyes only.

    Raises ConfigError for a folder that is not there. That somebody looked is in the audit log.
    """
    if path is not None and not path.parent.is_dir():
        raise ConfigError(f"cannot write to {path}", hint="its folder must be there")
    at = run.now()
    segments.keep_up(store, settings, at)  # where nobody ever asked for segments, nobody is in one
    groups = segments.of_customer(store, settings, golden_id, unmasked=True, now=at)
    with store.begin() as conn:
        told = document(conn, golden_id, at, groups)
        where = {"path": str(path)} if path else None
        audit.write(conn, at=at, actor=actor, action="disclose", subjects=[golden_id], reason=reason, details=where)
    if path is not None:
        _put(path, orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        _put(path.with_suffix(".txt"), ("\n".join(lines(told, settings.language)) + "\n").encode())
    return told


def _put(path: Path, text: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)


def lines(told: Mapping[str, Json], language: str) -> Iterator[str]:
    """The document as people read it: a heading for each part, a line for each value."""
    heads = texts("disclose.tsv")
    for name, part in told.items():
        yield heads[name][language] + (f": {part}" if isinstance(part, str) else "")
        if not isinstance(part, str):
            yield from _told(part, 1) if part else ("  –",)


def _told(value: Json, depth: int) -> Iterator[str]:
    pad = "  " * depth
    pairs = value.items() if isinstance(value, dict) else enumerate(value, 1)
    for name, one in pairs:
        if isinstance(one, dict | list):
            if one:
                yield f"{pad}{name}:"
                yield from _told(one, depth + 1)
        elif one not in (None, ""):
            yield f"{pad}{name}: {one}"
