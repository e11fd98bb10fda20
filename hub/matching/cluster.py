"""The reference closure of one component: constrained, by strength, never by arrival.

Belongs here: the order of joins, who may not choose, the links that remain.
Does not: what forbids (state), why it was refused (refuse), frames (partition).
Within a class of strength the pairs of records that a group offers are tried in record order. A join that would bring a
forbidden pair into one cluster is refused. A record that could join two clusters that may not be one joins neither.
"""

from __future__ import annotations

from collections import defaultdict

from hub.matching.book import AGREE, Book
from hub.matching.component import Closed, Component, Group, Link, Lost, Refused
from hub.matching.holders import Era, eras
from hub.matching.refuse import refusals
from hub.matching.rules import judgement, phone_email, sent
from hub.matching.rules.base import NUMBER, ONE, Need
from hub.matching.state import State

LABEL_ORDER = ("phone", "phone+email", "email", "email_weak")


def close(component: Component, book: Book) -> Closed:
    """Decide a component: clusters, spanning links and refusals, a function of the set of its records."""
    state = State(component.items, book)
    links, refused = _hear(component, state)
    banned: set[int] = set()
    state, more = _close_class([one for one in component.groups if one.rule.strength == NUMBER], state, banned)
    links += more
    held = [eras(group, component, state) for group in component.groups]
    joining = [_joining(group, periods, component, book) for group, periods in zip(component.groups, held, strict=True)]
    open_ = [part for parts in joining for part in parts]
    for groups in (_pairs_of_contacts(open_), [part for part in open_ if part.rule.strength == ONE]):
        state, more = _close_class(groups, state, banned)
        links += more
    refused += refusals(component, joining, held, state, banned)
    return Closed(state.root, links, refused, _lost(component, held, state))


def _joining(group: Group, periods: list[Era], component: Component, book: Book) -> list[Group]:
    """The records that may join by a group: of a number that changed hands those of each holder among themselves."""
    parts = [Group(group.rule, *group.label, era.members) for era in periods] or [group]
    return [_eligible(part, component, book) for part in parts]


def _lost(component: Component, held: list[list[Era]], state: State) -> list[Lost]:
    """What records of former holders bear no more, unless they are one customer with a later holder all the same."""
    found: list[Lost] = []
    for group, periods in zip(component.groups, held, strict=True):
        for n, era in enumerate(periods[:-1]):
            later = {state.root[i] for one in periods[n + 1 :] for i in one.members}
            found += [
                Lost(i, *group.label, era.last, periods[n + 1].first) for i in era.members if state.root[i] not in later
            ]
    return found


def _hear(component: Component, state: State) -> tuple[list[Link], list[Refused]]:
    """Judgements, newest first, then joins that are held back (weaker than any judgement), then receipts."""
    links, refused = [], []
    for word in judgement.newest_first(component.words):
        a, b = state.root[word.a], state.root[word.b]
        if word.verdict in judgement.APART:
            if a == b and word.verdict != judgement.HELD:
                refused.append(Refused(word.a, word.b, "overruled"))
            elif a != b:
                state.part(word.a, word.b, judgement.APART[word.verdict])
            continue
        reason = None if a == b else state.against(a, b, "judged")
        if reason:
            refused.append(Refused(word.a, word.b, "overruled" if reason == "cannot_link" else reason))
        elif a != b:
            state.join(a, b)
            links.append(Link(word.a, word.b, judgement.RULE.name))
    for one, other in sorted(component.sent):
        a, b = state.root[one], state.root[other]
        reason = None if a == b else state.against(a, b, "sent")
        if reason:
            refused.append(Refused(one, other, reason))
        elif a != b:
            state.join(a, b)
            links.append(Link(one, other, sent.RULE.name))
    return links, refused


