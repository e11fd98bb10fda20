"""All that both records say together makes it likely enough that they are one, and an admin has let scores merge.

Belongs here: this rule. Does not: the score and its guards (hub.matching.score), sentences (data/sentences.tsv).
"""

from __future__ import annotations

from hub.matching.rules.base import SCORE, Rule

RULE = Rule("score", SCORE, "sent")
