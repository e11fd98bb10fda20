"""Both records bear the same account of the same social network, and their names do not exclude each other.

Belongs here: this rule. Does not: closure (cluster), sentences (data/sentences.tsv).
"""

from __future__ import annotations

from hub.matching.rules.base import ONE, Rule

RULE = Rule("social", ONE, "loyal", ("social",))
