"""The shop's own phones, e-mails, domains and names: on a customer's record they say nothing about the customer.

Belongs here: reading the owner's list. Does not: settings and files (settings), counting who bears a value (guards).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.matching.normalize.email import domain_ascii, normalize_email
from hub.matching.normalize.phone import normalize_phone


@dataclass(frozen=True, slots=True)
class Own:
    """phones in E.164, emails normalized, domains in ASCII without `@`, names as typed."""

    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


NOBODY = Own()


def own_of(texts: Iterable[str], region: str, names: Iterable[str] = ()) -> Own:
    """The list of hub.toml (`own`) read: `@cuahang.vn` is a domain, what has an `@` an e-mail, everything else phones.

    What cannot be read is left out.
    """
    phones: set[str] = set()
    emails: set[str] = set()
    domains: set[str] = set()
    for text in (text.strip() for text in texts):
        if text.startswith("@"):
            domains |= {domain for domain in [domain_ascii(text[1:].lower())] if domain}
        elif "@" in text:
            emails |= {email.value for email in normalize_email(text, region) if email.value}
        else:
            phones |= {phone.e164 for phone in normalize_phone(text, region) if phone.e164}
    return Own(frozenset(phones), frozenset(emails), frozenset(domains), frozenset(names))
