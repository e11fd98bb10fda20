"""The page of rules, out of the rules' own docstrings and lists and the tables of examples."""

from __future__ import annotations

import importlib
import inspect

from docs.render.spec import examples
from docs.render.table import table
from hub.flow.run import GUARDS
from hub.matching import rules, survivorship
from hub.settings import Matching

NEEDS = {
    "judged": "no later word of a person",
    "sent": "no word of a person, no other national id",
    "number": "no word of a person, no other national id, the right kind of record",
    "loyal": "the same, and names that do not exclude each other",
    "contact": "the same, names that agree, and birth dates that do not contradict",
}
"""What must not stand against a join, by `Rule.need`."""
INTRO = """# Rules

## Who is who

Records join by the first rule that holds, strongest first. What forbids a join stands beside it."""


def page() -> str:
    """Match rules, limits, survivorship, and the examples that the tests read."""
    return "\n\n".join([INTRO, _matching(), _limits(), "## Which value wins", _survivorship(), _defaults(), examples()])


def _matching() -> str:
    rows = [
        (
            f"`{rule.name}`",
            _said(f"hub.matching.rules.{rule.name}"),
            ", ".join(f"`{one}`" for one in rule.types),
            NEEDS[rule.need],
        )
        for rule in rules.RULES
    ]
    return table(("Rule", "What it says", "By", "Needs"), rows)


def _limits() -> str:
    policy = Matching()
    return (
        f"A phone or e-mail with more than {policy.max_names} different given names, or on more than {policy.max_nameless} "
        "records without a name, joins nobody (`matching.max_names`, `matching.max_nameless`), nor does one of `matching.own`. "
        f"A phone whose records bear two names, the one last seen {policy.reassigned_days} days (`matching.reassigned_days`) "
        "or more before the other was first seen, has changed hands (`reassigned`): it is the present holder's. Nothing is "
        "inferred without the systems' own times, or when the two share an address or another identifier. "
        f"`hub sync --json` counts what was held apart: {', '.join(f'`{name}`' for name in GUARDS)}."
    )


def _survivorship() -> str:
    names = [*survivorship.RULES, "aggregate", "most_restrictive"]
    return table(
        ("Rule", "What it says"), [(f"`{name}`", _said(f"hub.matching.survivorship.{name}")) for name in names]
    )


def _defaults() -> str:
    rows = [(f"`{name}`", ", ".join(f"`{rule}`" for rule in order)) for name, order in survivorship.DEFAULTS.items()]
    text = (
        "Rules are asked in order until one value is left; `[survivorship.fields]` replaces the order of a field. "
        "The order of trust is `survivorship.sources`."
    )
    return f"{text}\n\n{table(('Field', 'Rules'), rows)}"


def _said(module: str) -> str:
    """The first sentence of a rule's docstring, which is its explanation."""
    return (inspect.getdoc(importlib.import_module(module)) or "").split("\n\n")[0]
