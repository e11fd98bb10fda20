"""One-line addresses taken apart: `12 Lê Lợi, P. Bến Nghé, Q.1, TP HCM` – as far as the parts say themselves what they are.

Belongs here: what one part between commas is, what a line then gives. Does not: provinces' names (address).
From the end on: the country, a province by name, a district and a ward by their title. What comes before stays the line.
Titles are written out (`P.` Phường, `Q.` Quận); a part without one is never guessed, and the first part is never taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from hub.matching.normalize.text import folded, squeezed

DISTRICTS = {
    "quận": "Quận", "quan": "Quận", "q": "Quận", "huyện": "Huyện", "huyen": "Huyện", "h": "Huyện",
    "thị xã": "Thị xã", "thi xa": "Thị xã", "tx": "Thị xã", "thành phố": "Thành phố", "thanh pho": "Thành phố", "tp": "Thành phố",
}  # fmt: skip
WARDS = {
    "phường": "Phường", "phuong": "Phường", "p": "Phường", "xã": "Xã", "xa": "Xã", "x": "Xã",
    "thị trấn": "Thị trấn", "thi tran": "Thị trấn", "tt": "Thị trấn",
}  # fmt: skip
HOME = frozenset({"", "vn", "vnm", "vietnam", "viet nam"})
"""How people write the country, tones folded."""
_NUMBERED = frozenset({"Quận", "Phường"})


class Part(NamedTuple):
    """What a part between commas says; None where it says nothing of the kind. text: as typed, single spaces."""

    text: str
    country: bool
    province: str | None
    district: str | None
    ward: str | None


class Line(NamedTuple):
    """What is taken out of a line, and what is left of it; province as typed."""

    line: str | None
    ward: str | None = None
    district: str | None = None
    province: str | None = None
    country: str | None = None


def _title(titles: dict[str, str]) -> re.Pattern[str]:
    """A title, then a dot or a space, then a name; or, of those that are counted, a number right behind it."""
    words = "|".join(sorted(map(re.escape, titles), key=len, reverse=True))
    return re.compile(rf"({words})(?:\s*\.\s*|\s+|(?=\d{{1,2}}$))(\S.*)", re.IGNORECASE)


_DISTRICT, _WARD = _title(DISTRICTS), _title(WARDS)


def part_of(typed: str, province: Callable[[str], str | None]) -> Part:
    """Read one part. province: today's name of the province that a text names, else None."""
    text = squeezed(typed)
    return Part(
        text, folded(text) in HOME, province(text), _titled(text, _DISTRICT, DISTRICTS), _titled(text, _WARD, WARDS)
    )


def _titled(text: str, pattern: re.Pattern[str], titles: dict[str, str]) -> str | None:
    found = pattern.fullmatch(text)
    if not found:
        return None
    title, name = titles[found[1].lower()], found[2]
    if name.isdigit():
        return f"{title} {int(name)}" if title in _NUMBERED and len(name) <= 2 else None
    return f"{title} {name}" if any(c.isalpha() for c in name) else None


def take_apart(line: str, parts: Sequence[Part], told: Line) -> Line:
    """Of a line in its parts what is not told elsewhere. told: the address's own parts, province as today's name.

    Nothing is taken unless the line ends in a province, or the address tells its province itself.
    """
    end = len(parts)
    while end > 1 and parts[end - 1].country:
        end -= 1
    country = next((part.text for part in parts[end:] if part.text), None)
    last, found = end, parts[end - 1]
    province = found.text if found.province and not told.province else None
    if told.province is None and province is None:
        return told._replace(line=line)
    if end > 1 and found.province and (province or found.province == told.province):
        end -= 1
    district = parts[end - 1].district if end > 1 and not told.district else None
    end -= district is not None
    ward = parts[end - 1].ward if end > 1 and not told.ward else None
    end -= ward is not None
    if end == last:
        return told._replace(line=line, province=province or told.province)
    rest = ", ".join(part.text for part in parts[:end] if part.text)
    return Line(
        rest or None, ward or told.ward, district or told.district, province or told.province, told.country or country
    )
