"""Who is in a segment, evaluated when it is asked: counts, members by key and by worth, the segments of some customers.

Belongs here: statements. Does not: conditions as SQL (segment_terms.py), keeping up what they look at (traits.py).
Only living persons and organisations have traits; lists ask again that they live.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Select, case, false, func, or_, select, true

from hub.settings.conditions import Lapsed
from hub.store.bulk import among
from hub.store.points import told
from hub.store.segment_terms import EPOCH, Looking, Predicate, bears, birthdays, patience, predicate
from hub.store.tables import customers, spending, traits

Row = Mapping[str, Any]
SUMMARY = ("golden_id", "customer_code", "kind", "full_name", "company_name", "phone", "province")
FACTS = ("orders", "days", "first_order", "last_order", "gap", "known", "birthday")


def counts(look: Looking, names: Sequence[str], stores: frozenset[str] | None = None) -> tuple[int, dict[str, int]]:
    """How many customers there are, and how many of them in each segment, in one pass. stores: only theirs."""
    inside = {name: predicate(look, name) for name in names}
    columns = [func.sum(case((one, 1), else_=0)).label(name) for name, one in inside.items()]
    row = look.conn.execute(
        select(func.count(), *columns).select_from(look.tables()).where(of_stores(look.conn, stores))
    ).one()
    return int(row[0]), {name: int(value or 0) for name, value in zip(inside, row[1:], strict=True)}


def rows_after(look: Looking, name: str, golden_id: str, limit: int, stores: frozenset[str] | None = None) -> list[Row]:
    """Members in the order of ids, as `points.told` tells customers."""
    here = predicate(look, name)
    ids = select(traits.c.golden_id).select_from(look.tables().join(customers, _same()))
    ids = ids.where(traits.c.golden_id > golden_id, customers.c.status == "active", here, of_stores(look.conn, stores))
    found = list(look.conn.scalars(ids.order_by(traits.c.golden_id).limit(limit)))
    chosen = select(*told()).where(among(look.conn, customers.c.golden_id, found), customers.c.status == "active")
    return _rows(look.conn, chosen.order_by(customers.c.golden_id)) if found else []


def best(look: Looking, name: str, by: str, limit: int, stores: frozenset[str] | None = None) -> list[Row]:
    """Members by what they bought, most first: who it is, FACTS, worth.

    by: a column of spending; worth is of it, in the currency that most use.
    """
    here, main = predicate(look, name), look.spent(main_currency(look))
    worth = func.coalesce(main.c[by], 0).label("worth")
    summary = [customers.c[one] for one in SUMMARY]
    chosen = select(*summary, *[traits.c[one] for one in FACTS], worth).select_from(
        look.tables().join(customers, _same())
    )
    chosen = chosen.where(customers.c.status == "active", here, of_stores(look.conn, stores))
    return _rows(look.conn, chosen.order_by(worth.desc(), traits.c.golden_id).limit(limit))


def inside(look: Looking, names: Sequence[str], golden_ids: Sequence[str]) -> dict[str, list[str]]:
    """Golden id → the segments it is in, of some customers; all of them are named."""
    wanted = {name: predicate(look, name) for name in names}
    columns = [case((one, 1), else_=0).label(f"in_{place}") for place, one in enumerate(wanted.values())]
    chosen = select(traits.c.golden_id, *columns).select_from(look.tables())
    found = {golden_id: list[str]() for golden_id in golden_ids}
    for golden_id, *flags in look.conn.execute(chosen.where(among(look.conn, traits.c.golden_id, golden_ids))):
        found[golden_id] = [name for name, flag in zip(wanted, flags, strict=True) if flag]
    return found


def members(look: Looking, names: Sequence[str]) -> Select[Any]:
    """The golden ids of everybody in one of the segments, as a statement."""
    here = or_(false(), *[predicate(look, name) for name in names])
    return select(traits.c.golden_id).select_from(look.tables()).where(here)


def facts(conn: Connection, golden_id: str) -> tuple[Row | None, list[Row]]:
    """A customer's row of traits, and its rows of spending by currency."""
    mine = _rows(conn, select(traits).where(traits.c.golden_id == golden_id))
    spent = _rows(conn, select(spending).where(spending.c.golden_id == golden_id).order_by(spending.c.currency))
    return (mine[0] if mine else None), spent


