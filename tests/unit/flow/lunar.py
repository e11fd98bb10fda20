"""The Vietnamese lunar calendar by its rules: new moons and solar terms as they fall in UTC+7 (Meeus, Astronomical Algorithms).

A month begins on the day of a new moon; the one that holds the winter solstice is the eleventh; where thirteen months lie
between two such, the first without a principal solar term is a leap month.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import floor, pi, sin

ZERO, UTC7 = 2415021, 7 / 24
EPOCH = 2440588
"""Julian day number of 1970-01-01."""


def _new_moon(k: int) -> int:
    """The Julian day, in Vietnam, of the k-th new moon since 1900."""
    t = k / 1236.85
    dr = pi / 180
    at = 2415020.75933 + 29.53058868 * k + 0.0001178 * t**2 - 0.000000155 * t**3
    at += 0.00033 * sin((166.56 + 132.87 * t - 0.009173 * t**2) * dr)
    sun = (359.2242 + 29.10535608 * k - 0.0000333 * t**2 - 0.00000347 * t**3) * dr
    moon = (306.0253 + 385.81691806 * k + 0.0107306 * t**2 + 0.00001236 * t**3) * dr
    node = (21.2964 + 390.67050646 * k - 0.0016528 * t**2 - 0.00000239 * t**3) * dr
    at += (0.1734 - 0.000393 * t) * sin(sun) + 0.0021 * sin(2 * sun) - 0.4068 * sin(moon) + 0.0161 * sin(2 * moon)
    at += -0.0004 * sin(3 * moon) + 0.0104 * sin(2 * node) - 0.0051 * sin(sun + moon) - 0.0074 * sin(sun - moon)
    at += 0.0004 * sin(2 * node + sun) - 0.0004 * sin(2 * node - sun) - 0.0006 * sin(2 * node + moon)
    at += 0.0010 * sin(2 * node - moon) + 0.0005 * sin(2 * moon + sun)
    return floor(at - (-0.000278 + 0.000265 * t + 0.000262 * t**2) + 0.5 + UTC7)


def _term(day: int) -> int:
    """The twelfth of the sun's way (0 to 11) at the beginning of a Julian day in Vietnam."""
    t = (day - 2451545.5 - UTC7) / 36525
    dr = pi / 180
    mean = (357.52910 + 35999.05030 * t - 0.0001559 * t**2 - 0.00000048 * t**3) * dr
    way = 280.46645 + 36000.76983 * t + 0.0003032 * t**2
    way += (1.914600 - 0.004817 * t - 0.000014 * t**2) * sin(mean) + (0.019993 - 0.000101 * t) * sin(2 * mean)
    way = (way + 0.000290 * sin(3 * mean)) * dr
    return floor((way - 2 * pi * floor(way / (2 * pi))) / pi * 6)


def _eleventh(year: int) -> int:
    """The first day of the eleventh month of a year."""
    k = floor((date(year, 12, 31).toordinal() - date(1970, 1, 1).toordinal() + EPOCH - ZERO) / 29.530588853)
    found = _new_moon(k)
    return _new_moon(k - 1) if _term(found) >= 9 else found


def solar(year: int, month: int, day: int) -> date:
    """The day of a lunar date (not in a leap month)."""
    begin = _eleventh(year - 1 if month < 11 else year)
    end = _eleventh(year if month < 11 else year + 1)
    k = floor(0.5 + (begin - 2415021.076998695) / 29.530588853)
    ahead = (month - 11) % 12
    if end - begin > 365:
        leap = next(n for n in range(1, 14) if _term(_new_moon(k + n)) == _term(_new_moon(k + n + 1)))
        ahead += ahead >= leap
    return date(1970, 1, 1) + timedelta(days=_new_moon(k + ahead) + day - 1 - EPOCH)
