"""Why a customer is in a segment, in one sentence (segments.tsv).

Belongs here: a sentence for each kind of condition, filled with the customer's own numbers. Does not: finding members.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from hub.connectors.kit.people import amount_text
from hub.flow.texts import texts
from hub.matching.explain import label
from hub.settings import Settings
from hub.settings.conditions import (
    Age,
    Birthday,
    Condition,
    Consent,
    Lapsed,
    Members,
    Money,
    OneOf,
    Orders,
    Rank,
    Segment,
)
from hub.store.segment_terms import AGE_OF, birthdays

TABLE = "segments.tsv"
SOON = {0: "birthday.today", 1: "birthday.tomorrow"}
Facts = Mapping[str, Any]
"""Columns of traits (store.segments.FACTS), and `spent`: rows of spending."""


def sentence(settings: Settings, segment: Segment, facts: Facts, today: int) -> str:
    """What holds of this customer, joined by `; `, each once."""
    told = [part for one in segment.conditions for part in _told(settings, one, facts, today)]
    text = "; ".join(dict.fromkeys(told))
    return text[:1].upper() + text[1:]


def _say(settings: Settings, key: str, **values: object) -> str:
    return texts(TABLE)[key]["vi" if settings.language == "vi" else "en"].format(**values)


def _told(settings: Settings, condition: Condition, facts: Facts, today: int) -> Iterator[str]:
    match condition:
        case Lapsed() if condition.wanted:
            yield _lapsed(settings, facts, today)
        case Birthday():
            yield _birthday(settings, facts, today)
        case Orders():
            yield _say(settings, "orders" if facts["orders"] else "never", n=facts["orders"])
        case Age() if facts[AGE_OF[condition.field]] is not None:
            yield _say(settings, condition.field, n=max(0, today - facts[AGE_OF[condition.field]]))
        case Money() | Rank():
            yield from _spent(settings, condition, facts)
        case OneOf():
            yield f"{label(condition.field, settings.language)}: {' / '.join(_plain(settings, condition))}"
        case Consent():
            yield _say(settings, f"consent.{condition.status}", channel=condition.channel)
        case Members() if condition.how != "none":
            yield from (
                part
                for name in condition.names[: None if condition.how == "all" else 1]
                for one in settings.segments[name].conditions
                for part in _told(settings, one, facts, today)
            )


def _plain(settings: Settings, condition: OneOf) -> list[str]:
    words = texts("page_words.tsv")
    return [words[one][settings.language] if one in words else one for one in condition.values]


def _lapsed(settings: Settings, facts: Facts, today: int) -> str:
    gone = today - facts["last_order"]
    if facts["gap"] is None:
        return _say(settings, "lapsed.few", n=gone, orders=facts["orders"])
    return _say(settings, "lapsed", n=gone, gap=_number(facts["gap"]))


def _number(gap: float) -> str:
    return f"{gap:.0f}" if gap >= 2 or gap == int(gap) else f"{gap:.1f}"


def _birthday(settings: Settings, facts: Facts, today: int) -> str:
    if not facts.get("birthday"):
        return _say(settings, "birthday.month")
    month, day = (int(part) for part in facts["birthday"].split("-"))
    ahead = next(n for n in range(367) if facts["birthday"] in birthdays(today + n, 0))
    return _say(settings, SOON.get(ahead, "birthday"), day=day, month=month, n=ahead)


def _spent(settings: Settings, condition: Money | Rank, facts: Facts) -> Iterator[str]:
    column = "total" if isinstance(condition, Money) and condition.field == "spent" else "year"
    rows = [row for row in facts["spent"] if isinstance(condition, Rank) or row["currency"] == condition.currency]
    amounts = [_money(settings, row[column], row["currency"]) for row in rows if row[column]]
    if amounts:
        yield _say(settings, column, amount=", ".join(amounts))
    if isinstance(condition, Rank) and not condition.above:
        yield _say(settings, "rank", upto=_share(condition.upto))
    elif isinstance(condition, Rank):
        yield _say(settings, "rank.between", above=_share(condition.above), upto=_share(condition.upto))


def _money(settings: Settings, minor: int, currency: str) -> str:
    text = amount_text(minor, currency)
    return text.translate(str.maketrans(",.", ".,")) if settings.language == "vi" else text


def _share(share: Decimal) -> str:
    return f"{share.normalize():f}%"
