"""Values of customers masked for showing: enough to recognise a column, not enough to recognise a person.

Belongs here: masks per kind of value. Does not: deciding what a column is (guess).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

DIGITS = re.compile(r"\+?\d(?:[\s.\-()]*\d){5,}")


def mask(text: str, field: str | None) -> str:
    """The mask for a value of a canonical field (None: unknown, which is hidden most)."""
    if not text.strip():
        return ""
    head = (field or "").split(".")[0]
    return text if head in OPEN else MASKS.get(head, rest)(text)


def day(text: str) -> str:
    """`03/02/1990` → `**/**/1990`; a year alone stays."""
    if re.fullmatch(r"\d{4}", text.strip()):
        return text.strip()
    iso = re.match(r"\s*(\d{4})([-/.])\d{1,2}[-/.]\d{1,2}", text)
    plain = re.match(r"\s*\d{1,2}([-/.])\d{1,2}[-/.](\d{2,4})", text)
    return f"{iso[1]}{iso[2]}**{iso[2]}**" if iso else f"**{plain[1]}**{plain[1]}{plain[2]}" if plain else rest(text)


def phone(text: str) -> str:
    """`0912345567` → `09****567`; other text is hidden."""
    match = DIGITS.search(text)
    if not match:
        return rest(text)
    digits = re.sub(r"\D", "", match[0])
    return f"{'+' if match[0].startswith('+') else ''}{digits[:2]}****{digits[-3:]}"


def email(text: str) -> str:
    """`nam@example.com` → `n***@example.com`."""
    local, at, domain = text.strip().partition("@")
    return f"{local[:1]}***@{domain}" if at and local else rest(text)


def name(text: str) -> str:
    """`Nguyễn Văn An` → `N. V. An`; a single word keeps its first letter; digits and addresses are hidden."""
    if "@" in text or sum(c.isdigit() for c in text) > 3:
        return rest(text)
    words = text.split()
    if len(words) == 1:
        return f"{words[0][:1]}***"
    return " ".join([*(f"{w[:1]}." for w in words[:-1]), words[-1]])


def rest(text: str) -> str:
    """First letter and stars; digits never show."""
    first = text.strip()[:1]
    return f"{'*' if first.isdigit() else first}***"


OPEN = frozenset({"gender", "customer_type", "tier", "honorific", "consents"})
"""Fields whose words tell nobody."""
MASKS: Mapping[str, Callable[[str], str]] = {
    "phones": phone,
    "emails": email,
    "birth_date": day,
    **dict.fromkeys(("full_name", "family_name", "given_name", "owner", "referrer"), name),
}
