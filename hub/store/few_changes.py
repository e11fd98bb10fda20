"""The rows of a few records that are there and changed: what normalized.py and since.py do by frames, row by row.

Belongs here: whether a record differs, when its values began, which values it has lost. Does not: landing (few_landing.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, update

from hub.model import IDENTIFIER_COLUMNS, RECORD_COLUMNS, RawRecord
from hub.store.compiled import each, execute, packed
from hub.store.compiled import listed as among
from hub.store.few_reads import Value
from hub.store.few_writes import inserting
from hub.store.since import since_of
from hub.store.tables import dirty_values, field_refusals, identifiers, records

Row = Mapping[str, Any]
COMPARED = tuple(name for name in RECORD_COLUMNS if name not in ("updated_at", "created_at"))
"""The times of a record stand in its document, too."""
BORNE = IDENTIFIER_COLUMNS[1:]


@dataclass(frozen=True, slots=True)
class Changed:
    """A newer version of a record that is there. record, identifiers: all columns; lost: values that it bears no more."""

    raw: RawRecord
    rid: int
    record: Row
    identifiers: Sequence[Row]
    refusals: Sequence[tuple[str, str, int]]
    lost: Sequence[Value]
    differs: bool


def changed(
    raw: RawRecord, made: tuple[Row, Sequence[Row], Sequence[tuple[str, str, int]]], old: Row, old_ids: Sequence[Row]
) -> Changed:
    """made: the version in normal form (record, identifiers, refusals). old, old_ids: the rows that are there, in order."""
    new, ids, refusals = made
    since = since_of(new["doc"], old["doc"], old["since"], new["updated_at"])
    record = {**new, "rid": old["rid"], "first_at": old["first_at"], "since": since, "echo": None}
    same = since == old["since"] and all(new[name] == old[name] for name in COMPARED if name != "name_toned")
    same = same and bool(new["name_toned"]) == bool(old["name_toned"])
    same = same and [_told(one) for one in ids] == [_told(one) for one in old_ids]
    has = {_value(one) for one in ids if _counted(one)}
    lost = sorted({_value(one) for one in old_ids if _counted(one)} - has)
    return Changed(raw, old["rid"], record, _dated(ids, record, old_ids), refusals, lost, not same)


def _told(one: Row) -> tuple[Any, ...]:
    return (*(one[name] for name in BORNE if name != "key"), bool(one["key"]))


def _value(one: Row) -> Value:
    return one["type"], one["value"], one["issuer"]


def _counted(one: Row) -> bool:
    return bool(one["key"]) or "own" in one["flags"].split("|")


def _dated(ids: Sequence[Row], record: Row, old_ids: Iterable[Row]) -> list[Row]:
    """first_seen is kept while the record bears the value; last_seen is the time of the version that bears it now."""
    last = record["updated_at"] or record["first_at"]
    began: dict[Value, list[str]] = {}
    for one in old_ids:
        began.setdefault(_value(one), []).extend([one["first_seen"]] if one["first_seen"] is not None else [])
    first = {value: min(times, default=None) for value, times in began.items()}
    return [
        {**one, "first_seen": first.get(_value(one), last), "last_seen": last, "rid": record["rid"], "n": n}
        for n, one in enumerate(ids)
    ]


def _set(sqlite: bool) -> Any:
    names = [column.name for column in records.columns if column.name not in ("rid", "source")]
    told = {name: bindparam(name, type_=records.c[name].type) for name in names}
    return update(records).where(records.c.rid == bindparam("which")).values(told)


def _bare(sqlite: bool) -> Any:
    return delete(identifiers).where(among(identifiers.c.rid, "rids", sqlite))


def _unrefused(sqlite: bool) -> Any:
    return delete(field_refusals).where(among(field_refusals.c.rid, "rids", sqlite))


def identifier(sqlite: bool) -> Any:
    """Builds the insert of an identifier, all columns."""
    return inserting(identifiers, [column.name for column in identifiers.columns])


def refusal(sqlite: bool) -> Any:
    """Builds the insert of a field that was refused."""
    return inserting(field_refusals, ("rid", "field", "n", "code"))


def _lost(sqlite: bool) -> Any:
    return inserting(dirty_values, ("type", "value", "issuer"))


def replace(conn: Connection, told: Sequence[Changed], source: str, stamp: int) -> None:
    """Let these versions stand in the place of those before, and note the values that they lost."""
    if not told:
        return
    rids = packed(conn, [one.rid for one in told])
    each(conn, _set, [{**one.record, "stamp": stamp, "which": one.rid} for one in told])
    execute(conn, _bare, rids=rids)
    each(conn, identifier, [row for one in told for row in one.identifiers])
    execute(conn, _unrefused, rids=rids)
    each(conn, refusal, [row for one in told for row in refused(one.refusals, one.rid)])
    lost = sorted({value for one in told for value in one.lost})
    each(conn, _lost, [dict(zip(("type", "value", "issuer"), value, strict=True)) for value in lost])


def refused(refusals: Iterable[tuple[str, str, int]], rid: int) -> list[Row]:
    """Rows of the table, each field and place once."""
    told: dict[tuple[str, int], str] = {}
    for name, code, n in refusals:
        told.setdefault((name, n), code)
    return [{"rid": rid, "field": name, "n": n, "code": code} for (name, n), code in told.items()]
