"""Both records bear the same personal e-mail, and their names agree.

Belongs here: this rule. Does not: closure (cluster), sentences (data/sentences.tsv).
"""

from __future__ import annotations

from hub.matching.rules.base import ONE, Rule

RULE = Rule("email", ONE, "contact", ("email", "email_weak"))
