"""Playing a history over the real steps.

Belongs here: the settings, acting. Does not: making histories (histories.py), what of a store is compared (hunted.py),
comparing (test_hunt.py, test_incremental.py).
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import orjson
import polars as pl
from fakes import CAPABILITIES, FakeConnection, make_source, page, record
from histories import SOURCES, Action, Step
from sqlalchemy import func, insert, select, update

from hub.errors import ConfigError
from hub.flow import judge, radius
from hub.flow.land import pull
from hub.flow.match import match
from hub.flow.normalize import normalize
from hub.flow.pin import pin
from hub.flow.resolve import resolve
from hub.flow.run import Run
from hub.matching import score
from hub.model import Tombstone
from hub.settings import Destination, Matching, Settings, Survivorship
from hub.store import decisions as decisions_store
from hub.store import held, plans, scored
from hub.store.tables import (
    customers,
    decisions,
    dirty_records,
    judgements,
    landed,
    records,
    sent,
    xref,
)

ALL = {name: make_source(name) for name in SOURCES}
BYSTANDER = {**ALL, "mail": make_source("mail", creates=False)}
MAIL = Destination("mail", "mail", "fake", "mail", {}, fields={"full_name": "hub", "phone": "hub", "email": "hub"})
QUIET = Matching(compare_up_to=0)
"""Nothing is suggested: what is not about scores is quicker without."""
BASE = Settings(Path("hub.toml"), "", sources=BYSTANDER, destinations={"mail": MAIL}, matching=QUIET)
SETTINGS = (
    BASE,
    replace(BASE, matching=replace(QUIET, max_names=2, max_nameless=1)),
    replace(BASE, matching=replace(QUIET, own=("0912345678", "@example.com"))),
    replace(BASE, sources=ALL),
    replace(BASE, survivorship=Survivorship(("shop", "pos", "mail"), {"full_name": ("source_priority",)})),
)


# playing -------------------------------------------------------------------------------------------------------------


def moment(number: int) -> str:
    """The time of a step; it stands still within one."""
    return f"2026-11-{1 + number // 1440:02d}T{number // 60 % 24:02d}:{number % 60:02d}:00.000Z"


def run_of(number: int) -> Run:
    return Run(f"run-{number}", lambda: moment(number))


def act(store: Any, settings: Settings, number: int, action: Action) -> None:
    globals()[f"_{action[0]}"](store, settings, number, *action[1:])


def _pull(store: Any, settings: Settings, number: int, source: str, given: Any = (), gone: Any = ()) -> None:
    one, run = settings.sources[source], run_of(number)
    connection = FakeConnection([page(given, tombstones=[Tombstone(i) for i in gone])])
    report = pull(store, one, connection, run, capabilities=CAPABILITIES)
    normalize(store, settings, one, connection, run, report, capabilities=CAPABILITIES)


def _bring(store: Any, settings: Settings, number: int, source: str, ids: Any, payloads: Any, timed: bool) -> None:
    at = moment(number) if timed else None
    _pull(
        store,
        settings,
        number,
        source,
        [record(one, **{"updated_at": at, **what}) for one, what in zip(ids, payloads, strict=True)],
    )


def _leave(store: Any, settings: Settings, number: int, source: str, ids: Any) -> None:
    _pull(store, settings, number, source, gone=ids)


def soil(conn: Any, *names: str) -> None:
    """What whoever keeps a judgement does: both records are to be matched anew."""
    there = select(records.c.rid).where((records.c.source + ":" + records.c.source_id).in_(names))
    conn.execute(insert(dirty_records).from_select(["rid"], there.where(records.c.rid.not_in(select(dirty_records)))))


def _judge(store: Any, settings: Settings, number: int, a: str, b: str, verdict: str, day: int) -> None:
    row = {"a": a, "b": b, "verdict": verdict, "author": "an", "at": f"2026-10-{day:02d}T00:00:00.000Z", "active": True}
    with store.begin() as conn:
        conn.execute(insert(judgements).values(row))
        soil(conn, a, b)


def _unsay(store: Any, settings: Settings, number: int, which: int) -> None:
    with store.begin() as conn:
        row = conn.execute(select(judgements).order_by(judgements.c.id).offset(which).limit(1)).mappings().first()
        if row is not None:
            conn.execute(update(judgements).where(judgements.c.id == row["id"]).values(active=False))
            soil(conn, row["a"], row["b"])


def _decide(store: Any, number: int, plan: judge.Plan) -> None:
    """As the admins' commands do; what cannot be meant is left."""
    with store.begin() as conn, contextlib.suppress(ConfigError):
        wish = plan(conn)
        count = conn.scalar(select(func.count()).select_from(decisions))
        with patch("hub.flow.judge.os.urandom", entropy(f"{number}-{count}")):
            judge.write(conn, wish, run_of(number), "an", None)


