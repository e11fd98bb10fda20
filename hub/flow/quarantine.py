"""Quarantine as people handle it: look, run again with today's code, give up.

Belongs here: sentences for codes, replay, who gave up what and why. Does not: the table (store.quarantine), what shuts a
record in (flow.normalize).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import orjson

from hub.errors import ConfigError, HubError
from hub.flow.normalize import normalize
from hub.flow.run import Run
from hub.flow.texts import texts
from hub.flow.workspace import Workspace
from hub.model import Json
from hub.store import audit, notes, quarantine
from hub.store.engine import Store

STATES = ("open", "closed", "discarded")
SHOWN = ("qid", "source", "stream", "source_id", "code", "field", "state", "attempts", "first_at", "last_at", "raw_id")
WHOLE = {"vi": "Bản ghi", "en": "The record"}


def sentence(code: str, field: str | None, language: str) -> str:
    """What a code means, in `language`; a code that no sentence knows is shown as it is."""
    rows = texts("quarantine.tsv")
    row = rows.get(code) or rows.get(code.partition(".")[0]) or rows["other"]
    return row[language].format(code=code, field=field or WHOLE[language])


def listed(
    store: Store, source: str | None, code: str | None, state: str | None, language: str
) -> list[dict[str, Json]]:
    """Entries by number, each with its sentence. None: any."""
    with store.read() as conn:
        rows = quarantine.entries(conn, source, state)
    return [_shown(row, language) for row in rows if code in (None, row["code"])]


def _shown(row: Mapping[str, Json], language: str) -> dict[str, Json]:
    told = sentence(row["code"], row["field"], language)
    return {name: row[name] for name in SHOWN} | {"sentence": told}


def shown(store: Store, qid: int, language: str, *, raw: bool = False) -> dict[str, Json]:
    """One entry; raw: with its payload, which holds the customer's values. Raises ConfigError when there is none."""
    with store.read() as conn:
        row = quarantine.entry(conn, qid)
        given_up = notes.get(conn, _note(qid))
    if row is None:
        raise ConfigError(f"no quarantined record {qid}", hint="see `hub quarantine list`")
    told = _shown(row, language) | ({"discarded": orjson.loads(given_up)} if given_up else {})
    return told | {"payload": _payload(row["payload"])} if raw else told


def _payload(text: str) -> Json:
    """The payload as JSON, or as the text that it is."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def replay(workspace: Workspace, run: Run, qids: Sequence[int] = (), source: str | None = None) -> dict[str, Json]:
    """Normalize open entries again (those named, of one source, or all) with today's code; the caller holds the lock.

    Gives how many were tried, are closed now, are open still, and the sources that failed. Raises ConfigError for an entry
    that is not open.
    """
    with workspace.store.begin() as conn:
        chosen = _chosen(quarantine.entries(conn, source), qids)
        known = [row for row in chosen if row["source"] in workspace.settings.sources]
        quarantine.again(conn, [row["qid"] for row in known])
    failed = {name: told for name in sorted({row["source"] for row in known}) if (told := _again(workspace, run, name))}
    with workspace.store.read() as conn:
        still = {row["qid"] for row in quarantine.entries(conn, source)}
    left = sum(row["qid"] in still for row in chosen)
    return {"replayed": len(chosen), "closed": len(chosen) - left, "open": left, "failed": failed}


def _chosen(rows: Sequence[Mapping[str, Json]], qids: Sequence[int]) -> list[Mapping[str, Json]]:
    """The rows with these numbers; without numbers all."""
    by_number = {row["qid"]: row for row in rows}
    absent = [str(qid) for qid in qids if qid not in by_number]
    if absent:
        raise ConfigError(f"not open in quarantine: {', '.join(absent)}", hint="see `hub quarantine list`")
    return [by_number[qid] for qid in sorted(set(qids))] if qids else list(rows)


def _again(workspace: Workspace, run: Run, name: str) -> dict[str, Json] | None:
    """Normalize what waits of a source; code and sentence of what went wrong, None when nothing did."""
    source = workspace.settings.sources[name]
    try:
        with workspace.connect(source, run) as connection:
            normalize(workspace.store, workspace.settings, source, connection, run)
    except HubError as error:
        return {"code": error.code, "sentence": str(error)}
    return None


def discard(store: Store, qids: Sequence[int], author: str, reason: str, at: str) -> int:
    """Give up open entries; who, when and why is kept with each. How many. Raises ConfigError for one that is not open."""
    told = orjson.dumps({"author": author, "at": at, "reason": reason}).decode()
    with store.begin() as conn:
        chosen = [row["qid"] for row in _chosen(quarantine.entries(conn), qids)]
        for qid in chosen:
            notes.put(conn, _note(qid), told)
        named = [str(qid) for qid in chosen]
        audit.write(conn, at=at, actor=author, action="quarantine.discard", subjects=named, reason=reason)
        return quarantine.discard(conn, chosen, at)


def _note(qid: int) -> str:
    return f"quarantine.discarded:{qid}"


def counted(rows: Sequence[Mapping[str, Json]]) -> dict[str, int]:
    """How many entries by code, the most frequent first."""
    return dict(Counter(row["code"] for row in rows).most_common())
