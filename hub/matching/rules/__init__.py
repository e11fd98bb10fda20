"""The rules by which records join, strongest first; one file each.

Belongs here: the ordered list and look-ups over it. Does not: closure (cluster), guards (guards), names (names).
A new rule: one file, one line in RULES, one row in data/sentences.tsv for each language.
"""

from __future__ import annotations

from hub.matching.rules import (
    company_tax,
    email,
    judgement,
    loyalty,
    personal_number,
    phone,
    phone_email,
    score,
    sent,
    social,
)
from hub.matching.rules.base import Rule

RULES: tuple[Rule, ...] = (
    judgement.RULE,
    sent.RULE,
    personal_number.RULE,
    company_tax.RULE,
    phone_email.RULE,
    phone.RULE,
    email.RULE,
    loyalty.RULE,
    social.RULE,
    score.RULE,
)
ORDER: dict[str, int] = {rule.name: place for place, rule in enumerate(RULES)}
"""Place of a rule: a record shows the first of those by which it hangs in its cluster."""
SINGLE = "single"
"""The rule of a record that stands alone."""
BY_NAME: dict[str, Rule] = {rule.name: rule for rule in RULES}


def rule_for(kind: str, type_: str) -> Rule | None:
    """The rule by which an identifier of this type joins records of this kind, None when it joins none of them."""
    for rule in RULES:
        if type_ in rule.types and kind in rule.kinds:
            return rule
    return None


def joining(types_off: frozenset[str]) -> list[tuple[str, str, str]]:
    """(kind, type, rule name) of all that joins by one identifier under a policy."""
    return [
        (kind, type_, rule.name)
        for rule in RULES
        for type_ in rule.types
        for kind in rule.kinds
        if type_ not in types_off
    ]