def _merge(store: Any, settings: Settings, number: int, a: str, b: str) -> None:
    _decide(store, number, judge.merge(settings, [a, b]))


def _split(store: Any, settings: Settings, number: int, name: str) -> None:
    _decide(store, number, judge.split(settings, name, [name]))


def _pin(store: Any, settings: Settings, number: int, name: str, field: str, value: str, last: int | None) -> None:
    _decide(store, number, pin(settings, name, field, value, moment(number + last) if last else None))


def _undo(store: Any, settings: Settings, number: int, which: int) -> None:
    with store.read() as conn:
        told = decisions_store.newest(conn, 10)
    if len(told) > which:
        _decide(store, number, judge.undo(told[which]["decision_id"]))


def _settle(store: Any, settings: Settings, number: int, kind: str) -> None:
    with store.read() as conn:
        runs = held.waiting(conn)
    if runs:
        _decide(store, number, getattr(radius, kind)(runs[0]["run_id"]))


def _create(store: Any, settings: Settings, number: int, target: str, source: str, source_id: str) -> None:
    whose = select(customers.c.golden_id, customers.c.doc).join(xref, xref.c.golden_id == customers.c.golden_id)
    whose = whose.join(landed, landed.c.rid == xref.c.rid)
    with store.begin() as conn:
        row = conn.execute(whose.where(landed.c.source == source, landed.c.source_id == source_id)).first()
        if row is None or conn.scalar(select(sent.c.source_id).where(sent.c.source_id == target)):
            return
        doc = orjson.loads(row.doc)
        fields = {name: doc[name] for name in ("full_name", "phone", "email") if doc.get(name)}
        plans.acknowledge(conn, "mail", target, row.golden_id, fields, moment(number))
        plans.belongs(conn, "mail", target, row.golden_id, moment(number))


def _echo(store: Any, settings: Settings, number: int, target: str, but: str | None) -> None:
    with store.read() as conn:
        text = conn.scalar(select(sent.c.fields).where(sent.c.source_id == target))
    fields = {name: value for name, value in orjson.loads(text or "{}").items() if name != but}
    for name in ("phone", "email"):
        if name in fields:
            fields[name + "s"] = [{"value": fields.pop(name), "use": "own"}]
    _pull(store, settings, number, "mail", [record(target, moment(number), **fields)])


def settle(store: Any, settings: Settings, number: int, *, rebuild: bool = False) -> dict[str, Any]:
    """Match and resolve; what the reports say, times aside."""
    run = run_of(number)
    with patch("hub.flow.match.os.urandom", entropy(number)):
        matched, made = match(store, settings, run, rebuild), resolve(store, settings, run)
    counts = {name: getattr(matched, name) for name in ("records", "customers", "links", "related")}
    golden = {name: getattr(made, name) for name in ("created", "updated", "merged", "split", "unchanged")}
    return {**counts, **matched.guards, **golden}


def play(
    store: Any, steps: list[Step], *, rebuild: bool = False, level: Any = None
) -> Iterator[tuple[int, Settings, dict[str, Any]]]:
    """Each step, then what the run after it reports. rebuild: everything is decided anew, from whatever inputs.

    level: above what scores merge; None: nothing is scored.
    """
    for number, step in enumerate(steps):
        settings = SETTINGS[step.settings]
        if level:
            settings = replace(settings, matching=replace(settings.matching, merge_above=level, compare_up_to=1_000))
        for action in step.actions:
            act(store, settings, number * 10, action)
        for source in SOURCES if number and step.settings != steps[number - 1].settings else ():
            _pull(store, settings, number * 10, source)
        with patch("hub.store.inputs.standing", nobody) if rebuild else contextlib.nullcontext():
            made = settle(store, settings, number * 10, rebuild=rebuild)
        yield number * 10, settings, made


def nobody(conn: Any, told: pl.DataFrame) -> pl.DataFrame:
    """Stands in for `inputs.standing`: no customer is left out."""
    return told.select("golden_id").clear()


def learn(store: Any, *, largest_block: int = 64) -> None:
    """Parameters as if learnt, under which the few people of a history are often taken for one another."""
    learnt = replace(
        score.shipped(), origin="trained", prior_bits=-7.0, largest_block=largest_block,
        thresholds=score.Thresholds(suggest=-4.0, balanced=0.0, careful=4.0, wrong={}),
    )  # fmt: skip
    with store.begin() as conn:
        scored.learn(conn, {"digest": learnt.digest}, score.dump(learnt).decode())


def entropy(seed: int | str) -> Any:
    """Stands in for `os.urandom`: the same bytes for the same count, so that twins give the same new ids."""
    return lambda count: hashlib.shake_128(str(seed).encode()).digest(count)
