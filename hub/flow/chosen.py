"""Customers for whom a destination is meant because they are in a segment (`only = { segment = ... }`).

Belongs here: who they are now, who came or went since the last plan. Does not: the other conditions of `only` (judging.py).
"""

from __future__ import annotations

from collections.abc import Set

from hub.errors import GuardError
from hub.flow import segments
from hub.flow.outlet import Outlet
from hub.store import plan_members, traits
from hub.store import segments as members
from hub.store.engine import StoreConnection

KEY = "segment"
"""The condition of `only` that names segments."""


def refresh(outlet: Outlet) -> None:
    """See to it that segments are as of now, before a plan looks at them."""
    if KEY in outlet.destination.only:
        segments.ready(outlet.store, outlet.settings, outlet.run.now())


def inside(conn: StoreConnection, outlet: Outlet) -> frozenset[str] | None:
    """Golden ids of the members of any of the segments; None where `only` names none.

    Raises GuardError when nobody knows (then nothing may be taken out anywhere).
    """
    if KEY not in outlet.destination.only:
        return None
    if not traits.whole(conn, outlet.settings.timezone):
        raise GuardError("the segments are not put together", hint="run `hub segments`")
    look = segments.looking(conn, outlet.settings, outlet.run.now())
    return frozenset(conn.scalars(members.members(look, list(segments.names_of(outlet.destination.only[KEY])))))


def moved(conn: StoreConnection, outlet: Outlet, now: Set[str] | None) -> Set[str]:
    """Who came or went since the last plan."""
    return now ^ plan_members.held(conn, outlet.name) if now is not None else set()


def keep(conn: StoreConnection, outlet: Outlet, now: Set[str] | None) -> None:
    """What the next plan compares with."""
    if now is not None:
        plan_members.keep(conn, outlet.name, now)
