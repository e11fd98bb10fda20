"""Made lists in the manner of the public test sets of record linkage: names, dates, places, and errors in all of them.

Belongs here: seeded persons, seeded errors, canonical rows with the truth beside. Does not: scoring them (quality.py).
Every value is invented: names are drawn from word parts, phones and numbers from the generator.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.lookalike_pen import HEADS, JOBS, STREETS, TAILS, WAYS, Pen

Row = dict[str, object]


@dataclass(frozen=True)
class Made:
    """rows: canonical records as a sheet would give them. truth: source_id → cluster."""

    rows: list[Row]
    truth: dict[str, str]


def _noted(made: list[tuple[str, Row]], pen: Pen) -> Made:
    """Rows in mixed order with ids that say nothing."""
    rows, truth = [], {}
    for number, place in enumerate(pen.rng.permutation(len(made))):
        cluster, row = made[place]
        source_id = f"r{number:06d}"
        rows.append({"source_id": source_id, **{key: value for key, value in row.items() if value not in (None, "")}})
        truth[source_id] = cluster
    return Made(rows, truth)


_STATES = ["nsw", "vic", "qld", "wa", "sa", "tas", "act", "nt"]


def _places(pen: Pen, count: int) -> list[tuple[str, str, str]]:
    """(town, postal code, state): towns have one to three codes."""
    towns = []
    for n in range(count):
        town = pen.one(HEADS) + pen.one(TAILS)
        for k in range(1 + n % 3):
            towns += [(town, f"{2000 + 7 * n + k}", pen.zipf(_STATES))]
    return towns


def people_with_numbers(seed: int, originals: int, copies: int) -> Made:
    """Names, street, suburb, postcode, state, date of birth, a seven-digit number; up to five copies of an original with
    up to four errors each, in the manner of the Febrl sets."""
    pen = Pen(seed)
    places = _places(pen, 900)
    made: list[tuple[str, Row]] = []
    persons = []
    for n in range(originals):
        town, code, state = places[int(pen.rng.integers(0, len(places)))]
        row = {
            "given": pen.zipf(pen.forenames),
            "family": pen.zipf(pen.surnames),
            "number": str(pen.rng.integers(1, 300)),
            "street": f"{pen.one(STREETS)}{pen.one(['', '', 'wood', 'field'])} {pen.one(WAYS)}",
            "town": town,
            "code": code,
            "state": state,
            "birth": pen.day(1900, 1999).isoformat(),
            "soc": pen.digits(7),
        }
        for key in ("given", "family", "street", "state", "birth"):
            if pen.yes(0.04):
                row[key] = ""
        persons.append(row)
        made.append((f"p{n}", _febrl(row)))
    for n in range(copies):
        who = n % originals if copies <= originals else min(int(pen.rng.integers(0, originals)), originals - 1)
        row = dict(persons[who])
        for _ in range(int(pen.rng.integers(1, 5))):
            key = pen.one(
                [
                    "given",
                    "family",
                    "street",
                    "town",
                    "code",
                    "birth",
                    "number",
                    "soc",
                    "swap",
                    "given",
                    "family",
                    "state",
                ]
            )
            if key == "swap":
                row["given"], row["family"] = row["family"], row["given"]
            elif key == "birth":
                row["birth"] = "" if pen.yes(0.3) else (pen.slip(row["birth"]) if row["birth"] else "")
            elif row[key]:
                row[key] = "" if pen.yes(0.15) and key != "soc" else pen.typo(row[key], 1 + pen.yes(0.3))
        made.append((f"p{who}", _febrl(row)))
    return _noted(made, pen)


def _febrl(row: dict[str, str]) -> Row:
    line = " ".join(part for part in (row["number"], row["street"]) if part)
    return {
        "given_name": row["given"],
        "family_name": row["family"],
        "birth_date": row["birth"],
        "addresses": [
            {"line": line, "ward": row["town"], "postal_code": row["code"], "province": row["state"], "country": "AU"}
        ],
        "ids": [{"type": "other", "value": row["soc"]}],
    }


def people_of_the_past(seed: int, persons: int) -> Made:
    """Names, date and place of birth, postal code, gender, occupation; one to twenty records of each person, many values
    missing and the names in several forms, in the manner of the historical people set."""
    pen = Pen(seed)
    towns = [pen.one(HEADS) + pen.one(TAILS) for _ in range(400)]
    area = {
        town: f"{pen.one(list('abcdeghlmnprstw'))}{pen.one(list('abdehlnrt'))}{pen.rng.integers(1, 30)}"
        for town in towns
    }
    made: list[tuple[str, Row]] = []
    for n in range(persons):
        person = _past_person(pen, towns, area)
        many = [1, 2, 4, 7, 10, 13, 16, 20]
        records = int(pen.rng.choice(many, p=[0.06, 0.08, 0.12, 0.17, 0.22, 0.18, 0.12, 0.05]))
        made += [(f"q{n}", _past_record(pen, person, towns)) for _ in range(records)]
    return _noted(made, pen)


@dataclass(frozen=True)
class _Past:
    """A person of the past; middle and double are other names the person goes by, "" for none."""

    given: str
    family: str
    middle: str
    double: str
    birth: str
    town: str
    codes: list[str]
    job: str
    gender: str


def _past_person(pen: Pen, towns: list[str], area: dict[str, str]) -> _Past:
    town = pen.zipf(towns, 0.7)
    born = pen.day(1650, 1960)
    letters = list("abdefghjlnp")
    return _Past(
        pen.zipf(pen.forenames, 1.0),
        pen.zipf(pen.surnames, 0.6),
        pen.zipf(pen.forenames, 1.0) if pen.yes(0.35) else "",
        pen.zipf(pen.surnames, 0.6) if pen.yes(0.08) else "",
        f"{born.year}-01-01" if pen.yes(0.12) else born.isoformat(),
        town,
        [f"{area[town]} {pen.rng.integers(0, 10)}{pen.one(letters)}{pen.one(letters)}" for _ in range(3)],
        pen.zipf(JOBS),
        pen.one(["male", "male", "female"]),
    )


def _past_names(pen: Pen, who: _Past) -> tuple[str, str]:
    given, family = who.given, who.family
    if pen.yes(0.12) and given in pen.nicknames:
        given = pen.one(pen.nicknames[given])
    elif pen.yes(0.06) and who.middle:
        given = who.middle
    elif pen.yes(0.05):
        given = given[:1]
    family = who.double if who.double and pen.yes(0.12) else family
    given = pen.typo(given) if pen.yes(0.08) else given
    family = pen.typo(family) if pen.yes(0.12) else family
    given, family = (family, given) if pen.yes(0.03) else (given, family)
    return "" if pen.yes(0.03) else given, family


def _past_record(pen: Pen, who: _Past, towns: list[str]) -> Row:
    given, family = _past_names(pen, who)
    birth = pen.slip(who.birth) if pen.yes(0.22) else who.birth
    code = who.codes[0 if pen.yes(0.6) else int(pen.rng.integers(0, 3))]
    code = pen.typo(code) if pen.yes(0.1) else code
    moved = pen.zipf(towns, 0.7) if pen.yes(0.4) else pen.typo(who.town)
    place = moved if pen.yes(0.1) else who.town
    job = pen.zipf(JOBS) if pen.yes(0.08) else who.job
    return {
        "given_name": given,
        "family_name": family,
        "birth_date": "" if pen.yes(0.2) else birth,
        "addresses": [] if pen.yes(0.25) else [{"postal_code": code, "country": "GB"}],
        "extra": {} if pen.yes(0.2) else {"birth_place": place},
        "gender": "" if pen.yes(0.15) else who.gender,
        "occupation": "" if pen.yes(0.25) else job,
    }


def people_with_phones(seed: int, persons: int) -> Made:
    """Names, date of birth, town, phone, e-mail; one to five records of each, in the manner of the sets with phones."""
    pen = Pen(seed)
    towns = [pen.one(HEADS) + pen.one(TAILS) for _ in range(150)]
    made: list[tuple[str, Row]] = []
    for n in range(persons):
        given, family = pen.zipf(pen.forenames), pen.zipf(pen.surnames)
        birth, town = pen.day(1930, 2005).isoformat(), pen.zipf(towns, 0.6)
        phone = "+4479" + pen.digits(8)
        email = f"{given}.{family}{pen.digits(2)}@{pen.one(HEADS)}{pen.one(TAILS)}.example"
        for _ in range(1 + int(pen.rng.binomial(4, 0.35))):
            g, f, p, e = given, family, phone, email
            g = pen.typo(g) if pen.yes(0.12) else g
            f = pen.typo(f) if pen.yes(0.12) else f
            if pen.yes(0.05):
                g, f = f, g
            p = pen.typo(p[5:]) if pen.yes(0.12) else p[5:]
            e = pen.typo(e) if pen.yes(0.15) else e
            made.append(
                (
                    f"t{n}",
                    {
                        "given_name": "" if pen.yes(0.08) else g,
                        "family_name": "" if pen.yes(0.08) else f,
                        "birth_date": "" if pen.yes(0.1) else (pen.slip(birth) if pen.yes(0.2) else birth),
                        "phones": [] if pen.yes(0.25) else [{"value": "079" + p, "use": "own"}],
                        "emails": [] if pen.yes(0.3) else [{"value": e, "use": "own"}],
                        "addresses": []
                        if pen.yes(0.25)
                        else [{"district": pen.typo(town) if pen.yes(0.15) else town, "country": "GB"}],
                    },
                )
            )
    return _noted(made, pen)


SETS: dict[str, Callable[[int], Made]] = {
    "febrl3": lambda scale: people_with_numbers(3, 2000 * scale // 10, 3000 * scale // 10),
    "febrl4": lambda scale: people_with_numbers(4, 5000 * scale // 10, 5000 * scale // 10),
    "past": lambda scale: people_of_the_past(5, 5000 * scale // 10),
    "phones": lambda scale: people_with_phones(6, 16_000 * scale // 10),
}
"""Made at a tenth of `scale` of the size of the public sets they resemble."""
