"""How columns of a table are declared: the `[columns]` table of a source, folding of headings, nearest names.

Belongs here: what any connector over tables needs to know about its settings. Does not: reading tables (sheet_file),
normalizing values (matching).
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from hub.errors import ConfigError
from hub.model import FIELDS, Json

SCALARS: frozenset[str] = frozenset({*FIELDS, "code", "created_at", "updated_at"})
"""Fields that take one value, from one column (several: the first that is filled wins)."""
LISTS: frozenset[str] = frozenset({"phones", "emails", "ids", "stores", "groups", "interests", "tags", "addresses"})
ADDRESS_PARTS: tuple[str, ...] = ("line", "ward", "district", "province", "postal_code", "country")
USES: tuple[str, ...] = ("own", "recipient", "work", "other")
ALIASES: Mapping[str, str] = {
    "phone": "phones",
    "email": "emails",
    "address": "addresses",
    "store": "stores",
    "group": "groups",
    "tag": "tags",
    "name": "full_name",
}
IDENTITY: tuple[str, ...] = ("full_name", "family_name", "given_name", "phones", "emails", "birth_date", "ids")
"""Fields from which a row without an id gets one, in this order."""


@dataclass(frozen=True, slots=True)
class Target:
    """One line of `[columns]`: field of the canonical record, the rest of its dotted name, the columns that fill it."""

    field: str
    parts: tuple[str, ...]
    columns: tuple[str, ...]


@lru_cache(maxsize=4_096)
def fold(text: str) -> str:
    """A heading for comparing: lower case, no accents (đ→d), one space between words, no `*` or `:` at its end."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    plain = "".join(c for c in plain if not unicodedata.combining(c) and c not in "\u200b\ufeff\u200e\u200f")
    return re.sub(r"[\s_]+", " ", re.sub(r"[\s:*]*(\(\s*\*\s*\))?[\s:*]*$", "", plain)).strip()


def squeeze(text: str) -> str:
    """A heading as typed: NFC, without spaces at its ends, one space between words."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip(" \ufeff\u200b")


def nearest(name: str, labels: Iterable[str]) -> str:
    """The heading that looks most like `name`, "" when none does."""
    by_fold = {fold(label): label for label in labels if fold(label)}
    inside = [key for key in by_fold if fold(name) in key or key in fold(name)]
    close = difflib.get_close_matches(fold(name), list(by_fold), n=1, cutoff=0.5) or inside
    return by_fold[close[0]] if close else ""


def parse_columns(table: Mapping[str, Json], path: str = "columns") -> tuple[Target, ...]:
    """The targets of a `[columns]` table in its own order. Raises ConfigError naming the key that is wrong."""
    targets = tuple(_target(key, value, path) for key, value in _flat(table))
    if not targets:
        raise ConfigError("no column is mapped", path=path, hint='for example phones = "Điện thoại"')
    return targets


def columns_of(targets: Sequence[Target], *fields: str) -> tuple[str, ...]:
    """The columns, as named in the settings, that fill any of these fields (all fields when none is given)."""
    chosen = [t for f in fields for t in targets if t.field == f] if fields else targets
    names = [column for target in chosen for column in target.columns]
    return tuple(dict.fromkeys(names))


def _flat(table: Mapping[str, Json], prefix: str = "") -> Iterator[tuple[str, Json]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _target(key: str, value: Json, path: str) -> Target:
    where = f"{path}.{key}"
    columns = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()
    if not columns or not all(isinstance(c, str) and c.strip() for c in columns):
        raise ConfigError("a column's heading, or a list of headings, is expected", path=where)
    head, *rest = key.split(".")
    field, parts = ALIASES.get(head, head), tuple(rest)
    if not _known(field, parts):
        known = sorted(SCALARS | LISTS | {"address.line", "ids.TYPE", "consents.PURPOSE.CHANNEL", "extra.NAME"})
        raise ConfigError(f"{key} is not a canonical field", path=where, hint=_hint(key, known))
    return Target(field, parts, columns)


def _known(field: str, parts: tuple[str, ...]) -> bool:
    if field == "addresses" and parts:
        return len(parts) == 1 and parts[0] in ADDRESS_PARTS
    if field in ("phones", "emails") and parts:
        return len(parts) == 1 and parts[0] in USES
    if field == "ids" and parts:
        return len(parts) == 1
    if field == "consents":
        return len(parts) == 2
    if field == "extra":
        return len(parts) == 1
    return not parts and field in SCALARS | LISTS


def _hint(key: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else "see the canonical fields in the reference"
