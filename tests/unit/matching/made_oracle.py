"""The plain definition of closure: all pairs, all records, nothing clever. Only for small worlds."""

from __future__ import annotations

from itertools import combinations

from hub.matching.births import birth_conflict
from hub.matching.book import Book
from hub.matching.rules import rule_for
from hub.matching.rules.personal_number import national_conflict

STAGES = ("number", "both", "one")


class _World:
    def __init__(self, records, identifiers, judgements, receipts, policy):
        self.book, self.policy = Book(), policy
        ordered = records.sort("source", "source_id")
        self.rows = {row["rid"]: row for row in ordered.to_dicts()}
        self.order = {rid: n for n, rid in enumerate(self.rows)}
        self.customers = [rid for rid, row in self.rows.items() if row["kind"] in ("person", "organisation")]
        self.ids = identifiers.to_dicts()
        self.blocked = self._blocked()
        self.keys = {rid: set() for rid in self.rows}
        for one in self.ids:
            value = (one["type"], one["value"], one["issuer"])
            if one["key"] and one["rid"] in self.customers and value not in self.blocked and one["type"] != "other":
                self.keys[one["rid"]].add((*value, one["class"] or ""))
        self.apart = set()
        self.clusters = [{rid} for rid in self.rows]
        self._hear(judgements, receipts)

    def _blocked(self):
        found = set()
        for value in {(i["type"], i["value"], i["issuer"]) for i in self.ids}:
            uses = [i for i in self.ids if (i["type"], i["value"], i["issuer"]) == value and i["rid"] in self.customers]
            if value[0] == "tax_code":
                uses = [i for i in uses if self.rows[i["rid"]]["kind"] == "organisation"]
            own = any("own" in i["flags"] for i in uses)
            rows = [self.rows[rid] for rid in {i["rid"] for i in uses if i["key"]}]
            names = {row["name_given"] for row in rows if row["kind"] == "person"} - {None}
            nameless = [row for row in rows if not self.name(row)]
            if own or len(names) > self.policy.max_names or len(nameless) > self.policy.max_nameless:
                found.add(value)
        return found

    def name(self, row):
        if row["kind"] == "organisation":
            return row["company_key"] or ""
        return row["full_name"] or "" if row["name_level"] != "missing" else ""

    def weak(self, row):
        name = self.name(row)
        if not name or row["kind"] == "organisation":
            return not name
        return row["name_level"] != "full" or (not row["name_toned"] and self.book.name(name).vietnamese)

    def cluster(self, rid):
        return next(cluster for cluster in self.clusters if rid in cluster)

    def join(self, a, b):
        one, other = self.cluster(a), self.cluster(b)
        self.clusters = [c for c in self.clusters if c is not one and c is not other] + [one | other]

    def _hear(self, judgements, receipts):
        ordered = []
        for *pair, verdict, at in judgements.iter_rows():
            a, b = sorted(pair, key=self.order.get)
            if a != b:
                ordered.append((at, self.order[a], self.order[b], verdict, a, b))
        for *_, verdict, a, b in sorted(ordered, reverse=True):
            one, other = self.cluster(a), self.cluster(b)
            if verdict == "different":
                if one is not other:
                    self.apart.add(frozenset((a, b)))
            elif one is not other and not self.stands(one, other) and self.kinds(one) == self.kinds(other):
                self.join(a, b)
        pairs = {tuple(sorted(pair, key=self.order.get)) for pair in receipts.iter_rows()}
        for a, b in sorted(pairs, key=lambda pair: [self.order[r] for r in pair]):
            one, other = self.cluster(a), self.cluster(b)
            if one is not other and not self.stands(one, other) and not self.national(one, other):
                self.join(a, b)

    def kinds(self, cluster):
        return {self.rows[rid]["kind"] for rid in cluster}

    def stands(self, one, other):
        return any(frozenset((x, y)) in self.apart for x in one for y in other)

    def national(self, one, other):
        def ids(rid):
            if self.rows[rid]["kind"] != "person":
                return ()
            return tuple((i, c, v) for t, v, i, c in self.keys[rid] if t == "national_id")

        return any(national_conflict(ids(x), ids(y)) for x in one for y in other)

    def against(self, one, other, need):
        if self.stands(one, other) or self.national(one, other):
            return True
        return any(self.faces(self.rows[x], self.rows[y], need) for x in one for y in other)

    def faces(self, x, y, need):
        if x["kind"] != y["kind"]:
            return True
        if need == "number":
            return False
        verdict = self.book.verdict(x["kind"], self.name(x), self.name(y))
        if need == "loyal" or verdict == "incompatible":
            return verdict == "incompatible"
        return verdict == "unsure" or (verdict != "same" and birth_conflict(x["birth_date"], y["birth_date"]))

    def bearers(self, value, kind):
        return [
            rid
            for rid in self.customers
            if self.rows[rid]["kind"] == kind and any(k[:3] == value for k in self.keys[rid])
        ]

    def offers(self, a, b):
        """(stage, need) of all that would join two records, were nothing against it."""
        kind = self.rows[a]["kind"]
        if kind != self.rows[b]["kind"]:
            return set()
        found, contacts = set(), set()
        for value in {k[:3] for k in self.keys[a]} & {k[:3] for k in self.keys[b]}:
            rule = rule_for(kind, value[0])
            if rule is None:
                continue
            if rule.need == "contact":
                rows = [self.rows[r] for r in self.bearers(value, kind)]
                names = {self.name(row) for row in rows} - {""}
                agree = all(
                    self.book.verdict(kind, m, n) in ("same", "compatible") for m, n in combinations(sorted(names), 2)
                )
                if not agree and (self.weak(self.rows[a]) or self.weak(self.rows[b])):
                    continue
                contacts.add(value[0].split("_")[0])
            found.add(("number" if rule.need == "number" else "one", rule.need))
        return found | ({("both", "contact")} if len(contacts) == 2 else set())


def oracle(records, identifiers, judgements, receipts, policy):
    """The partition as a set of sets of rids."""
    world = _World(records, identifiers, judgements, receipts, policy)
    pairs = [(a, b, world.offers(a, b)) for a, b in combinations(world.customers, 2)]
    banned = set()
    for stage in STAGES:
        before = list(world.clusters)
        while True:
            world.clusters = list(before)
            mine = [
                (a, b, need)
                for a, b, offers in pairs
                for where, need in sorted(offers)
                if where == stage and not {a, b} & banned
            ]
            for a, b, need in mine:
                one, other = world.cluster(a), world.cluster(b)
                if one is not other and not world.against(one, other, need):
                    world.join(a, b)
            choosing = set()
            for a, b, need in mine + [(b, a, need) for a, b, need in mine]:
                atom = next(c for c in before if a in c)
                one, other = world.cluster(a), world.cluster(b)
                if one is not other and atom != one and not world.against(atom, other, need):
                    choosing |= atom
            if not choosing:
                break
            banned |= choosing
    return {frozenset(cluster) for cluster in world.clusters}
