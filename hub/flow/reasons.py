"""Why something was not written, or not yet, as a sentence in Vietnamese and English (reasons.tsv).

Belongs here: finding the sentence of a stable code. Does not: deciding (decide.py, settle.py), a vendor's codes (connectors).
A code is a word, or a word and what it is about: `needs.email`, `missing:email,phone`, `rejected:duplicate.email`.
"""

from __future__ import annotations

import re

from hub.flow.texts import texts

TABLE = "reasons.tsv"
PASSED_ON = {"rejected": "rejected_before", "given_up": "given_up_because"}
"""Heads that are about another reason → their sentence."""
_PARTS = re.compile(r"^([a-z_]+)[.:](.+)$")


def sentence(reason: str, language: str) -> str:
    """The sentence of a reason; a code that nobody wrote one for (a connector of somebody else's) is shown as it is."""
    rows = texts(TABLE)
    if reason in rows:
        return rows[reason][language]
    match = _PARTS.match(reason)
    head, about = (match[1], match[2]) if match else (reason, "")
    if head in PASSED_ON:
        return rows[PASSED_ON[head]][language].format(what=_small(sentence(about, language)))
    if head not in rows:
        return rows["other"][language].format(what=reason)
    return rows[head][language].format(what=_named(about, language))


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _named(about: str, language: str) -> str:
    from hub.matching.explain import label

    return ", ".join(label(name, language) for name in about.split(","))  # type: ignore[arg-type]  # vi or en
