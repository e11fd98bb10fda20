"""One cell about phones to phone numbers: the reference that the bulk path must agree with.

Belongs here: the order of the steps, validity and line type by `phonenumbers`, what counts as no number at all.
Does not: cutting cells (phone_text.py), Vietnamese tables (phone_vn.py), whole columns (phone_bulk.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from hub.matching.normalize.phone_text import Part, split_cell
from hub.matching.normalize.phone_vn import is_ambiguous, is_unassigned, landline_of_2017, read_vn
from hub.matching.normalize.tables import read_table
from hub.matching.normalize.text import folded

_LINES = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "landline",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PREMIUM_RATE: "hotline",
    PhoneNumberType.TOLL_FREE: "hotline",
    PhoneNumberType.SHARED_COST: "hotline",
    PhoneNumberType.UAN: "hotline",
}
_UP, _DOWN = "1234567890" * 2, "9876543210" * 2
_SEVEN_ZEROS = re.compile(r"0{7,}$")


@dataclass(frozen=True, slots=True)
class Phone:
    """One number found in a cell.

    raw: the cell as typed, or the piece of it when the cell holds several. e164: None when it may not be used, then
    `reason` says why: phone.empty | invalid | unassigned | placeholder | masked | scientific.
    national: as people of the source's country type it (Vietnam: digits with the zero); None for foreign numbers.
    line: mobile (also where the plan does not tell mobiles from landlines) | landline | hotline | voip | unknown.
    flags: migrated, ambiguous_legacy (was a landline before 2017: doubtful on records that old), placeholder, hotline,
    landline, masked, repaired.
    """

    raw: str
    e164: str | None
    national: str | None
    line: str
    flags: frozenset[str]
    reason: str | None


def normalize_phone(text: str, region: str) -> tuple[Phone, ...]:
    """Every number in a cell, in order, at least one. `region`: ISO 3166, for numbers without a country."""
    parts = split_cell(text)
    if len(parts) == 1:
        return (_phone(parts[0], text, region),)
    return tuple(_phone(part, part.text, region) for part in parts)


def _phone(part: Part, raw: str, region: str) -> Phone:
    fault = part.fault or _no_number(part)
    if fault:
        return _refused(raw, fault)
    vietnamese = part.digits.startswith("84") if part.plus else region == "VN" and not _is_foreign(part.digits)
    if vietnamese or (not part.plus and part.digits.startswith("0084")):
        return _vietnamese(part, raw, region)
    return _other(part, raw, region)


def _is_foreign(digits: str) -> bool:
    """`00` and another country: 001 702 919 1300."""
    return digits.startswith("00") and not digits.startswith("0084")


def _no_number(part: Part) -> str | None:
    if not part.digits:
        return "placeholder" if folded(part.text) in _words() else "invalid"
    return "placeholder" if is_placeholder(part.digits) else None


def is_placeholder(digits: str) -> bool:
    """Whether digits stand for "none": one digit repeated, counting, seven closing zeros, or a listed number."""
    bare = digits.lstrip("0")
    if len(set(digits)) == 1 or len(bare) < 4:
        return len(bare) < 1 or len(set(digits)) == 1
    repeated = len(bare) >= 6 and (len(set(bare)) == 1 or _UP.startswith(bare) or _DOWN.startswith(bare))
    return repeated or bare in listed_placeholders() or _SEVEN_ZEROS.search(bare) is not None


@cache
def listed_placeholders() -> frozenset[str]:
    """Digits, without leading zeros, that stand for "no phone" (phone_placeholders.tsv)."""
    return frozenset(row["value"] for row in read_table("phone_placeholders.tsv") if row["kind"] == "digits")


@cache
def _words() -> frozenset[str]:
    return frozenset(row["value"] for row in read_table("phone_placeholders.tsv") if row["kind"] == "word")


def _vietnamese(part: Part, raw: str, region: str) -> Phone:
    """Old mobiles by the table of 2018, then validity, then old landlines where that is certain."""
    reading = read_vn(part.digits, part.plus)
    if reading.nsn is None or not reading.nsn:
        return _refused(raw, "invalid")
    if is_placeholder(reading.nsn):
        return _refused(raw, "placeholder")
    nsn, line, flags = reading.nsn, _line_vn(reading.nsn), set[str]()
    if line is None:
        converted = landline_of_2017(nsn)
        if converted is None or _line_vn(converted) != "landline":
            return _refused(raw, "unassigned" if is_unassigned(nsn) else "invalid")
        nsn, line = converted, "landline"
        flags.add("migrated")
    if reading.migrated:
        flags.add("migrated")
    elif line == "mobile" and is_ambiguous(nsn):
        flags.add("ambiguous_legacy")
    if reading.repaired or part.repaired:
        flags.add("repaired")
    return _accepted(raw, f"+84{nsn}", _national_vn(nsn) if region == "VN" else None, line, flags)


def _national_vn(nsn: str) -> str:
    return nsn if nsn.startswith(("1800", "1900")) else f"0{nsn}"


@lru_cache(maxsize=65536)
def _line_vn(nsn: str) -> str | None:
    """The line type of a valid Vietnamese NSN, else None."""
    if nsn.startswith("0") or not 7 <= len(nsn) <= 10:
        return None
    return line_of(PhoneNumber(country_code=84, national_number=int(nsn)))


def line_of(number: PhoneNumber) -> str | None:
    """mobile | landline | hotline | voip | unknown of a valid number, None of an invalid one."""
    if not phonenumbers.is_valid_number(number):
        return None
    return line_of_type(phonenumbers.number_type(number))


def line_of_type(kind: int) -> str:
    """The line of one of phonenumbers' types."""
    return _LINES.get(kind, "unknown")


def _other(part: Part, raw: str, region: str) -> Phone:
    number = _parsed(part, region)
    line = None if number is None else line_of(number)
    if number is None or line is None:
        return _refused(raw, "invalid")
    if is_placeholder(str(number.national_number)):
        return _refused(raw, "placeholder")
    own = number.country_code == phonenumbers.country_code_for_region(region)
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL) if own else None
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return _accepted(raw, e164, national, line, {"repaired"} if part.repaired else set())


def _parsed(part: Part, region: str) -> PhoneNumber | None:
    """The number, also when `00` was typed where another prefix is the custom; None when nothing can be read."""
    if part.plus:
        return _parse(f"+{part.digits}", None)
    if part.digits.startswith("00"):
        abroad = _parse(f"+{part.digits[2:]}", None)
        if abroad is not None and phonenumbers.is_valid_number(abroad):
            return abroad
    return _parse(part.digits, region)


def _parse(text: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _accepted(raw: str, e164: str, national: str | None, line: str, flags: set[str]) -> Phone:
    told = {line} & {"landline", "hotline"}
    return Phone(raw, e164, national, line, frozenset(flags | told), None)


def _refused(raw: str, why: str) -> Phone:
    flags = frozenset({why} & {"placeholder", "masked"})
    return Phone(raw, None, None, "unknown", flags, f"phone.{why}")
