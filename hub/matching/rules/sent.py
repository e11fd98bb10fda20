"""The hub itself created this record for the customer of the other one, so they are one by the receipt.

Belongs here: this rule. Does not: closure (cluster), sentences (data/sentences.tsv).
"""

from __future__ import annotations

from hub.matching.rules.base import SENT, Rule

RULE = Rule("sent", SENT, "sent")
