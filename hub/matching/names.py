"""Whether two names can be one person's: the verdict, its reason and the sentence that explains it.

Belongs here: comparing names already read. Does not: reading them (normalize/name.py), joining records (rules),
evidence in bits (score).
A free function of two names; symmetric in verdict and reason, `detail` in the order of the arguments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from hub.matching.name_tokens import Pairing, Tie, pair_up
from hub.matching.normalize.company import company_key, folded_text
from hub.matching.normalize.name import Name
from hub.matching.normalize.name_fold import word
from hub.matching.normalize.tables import read_table

Verdict = Literal["same", "compatible", "unsure", "incompatible", "missing"]


@dataclass(frozen=True, slots=True)
class NameMatch:
    """What a comparison found. `detail`: the pairs of words that decided, "" where one side has none."""

    verdict: Verdict
    reason: str
    detail: tuple[tuple[str, str], ...] = ()
    organisation_of: str | None = None
    """organisation_person only: the organisation's key, when a note of the person names it."""


def compare_names(a: Name, b: Name) -> NameMatch:
    """Two names can be one person's when every word of the shorter finds its own in the longer: equal, an initial, a
    nickname or a misspelling."""
    if "missing" in (a.level, b.level):
        return NameMatch("missing", "name.missing")
    if "organisation" in (a.kind, b.kind):
        return _organisations(a, b)
    if a.suffix and b.suffix and a.suffix != b.suffix:
        return NameMatch("incompatible", "name.suffix_differs", ((a.suffix, b.suffix),))
    return _persons(a, b) if _in_order(a, b) else _swapped(_persons(b, a))


def _in_order(a: Name, b: Name) -> bool:
    """The shorter first; of equal length, an order of the words, so that the arguments' order does not matter."""
    one, other = (len(a.tokens), a.ascii), (len(b.tokens), b.ascii)
    return one < other or (one == other and [w.marked for w in a.words] <= [w.marked for w in b.words])


def _swapped(match: NameMatch) -> NameMatch:
    turned = tuple((right, left) for left, right in match.detail)
    return NameMatch(match.verdict, match.reason, turned, match.organisation_of)


def _persons(short: Name, long: Name) -> NameMatch:
    both = short.vietnamese and long.vietnamese
    pairing = pair_up(short.words, long.words, vietnamese=both)
    apart = pairing.of(Tie.NONE) or (close if len(close := pairing.of(Tie.NEAR)) > 1 else ())
    if apart:
        return NameMatch("incompatible", "name.words_differ", apart)
    doubt = _doubt(short, long, pairing, both=both)
    if doubt:
        return doubt
    return _agreement(short, long, pairing)


def _doubt(a: Name, b: Name, pairing: Pairing, *, both: bool) -> NameMatch | None:
    """The first reason not to trust a pairing in which every word found another."""
    close = pairing.of(Tie.NEAR)
    if close:
        return NameMatch("unsure", "name.nearly", close)
    if not pairing.has_whole_word:
        return NameMatch("unsure", "name.initials_only", pairing.of(Tie.INITIAL))
    if a.suffix != b.suffix:
        return NameMatch("unsure", "name.suffix_on_one", ((a.suffix or "", b.suffix or ""),))
    if both and a.given != b.given:
        return _given_apart(a, b)
    return _marks_and_hints(a, b, pairing)


def _marks_and_hints(a: Name, b: Name, pairing: Pairing) -> NameMatch | None:
    """Tones, where both bear them; the gender of the honorifics, where a name is too short to tell two people apart."""
    tones = pairing.tones_apart() if a.toned and b.toned else ()
    if tones:
        return NameMatch("unsure", "name.tones_differ", tones)
    if "partial" in (a.level, b.level) and a.gender_hint and b.gender_hint and a.gender_hint != b.gender_hint:
        return NameMatch("unsure", "name.gender_hints_differ", ((_addressed(a), _addressed(b)),))
    return None


def _addressed(name: Name) -> str:
    return f"{name.honorific} {name.display}" if name.honorific else name.display or ""


