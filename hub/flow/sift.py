"""Sifting: which records of a destination need nothing, seen at a glance, so that few are judged with all there is to know.

Belongs here: the quick look at one record. Does not: judging (judging.py), reading (store.there, store.given).
It errs on one side only: what it calls quiet gets no line from the judge either; what it is not sure of is judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from hub.flow import values
from hub.flow.judging import LISTED, Judge
from hub.model import Json
from hub.store.there import Glance

CUT = frozenset({"address", "birth_date", "note"})
"""Fields of which a destination may keep or show less than stands there: what is there may still count as nothing."""


class Sift:
    """Looks at records by the settings of one judge."""

    def __init__(self, judge: Judge) -> None:
        self.parted, self.mirror, self.kept = judge.known.parted, judge.mirror, judge.kept
        self.appends = judge.destination.mode == "append"
        owned = {name: owner for name, owner in judge.fields.items() if owner != "destination"}
        marked = {"note"} if judge.destination.mark == "comments" else set[str]()
        self.odd = [name for name in owned if name in marked or name.startswith(values.GRANT)]
        self.contacts = [(name, LISTED[name], _fills(owned, name)) for name in owned if name in ("phone", "email")]
        self.address = "address" in owned
        told = {*self.odd, "phone", "email", "address"}
        self.plain = [(name, _fills(owned, name)) for name in owned if name not in told]

    def quiet(self, row: Glance) -> bool:
        """Whether the only record that a customer has there gets no line."""
        if self.appends:
            return True
        golden_id, record, golden, sent, landed_at, acked_at, made = row
        if golden_id in self.parted or (self.mirror and made is not None):
            return False
        theirs = orjson.loads(record)
        if sent is not None and (landed_at or "") < acked_at:
            theirs = values.overlaid(theirs, orjson.loads(sent))
        return self._same(orjson.loads(golden), theirs)

    def _same(self, ours: Mapping[str, Json], theirs: Mapping[str, Json]) -> bool:
        """Every field has no value of ours, or the same one there, or one that is not ours to replace."""
        for name, fills in self.plain:
            value = ours.get(name)
            if value and value != theirs.get(name) and not (fills and theirs.get(name)):
                return False
        for name, key, fills in self.contacts:
            if not _borne(ours.get(key, ()), theirs.get(key, ())) and not (
                fills and values.held(theirs, name) is not None
            ):
                return False
        if self.address and (value := values.wished(ours, "address")):
            there = values.held(theirs, "address")
            if value != there and self.kept("address", value) != self.kept("address", there):
                return False
        return not self.odd or not any(ours.get(name) for name in self.odd)


def _fills(owned: Mapping[str, str], name: str) -> bool:
    return owned[name] == "fill_if_blank" and name not in CUT


def _borne(ours: Sequence[Mapping[str, Json]], theirs: Sequence[Mapping[str, Json]]) -> bool:
    """Whether the primary value of ours, if there is one, stands among theirs."""
    for item in ours:
        if item.get("primary"):
            value = item.get("value")
            for other in theirs:
                if other.get("value") == value:
                    return True
            return value is None
    return True
