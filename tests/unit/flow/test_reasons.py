"""Every reason that a write was not made has its sentence in both languages."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import hub
from hub import errors
from hub.connectors.kit.answers import UNREACHABLE
from hub.flow.reasons import TABLE, sentence
from hub.flow.texts import texts

ROOT = Path(hub.__file__).parent
EXPORTS = ("remote.py", "host_key.py")
"""What goes wrong there is no reason of a write."""
FILES = [
    *(ROOT / "flow" / f"{name}.py" for name in ("decide", "judging", "three_way", "consent", "plan")),
    *(ROOT / "flow" / f"{name}.py" for name in ("push", "send", "settle", "receipts")),
    ROOT / "store" / "ledger.py",
    *(path for path in (ROOT / "connectors" / "kit").glob("*.py") if path.name not in EXPORTS),
    *(ROOT / "connectors").glob("*/*writes.py"),
    *(ROOT / "connectors").glob("*/client.py"),
    *(ROOT / "connectors").glob("*/mapping.py"),
    *(ROOT / "connectors").glob("*/__init__.py"),
    ROOT / "connectors" / "email_mailbox" / "connection.py",
    ROOT / "connectors" / "sheet_file" / "writer.py",
]
WORD = {"Item": 5, "Verdict": 2}
"""Which argument is the reason."""
JUDGES = ("allowed", "_gate", "verdict", "_kept_there")
CODE = re.compile(r"^[a-z_]+([.:][a-z_]*)?$")


def texts_in(node: ast.AST) -> Iterator[str]:
    """Text constants of an expression; of an f-string its beginning."""
    if isinstance(node, ast.JoinedStr):
        first = node.values[0]
        yield f"{first.value}x" if isinstance(first, ast.Constant) else ""
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value + ("x" if node.value.endswith(":") else "")
    elif isinstance(node, ast.IfExp | ast.BoolOp | ast.BinOp | ast.Tuple):
        for child in ast.iter_child_nodes(node):
            yield from texts_in(child)


def emitted(tree: ast.AST) -> Iterator[str]:
    """What may become a reason: `reason=` and `code=`, a plan item's last word, `reason = …`, what a judge returns, REASONS."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                yield from texts_in(keyword.value) if keyword.arg in ("reason", "code") else ()
            if isinstance(node.func, ast.Name) and node.func.id in ("Item", "Verdict"):
                yield from (code for word in node.args[WORD[node.func.id] :][:1] for code in texts_in(word))
            if isinstance(node.func, ast.Name) and node.func.id == "_maybe":
                yield from texts_in(node.args[1])
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield from texts_in(node.value) if node.targets[0].id == "reason" else ()
            if node.targets[0].id == "REASONS" and isinstance(node.value, ast.Dict):
                yield from (code for value in node.value.values for code in texts_in(value))
        elif isinstance(node, ast.FunctionDef) and node.name in JUDGES:
            for inner in ast.walk(node):
                yield from texts_in(inner.value) if isinstance(inner, ast.Return) and inner.value else ()


CODES = sorted(
    {
        *(code for file in FILES for code in emitted(ast.parse(file.read_text(encoding="utf-8"))) if CODE.match(code)),
        *(
            one.code
            for one in vars(errors).values()
            if isinstance(one, type) and issubclass(one, errors.TransientError)
        ),
        UNREACHABLE,
        errors.AuthError.code,
        errors.PermanentError.code,
        errors.ConfigError.code,
    }
    - {"held", "waiting", "approved", ""}
)


def test_the_search_finds_reasons_of_every_kind():
    kinds = {"no_consent", "missing:x", "deleted_there", "outcome_unknown", "rejected:x", "max_changes:x", "not_there"}
    kinds |= {
        "given_up:x",
        "used_there",
        "edited_since",
        "changed_there",
        "max_deletes:x",
        "needs.email",
        "unwritable.x",
        "duplicate.email",
        "unreachable",
        "rate_limited",
        "withdrawn_there",
    }
    assert kinds - set(CODES) == set()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_reason_has_a_sentence(language):
    other = texts(TABLE)["other"][language].split("{")[0]
    assert [code for code in CODES if sentence(code, language).startswith(other)] == []


def test_sentences_are_whole_in_both_languages():
    def names(text):
        return [name for _, name, _, _ in string.Formatter().parse(text) if name]

    rows = texts(TABLE)
    assert [key for key, row in rows.items() if not (row["vi"].strip() and row["en"].strip())] == []
    assert [key for key, row in rows.items() if names(row["vi"]) != names(row["en"])] == []


@pytest.mark.parametrize(
    ("reason", "english"),
    [
        ("missing:email,full_name", "What that system insists on is missing: e-mail, full name"),
        ("max_changes:7/10", "It would touch 7/10 of the records, above max_changes; look before you approve"),
        (
            "rejected:duplicate.email",
            "That system has refused this before, so it is not sent again: another record there has this e-mail already",
        ),
        ("acme.no_such_thing", "Another reason: acme.no_such_thing"),
    ],
)
def test_what_a_reason_is_about_stands_in_its_sentence(reason, english):
    assert sentence(reason, "en") == english
