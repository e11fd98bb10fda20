"""What is known of one address: a payload that grows with every mail and is the same whatever the order.

Belongs here: merging sightings into payloads. Does not: reading mails, landing.
Names, roles and months are sets, first is a minimum, last a maximum: a mail read twice (a rescanned folder, a killed
run) changes nothing. For that reason mails are not counted; the months in which there were any are.
`changed` is the newest mail that brought something new, and never goes back; it is the record's updated time.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping

from hub.connectors.email_mailbox.people import Sighting
from hub.model import Json, RawRecord

MAX_NAMES = 20
REMEMBERED = 20_000


class Evidence:
    """Payloads of a pull: remembers the last ones it made, asks `latest` for those that landed earlier."""

    def __init__(self, latest: Callable[[str], str | None] | None) -> None:
        self.latest, self.seen = latest, OrderedDict[str, str | None]()

    def records(self, sightings: Iterable[Sighting]) -> list[RawRecord]:
        """One record per address whose payload changed, ordered by address."""
        changed = set()
        for one in sightings:
            before = self._known(one.address)
            after = merged(before, one)
            if after != before:
                changed.add(one.address)
                self.seen[one.address] = after
        records = [record(address, self.seen[address] or "") for address in sorted(changed)]
        while len(self.seen) > REMEMBERED and self.latest:
            self.seen.popitem(last=False)
        return records

    def _known(self, address: str) -> str | None:
        if address not in self.seen:
            self.seen[address] = self.latest(address) if self.latest else None
        self.seen.move_to_end(address)
        return self.seen[address]


def record(address: str, payload: str) -> RawRecord:
    """The landed form; its time is that of the newest mail that changed it."""
    return RawRecord(address, payload, json.loads(payload).get("changed"))


def merged(before: str | None, one: Sighting) -> str:
    """The payload with one more sighting; the very same text when it says nothing new."""
    old = json.loads(before) if before else {"address": one.address, "names": {}, "seen_as": [], "months": []}
    new = _with(old, one)
    if before and new == old:
        return before
    times = [str(t) for t in (old.get("changed"), one.at) if t]
    if times:
        new["changed"] = max(times)
    return json.dumps(new, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _with(old: Mapping[str, Json], one: Sighting) -> dict[str, Json]:
    day, month = (one.at[:10], one.at[:7]) if one.at else ("", "")
    new = dict(old)
    new["seen_as"] = sorted({*old["seen_as"], one.seen_as})
    new["months"] = sorted({*old["months"], *([month] if month else [])})
    if one.name:
        names = {**old["names"], one.name: max(old["names"].get(one.name, ""), month)}
        new["names"] = dict(sorted(names.items(), key=lambda n: (n[1], n[0]), reverse=True)[:MAX_NAMES])
    if day:
        new["first_seen"] = min(old.get("first_seen", day), day)
        new["last_seen"] = max(old.get("last_seen", month), month)
    return new
