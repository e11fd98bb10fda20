"""Both records bear the same loyalty card of the same issuer, and their names do not exclude each other.

Belongs here: this rule. Does not: closure (cluster), sentences (data/sentences.tsv).
"""

from __future__ import annotations

from hub.matching.rules.base import ONE, Rule

RULE = Rule("loyalty", ONE, "loyal", ("loyalty",))
