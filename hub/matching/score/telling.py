"""Why two records weigh what they weigh: one step per field, adding up exactly, with a sentence in two languages.

Belongs here: the steps of one pair and their sentences (data/levels.tsv). Does not: weights (weigh).
Sentences hold customers' values: they are for people who may see them, never for logs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from hub.matching.explain import label
from hub.matching.score.fields import Field
from hub.matching.score.levels import table
from hub.matching.score.model import MILLI, MISSING, Levels
from hub.matching.score.scorer import Scorer
from hub.matching.score.texts import VIETNAMESE

Language = Literal["vi", "en"]
PRIOR = "prior"
_LABELS = {"company": "company_name", "email": "email", "phone": "phone", "order": "full_name"}


@dataclass(frozen=True, slots=True)
class Step:
    """field: the comparison, or `prior`. level: '' for the prior. a, b: the values compared. bits: what the level weighs;
    tf: what the value's frequency adds. Milli-bits (thousandths) keep sums exact."""

    field: str
    kind: str
    level: str
    a: str
    b: str
    milli_bits: int
    milli_tf: int

    @property
    def bits(self) -> float:
        """What the level weighs, in bits."""
        return self.milli_bits / MILLI

    @property
    def tf(self) -> float:
        """What the value's frequency adds, in bits."""
        return self.milli_tf / MILLI


def waterfall(scorer: Scorer, rid_a: int, rid_b: int) -> list[Step]:
    """The steps of a pair: the prior, then every comparison to which both records say something.

    The bits and adjustments of all steps sum to the pair's weight. KeyError for a record that is not scored.
    """
    place = {rid: n for n, rid in enumerate(scorer.features.rids.tolist())}
    a, b = sorted((place[rid_a], place[rid_b]))
    compared = scorer.comparer.compare(np.array([a]), np.array([b]))
    weighed = scorer.scales.weigh(compared)
    steps = [Step(PRIOR, PRIOR, "", "", "", round(scorer.parameters.prior_bits * MILLI), 0)]
    crossed = "order" in compared.agreed and _level(scorer, compared.levels, "order") == "crossed"
    for n, one in enumerate(scorer.parameters.comparisons):
        level = int(compared.levels[0, n])
        if level != MISSING:
            shown = "order" if crossed and one.name in ("given", "family") else one.name
            values = _values(scorer, shown, a), _values(scorer, shown, b)
            steps.append(
                Step(one.name, one.kind, one.levels[level], *values, int(weighed.bits[0, n]), int(weighed.tf[0, n]))
            )
    return steps


def _level(scorer: Scorer, levels: Levels, name: str) -> str:
    one = scorer.parameters.names.index(name)
    return scorer.parameters.comparisons[one].levels[int(levels[0, one])]


def total(steps: Sequence[Step]) -> float:
    """The weight in bits that the steps add up to."""
    return sum(step.milli_bits + step.milli_tf for step in steps) / MILLI


def _values(scorer: Scorer, name: str, place: int) -> str:
    """What a record says to a comparison, several values parted by `; `."""
    names = ("family", "given") if name == "order" else (name,)
    return " ".join(text for one in names if (text := _text(scorer.features.fields[one], place)))


def _text(field: Field, place: int) -> str:
    codes = field.codes[field.offsets[place] : field.offsets[place + 1]]
    return "; ".join(field.values[int(code)].removeprefix(VIETNAMESE) for code in codes)


@cache
def _sentences() -> dict[tuple[str, str], dict[str, str]]:
    return {(row["kind"], row["level"]): {"vi": row["vi"], "en": row["en"]} for row in table()}


_PRIOR = {
    "vi": "hai bản ghi bất kỳ hiếm khi là một người",
    "en": "two records taken at random are seldom one person",
}


def sentence(step: Step, language: Language = "vi") -> str:
    """What a step says, with the values compared."""
    if step.field == PRIOR:
        return _PRIOR[language]
    name = _LABELS.get(step.field, step.field).removeprefix("extra.")
    return _sentences()[step.kind, step.level][language].format(a=step.a, b=step.b, field=label(name, language))
