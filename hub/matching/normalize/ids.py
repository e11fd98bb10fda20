"""Ids as typed to type, value, issuer and class; which of them may join records.

Belongs here: synonyms of types, forms of known ids, placeholders, zeros a spreadsheet took, the bulk twin.
Does not: which ids forbid or make a join (matching.rules), phones and e-mails (phone.py, email.py).
Table: id_types.tsv. Vietnam: CMND 9 digits, CCCD 12 (three for the province), tax code 10 (the tenth a check) or 13.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from hub.matching.normalize.tables import read_table
from hub.matching.normalize.text import folded, plain

TYPES = ("national_id", "tax_code", "passport", "driving_licence", "loyalty", "social", "other")
PERSONAL = frozenset({"national_id", "passport", "driving_licence"})
INSIDE_ISSUER = frozenset({"loyalty", "social"})
_SIGNS = re.compile(r"[^0-9A-Z*•●]+")
_FLOAT = re.compile(r"([0-9]{5,})[.,]0{1,2}")
_SCIENTIFIC = re.compile(r"[0-9][.,][0-9]+[eE][+-]?[0-9]{1,2}")
_MASK = re.compile(r"[*•●]|(?<=[0-9])[xX]{2,}|[xX]{2,}(?=[0-9])")
_NOTHING = frozenset(
    ("", "khong", "khong co", "ko", "none", "null", "nan", "n a", "na", "no", "unknown", "chua co", "test")
)
_UP, _DOWN = "1234567890" * 3, "9876543210" * 3
_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_PROVINCES = range(1, 97)
SCHEMA = {
    "type": pl.String,
    "value": pl.String,
    "issuer": pl.String,
    "class": pl.String,
    "key": pl.Boolean,
    "flags": pl.String,
    "reason": pl.String,
}


@dataclass(frozen=True, slots=True)
class Ident:
    """One id. value: capitals and digits only; None when it may not be used, then `reason` is ids.empty | invalid |
    placeholder | masked | scientific. issuer: capitals, "" when none is told. cls: cmnd, cccd, ssn, mst, else the type.
    key: may join records. A value with the reason ids.unknown_type is kept as `other` and never a key.
    flags: repaired, masked, placeholder, check_digit (a tax code that was probably mistyped).
    """

    raw: str
    type: str
    value: str | None
    issuer: str
    cls: str
    key: bool
    flags: frozenset[str]
    reason: str | None


@dataclass(frozen=True, slots=True)
class _Kind:
    type: str
    issuer: str
    cls: str
    known: bool


def normalize_id(type_name: str | None, text: str, issuer: str | None, region: str) -> Ident:
    """One id; `type_name` as the source calls it; `region` (ISO 3166) tells whose forms an id without issuer has."""
    kind = _kind(type_name, issuer)
    typed = plain(text)
    whole = _FLOAT.fullmatch(typed)
    value = _SIGNS.sub("", (whole.group(1) if whole else typed).upper())
    fault = _fault(typed, value)
    if fault:
        return _refused(text, kind, fault)
    return _by_form(text, value, kind, region)


def _refused(raw: str, kind: _Kind, why: str) -> Ident:
    flags = frozenset({why} & {"masked", "placeholder"})
    return Ident(raw, kind.type, None, kind.issuer, kind.cls or kind.type, False, flags, f"ids.{why}")


def _kind(type_name: str | None, issuer: str | None) -> _Kind:
    """The table's row for a type's name; a name nobody knows is `other`."""
    name = folded(type_name or "").replace(" ", "_")
    row = _types().get(name)
    told = folded(issuer or "").upper()
    if row is None:
        return _Kind("other", told, "other", known=False)
    return _Kind(row["type"], told or row["issuer"], row["class"], known=True)


@cache
def _types() -> Mapping[str, Mapping[str, str]]:
    return {row["name"]: row for row in read_table("id_types.tsv")}


def _fault(typed: str, value: str) -> str | None:
    if _MASK.search(typed):
        return "masked"
    if _SCIENTIFIC.fullmatch(typed):
        return "scientific"
    if folded(typed) in _NOTHING:
        return "placeholder" if any(c.isalnum() for c in typed) else "empty"
    return "placeholder" if _is_placeholder(value) else None


def _is_placeholder(value: str) -> bool:
    """One sign repeated, or digits that count up or down: `000000000000`, `123456789`."""
    bare = value.lstrip("0")
    counting = bare.isdigit() and len(bare) >= 8 and (_UP.startswith(bare) or _DOWN.startswith(bare))
    return len(set(value)) <= 1 or counting


def _by_form(raw: str, value: str, kind: _Kind, region: str) -> Ident:
    read = {"national_id": _national, "tax_code": _tax}.get(kind.type, _free)
    form, issuer, cls, fault = read(value, kind, region)
    if fault:
        return _refused(raw, _Kind(kind.type, issuer, cls, kind.known), fault)
    mistyped = cls == "mst" and not _check_digit(form[:10])
    key = kind.known and kind.type != "other" and (kind.type not in INSIDE_ISSUER or issuer != "")
    flags = frozenset(({"repaired"} if form != value else set()) | ({"check_digit"} if mistyped else set()))
    return Ident(raw, kind.type, form, issuer, cls, key, flags, None if kind.known else "ids.unknown_type")


_Read = tuple[str, str, str, str | None]


def _free(value: str, kind: _Kind, region: str) -> _Read:
    """Passports, licences, cards: signs as they stand, 5 to 20 where they are a person's number."""
    short = kind.type in PERSONAL and not 5 <= len(value) <= 20
    return value, kind.issuer, kind.cls or kind.type, "invalid" if short or not value else None


