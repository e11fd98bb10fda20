"""Who is who of a few records, in plain Python: what `partition` says by columns, by the same closure.

Belongs here: rows to components, the identifiers that join nobody, links and refusals as rows. Does not: deciding (cluster).
Columns cost a tenth of a millisecond at every turn whatever they hold; ten records by themselves cost that altogether
(measured). Values across kinds of records, and numbers that may have changed hands, are left to `partition`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from hub.matching.book import EXCLUDE, Book
from hub.matching.cluster import close
from hub.matching.component import RELATED, Closed, Component, Group, Item
from hub.matching.dated import HANDED_ON
from hub.matching.guards import OWN_FLAG
from hub.matching.holders import days
from hub.matching.policy import Policy
from hub.matching.prepare import CUSTOMERS
from hub.matching.rules import BY_NAME, ORDER, SINGLE, joining
from hub.matching.unpack import weak_name

Row = Mapping[str, Any]
Value = tuple[str, str, str]
"""type, value, issuer."""
Join = tuple[int, int, str, str | None, str | None, str | None]
"""rid_a, rid_b, rule, type, value, issuer."""
CONTACTS = ("phone", "email")
MANY = 2
"""Customers said to share a value that joins nobody: it is not counted, so that one more bearer changes nobody."""


@dataclass(frozen=True, slots=True)
class Parts:
    """clusters: rids of each in record order, in the order of their first records. rule: of every rid. edges, refusals:
    as the frames of `Partition`; whether a refusal is related tells `RELATED`."""

    clusters: list[list[int]]
    rule: dict[int, str]
    edges: list[Join]
    refusals: list[Join]


def own(row: Row, policy: Policy) -> bool:
    """Whether an identifier is the shop's own; `@domain` stands for every address there."""
    if OWN_FLAG in (row["flags"] or "").split("|") or row["value"] in policy.own:
        return True
    return bool(row["type"].startswith("email")) and "@" + row["value"].split("@")[-1] in policy.own


def generic(bearers: Iterable[Row], policy: Policy) -> tuple[int, int, str] | None:
    """names, nameless, reason of a value (of nobody's own) that too many people bear; None when it may join.

    bearers: of one value; rid, type, key, kind, name_given, name_level, company_key.
    """
    names: set[str] = set()
    nameless: set[int] = set()
    for one in bearers:
        kinds = ("organisation",) if one["type"] == "tax_code" else CUSTOMERS
        if not one["key"] or one["kind"] not in kinds:
            continue
        person = one["kind"] == "person"
        if person and one["name_given"] is not None:
            names.add(one["name_given"])
        if one["name_level"] == "missing" and (person or one["company_key"] is None):
            nameless.add(one["rid"])
    reason = "names" if len(names) > policy.max_names else "nameless" if len(nameless) > policy.max_nameless else None
    return (len(names), len(nameless), reason) if reason else None


def partition_few(
    records: Sequence[Row],
    identifiers: Sequence[Row],
    sent: Sequence[tuple[int, int]],
    blocked: AbstractSet[Value],
    policy: Policy,
) -> Parts | None:
    """Partition whole components. records, identifiers: rows with the columns of `partition`, and first_seen, last_seen.

    sent: pairs of rids that a receipt holds together. blocked: values that join nobody. None: not for here.
    """
    ordered = sorted(records, key=lambda row: (row["source"], row["source_id"]))
    rank = {row["rid"]: place for place, row in enumerate(ordered)}
    borne = [one for one in identifiers if one["key"] and _value(one) not in blocked]
    groups = _groups(ordered, rank, borne, policy)
    if groups is None:
        return None
    pairs = sorted({(min(x, y), max(x, y)) for x, y in ((rank[a], rank[b]) for a, b in sent) if x != y})
    book = Book()
    items = _items(ordered, borne, book)
    if any(_passed_on(group, ordered, items, borne, policy, book) for group in groups):
        return None
    return _decided(ordered, items, groups, pairs, policy, book)


def _value(row: Row) -> Value:
    return row["type"], row["value"], row["issuer"]


def _groups(
    ordered: Sequence[Row], rank: Mapping[int, int], borne: Iterable[Row], policy: Policy
) -> list[Group] | None:
    """Identifiers of two and more records, by type, value and issuer; None when records of two kinds bear one."""
    off = policy.types_off()
    found: dict[Value, set[int]] = {}
    for one in borne:
        if one["type"] not in off and ordered[rank[one["rid"]]]["kind"] in CUSTOMERS:
            found.setdefault(_value(one), set()).add(rank[one["rid"]])
    rules = {(kind, type_): rule for kind, type_, rule in joining(off)}
    groups = []
    for value in sorted(found):
        kinds = {str(ordered[place]["kind"]) for place in found[value]}
        if len(kinds) > 1:
            return None
        rule = rules.get((kinds.pop(), value[0]))
        if rule is not None and len(found[value]) > 1:
            groups.append(Group(BY_NAME[rule], *value, tuple(sorted(found[value]))))
    return groups


def _items(ordered: Sequence[Row], borne: Iterable[Row], book: Book) -> list[Item]:
    national: dict[int, set[tuple[str, str, str]]] = {}
    for one in borne:
        if one["type"] == "national_id":
            national.setdefault(one["rid"], set()).add((one["issuer"], one["class"] or "", one["value"]))
    return [_item(row, tuple(sorted(national.get(row["rid"], ()))), book) for row in ordered]