def place(conn: Connection, currency: str, year: int) -> tuple[int, int]:
    """How many spent more in 365 days than so much, and how many spent anything, in one currency."""
    mine = spending.c.currency == currency
    more = conn.scalar(select(func.count()).where(mine, spending.c.year > max(year, 0)))
    return int(more or 0), int(conn.scalar(select(func.count()).where(mine, spending.c.year > 0)) or 0)


def main_currency(look: Looking) -> str:
    """The currency in which most customers bought; VND before anybody did."""
    known = look.currencies
    if len(known) < 2:
        return known[0] if known else "VND"
    used = select(spending.c.currency).group_by(spending.c.currency).order_by(func.count().desc(), spending.c.currency)
    return str(look.conn.scalar(used.limit(1)))


def lapsed_months(
    look: Looking, name: str, rule: Lapsed, months: Sequence[int], stores: frozenset[str] | None = None
) -> list[Row]:
    """Of the segment, by the month in which each lapsed by the rule: month (place in `months`), customers, worth.

    months: first days of months, rising; -1: before the first. worth: in the main currency, of the year up to the last purchase.
    Who has not lapsed is left out.
    """
    here, main = predicate(look, name), look.spent(main_currency(look))
    day = traits.c.last_order + patience(rule) + 1
    month = case(*[(day >= first, index) for index, first in reversed(list(enumerate(months)))], else_=-1).label(
        "month"
    )
    chosen = select(month, func.count().label("customers"), func.sum(func.coalesce(main.c.before, 0)).label("worth"))
    chosen = chosen.select_from(look.tables()).where(here, day <= look.today, of_stores(look.conn, stores))
    return _rows(look.conn, chosen.group_by(month).order_by(month))


def having_birthday(
    look: Looking, days: int, limit: int, stores: frozenset[str] | None = None
) -> tuple[int, list[Row]]:
    """How many have a birthday today or in the next days, and the first of them: who it is, `ahead` (days), by day and name."""
    kept = {one: ahead for ahead in range(days, -1, -1) for one in birthdays(look.today + ahead, 0)}
    here = (traits.c.birthday.in_(sorted(kept)), customers.c.status == "active", of_stores(look.conn, stores))
    ahead = case(*[(traits.c.birthday == one, place) for one, place in sorted(kept.items())], else_=0).label("ahead")
    joined = traits.join(customers, _same())
    summary = [customers.c[one] for one in SUMMARY]
    chosen = select(*summary, ahead).select_from(joined).where(*here)
    count = look.conn.scalar(select(func.count()).select_from(joined).where(*here))
    return int(count or 0), _rows(look.conn, chosen.order_by(ahead, traits.c.golden_id).limit(limit))


def spent_of(conn: Connection, golden_ids: Sequence[str]) -> dict[str, list[Row]]:
    """Golden id → its rows of spending by currency, of some customers."""
    chosen = select(spending).where(among(conn, spending.c.golden_id, golden_ids)).order_by(spending.c.currency)
    found: dict[str, list[Row]] = {}
    for row in _rows(conn, chosen):
        found.setdefault(row["golden_id"], []).append(row)
    return found


def of_stores(conn: Connection, stores: frozenset[str] | None) -> Predicate:
    """Customers of one of the stores; None: all."""
    if stores is None:
        return true()
    return or_(false(), *[bears(conn, traits.c.stores, one) for one in sorted(stores)])


def _same() -> Predicate:
    return customers.c.golden_id == traits.c.golden_id


def _rows(conn: Connection, statement: Select[Any]) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in conn.execute(statement).mappings()]


def months_back(today: int, count: int) -> Iterator[int]:
    """First days of this month and of the ones before, rising."""
    here = EPOCH + timedelta(days=today)
    for back in range(count - 1, -1, -1):
        years, month = divmod(here.year * 12 + here.month - 1 - back, 12)
        yield (date(years, month + 1, 1) - EPOCH).days
