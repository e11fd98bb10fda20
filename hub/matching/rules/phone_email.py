"""Both records bear the same own phone and the same personal e-mail, and their names agree.

Belongs here: this rule. Does not: closure (cluster), sentences (data/sentences.tsv).
"""

from __future__ import annotations

from hub.matching.rules.base import PHONE_EMAIL, Rule

RULE = Rule("phone_email", PHONE_EMAIL, "contact")