def _item(row: Row, national: tuple[tuple[str, str, str], ...], book: Book) -> Item:
    person = row["kind"] == "person"
    name = (row["full_name"] if row["name_level"] != "missing" else None) if person else None
    if not person:
        name = row["company_key"] if row["company_key"] is not None else row["name_key"]
    birth = row["birth_date"] if row["birth_date"] and len(row["birth_date"].encode()) == 10 else ""
    weak = weak_name(row["kind"], name or "", row["name_level"], bool(row["name_toned"]), book)
    return Item(row["kind"], name or "", weak, birth, national if person else ())


def _passed_on(
    group: Group, ordered: Sequence[Row], items: Sequence[Item], borne: Iterable[Row], policy: Policy, book: Book
) -> bool:
    """Whether a number may have gone from one holder to the next: names that exclude each other, and a gap in its times."""
    if group.type not in HANDED_ON or not policy.gap:
        return False
    kind, names = items[group.members[0]].kind, sorted({items[i].name for i in group.members} - {""})
    if not any(book.verdict(kind, x, y) in EXCLUDE for x, y in combinations(names, 2)):
        return False
    named = {ordered[i]["rid"] for i in group.members if items[i].name}
    times = [
        (one["first_seen"], one["last_seen"]) for one in borne if one["rid"] in named and _value(one) == group.label
    ]
    if not all(first and last for first, last in times):
        return False
    try:
        return days(min(last for _, last in times), max(first for first, _ in times)) >= policy.gap
    except ValueError:  # a time that is none: columns know what it means
        return True


def _decided(
    ordered: Sequence[Row],
    items: list[Item],
    groups: Sequence[Group],
    pairs: Sequence[tuple[int, int]],
    policy: Policy,
    book: Book,
) -> Parts:
    rids = [int(row["rid"]) for row in ordered]
    first, best = list(range(len(items))), [len(ORDER)] * len(items)
    edges: list[Join] = []
    refused: dict[Join, None] = {}
    for ranks, component in _components(items, groups, pairs, policy.gap):
        closed: Closed = close(component, book)
        for place, root in enumerate(closed.cluster):
            first[ranks[place]] = ranks[root]
        for link in closed.links:
            a, b = ranks[link.a], ranks[link.b]
            best[a], best[b] = min(best[a], ORDER[link.rule]), min(best[b], ORDER[link.rule])
            edges.append((rids[a], rids[b], link.rule, link.type, link.value, link.issuer))
        for no in closed.refused:
            refused[rids[ranks[no.a]], rids[ranks[no.b]], no.reason, no.type, no.value, no.issuer] = None
    names = {place: name for name, place in ORDER.items()} | {len(ORDER): SINGLE}
    clusters: dict[int, list[int]] = {}
    for place, root in enumerate(first):
        clusters.setdefault(root, []).append(rids[place])
    rule = {rid: names[place] for rid, place in zip(rids, best, strict=True)}
    return Parts(list(clusters.values()), rule, edges, list(refused))


def _components(
    items: Sequence[Item], groups: Sequence[Group], pairs: Sequence[tuple[int, int]], gap: int
) -> Iterable[tuple[list[int], Component]]:
    """Components of two and more records, with the rank of every place."""
    root = list(range(len(items)))

    def find(place: int) -> int:
        while root[place] != place:
            place = root[place]
        return place

    for members in (*(group.members for group in groups), *pairs):
        low = min(map(find, members))
        for one in members:
            root[find(one)] = low
    found: dict[int, list[int]] = {}
    for place in range(len(items)):
        found.setdefault(find(place), []).append(place)
    for ranks in found.values():
        if len(ranks) > 1:
            at = {one: n for n, one in enumerate(ranks)}
            mine = [
                Group(one.rule, *one.label, tuple(at[i] for i in one.members)) for one in groups if one.members[0] in at
            ]
            there = [(at[a], at[b]) for a, b in pairs if a in at]
            yield ranks, Component([items[i] for i in ranks], mine, [], there, gap)


def related(reason: str) -> bool:
    """Whether a refusal for this reason says that two customers are RELATED."""
    return reason in RELATED


def shared_few(
    identifiers: Iterable[Row], kinds: Mapping[int, str], golden: Mapping[int, str], blocked: Iterable[Value]
) -> dict[tuple[str, str], int]:
    """Phones and e-mails (type, value) that several customers bear as their own, and how many do; as `shared_values` says.

    kinds, golden: of every rid. blocked: values that join nobody; they are said to be shared by MANY.
    """
    whose: dict[tuple[str, str], set[str]] = {}
    for one in identifiers:
        mine = one["key"] and one["type"] in CONTACTS and one["use"] == "own" and kinds[one["rid"]] in CUSTOMERS
        if mine and "echo" not in (one["flags"] or "").split("|"):
            whose.setdefault((one["type"], one["value"]), set()).add(golden[one["rid"]])
    many = {(type_, value): MANY for type_, value, _ in blocked if type_ in CONTACTS}
    return {value: len(ids) for value, ids in whose.items() if len(ids) > 1} | many
