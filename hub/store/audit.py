"""The audit log: who did what to whom, when and why. Append-only; it holds ids, never a personal value.

Belongs here: writing and reading the table `audit`. Does not: what is worth a line (the steps that people begin).
What people type as a reason may name somebody: contacts, and the names of the customers concerned, are masked before it is kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, select

from hub.model import Json
from hub.store import audit_chain
from hub.store.bulk import among
from hub.store.tables import audit, customers

MASK = "…"
CONTACT = re.compile(r"[^\s,;<>()]+@[\w.-]*\w|(?<![\w-])\+?\d(?:[\s.()-]{0,2}\d){6,}(?![\w-])")
"""An e-mail address, or seven digits and more as phones and cards are written; not the digits of an id."""
WORD = re.compile(r"\w+")
SHORTEST = 2
MOST = 500
Row = Mapping[str, Any]


def write(
    conn: Connection,
    *,
    at: str,
    actor: str,
    action: str,
    subjects: Sequence[str] = (),
    reason: str | None = None,
    details: Mapping[str, Json] | None = None,
) -> None:
    """Append one line. subjects: golden ids and ids of plans, entries, questions. details: counts and ids, no personal value."""
    row = {
        "at": at,
        "actor": actor,
        "action": action,
        "subjects": orjson.dumps(list(subjects)).decode(),
        "reason": masked(reason, _names(conn, subjects)) if reason else None,
        "details": orjson.dumps(details, option=orjson.OPT_SORT_KEYS).decode() if details else None,
    }
    audit_chain.append(conn, [row])


def masked(text: str, names: Sequence[str]) -> str:
    """The text without phones, e-mails and the words of these names, whatever their case and tones."""
    secret = {_folded(word) for name in names for word in WORD.findall(name)}

    def hidden(found: re.Match[str]) -> str:
        return MASK if len(found[0]) >= SHORTEST and _folded(found[0]) in secret else found[0]

    return WORD.sub(hidden, CONTACT.sub(MASK, unicodedata.normalize("NFC", text)))


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFD", word.lower().replace("đ", "d"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _names(conn: Connection, subjects: Sequence[str]) -> list[str]:
    chosen = select(customers.c.full_name, customers.c.company_name)
    rows = conn.execute(chosen.where(among(conn, customers.c.golden_id, list(subjects)))) if subjects else ()
    return [name for row in rows for name in row if name]


def read(
    conn: Connection,
    *,
    after: int = 0,
    before: int | None = None,
    action: str | None = None,
    subject: str | None = None,
    most: int = MOST,
) -> list[Row]:
    """The newest lines first: all columns, subjects and details as JSON values. after, before: `seq`, both left out."""
    chosen = select(audit).where(audit.c.seq > after).order_by(audit.c.seq.desc()).limit(most)
    if before is not None:
        chosen = chosen.where(audit.c.seq < before)
    if action is not None:
        chosen = chosen.where(audit.c.action == action)
    if subject is not None:
        chosen = chosen.where(audit.c.subjects.contains(orjson.dumps(subject).decode(), autoescape=True))
    return [_row(row) for row in conn.execute(chosen).mappings()]


def _row(row: Mapping[Any, Any]) -> Row:
    told = {str(name): value for name, value in row.items()}
    return {**told, "subjects": orjson.loads(told["subjects"]), "details": orjson.loads(told["details"] or "null")}


def whole(conn: Connection) -> list[Row]:
    """Every line as it stands in the table, the oldest first."""
    return [
        {str(name): value for name, value in row.items()}
        for row in conn.execute(select(audit).order_by(audit.c.seq)).mappings()
    ]


def again(conn: Connection, lines: Sequence[Row]) -> int:
    """Append those of these lines that are not there, under new numbers; how many."""
    there = {_content(row) for row in whole(conn)}
    fresh = [row for row in lines if _content(row) not in there]
    audit_chain.append(conn, fresh)
    return len(fresh)


def _content(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in audit_chain.CONTENT)
