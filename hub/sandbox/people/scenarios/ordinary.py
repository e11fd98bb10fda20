"""People as most are: in one to five systems, each showing a part of them in its own spelling."""

from __future__ import annotations

import polars as pl

from hub.sandbox.people import record, typed
from hub.sandbox.people.draw import Draw, people
from hub.sandbox.people.record import seen

_CHANCE = {"pos": 0.75, "shop": 0.4, "mail": 0.5, "mailbox": 0.18, "events": 0.52}  # of being in a system
_PHONE = {"pos": 0.93, "shop": 0.8, "mail": 0.15, "mailbox": 0.0, "events": 0.85}  # of a phone being there
_EMAIL = {"pos": 0.2, "shop": 1.0, "mail": 1.0, "mailbox": 1.0, "events": 0.5}
_BIRTH = {"pos": 0.3, "shop": 0.0, "mail": 0.2, "mailbox": 0.0, "events": 0.6}
_OTHER_PHONE = 0.05  # of showing the person's second phone instead


def spread(draw: Draw, persons: pl.DataFrame) -> pl.DataFrame:
    """Each person in the systems that chance picks, in at least the first of them."""
    count = len(persons)
    present = {source: draw.chance(share, count) for source, share in _CHANCE.items()}
    nowhere = ~pl.DataFrame(present).select(pl.any_horizontal(pl.all())).to_series()
    present[record.POS] = present[record.POS] | nowhere
    persons = persons.with_row_index("case")
    return pl.concat([_shown(draw, persons.filter(mask), source) for source, mask in present.items()])


def _shown(draw: Draw, persons: pl.DataFrame, source: str) -> pl.DataFrame:
    count = len(persons)
    other = draw.chance(_OTHER_PHONE, count)
    phone = persons.select(pl.when(other).then("phone2").otherwise("phone")).to_series()
    return seen(
        persons,
        source,
        case="case",
        name=typed.names(draw, persons, source),
        given="given",
        phone=draw.some(_PHONE[source], phone),
        phone2=draw.some(0.1, persons["phone2"]) if source == record.EVENTS else pl.lit(None),
        email=draw.some(_EMAIL[source], persons["email"]),
        birth=draw.some(_BIRTH[source], persons["birth"]),
    )


def ordinary(draw: Draw, count: int) -> pl.DataFrame:
    """A person in some of the five systems, with the phone, e-mail and birth date that each happens to know."""
    return spread(draw, people(draw, count))


def guest_buyer(draw: Draw, count: int) -> pl.DataFrame:
    """A buyer without account who is known at the till by the same phone."""
    p = people(draw, count)
    guest = seen(p, "guest", given="given", phone="phone", email=draw.some(0.8, p["email"]))
    return pl.concat([guest, seen(p, "pos", name=typed.names(draw, p, "pos"), phone="phone")])


def changed_number(draw: Draw, count: int) -> pl.DataFrame:
    """A person who changed the phone and kept the e-mail."""
    p = people(draw, count)
    old = seen(p, "shop", phone="phone", email="email")
    return pl.concat([old, seen(p, "pos", phone="phone2", email="email"), seen(p, "mail", email="email")])


def same_name_strangers(draw: Draw, count: int) -> pl.DataFrame:
    """Two people of one very common name in one province, with phones and e-mails of their own."""
    name = {"family": "Nguyễn", "middle": "Thị", "given": "Hương"}
    fixed = {key: pl.Series([value] * count, dtype=pl.String) for key, value in name.items()}
    a = people(draw, count, "f", **fixed)
    b = people(draw, count, "f", **fixed, province=a["province"], district=a["district"])
    return pl.concat(
        [seen(a, "pos", phone="phone"), seen(b, "pos", phone="phone"), seen(b, "shop", phone="phone", email="email")]
    )
