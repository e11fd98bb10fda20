"""Random histories of a small workspace, as plain data made from a seed.

Belongs here: what may happen to records, judgements, receipts, settings; what admins decide. Does not: playing it (hunting).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

NAMES = (
    "Nguyễn Thị Lan", "NGUYEN THI LAN", "Lan", "Chị Lan", "Nguyễn Lan Anh", "Trần Văn Hùng", "Tran Van Hung", "Hùng",
    "Phạm Thu Hoa", "Lê Minh Tuấn", "Khách lẻ", "Võ Quốc Bảo", "John Smith", "J. Smith", None,
)  # fmt: skip
FIRMS = ("Công ty TNHH An Phát", "Cty An Phát", "Công ty Cổ phần Bình Minh")
PHONES = ("0912345678", "0987654321", "0933333333", "0905551234", "02838221234")
HANDED = ("0961112223", "0961112224")
"""Numbers that change hands."""
HOLDERS = ("Trần Văn Hùng", "Nguyễn Thị Lan", "NGUYEN THI LAN", "Phạm Thu Hoa", "Chị Lan", None)
ERAS = (
    ("2018-01-05", "2018-11-20"),
    ("2020-03-01", "2020-03-02"),
    ("2022-06-01", "2023-01-31"),
    ("2025-02-01", "2026-01-01"),
)
ODD_PHONES = ("01222345678", "0792345678", "19006600", "09****5678", "0000000000", "0912345678 / 0987654321")
"""Migrated and as it is now, a hotline, masked, no data, two in one cell."""
EMAILS = ("lan@example.com", "hung@example.com", "hoa@example.com", "an.phat@example.com")
ODD_EMAILS = ("0912345678@example.com", "info@example.com", "la.n@gmail.com", "lan@gmail.com", "no@email.com")
"""Made from a phone, a role, two that one box may receive, no data."""
IDS = ("001090012345", "001090012346", "079185055501")
TAX = ("0301234567", "0312345678")
NUMBERS = (
    ("national_id", IDS, "VN"), ("national_id", IDS, "VN"), ("loyalty", ("A-100", "A-200"), "club"), ("tax_code", TAX, "VN")
)  # fmt: skip
STATUSES = ("granted", "withdrawn")
BIRTHS = ("1990-02-01", "1990-01-02", "1985-12-24", "1985")
SOURCES = ("pos", "shop", "mail")
PEOPLE = 10
"""Ids "0".."9" in every source; "c0".."c5" are those of a crowd, "n…" those that the hub created."""
VARIANTS = 5
"""Settings to choose from."""
Action = tuple[Any, ...]


@dataclass(frozen=True)
class Step:
    """What happens before one run. settings: place in hunting.SETTINGS."""

    settings: int
    actions: tuple[Action, ...]


@dataclass
class Maker:
    """Makes a history. here: (source, id) → the payload that is there; gone: those that were."""

    rng: random.Random
    here: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    gone: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    judged: int = 0

    def history(self, steps: int) -> list[Step]:
        rng, now = self.rng, 0
        first = tuple(self.bring(source, [str(n) for n in range(PEOPLE) if rng.random() < 0.8]) for source in SOURCES)
        found = [Step(0, first)]
        for _ in range(steps):
            if rng.random() < 0.08:
                now = rng.randrange(VARIANTS) if now == 0 else 0
            kinds = rng.choices(
                (self.edit, self.leave, self.back, self.swap, self.crowd, self.scatter, self.judge, self.unsay,
                 self.create, self.echo, self.merge, self.split, self.pin, self.undo, self.settle, self.hand_over),
                (8, 4, 4, 2, 2, 2, 4, 1, 2, 2, 2, 2, 2, 2, 1, 5), k=rng.choice((1, 1, 2, 3)),
            )  # fmt: skip
            found.append(Step(now, tuple(action for kind in kinds if (action := kind()) is not None)))
        return found

    def fields(self) -> dict[str, Any]:
        rng = self.rng
        if rng.random() < 0.1:
            return self.firm()
        numbers = rng.sample(PHONES if rng.random() < 0.9 else ODD_PHONES, rng.choice((1, 1, 2)))
        emails = EMAILS if rng.random() < 0.8 else ODD_EMAILS
        number, kind = self.number(), rng.choice(("staff", "test"))
        said = {
            "full_name": (1.0, rng.choice(NAMES)),
            "phones": (0.8, [{"value": v, "use": rng.choice(("own",) * 6 + ("recipient", "work"))} for v in numbers]),
            "emails": (0.4, [{"value": rng.choice(emails), "use": "own"}]),
            "ids": (0.3, [number]),
            "birth_date": (0.2, rng.choice(BIRTHS)),
            "consents": (0.1, [{"purpose": "marketing", "channel": "email", "status": rng.choice(STATUSES)}]),
            "kind": (0.04, kind),
        }
        return {name: value for name, (share, value) in said.items() if value is not None and rng.random() < share}

    def number(self) -> dict[str, str]:
        type_, values, issuer = self.rng.choice(NUMBERS)
        return {"type": type_, "value": self.rng.choice(values), "issuer": issuer}

    def firm(self) -> dict[str, Any]:
        rng, name = self.rng, self.rng.choice(FIRMS)
        made: dict[str, Any] = {"full_name": name, "company_name": name, "kind": "organisation"}
        if rng.random() < 0.7:
            made["phones"] = [{"value": rng.choice(PHONES), "use": "own"}]
        if rng.random() < 0.5:
            made["ids"] = [{"type": "tax_code", "value": rng.choice(TAX), "issuer": "VN"}]
        return made

    def bring(self, source: str, ids: list[str], payloads: list[dict[str, Any]] | None = None) -> Action:
        payloads = payloads or [self.fields() for _ in ids]
        timed = self.rng.random() < 0.7
        for one, payload in zip(ids, payloads, strict=True):
            self.here[source, one] = payload
            self.gone.pop((source, one), None)
        return "bring", source, tuple(ids), tuple(payloads), timed

    def edit(self) -> Action:
        ids = self.rng.sample(range(PEOPLE), self.rng.choice((1, 2, 3)))
        return self.bring(self.rng.choice(SOURCES), [str(n) for n in ids])

    def leave(self) -> Action | None:
        source = self.rng.choice(SOURCES)
        ids = [one for where, one in self.here if where == source]
        gone = self.rng.sample(ids, min(len(ids), self.rng.choice((1, 2, 3))))
        for one in gone:
            self.gone[source, one] = self.here.pop((source, one))
        return ("leave", source, tuple(gone)) if gone else None

    def back(self) -> Action | None:
        """Records that were gone come back as they were."""
        source = self.rng.choice(SOURCES)
        ids = [one for where, one in self.gone if where == source]
        some = self.rng.sample(ids, min(len(ids), 2))
        return self.bring(source, some, [self.gone[source, one] for one in some]) if some else None

    def swap(self) -> Action | None:
        """Two records of one source take each other's phones."""
        source = self.rng.choice(SOURCES)
        ids = [one for (where, one), payload in self.here.items() if where == source and "phones" in payload]
        if len(ids) < 2:
            return None
        a, b = self.rng.sample(ids, 2)
        one, other = self.here[source, a], self.here[source, b]
        return self.bring(source, [a, b], [{**one, "phones": other["phones"]}, {**other, "phones": one["phones"]}])

    def crowd(self) -> Action:
        """Many names on one phone."""
        rng = self.rng
        value, ids = rng.choice(PHONES), rng.sample(range(6), rng.choice((3, 5, 6)))
        named = rng.random() < 0.8
        payloads = [
            {**({"full_name": NAMES[(0, 5, 8, 9, 11, 12)[n]]} if named else {}), "phones": [{"value": value}]}
            for n in ids
        ]
        return self.bring(rng.choice(SOURCES), [f"c{n}" for n in ids], payloads)

    def hand_over(self, mark: str = "h") -> Action:
        """Holders of one number, each in a time of its own; now and then two at once, or one without a time."""
        rng, value = self.rng, self.rng.choice((*HANDED, *HANDED, *HANDED, PHONES[0]))
        payloads = []
        for n in range(rng.choice((1, 2, 3))):
            made, seen = rng.choice(ERAS)
            said: dict[str, Any] = {"full_name": rng.choice(HOLDERS), "phones": [{"value": value, "use": "own"}]}
            if rng.random() < 0.93:
                said |= {"created_at": f"{made}T00:00:00.000Z", "updated_at": f"{seen}T0{n}:00:00.000Z"}
            if rng.random() < 0.1:
                said["emails"] = [{"value": EMAILS[0], "use": "own"}]
            payloads.append({name: one for name, one in said.items() if one is not None})
        ids = rng.sample([f"{mark}{n}" for n in range(4)], len(payloads))
        kind, *rest, _ = self.bring(rng.choice(SOURCES), ids, payloads)
        return kind, *rest, False

    def scatter(self) -> Action | None:
        """The crowd of one source leaves, or some of it."""
        source = self.rng.choice(SOURCES)
        ids = [one for where, one in self.here if where == source and one.startswith("c") and self.rng.random() < 0.8]
        for one in ids:
            self.gone[source, one] = self.here.pop((source, one))
        return ("leave", source, tuple(ids)) if ids else None

    def judge(self) -> Action:
        a, b = self.rng.sample([f"{source}:{n}" for source in SOURCES for n in range(PEOPLE)], 2)
        self.judged += 1
        at = self.rng.randrange(1, 28)
        return "judge", min(a, b), max(a, b), self.rng.choice(("same", "same", "different")), at

    def named(self) -> str:
        return f"{self.rng.choice(SOURCES)}:{self.rng.randrange(PEOPLE)}"

    def merge(self) -> Action:
        return "merge", self.named(), self.named()

    def split(self) -> Action:
        return "split", self.named()

    def pin(self) -> Action:
        """A value for good, or for some steps."""
        field_, value = self.rng.choice(
            (("full_name", "Trần Ngọc Mai"), ("birth_date", "1991-04-03"), ("gender", "nam"))
        )
        return "pin", self.named(), field_, value, self.rng.choice((None, None, 18, 28))

    def undo(self) -> Action:
        return "undo", self.rng.randrange(6)

    def settle(self) -> Action:
        return "settle", self.rng.choice(("approve", "approve", "refuse"))

    def unsay(self) -> Action | None:
        return ("unsay", self.rng.randrange(self.judged)) if self.judged else None

    def create(self) -> Action:
        """The hub creates a record in `mail` for the customer of some record."""
        source, one = self.rng.choice(sorted(self.here)) if self.here else ("pos", "0")
        return "create", f"n{self.rng.randrange(8)}", source, one

    def echo(self) -> Action:
        """A record that the hub created is pulled, with one of its values changed or as it was sent."""
        target = f"n{self.rng.randrange(8)}"
        self.here["mail", target] = {}
        return "echo", target, self.rng.choice((None, None, "full_name", "phone"))


def shuffled(rng: random.Random, runs: int) -> tuple[list[Step], list[Step]]:
    """The same records and judgements over several runs, among records that leave again, and all in one run."""
    maker = Maker(rng)
    brought: list[Action] = [maker.bring(source, [str(n)]) for source in SOURCES for n in range(PEOPLE)]
    brought = [(*action[:4], False) for action in brought if rng.random() < 0.9]
    said = [maker.judge() for _ in range(4)]
    brought += [maker.hand_over(mark) for mark in "hijk"]
    passing = [maker.crowd(), maker.crowd()]
    steps: list[list[Action]] = [[] for _ in range(runs)]
    for action in rng.sample([*brought, *said], len(brought) + len(said)):
        rng.choice(steps).append(action)
    for kind, source, ids, payloads, timed in passing:
        come = rng.randrange(runs - 1)
        steps[come].append((kind, source, ids, payloads, timed))
        steps[rng.randrange(come + 1, runs)].append(("leave", source, ids))
    return [Step(1, tuple(actions)) for actions in steps], [Step(1, (*brought, *said))]
