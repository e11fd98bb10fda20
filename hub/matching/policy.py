"""The policy of matching: what may be tuned, as one frozen value that is part of every decision.

Belongs here: the limits and switches and their version text. Does not: reading hub.toml (settings), the rules.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

RULES_VERSION = 2
"""Rises when a rule decides differently on the same input; then everything is matched anew."""


@dataclass(frozen=True, slots=True)
class Policy:
    """An identifier with more than max_names (N) given names or max_nameless (M) nameless records joins nobody.

    own: the shop's own values in normal form (E.164, e-mail, `@domain`); they join nobody. Switches turn a rule off.
    gap: days without any holder after which a phone or e-mail with another name has changed hands; 0 = it never has.
    """

    max_names: int = 4
    max_nameless: int = 3
    own: frozenset[str] = frozenset()
    phone: bool = True
    email: bool = True
    email_weak: bool = True
    personal_number: bool = True
    company_tax: bool = True
    loyalty: bool = True
    gap: int = 365

    @property
    def version(self) -> str:
        """Text that differs whenever the same records could be joined differently."""
        own = hashlib.blake2b("\n".join(sorted(self.own)).encode(), digest_size=8).hexdigest()
        switches = "".join(
            "1" if on else "0"
            for on in (self.phone, self.email, self.email_weak, self.personal_number, self.company_tax, self.loyalty)
        )
        return f"rules={RULES_VERSION};N={self.max_names};M={self.max_nameless};gap={self.gap};on={switches};own={own}"

    def types_off(self) -> frozenset[str]:
        """Identifier types that may not join under this policy."""
        off = {"other"}
        pairs = (
            (self.phone, ("phone",)),
            (self.email, ("email", "email_weak")),
            (self.email_weak, ("email_weak",)),
            (self.personal_number, ("national_id", "passport", "driving_licence")),
            (self.company_tax, ("tax_code",)),
            (self.loyalty, ("loyalty", "social")),
        )
        for on, types in pairs:
            if not on:
                off.update(types)
        return frozenset(off)
