"""Both records bear the same own phone, and their names agree.

Belongs here: this rule. Does not: closure (cluster), sentences (data/sentences.tsv).
"""

from __future__ import annotations

from hub.matching.rules.base import ONE, Rule

RULE = Rule("phone", ONE, "contact", ("phone",))
