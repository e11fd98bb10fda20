"""Personal data as somebody without the right to it sees it.

Belongs here: masking a golden document. Does not: who has the right (guards, api/entry.py).
Phones, e-mails and ids keep a few signs, a birth date its year; free text, which may say anything, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

FREE = ("note", "extra", "birth_month", "birth_day")
STAR = "*"
NUMBER = re.compile(r"(?<!\d)(?:\+84|0)\d{8,10}(?!\d)")
"""A phone inside a system's own id."""


def phone(text: str) -> str:
    """`+84912345678` → `+849*****678`; short numbers whole in stars."""
    return text[:4] + STAR * (len(text) - 7) + text[-3:] if len(text) >= 10 else STAR * len(text)


def email(text: str) -> str:
    """`lan.anh@example.com` → `l***@example.com`."""
    name, at, domain = text.rpartition("@")
    return f"{name[:1]}***{at}{domain}" if at else STAR * 3


def contact(text: str) -> str:
    """A phone or an e-mail."""
    return email(text) if "@" in text else phone(text)


def document(doc: dict[str, Any]) -> dict[str, Any]:
    """A golden document without what identifies or reaches the person; the one given is changed."""
    for name in FREE:
        doc.pop(name, None)
    born = doc.pop("birth_date", None)
    if born and not born.startswith("--"):
        doc["birth_date"] = born[:4]
    for name, parts in HIDDEN.items():
        for item in doc.get(name, ()):
            for part, hide in parts.items():
                if item.get(part):
                    item[part] = hide(item[part])
    if "addresses" in doc:
        kept = ({name: value for name, value in item.items() if name != "line"} for item in doc["addresses"])
        doc["addresses"] = [item for item in kept if item]
    return doc


def card(text: str) -> str:
    """The number of a card or document: its last two signs."""
    return STAR * 3 + text[-2:] if len(text) > 6 else STAR * 3


def named(text: str) -> str:
    """A system's own id, which in some systems is an e-mail address or a phone."""
    return email(text) if "@" in text else NUMBER.sub(lambda found: phone(found[0]), text)


HIDDEN: Mapping[str, Mapping[str, Callable[[str], str]]] = {
    "phones": {"value": phone, "national": phone},
    "emails": {"value": email},
    "ids": {"value": card},
    "consents": {"address": contact},
    "records": {"source_id": named, "code": named},
}
"""List of a golden document → its parts that are masked, and how."""


def summary(row: Mapping[str, Any]) -> dict[str, Any]:
    """What tells customers apart (store.story.SUMMARY), masked."""
    masked = dict(row)
    if masked.get("phone"):
        masked["phone"] = phone(masked["phone"])
    if masked.get("email"):
        masked["email"] = email(masked["email"])
    return masked
