"""One sentence for every join, refusal, blocked value and golden field, with the values used, in Vietnamese and English.

Belongs here: filling the templates of data/sentences.tsv. Does not: deciding, choosing what to show (cli, web).
Sentences hold customers' values: they are for people who may see them, never for logs.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Language = Literal["vi", "en"]
SCORE = "score"
"""Type of a join or refusal that rests on a weight, its value."""
_SHOWN = 3
"""So many losing values are named."""


@dataclass(frozen=True, slots=True)
class Party:
    """What a sentence may say of a record; name: full or company name, None when it has none."""

    source: str
    source_id: str
    name: str | None = None
    birth_date: str | None = None
    national_id: str | None = None

    @property
    def shown(self) -> str:
        """The record as people name it: `source:source_id`."""
        return f"{self.source}:{self.source_id}"


@cache
def sentences() -> Mapping[tuple[str, str], Mapping[str, str]]:
    """(group, code) → template by language. Groups: link, refusal, score (refusals by score), blocked, field."""
    return {(row["group"], row["code"]): row for row in _read("sentences.tsv")}


@cache
def labels() -> Mapping[str, Mapping[str, str]]:
    """Identifier type or field → its name by language."""
    return {row["name"]: row for row in _read("labels.tsv")}


def explain_edge(rule: str, type_: str | None, value: str | None, issuer: str | None, *, a: Party, b: Party | None = None,
                 language: Language = "vi") -> str:  # fmt: skip
    """Why two records are one customer; rule `single` tells of `a` alone."""
    phone, _, email = (value or "").partition(" ")
    return _told("link", rule, language, phone=phone, email=email, **_identifier(type_, value, issuer, language),
                 **_parties(a, b or a, language))  # fmt: skip


def explain_refusal(reason: str, type_: str | None, value: str | None, issuer: str | None, *, a: Party, b: Party,
                    until: str | None = None, since: str | None = None, language: Language = "vi") -> str:  # fmt: skip
    """Why two records that share something, or weigh enough by their score, are not one customer.

    until, since: when a `reassigned` number changed hands.
    """
    group = SCORE if type_ == SCORE else "refusal"
    times = {name: (at or label("unknown", language))[:10] for name, at in (("until", until), ("since", since))}
    told = _told(
        group, reason, language, **times, **_identifier(type_, value, issuer, language), **_parties(a, b, language)
    )
    return told[:1].upper() + told[1:] if reason == "reassigned" else told


def explain_relation(kind: str, type_: str, value: str, since: str | None, *, name_a: str | None, name_b: str | None,
                     language: Language = "vi") -> str:  # fmt: skip
    """How two customers belong together without being one. name_a: of the customer whose relation is told."""
    nobody = label("nobody", language)
    shown = {
        "name_a": name_a or nobody,
        "name_b": name_b or nobody,
        "since": (since or label("unknown", language))[:10],
    }
    told = _told("relation", kind, language, **shown, **_identifier(type_, value, "", language))
    return told[:1].upper() + told[1:]


def explain_blocked(
    reason: str, type_: str, value: str, *, names: int, nameless: int, language: Language = "vi"
) -> str:
    """Why an identifier joins nobody."""
    return _told("blocked", reason, language, names=str(names), nameless=str(nameless),
                 **_identifier(type_, value, "", language))  # fmt: skip


def explain_field(field: str, value: str | None, rule: str, *, record: Party | None = None, losers: Iterable[str] = (),
                  language: Language = "vi") -> str:  # fmt: skip
    """Why a golden field has its value. losers: the other values that records hold."""
    nothing = label("nothing", language)
    others = list(dict.fromkeys(one for one in losers if one != value))
    shown = "; ".join(others[:_SHOWN]) + ("; …" if len(others) > _SHOWN else "")
    return _told("field", rule, language, field=label(field, language), value=value or nothing,
                 record=record.shown if record else nothing, losers=shown or nothing)  # fmt: skip


def label(name: str, language: Language = "vi") -> str:
    """The name of an identifier type or a field; the name itself when it has no label (declared extra fields)."""
    row = labels().get(name)
    return row[language] if row else name


def _told(group: str, code: str, language: Language, **values: str) -> str:
    text = sentences()[group, code][language].format(**values)
    return text[:1].upper() + text[1:] if group in ("blocked", "field") else text


def _identifier(type_: str | None, value: str | None, issuer: str | None, language: Language) -> dict[str, str]:
    what = " + ".join(label(part, language) for part in (type_ or "unknown").split("+"))
    return {"type": what, "value": value or "", "issuer": issuer or label("unknown", language)}


def _parties(a: Party, b: Party, language: Language) -> dict[str, str]:
    nobody, unknown = label("nobody", language), label("unknown", language)
    return {
        "a": a.shown, "b": b.shown, "name_a": a.name or nobody, "name_b": b.name or nobody,
        "birth_a": a.birth_date or unknown, "birth_b": b.birth_date or unknown,
        "id_a": a.national_id or unknown, "id_b": b.national_id or unknown,
    }  # fmt: skip


def _read(name: str) -> list[dict[str, str]]:
    text = (files("hub.matching") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