def _national(value: str, kind: _Kind, region: str) -> _Read:
    if kind.cls == "ssn" or (kind.issuer == "US" and value.isdigit()):
        good = len(value) == 9 and value.isdigit() and value[:3] != "666" and value[3:5] != "00" and value[5:] != "0000"
        return value, "US", "ssn" if value[:1] != "9" else "itin", None if good and value[:3] != "000" else "invalid"
    if kind.cls or kind.issuer == "VN" or (not kind.issuer and region == "VN" and value.isdigit()):
        return _vietnamese(value, kind)
    return _free(value, kind, region)


def _vietnamese(value: str, kind: _Kind) -> _Read:
    """Nine digits are a CMND, twelve a CCCD; a zero that a number format took in front is put back."""
    lost = value.isdigit() and value[:1] != "0"
    short_cccd = len(value) == 11 and kind.cls != "cmnd" and int(value[:2] if lost else 0) in _PROVINCES
    if lost and (short_cccd or (len(value) == 8 and kind.cls != "cccd")):
        value = f"0{value}"
    cls = {9: "cmnd", 12: "cccd"}.get(len(value)) if value.isdigit() else None
    if cls == "cccd" and int(value[:3]) not in _PROVINCES:
        cls = None
    return value, "VN", cls or kind.cls or "national_id", None if cls else "invalid"


def _tax(value: str, kind: _Kind, region: str) -> _Read:
    if kind.cls != "mst" and kind.issuer != "VN" and (kind.issuer or region != "VN" or not value.isdigit()):
        return value, kind.issuer, "tax_code", None if 5 <= len(value) <= 20 else "invalid"
    if len(value) in {9, 12} and _check_digit(f"0{value[:9]}") and value[:1] != "0":
        value = f"0{value}"
    if len(value) == 12 and value.isdigit() and int(value[:3]) in _PROVINCES:
        return value, "VN", "cccd", None
    return value, "VN", "mst", None if len(value) in {10, 13} and value.isdigit() else "invalid"


def _check_digit(code: str) -> bool:
    """Whether ten digits are a Vietnamese tax code: the tenth is ten less the weighted sum modulo eleven."""
    if len(code) != 10 or not code.isdigit():
        return False
    return 10 - sum(w * int(d) for w, d in zip(_WEIGHTS, code[:9], strict=True)) % 11 == int(code[9])


def normalize_ids(ids: pl.DataFrame, region: str) -> pl.DataFrame:
    """The columns of SCHEMA for a frame of `type`, `value`, `issuer` (text, null allowed), row by row in its order."""
    asked = ids.select(pl.col("type", "value", "issuer").cast(pl.String))
    distinct = asked.filter(pl.col("value").is_not_null()).unique()
    answers = []
    for type_name, text, issuer in distinct.iter_rows():
        i = normalize_id(type_name, text, issuer, region)
        flags = "|".join(sorted(i.flags))
        answers.append((type_name, text, issuer, i.type, i.value, i.issuer, i.cls, i.key, flags, i.reason))
    found = pl.DataFrame(answers, schema={"t": pl.String, "v": pl.String, "i": pl.String, **SCHEMA}, orient="row")
    asked = asked.rename({"type": "t", "value": "v", "issuer": "i"})
    return asked.join(found, on=["t", "v", "i"], how="left", nulls_equal=True, maintain_order="left").select(*SCHEMA)
