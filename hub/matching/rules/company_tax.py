"""Two organisations with one tax code are one; persons who bear it are related to it.

Belongs here: this rule. Does not: closure (cluster), sentences (data/sentences.tsv).
"""

from __future__ import annotations

from hub.matching.rules.base import NUMBER, Rule

RULE = Rule("company_tax", NUMBER, "number", ("tax_code",), ("organisation",))
