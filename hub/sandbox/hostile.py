"""Which fault a request gets. Belongs here: the seeded, bounded decisions; carrying them out on the wire is gate.py."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

from hub.sandbox.profiles import FAILING, PAGED, PROFILES, Profile
from hub.sandbox.vendor import VendorState

_ID = re.compile(r"/(\d+|[0-9a-f]{32}|[^/]*@[^/]*)(?=/|$)")
SHIFTS_PER_WALK = 2


@dataclass(frozen=True)
class Paging:
    """Names of a vendor's paging parameters, the size without one, and the table behind the last word of a path."""

    position: str
    size: str
    default: int
    by_page: bool
    tables: Mapping[str, str]


PAGINGS = {
    "kiotviet": Paging("currentItem", "pageSize", 20, False, {"customers": "customers", "invoices": "invoices"}),
    "woocommerce": Paging("page", "per_page", 10, True, {"customers": "customers", "orders": "orders"}),
    "mailchimp": Paging("offset", "count", 10, False, {"members": "members"}),
}


@dataclass(frozen=True)
class Asked:
    """One request as the decisions see it. `path` begins below the vendor's prefix."""

    vendor: str
    method: str
    path: str
    query: str

    @property
    def endpoint(self) -> tuple[str, str, str]:
        """The same for all records of one kind: ids in the path are starred."""
        return self.vendor, self.method, _ID.sub("/*", self.path)

    @property
    def exact(self) -> tuple[str, str, str]:
        """The same only for the same request again."""
        return self.vendor, self.method, f"{self.path}?{self.query}"

    def listing(self) -> str | None:
        """The table, when this is a list that comes in pages."""
        if self.method != "GET":
            return None
        return PAGINGS[self.vendor].tables.get(self.path.rpartition("/")[2])

    def place(self) -> tuple[str, int, int]:
        """(the walk this page belongs to, offset in rows, page size)."""
        paging, query = PAGINGS[self.vendor], dict(parse_qsl(self.query))
        size = _whole(query.get(paging.size), paging.default)
        at = _whole(query.get(paging.position), 1 if paging.by_page else 0)
        rest = sorted((name, value) for name, value in query.items() if name != paging.position)
        return f"{self.vendor}{self.path}?{urlencode(rest)}", (at - 1) * size if paging.by_page else at, size


class Hostile:
    """Decides from a seed. `set` takes a profile for one vendor or all; `calm` ends it at once."""

    def __init__(self, vendors: Mapping[str, VendorState], seed: int = 0) -> None:
        self._vendors = vendors
        self._profiles = dict.fromkeys(vendors, PROFILES["calm"])
        self.seed(seed)

    def seed(self, seed: int) -> None:
        """The same seed and the same requests give the same faults; each vendor draws by itself."""
        self._random = {name: random.Random(f"{seed}:{name}") for name in self._vendors}  # noqa: S311 - faults, no secrets
        self._streaks: Counter[tuple[str, str, str]] = Counter()
        self._shifts: dict[str, int] = {}
        self._shifted: Counter[str] = Counter()

    def set(self, profile: Profile | str, vendor: str | None = None, **changes: object) -> None:
        """`changes` replace fields of the profile (`rates`, `in_a_row`, `retry_after`, `stall`, `slow`, `skew`)."""
        chosen = PROFILES[profile] if isinstance(profile, str) else profile
        chosen = replace(chosen, **changes)  # type: ignore[arg-type]  # names and types are the dataclass's own to refuse
        for name in [vendor] if vendor else list(self._vendors):
            self._profiles[name] = chosen
            off = self._random[name].uniform(-chosen.skew, chosen.skew) if chosen.skew else 0.0
            self._vendors[name].clock.skew = timedelta(seconds=round(off))

    def calm(self, vendor: str | None = None) -> None:
        """No more faults, clocks right again."""
        self.set("calm", vendor)

    def profile(self, vendor: str) -> Profile:
        """The profile in force for a vendor."""
        return self._profiles[vendor]

    def decide(self, asked: Asked) -> str | None:
        """A kind of fault, or None. Counts failing ones so that they end."""
        profile, draw = self._profiles[asked.vendor], self._random[asked.vendor]
        if profile.name in ("down", "expired"):
            return profile.name
        kind = _drawn(profile.rates, draw.random()) if profile.rates else None
        if kind in FAILING:
            worst = max(self._streaks[asked.endpoint], self._streaks[asked.exact])
            if worst < profile.in_a_row:
                self._streaks[asked.endpoint] += 1
                self._streaks[asked.exact] += 1
                return kind
            kind = None
        self._streaks.pop(asked.endpoint, None)
        self._streaks.pop(asked.exact, None)
        return kind if kind not in PAGED or self._can_page(asked) else None

    def shift(self, asked: Asked, kind: str | None) -> int:
        """Rows that stand before this page more than the client thinks. They stay inserted for the whole walk, so a
        client that reads to the end misses nothing."""
        if asked.listing() is None:
            return 0
        walk, offset, size = asked.place()
        if offset == 0:
            self._shifts.pop(walk, None)
            self._shifted.pop(walk, None)
            return 0
        if kind in ("shift", "repeat"):
            more = size if kind == "repeat" else self._random[asked.vendor].randint(1, 3)
            self._shifts[walk] = self._shifts.get(walk, 0) + more
            self._shifted[walk] += 1
        return min(self._shifts.get(walk, 0), offset)

    def touch(self, asked: Asked) -> None:
        """A record of the page served last on this list is saved again."""
        table = asked.listing()
        state = self._vendors[asked.vendor]
        with state.lock:
            seen = [key for key in state.tables[table or ""].last_page if key in state.tables[table or ""]]
            if table is not None and seen:
                state.touch(table, self._random[asked.vendor].choice(seen))

    def choose(self, vendor: str, options: tuple[str, ...]) -> str:
        """One of the options, from the vendor's own draw."""
        return self._random[vendor].choice(options)

    def _can_page(self, asked: Asked) -> bool:
        if asked.listing() is None:
            return False
        walk, offset, _ = asked.place()
        return offset > 0 and self._shifted[walk] < SHIFTS_PER_WALK


def _drawn(rates: Mapping[str, float], point: float) -> str | None:
    """The kind at `point` (0 to 1) when the rates are laid end to end."""
    for kind, rate in rates.items():
        if point < rate:
            return kind
        point -= rate
    return None


def _whole(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdigit() else default