def _eligible(group: Group, component: Component, book: Book) -> Group:
    """The group without records that may not join by it: weak names, where the names on a phone or e-mail disagree."""
    if group.rule.need != "contact":
        return group
    items = component.items
    if not any(items[i].weak for i in group.members):
        return group
    names = sorted({items[i].name for i in group.members} - {""})
    kind = items[group.members[0]].kind
    if all(book.verdict(kind, x, y) in AGREE for n, x in enumerate(names) for y in names[:n]):
        return group
    strong = tuple(i for i in group.members if not items[i].weak)
    return Group(group.rule, group.type, group.value, group.issuer, strong)


def _pairs_of_contacts(groups: list[Group]) -> list[Group]:
    """Groups of records that bear one phone and one e-mail together, from what may join by each."""
    phones: dict[int, list[Group]] = defaultdict(list)
    for group in groups:
        if group.type == "phone" and len(group.members) > 1:
            for member in group.members:
                phones[member].append(group)
    pairs: list[Group] = []
    for email in groups:
        if email.type not in ("email", "email_weak") or len(email.members) < 2:
            continue
        both: dict[str, list[int]] = defaultdict(list)
        for member in email.members:
            for phone in phones.get(member, ()):
                both[phone.value].append(member)
        pairs += [
            Group(phone_email.RULE, f"phone+{email.type}", f"{value} {email.value}", "", tuple(members))
            for value, members in both.items()
            if len(members) > 1
        ]
    return pairs


def _close_class(groups: list[Group], base: State, banned: set[int]) -> tuple[State, list[Link]]:
    """Join by one class; records that could choose between clusters that may not be one are banned; then anew."""
    groups = [group for group in groups if len(group.members) > 1]
    while True:
        state = base.copy()
        links = _join(groups, state, banned)
        choosing = _choosing(groups, base, state, banned)
        if not choosing:
            return state, links
        banned |= choosing


def _join(groups: list[Group], state: State, banned: set[int]) -> list[Link]:
    """Try the pairs of all groups in record order. In a group one record speaks for its cluster."""
    links: list[Link] = []
    root = state.root
    of_record: dict[int, list[int]] = defaultdict(list)
    for n, group in enumerate(groups):
        for member in group.members:
            of_record[member].append(n)
    spoke: list[list[int]] = [[] for _ in groups]
    for a in sorted(of_record.keys() - banned):
        offers: list[tuple[int, tuple[int, str, str, str], Need, str]] = []
        for n in of_record[a]:
            if any(root[other] == root[a] for other in spoke[n]):
                continue
            spoke[n].append(a)
            group = groups[n]
            key, need, rule = label_key(group), group.rule.need, group.rule.name
            offers += [(b, key, need, rule) for b in group.members if b > a and b not in banned]
        for b, key, need, rule in sorted(offers):
            if root[a] != root[b] and state.against(root[a], root[b], need) is None:
                state.join(a, b)
                links.append(Link(a, b, rule, *key[1:]))
    return links


def label_key(group: Group) -> tuple[int, str, str, str]:
    """Of several identifiers that two records share in one class, the smallest is shown."""
    place = LABEL_ORDER.index(group.type) if group.type in LABEL_ORDER else len(LABEL_ORDER)
    return place, group.type, group.value, group.issuer


def _choosing(groups: list[Group], base: State, state: State, banned: set[int]) -> set[int]:
    """Records (with all they were one with before) that joined one cluster and alone could have joined another."""
    found: set[int] = set()
    asked: dict[tuple[int, int, Need], bool] = {}
    for group in groups:
        members = [i for i in group.members if i not in banned]
        clusters = {state.root[i] for i in members}
        if len(clusters) < 2:
            continue
        for i in members:
            atom, own = base.root[i], state.root[i]
            if len(state.members[own]) == len(base.members[atom]):
                continue
            for other in clusters - {own}:
                key = (atom, other, group.rule.need)
                if key not in asked:
                    asked[key] = base.against(atom, other, group.rule.need, state) is None
                if asked[key]:
                    found.update(base.members[atom])
    return found