def _given_apart(a: Name, b: Name) -> NameMatch:
    """LAN, Lan Anh: the given name of one is not in the other; Lan Anh, Anh Lan: it is, in another place."""
    missing = a.given not in b.ascii or b.given not in a.ascii
    return NameMatch(
        "unsure", "name.given_not_in_both" if missing else "name.given_differs", ((a.given or "", b.given or ""),)
    )


def _agreement(a: Name, b: Name, pairing: Pairing) -> NameMatch:
    for tie, reason in ((Tie.EDIT, "name.spelling"), (Tie.NICKNAME, "name.nickname"), (Tie.INITIAL, "name.initial")):
        found = pairing.of(tie)
        if found:
            return NameMatch("compatible", reason, found)
    if a.ambiguous != b.ambiguous:
        return NameMatch("compatible", "name.honorific_or_name", ((_addressed(a), _addressed(b)),))
    if len(a.tokens) != len(b.tokens):
        return NameMatch("compatible", "name.part_of", ((a.display or "", b.display or ""),))
    marks = pairing.marks_apart()
    return NameMatch("compatible", "name.marks_folded", marks) if marks else NameMatch("same", "name.same")


def _organisations(a: Name, b: Name) -> NameMatch:
    """Two organisations by their keys; an organisation and a person are never one."""
    if a.kind == b.kind or _branch(a, b) or _branch(b, a):
        return _two_organisations(a, b)
    company, person = (a, b) if a.kind == "organisation" else (b, a)
    key = company_key(company.display or "")
    notes = [f" {folded_text(note)} " for note in person.notes]
    of = key if key and any(f" {key} " in note for note in notes) else None
    return NameMatch("incompatible", "name.organisation_person", ((a.display or "", b.display or ""),), of)


def _branch(company: Name, other: Name) -> bool:
    """Universal Exports, Universal Exports India: words of the company and more, without a form of its own."""
    return company.kind == "organisation" and len(company.ascii) > 1 and set(company.ascii) <= set(other.ascii)


def _two_organisations(a: Name, b: Name) -> NameMatch:
    if sorted(a.ascii) == sorted(b.ascii):
        return NameMatch("same", "name.same_organisation")
    short, long = (a, b) if (len(a.ascii), a.ascii) <= (len(b.ascii), b.ascii) else (b, a)
    pairing = pair_up(tuple(map(word, short.ascii)), tuple(map(word, long.ascii)), vietnamese=False, names=False)
    if pairing.of(Tie.NONE):
        match = NameMatch("incompatible", "name.organisations_differ", pairing.of(Tie.NONE))
    elif len(short.ascii) == len(long.ascii) and not pairing.of(Tie.NEAR) and not pairing.of(Tie.INITIAL):
        match = NameMatch("compatible", "name.spelling", pairing.of(Tie.EDIT))
    else:
        match = NameMatch("unsure", "name.organisations_nearly", ((short.display or "", long.display or ""),))
    return match if short is a else _swapped(match)


def mutually_compatible(names: Sequence[Name]) -> bool:
    """Whether every two of the names that are not missing are same or compatible. Equal names are compared once."""
    present = list(
        {(n.ascii, n.folded, n.honorific, n.suffix, n.kind): n for n in names if n.level != "missing"}.values()
    )
    return all(
        compare_names(a, b).verdict in ("same", "compatible") for i, a in enumerate(present) for b in present[i + 1 :]
    )


Language = Literal["vi", "en"]


def sentence(match: NameMatch, a_display: str, b_display: str, language: Language) -> str:
    """The finding as one sentence, with the names as given and the words that decided."""
    reason = "name.organisation_of" if match.organisation_of else match.reason
    words = ", ".join(f"{left or '–'} ~ {right or '–'}" for left, right in match.detail)
    template = _sentences()[reason][language]
    return template.format(a=a_display or "–", b=b_display or "–", words=words, of=match.organisation_of or "")


@cache
def _sentences() -> Mapping[str, Mapping[str, str]]:
    return {row["reason"]: row for row in read_table("name_sentences.tsv")}
