"""Segments as people and programs ask for them: counts, members, who lapsed and when, what a customer is in and why.

Belongs here: keeping what they look at up to date, putting answers together. Does not: SQL (store.segments, store.traits), the
sentences of why (segment_why.py), what somebody may see (web).
The shop's time zone says which day today is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from hub.connectors.kit.people import EXPONENTS
from hub.errors import ConfigError, LockedError
from hub.flow.run import utc_now
from hub.flow.segment_why import sentence
from hub.model import Json, from_utc_text
from hub.settings import Settings
from hub.settings.conditions import Birthday, Lapsed, Members, Segment
from hub.store import segments, traits
from hub.store.engine import Store, StoreConnection, StoreError
from hub.store.segment_terms import EPOCH, Looking

PATIENCE = 0.5
"""Seconds that somebody who looks waits for the store's writer, before yesterday's numbers are good enough."""
MONTHS = 12
BUILDING = threading.Lock()


def today(settings: Settings, now: str) -> int:
    """The number of the shop's day since 1970-01-01."""
    here = from_utc_text(now).astimezone(ZoneInfo(settings.timezone)).date()
    return (here - EPOCH).days


def day_of(number: int) -> date:
    """The day behind such a number."""
    return date.fromordinal(EPOCH.toordinal() + number)


def standing(store: Store, settings: Settings) -> bool:
    """Whether what segments look at was ever put together, by this time zone's days."""
    with store.read() as conn:
        return traits.whole(conn, settings.timezone)


def ready(store: Store, settings: Settings, now: str | None = None, *, wait: bool = True) -> bool:
    """See to it that what segments look at is there and up to date; the first time that takes a minute for a million customers.

    Without `wait` False while somebody else is building it the first time (with it: LockedError when another process is); while
    another writer is busy what stood is used.
    """
    day = today(settings, now or utc_now())
    with store.read() as conn:
        if traits.fresh(conn, settings.timezone, day):
            return True
        there = traits.whole(conn, settings.timezone)
    if there:
        try:
            with store.begin(patience=None if wait else PATIENCE) as conn:
                if traits.whole(conn, settings.timezone):
                    traits.follow(conn, settings.timezone, day)
        except StoreError:
            if wait:
                raise
        return True
    if not BUILDING.acquire(blocking=wait):
        return False
    try:
        done = standing(store, settings) or traits.build(store, settings.timezone, day)
    finally:
        BUILDING.release()
    if wait and not done:
        raise LockedError("another process is putting the segments together", hint="try again in a minute")
    return done


def keep_up(store: Store, settings: Settings, now: str) -> None:
    """At the end of a run: look at what it changed, where segments were ever asked for, so that nobody who asks waits for it."""
    if standing(store, settings):
        ready(store, settings, now)


def looking(conn: StoreConnection, settings: Settings, now: str | None = None) -> Looking:
    """What the statements of one look share."""
    return Looking(conn, settings.segments, today(settings, now or utc_now()), EXPONENTS)


def named(settings: Settings, name: str) -> Segment:
    """The segment of that name. Raises ConfigError."""
    found = settings.segments.get(name)
    if found is None:
        raise ConfigError(
            f"no segment named {name!r}", hint="there are " + ", ".join(settings.segments), code="segment.none"
        )
    return found


def private(settings: Settings, name: str) -> bool:
    """Whether being in it tells a birthday, which needs the right to see personal data."""
    return any(
        isinstance(one, Birthday) or (isinstance(one, Members) and any(private(settings, each) for each in one.names))
        for one in settings.segments[name].conditions
    )


def title(segment: Segment, language: str) -> str:
    """Its name for people."""
    return segment.titles["vi" if language == "vi" else "en"]


def listed(
    store: Store, settings: Settings, now: str | None = None, stores: frozenset[str] | None = None
) -> dict[str, Json]:
    """customers, and segments: name, title, title_en, customers, built_in of each. What they look at must be `ready`."""
    with store.read() as conn:
        whole, counted = segments.counts(looking(conn, settings, now), list(settings.segments), stores)
    told = [
        {"name": name, "title": one.titles["vi"], "title_en": one.titles["en"], "customers": counted[name],
         "built_in": one.built_in}
        for name, one in settings.segments.items()
    ]  # fmt: skip
    return {"customers": whole, "segments": told}


