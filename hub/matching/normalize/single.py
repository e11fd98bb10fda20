"""One canonical row normalized in plain Python: what `normalize_records` says of it, by the references of its fields.

Belongs here: putting the fields of one record together. Does not: rules of one field, whole frames (record.py), with which it
agrees exactly. Consents, ids, extra fields and texts with signs that nobody sees are left to the frames (null).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from hub.matching.normalize.address import PARTS as ADDRESS
from hub.matching.normalize.address import TYPED, Address, normalize_address
from hub.matching.normalize.canonical import CANONICAL, TEXTS, typed
from hub.matching.normalize.company import company_key, organisation_type
from hub.matching.normalize.dates import normalize_birth_date
from hub.matching.normalize.email import normalize_email
from hub.matching.normalize.name import Name, parse_name
from hub.matching.normalize.name_bulk import SCHEMA as NAME
from hub.matching.normalize.name_bulk import row as name_row
from hub.matching.normalize.own import NOBODY, Own
from hub.matching.normalize.phone import normalize_phone
from hub.matching.normalize.record import AS_TYPED, NOT_OF_THE_PERSON, SHOWN
from hub.matching.normalize.record_contacts import OLD_LANDLINES_ENDED, SILENT, USES, flags_of
from hub.matching.normalize.record_kind import ORGANISED
from hub.matching.normalize.record_names import REFUSALS, STAFF, compose
from hub.matching.normalize.text import squeezed
from hub.matching.normalize.values import look_up
from hub.model import RECORD_COLUMNS

Row = dict[str, Any]
NOT_HERE = ("consents", "ids", "extra")
_STAFF, _SILENT, _NOT_OF_THE_PERSON = re.compile(STAFF), re.compile(SILENT), re.compile(NOT_OF_THE_PERSON)


class Single(NamedTuple):
    """record: columns RECORD_COLUMNS. identifiers: columns IDENTIFIER_COLUMNS but source_id. refusals: field, code, n."""

    record: Row
    identifiers: Sequence[Row]
    refusals: Sequence[tuple[str, str, int]]


def normalize_single(
    row: Mapping[str, object], *, region: str, date_order: str = "dmy", own: Own = NOBODY, today: str | None = None
) -> Single | None:
    """Normalize one canonical row; arguments as of `normalize_records`. None: not for here."""
    cells: Row = {name: None if row.get(name) in (None, "") else typed(name, row[name]) for name in CANONICAL}
    if any(cells[name] for name in NOT_HERE) or not _plain(cells):
        return None
    refusals: list[tuple[str, str, int]] = []
    found = [*_phones(cells, region, own, refusals), *_emails(cells, region, own, refusals)]
    identifiers = _once(found)
    names = _names(cells, own)
    birth = normalize_birth_date(cells["birth_date"], date_order, today=today) if cells["birth_date"] else None
    told = {name: look_up(name, cells[name] or "") for name in ("gender", "customer_type", "kind")}
    if names["reason"] in REFUSALS:
        refusals.append(("full_name", names["reason"], 0))
    if birth is not None and birth.reason not in (None, "date.empty"):
        refusals.append(("birth_date", str(birth.reason), 0))
    refusals += [(name, value.reason, 0) for name, value in told.items() if value.reason is not None]
    fields = {**names, **{name: _squeezed(cells[name]) for name in AS_TYPED}, "birth_date": birth and birth.value}
    fields["birth_old"] = birth and birth.old
    fields["note"] = _note(cells["note"]) or _notes(names)
    fields |= {"gender": told["gender"].value, "customer_type": told["customer_type"].value}
    fields["kind"] = _kind(fields, told["kind"].value, identifiers)
    if fields["kind"] == "organisation" and fields["customer_type"] is None:
        fields["customer_type"] = names["organisation_type"]
    fields |= {name: cells[name] for name in ("source_id", "created_at", "updated_at")}
    fields["doc"] = _document(cells, fields, identifiers)
    return Single({name: fields[name] for name in RECORD_COLUMNS}, identifiers, refusals)


def _plain(value: object) -> bool:
    """Whether all texts hold visible signs and blanks only: what trimming and JSON make of others is told by columns."""
    if isinstance(value, Mapping):
        return all(map(_plain, value.values()))
    if isinstance(value, list):
        return all(map(_plain, value))
    return value is None or (isinstance(value, str) and value.isprintable())


def _squeezed(text: str | None) -> str | None:
    return squeezed(text) or None if text is not None else None


def _note(text: str | None) -> str | None:
    """Notes keep their blanks."""
    return unicodedata.normalize("NFC", text).strip() if text is not None else None


def _notes(names: Row) -> str | None:
    text: str | None = names["notes"]
    return text.replace("|", "; ") if text is not None else None


# contacts ------------------------------------------------------------------------------------------------------------


def _cells(cells: Row, name: str) -> list[tuple[int, str, str]]:
    """place, value and use of the contacts that say something; an unknown use is `other`, none is `own`."""
    found = []
    for n, one in enumerate(cells[name] or ()):
        use = "own" if one["use"] is None else one["use"]
        if one["value"] is not None:
            found.append((n, one["value"], use if use in USES else "other"))
    return found


def _contact(type_: str, value: str, n: int, use: str, **more: Any) -> Row:
    return {"type": type_, "value": value, "issuer": "", "national": None, "use": use, "n": n, **more}


def _told(reason: str | None) -> bool:
    return reason is not None and not _SILENT.search(reason)


def _phones(cells: Row, region: str, own: Own, refusals: list[tuple[str, str, int]]) -> list[Row]:
    touched = cells["updated_at"] or cells["created_at"]
    old = touched is not None and touched < OLD_LANDLINES_ENDED
    found = []
    for n, cell, use in _cells(cells, "phones"):
        for one in normalize_phone(cell, region):
            shops = one.e164 in own.phones
            flags, doubtful = flags_of({"flags": "|".join(sorted(one.flags)), "own": shops, "old": old})
            personal = one.line in ("mobile", "landline") and one.e164 is not None
            key = personal and use == "own" and not shops and not doubtful
            if _told(one.reason):
                refusals.append(("phones", str(one.reason), n))
            value = _squeezed(one.raw) if one.reason == "phone.masked" else one.e164
            if value is not None:
                told = {"class": one.line, "key": key, "flags": flags, "raw": one.raw, "national": one.national}
                found.append(_contact("phone", value, n, use, **told))
    return found


def _emails(cells: Row, region: str, own: Own, refusals: list[tuple[str, str, int]]) -> list[Row]:
    mails: list[Row] = []
    weak: list[Row] = []
    made: list[Row] = []
    for n, cell, use in _cells(cells, "emails"):
        for one in normalize_email(cell, region):
            host = (one.value or "").split("@")[-1]
            shops = one.value in own.emails or host in own.domains or one.phone in own.phones
            masked = one.reason == "email.masked"
            flags = flags_of({"flags": "", "own": shops, "made": one.phone is not None, "masked": masked})[0]
            told = {"class": one.cls, "key": use == "own" and not shops, "flags": flags, "raw": one.raw}
            if _told(one.reason):
                refusals.append(("emails", str(one.reason), n))
            if one.phone is not None:
                made += [_made(one.phone, n, use, told, region)]
                continue
            told["key"] = told["key"] and one.cls == "personal"
            value = _squeezed(one.raw) if masked else one.value
            mails += [_contact("email", value, n, use, **told)] if value is not None else []
            weak += [_contact("email_weak", one.weak, n, use, **told)] if one.weak is not None else []
    return [*mails, *weak, *made]


def _made(phone: str, n: int, use: str, told: Row, region: str) -> Row:
    """The phone that an e-mail was made from."""
    read = normalize_phone(phone, region)[0]
    return _contact("phone", phone, n, use, **{**told, "class": read.line, "national": read.national})


def _once(found: Sequence[Row]) -> list[Row]:
    """Each value once, with the use nearest to the customer, in the order given."""
    kept: dict[tuple[str, str], int] = {}
    for place in sorted(range(len(found)), key=lambda place: found[place]["use"] != "own"):
        kept.setdefault((found[place]["type"], found[place]["value"]), place)
    return [found[place] for place in sorted(kept.values())]


# names and kind ------------------------------------------------------------------------------------------------------


def _names(cells: Row, own: Own) -> Row:
    whole, family, given = (text if (text := cells[name]) and text.strip() else None for name in ("full_name", *_TWO))
    if whole is None:
        whole = compose(family, given) if family and given else family or given
    read = name_row(parse_name(whole, own.names)) if whole is not None else name_row(Name("", None))
    found: Row = dict(zip(NAME, read, strict=True))
    if whole is None:
        found |= dict.fromkeys(NAME, None) | {"name_level": "missing", "name_toned": False}
    if found["full_name"] is not None and found["name_kind"] != "organisation" and found["reason"] is None:
        found["family_name"] = _squeezed(family) or found["family_name"]
        found["given_name"] = _squeezed(given) or found["given_name"]
    found["honorific"] = _squeezed(cells["honorific"]) or found["honorific"]
    found["staff"] = whole is not None and _STAFF.search(whole) is not None
    organised = found["name_kind"] == "organisation"
    company = _squeezed(cells["company_name"]) or (found["full_name"] if organised else None)
    key = company_key(company) if company is not None else None
    found |= {"company_name": company, "company_key": key}
    found["organisation_type"] = organisation_type(company) if company is not None else None
    found["by_company"] = organised or (key is not None and found["name_level"] == "missing")
    return found


_TWO = ("family_name", "given_name")


def _kind(fields: Row, hint: str | None, identifiers: Sequence[Row]) -> str:
    """As `record_kind.kinds`."""
    usable = any(one["use"] == "own" and _of_the_person(one["flags"]) for one in identifiers)
    masked = fields["name_kind"] == "masked" or any("masked" in one["flags"] for one in identifiers)
    nothing = not usable and fields["name_level"] == "missing" and not fields["by_company"]
    if hint in ("staff", "test", "masked"):
        return hint
    if fields["staff"]:
        return "staff"
    if fields["name_kind"] == "test" and not usable:
        return "test"
    if nothing:
        return "masked" if masked else "anonymous"
    organised = hint == "organisation" or fields["by_company"] or fields["customer_type"] in ORGANISED
    return "organisation" if organised else "person"


def _of_the_person(flags: str) -> bool:
    return "from_email" in flags or not _NOT_OF_THE_PERSON.search(flags)


# the document --------------------------------------------------------------------------------------------------------


def _document(cells: Row, fields: Row, identifiers: Sequence[Row]) -> str:
    doc: Row = {name: fields[name] for name in SHOWN}
    for type_ in ("phone", "email"):
        shown = [one for one in identifiers if one["type"] == type_ and not _hidden(one["flags"])]
        doc[f"{type_}s"] = [
            {"value": one["value"], "use": one["use"]} for one in sorted(shown, key=lambda one: one["n"])
        ]
    for name in TEXTS:
        doc[name] = list(dict.fromkeys(filter(None, map(_squeezed, cells[name] or ()))))
    doc["addresses"] = list(filter(None, map(_address, cells["addresses"] or ())))
    told = {name: value for name, value in doc.items() if value not in (None, [])}
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()


def _hidden(flags: str) -> bool:
    return "masked" in flags or "from_email" in flags


def _address(cell: Mapping[str, str | None]) -> Row:
    read = normalize_address(Address(**{part: cell[part] for part in TYPED}))
    return {part: value for part in ADDRESS if (value := getattr(read, part)) is not None}
