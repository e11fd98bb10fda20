"""Questions as people read them, in a shop's words.

Belongs here: lines out of the JSON of `hub review`. Does not: choosing what is told (flow.review, flow.review_show).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from hub.cli.judge import effect_text
from hub.cli.say import say, word
from hub.connectors.kit.people import amount_text
from hub.flow.explain_orders import NO_CURRENCY
from hub.matching.explain import label
from hub.model import Json

MOST = 20
SURE, RATHER = 10.0, 5.0
"""Bits from which a suggestion is sure, or rather sure; below it is unsure."""


def list_text(told: Json, language: str) -> str:
    """The queue."""
    lines = [_line(one, language) for one in told["questions"]]
    shown = {"count": len(lines), "minutes": told["minutes"]}
    waiting = any(one["state"] == "open" for one in told["questions"])
    head = (
        say(language, "review.head" if waiting else "review.others", **shown) if lines else say(language, "review.none")
    )
    rest = told["asked"] - min(len(lines), told["asked"]) + told["rest"]
    tail = [say(language, "review.rest", rest=rest)] if rest else []
    tail += [say(language, "review.put_off", count=told["later"])] if told["later"] else []
    return "\n".join([head, *lines, *tail])


def _line(one: Json, language: str) -> str:
    told = {**one, "who": _who(one), "pattern": one["about"]}
    state = "" if one["state"] == "open" else f"  ({word(language, one['state'])})"
    looks = "  " + say(language, "review.looks", **one["claimed"]) if one["claimed"] else ""
    sure = f"  {_sure(one['bits'], language)}" if one["bits"] is not None else ""
    money = (
        f"  {amount_text(one['money'], one['currency'] or 'XXX').removesuffix('XXX').strip()}" if one["money"] else ""
    )
    return "  " + say(language, "review.line", **told) + sure + money + state + looks


def _who(one: Json) -> str:
    """The names of both customers, or the records' where there is no name."""
    names = []
    for side, record in zip(one["customers"], (one["a"], one["b"]), strict=True):
        name = (side["full_name"] or side["company_name"]) if side else None
        names += [f"{name} ({record})" if name else record] if record else []
    return " | ".join(names)


def _sure(bits: float, language: str) -> str:
    return word(language, "sure" if bits >= SURE else "rather" if bits >= RATHER else "unsure")


def sample_text(rows: list[Json], count: int, language: str) -> str:
    """A sample of many questions that are decided at once."""
    return "\n".join(
        [say(language, "review.sample", shown=len(rows), count=count), *(_line(one, language) for one in rows)]
    )


def show_text(told: Json, language: str) -> str:
    """One question whole."""
    return "\n".join(_show(told, language))


def _show(told: Json, language: str) -> Iterator[str]:
    yield say(language, "review.title", **{name: told[name] for name in ("review_id", "what", "about")})
    if told["state"] != "open":
        state = word(language, told["state"])
        yield "  " + " ".join(
            str(part) for part in (state, told["verdict"], told["author"], told["decided_at"] or told["until"]) if part
        )
    if told["comment"]:
        yield "  " + told["comment"]
    for side in told.get("sides", ()):
        yield from _side(side, language)
    for name in ("refusals", "joins"):
        if told.get(name):
            yield say(language, f"review.{name}")
            yield from ("  " + one["evidence"] for one in told[name][:MOST])
    if told.get("weight"):
        yield say(language, "review.weight", bits=told["weight"]["bits"], sure=_sure(told["weight"]["bits"], language))
        yield from (f"  {step['bits'] + step['tf']:+.1f}  {step['sentence']}" for step in told["weight"]["steps"])
    yield from _special(told, language)
    for verdict, effect in told["answers"].items():
        yield say(language, "review.answer", verdict=verdict, what=word(language, f"answer.{verdict}"))
        text = effect["impossible"] if "impossible" in effect else effect_text(effect, language)
        yield from ("  " + line for line in text.splitlines())


def _side(side: Json, language: str) -> Iterator[str]:
    one = side["customer"]
    yield say(
        language, "review.side", code=one["customer_code"], golden_id=one["golden_id"], records=one["record_count"]
    )
    yield from (
        "    "
        + say(
            language,
            "review.orders",
            **{**sums, "sum": amount_text(sums["total"] or 0, sums["currency"] or NO_CURRENCY)},
        )
        for sums in side["orders"]
    )
    for record in side["records"]:
        yield f"  {record['source']}:{record['source_id']}"
        for name, value in record["values"].items():
            began = (record["since"].get(name) or "?")[:10]
            yield f"    {_field(name, language)}: {_plain(value)}  ({began})"


def _special(told: Json, language: str) -> Iterator[str]:
    """What only some kinds tell."""
    if told.get("differences"):
        yield say(language, "review.differences")
        for one in told["differences"]:
            change = {
                **one,
                "then": one["then"] or "–",
                "now": one["now"] or "–",
                "field": _field(one["field"], language),
            }
            yield "  " + say(language, "review.difference", **change)
    if told.get("pin"):
        pin = {**told["pin"], "said": told["pin"]["said"] or "–", "says": told["pin"]["says"] or "–"}
        yield say(language, "review.pin", **{**pin, "field": _field(pin["field"], language)})
    if told.get("pair_count"):
        yield say(language, "review.pairs", count=told["pair_count"])
        yield from (f"  {a} – {b}" for a, b in told["pairs"][:MOST])


def _field(name: str, language: Any) -> str:
    return label(name, language)


def _plain(value: Json) -> str:
    """A value as people read it: of lists the values alone."""
    if isinstance(value, list):
        return "; ".join(_plain(one.get("value", one) if isinstance(one, dict) else one) for one in value)
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values() if part)
    return value if isinstance(value, str) else orjson.dumps(value).decode()