def members(
    store: Store,
    settings: Settings,
    name: str,
    limit: int,
    now: str | None = None,
    stores: frozenset[str] | None = None,
) -> dict[str, Json]:
    """One segment: how many, the `limit` that bought most, and why each is in it.

    worth: bought in the 365 days up to the last purchase, minor units of `currency`, returns taken off.
    """
    segment = named(settings, name)
    with store.read() as conn:
        look = looking(conn, settings, now)
        count = segments.counts(look, [name], stores)[1][name]
        rows = segments.best(look, name, "before", limit, stores)
        currency = segments.main_currency(look)
        spent = segments.spent_of(conn, [row["golden_id"] for row in rows])
    told = [
        {**row, "why": sentence(settings, segment, {**row, "spent": spent.get(row["golden_id"], ())}, look.today)}
        for row in rows
    ]
    return {"name": name, "customers": count, "currency": currency, "items": told}


def page(
    look: Looking, name: str, after: str, limit: int, stores: frozenset[str] | None = None
) -> Sequence[Mapping[str, Any]]:
    """Members in the order of golden ids, from the one after; rows as `points.told` tells customers."""
    return segments.rows_after(look, name, after, limit, stores)


def lapsed_by_month(
    store: Store, settings: Settings, name: str, now: str | None = None, stores: frozenset[str] | None = None
) -> list[dict[str, Json]]:
    """Of the last twelve months, oldest first: month (YYYY-MM), customers who lapsed in it, worth (see `members`).

    before: whether it stands for all that was earlier. By the rule of the segment's own condition `lapsed`, else the usual one.
    """
    rule = next((one for one in named(settings, name).conditions if isinstance(one, Lapsed)), Lapsed())
    with store.read() as conn:
        look = looking(conn, settings, now)
        months = list(segments.months_back(look.today, MONTHS))
        rows = {row["month"]: row for row in segments.lapsed_months(look, name, rule, months, stores)}
    empty = {"customers": 0, "worth": 0}
    return [
        {"month": f"{day_of(first):%Y-%m}", "before": place < 0, **_counted(rows.get(place, empty))}
        for place, first in [(-1, months[0]), *enumerate(months)]
    ]


def _counted(row: Mapping[str, Any]) -> dict[str, int]:
    return {"customers": int(row["customers"]), "worth": int(row["worth"] or 0)}


def of_customers(
    conn: StoreConnection, settings: Settings, golden_ids: Sequence[str], *, unmasked: bool, now: str | None = None
) -> dict[str, list[str]]:
    """Golden id → names of its segments; those that tell a birthday only to who may know it."""
    names = [name for name in settings.segments if unmasked or not private(settings, name)]
    return segments.inside(looking(conn, settings, now), names, golden_ids) if golden_ids else {}


def of_customer(
    store: Store, settings: Settings, golden_id: str, *, unmasked: bool, now: str | None = None
) -> list[dict[str, Json]]:
    """The segments of one customer: name, title, why (sentences in the settings' language)."""
    with store.read() as conn:
        if not traits.whole(conn, settings.timezone):
            return []
        names = of_customers(conn, settings, [golden_id], unmasked=unmasked, now=now)[golden_id]
        row, spent = segments.facts(conn, golden_id)
        day = today(settings, now or utc_now())
    return [
        {"name": name, "title": title(settings.segments[name], settings.language),
         "why": sentence(settings, settings.segments[name], {**(row or {}), "spent": spent}, day)}
        for name in names
    ]  # fmt: skip


def birthdays(
    store: Store,
    settings: Settings,
    days: int,
    limit: int,
    now: str | None = None,
    stores: frozenset[str] | None = None,
) -> dict[str, Json]:
    """Who has a birthday today or in the next days: customers (how many), items by day with `on` (YYYY-MM-DD) and `ahead`."""
    with store.read() as conn:
        look = looking(conn, settings, now)
        count, rows = segments.having_birthday(look, days, limit, stores)
    return {
        "customers": count,
        "items": [{**row, "on": f"{day_of(look.today + row['ahead']):%Y-%m-%d}"} for row in rows],
    }


def for_export(store: Store, settings: Settings, name: str) -> Callable[[StoreConnection], Any]:
    """What selects the golden ids of a segment in a snapshot. Raises ConfigError."""
    named(settings, name)
    ready(store, settings)
    return lambda conn: segments.members(looking(conn, settings), [name])


def names_of(wish: Json) -> Iterator[str]:
    """The segments of a destination's `only`."""
    yield from [wish] if isinstance(wish, str) else wish
