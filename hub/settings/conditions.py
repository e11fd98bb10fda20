"""`[segments.NAME]`: groups of customers, each declared by conditions that all must hold.

Belongs here: the conditions as nouns, reading them, those that every shop has (segments.toml). Does not: what is wrong with
them (segments.py), finding the customers (store.segments), sentences (flow.segments).
Days are whole days of the shop's time zone; money is written in whole units of its currency (VND 500000, USD 12.50).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from types import MappingProxyType

from hub.model import Json

ONE_OF = ("customer_type", "province", "tier")
HAS = ("sources", "stores", "tags", "groups")
AGES = ("last_order", "first_order", "created")
MONEY = ("spent", "spent_year")
COMBINED = ("all", "any", "none")
_LIMIT = re.compile(r"^(>=|<=|>|<|=)\s*(\d+(?:\.\d+)?)d?$")
_BETWEEN = re.compile(r"^(\d+(?:\.\d+)?)d?\s*-\s*(\d+(?:\.\d+)?)d?$")
_NEXT = re.compile(r"^next (\d+)d$")
_RANK = re.compile(r"^(?:top |(\d+(?:\.\d+)?)%\s*-\s*)(\d+(?:\.\d+)?)%$")


@dataclass(frozen=True, slots=True)
class Limit:
    """A number between two bounds; None = no bound. above, below: the bound itself is out."""

    low: Decimal | None = None
    high: Decimal | None = None
    above: bool = False
    below: bool = False


@dataclass(frozen=True, slots=True)
class OneOf:
    """A field of ONE_OF, or a list of HAS, holds one of the values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consent:
    """Marketing by a channel (email, sms, zalo, call) stands so: granted, withdrawn or unknown."""

    channel: str
    status: str


@dataclass(frozen=True, slots=True)
class Orders:
    """How many purchases."""

    limit: Limit


@dataclass(frozen=True, slots=True)
class Age:
    """Days since the last or first purchase, or since the customer became known. Nobody without one."""

    field: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class Birthday:
    """The birthday is today or in one of the next `days`; None: in this month."""

    days: int | None


@dataclass(frozen=True, slots=True)
class Money:
    """What was bought, returns taken off, in one currency. field: spent (ever) | spent_year (365 days up to today)."""

    field: str
    currency: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class Rank:
    """Among those who bought most in 365 days, each currency by itself: from share `above` to share `upto` of them."""

    above: Decimal
    upto: Decimal


@dataclass(frozen=True, slots=True)
class Lapsed:
    """Longer without a purchase than `times` the customer's usual gap, and than `least` days.

    Who bought on fewer than three days has no rhythm: then `otherwise` days. wanted: False = who has not lapsed.
    """

    times: Decimal = Decimal(3)
    least: int = 60
    otherwise: int = 365
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Members:
    """In all, any or none of other segments."""

    how: str
    names: tuple[str, ...]


Condition = OneOf | Consent | Orders | Age | Birthday | Money | Rank | Lapsed | Members


@dataclass(frozen=True, slots=True)
class Segment:
    """One group. titles: language → name for people. built_in: not declared in hub.toml."""

    name: str
    titles: Mapping[str, str]
    conditions: tuple[Condition, ...]
    built_in: bool = False


def declared(raw: Mapping[str, Json]) -> Mapping[str, Segment]:
    """All segments of a workspace: the built-in ones, then `[segments]` over them. raw has passed the schema."""
    told = {name: _segment(name, table, built_in=True) for name, table in built_in().items()}
    return MappingProxyType(told | {name: _segment(name, table) for name, table in raw.items()})


@cache
def built_in() -> Mapping[str, Mapping[str, Json]]:
    """The tables of segments.toml."""
    return tomllib.loads((resources.files("hub.settings") / "segments.toml").read_text(encoding="utf-8"))


def _segment(name: str, table: Mapping[str, Json], *, built_in: bool = False) -> Segment:
    title = table.get("title", name.replace("_", " "))
    titles = MappingProxyType({"vi": title, "en": table.get("title_en", title)})
    return Segment(name, titles, tuple(_conditions(table)), built_in)


def _conditions(table: Mapping[str, Json]) -> Iterator[Condition]:
    """In a fixed order, whatever the order of the keys."""
    for name in filter(table.__contains__, READERS):
        yield from READERS[name](name, table[name])


def several(value: Json) -> tuple[str, ...]:
    """One text, or a list of texts."""
    return (value,) if isinstance(value, str) else tuple(value)


def limit(text: str | int) -> Limit:
    """`>=3`, `<30d`, `2-5`, `3`: bounds of a number. Raises ValueError."""
    plain = f"={text}" if isinstance(text, int) or (text[:1].isdigit() and "-" not in text) else text.strip()
    between, one = _BETWEEN.match(plain), _LIMIT.match(plain)
    if between and Decimal(between[1]) <= Decimal(between[2]):
        return Limit(Decimal(between[1]), Decimal(between[2]))
    if not one:
        raise ValueError(f"{text!r} is no limit; write for example >=3, <30d or 2-5")
    sign, number = one[1], Decimal(one[2])
    low, high = (number if sign[0] in ">=" else None), (number if sign[0] in "<=" else None)
    return Limit(low, high, above=sign == ">", below=sign == "<")


def _birthday(text: str) -> Birthday:
    found = _NEXT.match(text)
    return Birthday(int(found[1]) if found else 0 if text == "today" else None)


def rank(text: str) -> Rank:
    """`top 5%` or `5%-20%`. Raises ValueError."""
    found = _RANK.match(text.strip())
    above, upto = (Decimal(found[1] or 0), Decimal(found[2])) if found else (Decimal(0), Decimal(0))
    if not above < upto <= 100:
        raise ValueError(f"{text!r} is no rank; write for example top 5% or 5%-20%")
    return Rank(above, upto)


def _lapsed(value: Json) -> Lapsed:
    if isinstance(value, bool):
        return Lapsed(wanted=value)
    usual = Lapsed()
    least, otherwise = (
        int(value[name].removesuffix("d")) if name in value else getattr(usual, name) for name in ("least", "otherwise")
    )
    return Lapsed(Decimal(str(value.get("times", usual.times))), least, otherwise)


READERS: Mapping[str, Callable[[str, Json], Sequence[Condition]]] = {
    **dict.fromkeys((*ONE_OF, *HAS), lambda name, value: [OneOf(name, several(value))]),
    "consent": lambda _, value: [Consent(one.partition(".")[2], status) for one, status in value.items()],
    "orders": lambda _, value: [Orders(limit(value))],
    **dict.fromkeys(AGES, lambda name, value: [Age(name, limit(value))]),
    "birthday": lambda _, value: [_birthday(value)],
    **dict.fromkeys(MONEY, lambda name, value: [Money(name, code, limit(text)) for code, text in value.items()]),
    "rank": lambda _, value: [rank(value)],
    "lapsed": lambda _, value: [_lapsed(value)],
    **dict.fromkeys(COMBINED, lambda name, value: [Members(name, several(value))]),
}
"""Key → its conditions."""
