"""Forgetting a person: shown first, done in one transaction of the store, proved, kept from coming back, lifted again.

Belongs here: the order of things. Does not: taking values out (store.erasing), who is kept out (forget_screen.py), other
systems (forget_tell.py), what is said (forget_proof.py).
What is to be done is first written beside the store (forget_key.append); so a run that finds the store without it, after a
crash or from a backup, does it again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import orjson

from hub.errors import ConfigError
from hub.flow.forget_key import Key, append, lines, the_key
from hub.flow.forget_proof import proof, systems
from hub.flow.forget_tell import tasks_of
from hub.flow.lookup import contact, look_up
from hub.flow.run import Run
from hub.flow.workspace import Workspace
from hub.matching.codes import ENTROPY, uuid7
from hub.model import Json, from_utc_text
from hub.settings import Settings
from hub.store import audit, erased_person, erasing, erasures, scrub, story
from hub.store.engine import StoreConnection
from hub.store.erasing_words import Eraser

if TYPE_CHECKING:
    from hub.store.erased_person import Person


def found(conn: StoreConnection, settings: Settings, key: str) -> list[str]:
    """Customers that a key fits, those aside who are erased already."""
    return [one for one in look_up(conn, settings, key) if story.customer(conn, one)["status"] != "erased"]


def erased(conn: StoreConnection, workspace: Workspace, typed: str) -> list[Mapping[str, Json]]:
    """Erasures that a key means: a golden id, a customer code, or a phone or e-mail of the one who was forgotten."""
    settings, ids = workspace.settings, look_up(conn, workspace.settings, typed)
    rows = erasures.of(conn, [one for one in ids if story.customer(conn, one)["status"] == "erased"])
    if not rows and erasures.any_there(conn):
        key = the_key(workspace.store, settings)
        type_ = "email" if "@" in typed else "phone"
        hits = erasures.known(conn, [key.value(type_, value, "") for value in contact(settings, typed)])
        told = [erasures.get(conn, row["erasure_id"]) for row in hits]
        rows = [row for row in told if row is not None]
    return rows


def preview(workspace: Workspace, golden_id: str, run: Run) -> dict[str, Json]:
    """What forgetting would do: the proof as it would be, with nothing done."""
    with workspace.store.read() as conn:
        person = erased_person.of_customer(conn, golden_id)
        head = story.customer(conn, golden_id)
        told = tasks_of(conn, workspace, person, run.now(), lambda *parts: ":".join(parts))
        return proof(conn, workspace, person, head, told, run.now())


def forget(workspace: Workspace, run: Run, golden_id: str, reason: str, actor: str) -> dict[str, Json]:
    """Erase the person behind a living customer; the proof. The caller holds the workspace.

    What follows (others matched anew, other systems told, the file rewritten) the caller does next, or the next run does.
    """
    key = the_key(workspace.store, workspace.settings, make=True)
    at = run.now()
    (erasure_id,) = uuid7(1, int(from_utc_text(at).timestamp() * 1000), os.urandom(ENTROPY))
    with workspace.store.read() as conn:
        person = erased_person.of_customer(conn, golden_id)
    line = {
        "erasure_id": erasure_id, "golden_id": golden_id, "at": at, "actor": actor, "state": "erased",
        "words": key.words(person.names), "keys": [list(one) for one in keys_of(key, person)],
    }  # fmt: skip
    append(workspace.settings, line)
    return _apply(workspace, run, key, line, person, reason)


def keys_of(key: Key, person: Person) -> Iterator[tuple[str, str]]:
    """Digest and kind of everything by which the person is known again; once each."""
    for source, stream, source_id in person.records.select("source", "stream", "source_id").iter_rows():
        yield key.record(source, stream, source_id), "record"
    for type_, value, issuer, shared in person.values.select("type", "value", "issuer", "shared").unique().iter_rows():
        if type_ != "email_weak":
            yield key.value(type_, value, issuer), "shared" if shared else "value"


def _apply(
    workspace: Workspace, run: Run, key: Key, line: Mapping[str, Json], person: Person, reason: str | None
) -> dict[str, Json]:
    """One transaction: the person leaves every table, and what keeps them out comes."""
    at, actor = run.now(), line["actor"]
    aliases = {
        name: f"{erasing.GONE}{key.record(source, stream, source_id)[: erasing.SHORT]}.{rid}"
        for rid, source, stream, source_id, name in person.records.select(
            "rid", "source", "stream", "source_id", "name"
        ).iter_rows()
    }
    with workspace.store.begin() as conn:
        known = person.golden_ids and line["golden_id"] in person.golden_ids
        head = story.customer(conn, line["golden_id"]) if known else {"golden_id": line["golden_id"]}
        audit.write(conn, at=at, actor=actor, action="forget", subjects=[line["golden_id"]], reason=reason,
                    details={"erasure_id": line["erasure_id"]})  # fmt: skip
        orders = [key.record(source, "orders", one) for source, one in erasing.order_ids(conn, person.orders)]
        tasks = tasks_of(conn, workspace, person, line["at"], key.record)
        told = proof(conn, workspace, person, head, tasks, line["at"], erasure_id=line["erasure_id"])
        told["erased"] = erasing.erase(Eraser(conn, person, aliases, at, run.run_id))
        row = {name: line[name] for name in ("erasure_id", "golden_id", "at", "actor", "state")}
        kept = {"words": orjson.dumps(line["words"]).decode(), "proof": orjson.dumps(told).decode()}
        keys = [*((digest, kind) for digest, kind in line["keys"]), *((one, "record") for one in orders)]
        erasures.add(conn, {**row, **kept}, keys, tasks)
        scrub.want(conn, at)
    return told


def standing(workspace: Workspace, erasure_id: str) -> dict[str, Json]:
    """The proof of an erasure, with what other systems have done since."""
    with workspace.store.read() as conn:
        row, tasks = erasures.get(conn, erasure_id), erasures.tasks(conn, erasure_id=erasure_id)
    return {**(row["proof"] if row else {}), "systems": systems(tasks)}


def lift(workspace: Workspace, run: Run, erasure_id: str, reason: str | None, actor: str) -> None:
    """The person may come back, with the next whole read of the sources; under a new id."""
    at = run.now()
    append(workspace.settings, {"erasure_id": erasure_id, "state": "lifted", "at_lifted": at, "by": actor})
    with workspace.store.begin() as conn:
        row = erasures.get(conn, erasure_id)
        if row is None or row["state"] == "lifted":
            raise ConfigError(f"no erasure {erasure_id} that stands", code="forget.none")
        erasures.lift(conn, erasure_id, at, actor)
        audit.write(conn, at=at, actor=actor, action="forget.lift", subjects=[row["golden_id"]], reason=reason,
                    details={"erasure_id": erasure_id})  # fmt: skip


def catch_up(workspace: Workspace, run: Run) -> int:
    """Do again what the store does not know of: it was killed meanwhile, or comes from a backup; how many erasures.

    Also rewrites the file when that is still to be done. The caller holds the workspace.
    """
    written = lines(workspace.settings)
    with workspace.store.read() as conn:
        known, unclean = erasures.ids(conn), scrub.wanted(conn)
    absent = [line for line in written if line.get("state") == "erased" and line["erasure_id"] not in known]
    for line in absent:
        key = the_key(workspace.store, workspace.settings, make=True)
        with workspace.store.read() as conn:
            person = erased_person.of_records(conn, _again(conn, key, line))
        _apply(workspace, run, key, line, person, None)
    for line in written:
        if line.get("state") == "lifted" and known.get(line["erasure_id"]) == "erased":
            with workspace.store.begin() as conn:
                erasures.lift(conn, line["erasure_id"], line["at_lifted"], line["by"])
    if absent or unclean:
        scrub.scrub(workspace.store)
    return len(absent)


def _again(conn: StoreConnection, key: Key, line: Mapping[str, Json]) -> list[int]:
    """Records that are the erased person's, in a store that does not know it."""
    kinds = dict(line["keys"])
    rids = {
        rid
        for rid, source, stream, source_id in erased_person.every_record(conn)
        if kinds.get(key.record(source, stream, source_id)) == "record"
    }
    words = set(line["words"])
    for rid, type_, value, issuer, name in erased_person.every_value(conn):
        if kinds.get(key.value(type_, value, issuer)) == "value":
            theirs = set(key.words([name or ""]))
            if not theirs or not words or len(theirs & words) == min(len(theirs), len(words)):
                rids.add(rid)
    return sorted(rids)
