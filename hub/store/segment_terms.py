"""The conditions of segments as SQL over traits and spending.

Belongs here: what predicates of one statement share, one function for each kind of condition. Does not: asking with them
(segments.py), what conditions mean to people (hub.settings.conditions). Whatever comes from settings is a bound parameter.
Today is the number of the shop's day since 1970-01-01.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    true,
)

from hub.settings.conditions import (
    Age,
    Birthday,
    Condition,
    Consent,
    Lapsed,
    Limit,
    Members,
    Money,
    OneOf,
    Orders,
    Rank,
    Segment,
)
from hub.store.bulk import is_sqlite
from hub.store.tables import spending, traits
from hub.store.traits import BETWEEN, OWN, folded

Predicate = ColumnElement[bool]
EPOCH = date(1970, 1, 1)
LEAP_DAY = "02-29"
EXACT = ("sources", "stores", "customer_type")
"""Fields whose values are compared as they are; of the others capitals do not matter."""
AGE_OF = {"last_order": "last_order", "first_order": "first_order", "created": "known"}


@dataclass
class Looking:
    """What predicates of one statement share. digits: currency → decimals of its minor unit.

    currencies: those that anybody spent. joined: currency → the rows of spending in it. places: (currency, share) → the least
    amount of the best so many per cent.
    """

    conn: Connection
    segments: Mapping[str, Segment]
    today: int
    digits: Mapping[str, int]
    joined: dict[str, FromClause] = field(default_factory=dict)
    places: dict[tuple[str, Decimal], int | None] = field(default_factory=dict)
    _currencies: Sequence[str] | None = None

    @property
    def currencies(self) -> Sequence[str]:
        """Currencies in which anybody bought, by code."""
        if self._currencies is None:
            self._currencies = _currencies(self.conn)
        return self._currencies

    def spent(self, currency: str) -> FromClause:
        """The rows of a currency, joined to traits by `tables`."""
        return self.joined.setdefault(currency, spending.alias(f"spent_{len(self.joined)}"))

    def tables(self) -> FromClause:
        """traits and what the predicates made so far need beside it."""
        joined: FromClause = traits
        for currency, rows in self.joined.items():
            mine = and_(rows.c.golden_id == traits.c.golden_id, rows.c.currency == currency)
            joined = joined.outerjoin(rows, mine)
        return joined


def _currencies(conn: Connection) -> list[str]:
    """One look into the index for each, whatever their number of rows."""
    found: list[str] = []
    while True:
        after = select(func.min(spending.c.currency)).where(spending.c.currency > (found[-1] if found else ""))
        one = conn.scalar(after)
        if one is None:
            return found
        found.append(one)


def predicate(look: Looking, name: str) -> Predicate:
    """Whether a row of traits is in the segment; never null."""
    return func.coalesce(and_(true(), *[_holds(look, one) for one in look.segments[name].conditions]), false())


def _holds(look: Looking, condition: Condition) -> Predicate:  # noqa: PLR0911  # one line for each kind of condition
    match condition:
        case OneOf():
            return _one_of(look, condition)
        case Consent():
            return func.coalesce(traits.c[condition.channel], "unknown") == condition.status
        case Orders():
            return _within(traits.c.orders, condition.limit)
        case Age():
            return _within(look.today - traits.c[AGE_OF[condition.field]], condition.limit)
        case Birthday():
            return traits.c.birthday.in_(birthdays(look.today, condition.days))
        case Money():
            return _money(look, condition)
        case Rank():
            return and_(_among_best(look, condition.upto), ~_among_best(look, condition.above))
        case Lapsed():
            gone = look.today - traits.c.last_order > patience(condition)
            return gone if condition.wanted else or_(traits.c.last_order.is_(None), ~gone)
        case Members():
            return _combined(look, condition)


def _combined(look: Looking, condition: Members) -> Predicate:
    parts = [predicate(look, name) for name in condition.names]
    return and_(*parts) if condition.how == "all" else or_(*parts) if condition.how == "any" else ~or_(*parts)


def _one_of(look: Looking, condition: OneOf) -> Predicate:
    values = [one if condition.field in EXACT else folded(one) for one in condition.values]
    if condition.field in OWN:
        return or_(*[bears(look.conn, traits.c[condition.field], one) for one in values])
    return traits.c[condition.field].in_(values)


def bears(conn: Connection, column: ColumnElement[str], value: str) -> Predicate:
    """Whether a list of traits holds a value."""
    find = func.instr if is_sqlite(conn) else func.strpos
    return find(column, BETWEEN + value + BETWEEN) > 0


def _within(number: ColumnElement[Any], limit: Limit, scale: int = 0) -> Predicate:
    """Bounds are rounded into the column's whole units so that nothing is lost: >= 1.5 is >= 2."""
    parts = []
    if limit.low is not None:
        low = limit.low.scaleb(scale)
        parts.append(number > int(low) if limit.above else number >= int(low.to_integral_value(ROUND_CEILING)))
    if limit.high is not None:
        high = limit.high.scaleb(scale)
        parts.append(number < int(high.to_integral_value(ROUND_CEILING)) if limit.below else number <= int(high))
    return and_(true(), *parts)


def _money(look: Looking, condition: Money) -> Predicate:
    column = look.spent(condition.currency).c["total" if condition.field == "spent" else "year"]
    return _within(func.coalesce(column, 0), condition.limit, look.digits.get(condition.currency, 2))


def patience(condition: Lapsed) -> ColumnElement[Any]:
    """Days without a purchase after which somebody has lapsed."""
    own = traits.c.gap * float(condition.times)
    longer = case((own > condition.least, own), else_=literal(condition.least, Integer))
    return case((traits.c.gap.is_(None), literal(condition.otherwise, Integer)), else_=longer)


def birthdays(today: int, days: int | None) -> list[str]:
    """MM-DD of the birthdays kept today and in the next days; None: in this month.

    29 February is kept on the 28th of other years.
    """
    first = EPOCH + timedelta(days=today)
    if days is None:
        return [f"{first:%m}-{day:02}" for day in range(1, 32)]
    kept = [first + timedelta(days=ahead) for ahead in range(min(days, 366) + 1)]
    told = [f"{one:%m-%d}" for one in kept]
    moved = any(f"{one:%m-%d}" == "02-28" and (one + timedelta(days=1)).month == 3 for one in kept)
    return sorted({*told, LEAP_DAY} if moved else set(told))


def _among_best(look: Looking, share: Decimal) -> Predicate:
    """Among the best so many per cent in any currency; who spent as much as the last of them is among them, too."""
    least = {currency: _least(look, currency, share) for currency in look.currencies} if share else {}
    found = [look.spent(currency).c.year >= amount for currency, amount in least.items() if amount is not None]
    return func.coalesce(or_(false(), *found), false())


def _least(look: Looking, currency: str, share: Decimal) -> int | None:
    """What the last of the best so many per cent spent in 365 days; None where nobody spent anything."""
    key = (currency, share)
    if key not in look.places:
        mine = and_(spending.c.currency == currency, spending.c.year > 0)
        many = look.conn.scalar(select(func.count()).where(mine)) or 0
        nth = int((many * share / 100).to_integral_value(ROUND_CEILING))
        ordered = select(spending.c.year).where(mine).order_by(spending.c.year.desc()).offset(max(nth, 1) - 1).limit(1)
        look.places[key] = look.conn.scalar(ordered)
    return look.places[key]
