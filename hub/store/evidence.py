"""What a judgement rested on: the records as they were when a person judged, and which of them say something else now.

Belongs here: the table `evidence`, the only place outside of the records where their values stand for this; `erase` takes them
out. Does not: what changed enough to ask again (hub.matching.evidence), judging (decisions.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import polars as pl
from sqlalchemy import Connection, select

from hub.model import Json
from hub.store.bulk import among, delete_in, insert_frame
from hub.store.frames import read_frame
from hub.store.tables import evidence, identifiers, judgements, records
from hub.store.words import named

PERSON = ("rid", "full_name", "name_key", "company_name", "company_key", "birth_date")
SCHEMA = {"name": pl.String, "digest": pl.String, "doc": pl.String}


@dataclass(frozen=True, slots=True)
class Judged:
    """A standing judgement about two records of which one says something else now. then, now: name → document."""

    a: str
    b: str
    verdict: str
    author: str
    at: str
    decision_id: str
    then: Mapping[str, Json]
    now: Mapping[str, Json]


def keep(conn: Connection, decision_id: str, names: Sequence[str]) -> None:
    """Remember these records as they are now; those that are not there are left out."""
    rows = as_they_are(conn, names)
    insert_frame(conn, evidence, rows.with_columns(decision_id=pl.lit(decision_id)))


def erase(conn: Connection, names: Sequence[str]) -> int:
    """Take out all that is remembered of these records; how many rows went."""
    return delete_in(conn, evidence.c.name, list(names))


def as_they_are(conn: Connection, names: Sequence[str]) -> pl.DataFrame:
    """name, digest, doc of records that are there. doc: name, key (its normal form), birth_date, own ids (type, value)."""
    known = named(conn, list(names)).unique().sort("name")
    if known.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    rids = known["rid"].to_list()
    people = read_frame(conn, select(*[records.c[name] for name in PERSON]).where(among(conn, records.c.rid, rids)))
    borne = select(identifiers.c.rid, identifiers.c.type, identifiers.c.value, identifiers.c.flags)
    own = (identifiers.c.use == "own", identifiers.c.type != "email_weak", among(conn, identifiers.c.rid, rids))
    mine: dict[int, set[tuple[str, str]]] = {}
    for rid, type_, value, flags in read_frame(conn, borne.where(*own)).iter_rows():
        if "echo" not in (flags or "").split("|"):
            mine.setdefault(rid, set()).add((type_, value))
    rows = known.join(people, on="rid", maintain_order="left").iter_rows(named=True)
    return pl.DataFrame([_told(row, mine.get(row["rid"], set())) for row in rows], schema=SCHEMA, orient="row")


def _told(row: Mapping[str, Any], ids: Collection[tuple[str, str]]) -> tuple[str, str, str]:
    doc = {
        "name": row["full_name"] or row["company_name"],
        "key": row["company_key"] or row["name_key"],
        "birth_date": row["birth_date"],
        "ids": [list(one) for one in sorted(ids)],
    }
    weighed = orjson.dumps([doc["key"], doc["birth_date"], doc["ids"]])
    return row["name"], hashlib.blake2b(weighed, digest_size=16).hexdigest(), orjson.dumps(doc).decode()


def changed(conn: Connection, names: Sequence[str] | None) -> list[Judged]:
    """Newest standing judgements, of these records (None: of all), of which a record is not as it was."""
    both = None if names is None else _with_partners(conn, names)
    held = read_frame(conn, _about(conn, select(evidence.c.name, evidence.c.decision_id, evidence.c.digest), both))
    if held.is_empty():
        return []
    now = as_they_are(conn, held["name"].unique().to_list()).select("name", now="digest")
    other = held.join(now, on="name").filter(pl.col("digest") != pl.col("now"))
    found = _newest(conn, other.select("name", "decision_id").unique()) if not other.is_empty() else []
    of = None if names is None else set(names)
    return found if of is None else [one for one in found if one.a in of or one.b in of]


def _with_partners(conn: Connection, names: Sequence[str]) -> list[str]:
    """These records and those that they were judged with: what changed may be the other one."""
    touched = among(conn, judgements.c.a, list(names)) | among(conn, judgements.c.b, list(names))
    said = read_frame(conn, select(judgements.c.a, judgements.c.b).where(judgements.c.active, touched))
    return sorted({*names, *said["a"], *said["b"]})


def _about(conn: Connection, statement: Any, names: Sequence[str] | None) -> Any:
    return statement if names is None else statement.where(among(conn, evidence.c.name, names))


def _newest(conn: Connection, other: pl.DataFrame) -> list[Judged]:
    """The judgements that rest on a (name, decision) of these and that no later one of the same pair has replaced."""
    columns = [judgements.c[name] for name in ("a", "b", "verdict", "author", "at", "decision_id", "id")]
    names = other["name"].unique().to_list()
    touched = among(conn, judgements.c.a, names) | among(conn, judgements.c.b, names)
    said = read_frame(conn, select(*columns).where(judgements.c.active, touched))
    last = said.sort("at", "id").unique(["a", "b"], keep="last", maintain_order=True)
    keys = set(other.iter_rows())
    mine = [
        row
        for row in last.sort("a", "b").iter_rows(named=True)
        if (row["a"], row["decision_id"]) in keys or (row["b"], row["decision_id"]) in keys
    ]
    return _with_documents(conn, mine)


def _with_documents(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> list[Judged]:
    names = sorted({row[side] for row in rows for side in ("a", "b")})
    now = {name: orjson.loads(doc) for name, doc in as_they_are(conn, names).select("name", "doc").iter_rows()}
    told = select(evidence.c.decision_id, evidence.c.name, evidence.c.doc).where(among(conn, evidence.c.name, names))
    then = {(row.decision_id, row.name): orjson.loads(row.doc) for row in conn.execute(told)}
    found = []
    for row in rows:
        both = (row["a"], row["b"])
        before = {name: then[row["decision_id"], name] for name in both if (row["decision_id"], name) in then}
        if len(before) == 2 and all(name in now for name in both):
            said = {name: row[name] for name in ("a", "b", "verdict", "author", "at", "decision_id")}
            found.append(Judged(**said, then=before, now={name: now[name] for name in both}))
    return found
