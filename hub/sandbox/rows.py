"""One table of a vendor in memory. Belongs here: storing, ordering and paging of rows; knows no vendor's field."""

from __future__ import annotations

import bisect
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

# A JSON value as it came, checked by nobody yet. The vendors' documents say what it must be; shapes.py asks.
Json: TypeAlias = Any
Row = dict[str, Any]
RecordId = int | str
SortKey = Callable[[Row], Any]
CACHED_LISTINGS = 8


@dataclass(frozen=True)
class Query:
    """What a list is asked for. `tag` names the filter `keep` (same tag, same filter), so that pages share one scan.

    `since` is (order, lowest key): rows whose key in that order is not below it. `among` narrows the list to ids an
    index of the caller found.
    """

    order: str
    desc: bool = False
    since: tuple[str, Any] | None = None
    keep: Callable[[Row], bool] | None = None
    tag: str = ""
    among: frozenset[RecordId] | None = None


@dataclass(frozen=True)
class Page:
    """Rows of one page and how many the whole list has."""

    rows: list[Row]
    total: int


class Rows:
    """Rows by id with ordered indexes, built when first asked for. A stored row is never changed in place: `put` a new
    one. A page costs O(page) without filters; a filtered list costs one scan, kept until the next change."""

    def __init__(self, id_field: str, orders: Mapping[str, SortKey]) -> None:
        self.id_field = id_field
        self._orders = dict(orders)
        self._rows: dict[RecordId, Row] = {}
        self._sorted: dict[str, list[tuple[Any, RecordId]]] = {}
        self.last_page: list[RecordId] = []
        self._cache: OrderedDict[tuple[Any, ...], list[RecordId]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(list(self._rows.values()))

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    @property
    def orders(self) -> frozenset[str]:
        """Names of the orders a list can have."""
        return frozenset(self._orders)

    def get(self, key: RecordId) -> Row | None:
        """A row, or None."""
        return self._rows.get(key)

    def load(self, rows: Iterable[Row]) -> None:
        """Many rows at once; indexes are built again when next needed."""
        for row in rows:
            self._rows[row[self.id_field]] = row
        self._sorted.clear()
        self._cache.clear()

    def put(self, row: Row) -> None:
        """Insert or replace."""
        key = row[self.id_field]
        self._unindex(key)
        self._rows[key] = row
        for order, entries in self._sorted.items():
            bisect.insort(entries, (self._orders[order](row), key))
        self._cache.clear()

    def remove(self, key: RecordId) -> Row | None:
        """Takes a row out and returns it."""
        self._unindex(key)
        self._cache.clear()
        return self._rows.pop(key, None)

    def clear(self) -> None:
        """Empties the table."""
        self._rows.clear()
        self._sorted.clear()
        self._cache.clear()
        self.last_page = []

    def page(self, query: Query, offset: int, limit: int) -> Page:
        """`last_page` remembers the ids, so that the hostile mode can touch a row a client has just seen."""
        if query.since is None and query.keep is None and query.among is None:
            keys, total = self._plain(query, offset, limit), len(self._rows)
        else:
            found = self._filtered(query)
            keys, total = found[offset : offset + limit], len(found)
        self.last_page = keys
        return Page([self._rows[key] for key in keys], total)

    def _plain(self, query: Query, offset: int, limit: int) -> list[RecordId]:
        entries = self._index(query.order)
        if not query.desc:
            return [key for _, key in entries[offset : offset + limit]]
        stop = len(entries) - offset
        return [key for _, key in reversed(entries[max(0, stop - limit) : max(0, stop)])]

    def _filtered(self, query: Query) -> list[RecordId]:
        known = (query.order, query.desc, query.since, query.among, query.tag)
        if known not in self._cache:
            self._cache[known] = self._scan(query)
            while len(self._cache) > CACHED_LISTINGS:
                self._cache.popitem(last=False)
        self._cache.move_to_end(known)
        return self._cache[known]

    def _scan(self, query: Query) -> list[RecordId]:
        keep = query.keep
        found = [key for key in self._candidates(query) if keep is None or keep(self._rows[key])]
        return found[::-1] if query.desc else found

    def _candidates(self, query: Query) -> Iterable[RecordId]:
        """Ids in the order asked for, before `keep`."""
        if query.since is None and query.among is None:
            return (key for _, key in self._index(query.order))
        recent = self._since(query)
        if query.among is not None:
            fresh = set(recent) if query.since is not None else query.among
            recent = [key for key in query.among if key in self._rows and key in fresh]
        sort = self._orders[query.order]
        return sorted(recent, key=lambda key: (sort(self._rows[key]), key))

    def _since(self, query: Query) -> list[RecordId]:
        if query.since is None:
            return []
        order, lowest = query.since
        entries = self._index(order)
        return [key for _, key in entries[bisect.bisect_left(entries, lowest, key=lambda entry: entry[0]) :]]

    def _index(self, order: str) -> list[tuple[Any, RecordId]]:
        if order not in self._sorted:
            sort = self._orders[order]
            self._sorted[order] = sorted((sort(row), key) for key, row in self._rows.items())
        return self._sorted[order]

    def _unindex(self, key: RecordId) -> None:
        old = self._rows.get(key)
        if old is None:
            return
        for order, entries in self._sorted.items():
            at = bisect.bisect_left(entries, (self._orders[order](old), key))
            del entries[at]
