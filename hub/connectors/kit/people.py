"""First and last name fields, postal address fields: how vendors from elsewhere cut what Vietnamese people write whole.

Belongs here: joining and cutting text without judging it. Does not: normal forms (matching), a vendor's field names.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from hub.model import Json

FAMILY_NAMES = frozenset(
    {
        *("nguyen", "tran", "le", "pham", "hoang", "huynh", "phan", "vu", "vo", "dang", "bui", "do", "ho", "ngo"),
        *("duong", "ly", "dinh", "truong", "doan", "dao", "trinh", "luong", "mai"),
    }
)
"""The commonest Vietnamese family names, tones and marks folded: enough to tell which end of a name they stand at."""
EXPONENTS = {
    "VND": 0,
    "JPY": 0,
    "KRW": 0,
    "CLP": 0,
    "ISK": 0,
    "BHD": 3,
    "IQD": 3,
    "JOD": 3,
    "KWD": 3,
    "OMR": 3,
    "TND": 3,
}
"""Minor units of currencies that do not have two (ISO 4217)."""


def text(value: Json) -> str | None:
    """A vendor's scalar as text without outer spaces; None when it says nothing. Booleans and lists are no text."""
    if type(value) is str:
        return value.strip() or None
    if value is None or isinstance(value, bool | list | dict):
        return None
    return str(value).strip() or None


def present(**fields: Json) -> dict[str, Json]:
    """The fields that say something (not None, not empty)."""
    return {key: value for key, value in fields.items() if value or value not in (None, "", [], {})}


def minor_units(amount: Json, currency: str) -> int | None:
    """A decimal amount (text or number) in minor units of the currency, half up; None when it is no amount."""
    try:
        value = Decimal(str(amount)).scaleb(EXPONENTS.get(currency, 2))
        return int(value.quantize(Decimal(1), rounding="ROUND_HALF_UP"))
    except (InvalidOperation, ValueError, OverflowError):
        return None


def amount_text(minor: int, currency: str) -> str:
    """An amount in minor units as people write it, thousands apart: `1,250,000 VND`, `-12.50 USD`."""
    digits = EXPONENTS.get(currency, 2)
    return f"{Decimal(minor).scaleb(-digits):,.{digits}f} {currency}"


def join_name(first: str | None, last: str | None) -> str | None:
    """One name out of two fields: family name first when it is a Vietnamese one, else first name first."""
    if not first or not last:
        return first or last
    return f"{last} {first}" if _family(last) else f"{first} {last}"


def name_parts(first: str | None, last: str | None) -> dict[str, Json]:
    """full_name, and given_name and family_name where the two fields hold what their labels say.

    A Vietnamese family name in the field for the first name means that the labels were misread.
    """
    told = present(full_name=join_name(first, last))
    if not first or not last or (_family(first) and not _family(last)):
        return told
    return {**told, "given_name": first, "family_name": last}


def split_name(full: str) -> tuple[str, str]:
    """(first, last) such that join_name gives `full` again; the whole name as first where no cut does."""
    full = " ".join(full.split())
    head, _, tail = full.partition(" ")
    start, _, end = full.rpartition(" ")
    pair = (end, start) if _family(full) else (head, tail)
    return pair if all(pair) and join_name(*pair) == full else (full, "")


def _family(name: str) -> bool:
    token = name.split(" ", 1)[0].lower().replace("đ", "d")
    folded = unicodedata.normalize("NFD", token)
    return "".join(c for c in folded if not unicodedata.combining(c)) in FAMILY_NAMES


def address(lines: tuple[Json, Json], city: Json, state: Json, postcode: Json, country: Json) -> dict[str, Json] | None:
    """A canonical address from the fields of shops abroad; None when empty.

    Without a state the city is the province. The second line is the ward in Viet Nam (and where no country is told),
    elsewhere a part of the line.
    """
    first, second = map(text, lines)
    town, region, land = text(city), text(state), text(country)
    vietnamese = land in (None, "VN")
    parts = present(
        line=first if vietnamese else ", ".join(part for part in (first, second) if part),
        ward=second if vietnamese else None,
        district=town if region else None,
        province=region or town,
        postal_code=text(postcode),
    )
    return {**parts, **present(country=land)} if parts else None


def address_fields(value: Mapping[str, Json]) -> dict[str, str]:
    """The way back: keys line, line2, city, state, postcode, country; `address` gives the same canonical address."""
    got = {key: text(part) or "" for key, part in value.items()}
    district, province = got.get("district", ""), got.get("province", "")
    return {
        "line": got.get("line", ""),
        "line2": got.get("ward", ""),
        "city": district or province,
        "state": province if district else "",
        "postcode": got.get("postal_code", ""),
        "country": got.get("country", ""),
    }
