"""Units as people write them in hub.toml: durations, percents, schedules. Pure; a bad one is a ValueError."""

from __future__ import annotations

import re

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(r"^(\d+)([smhd])$")
_CRON_FIELD = re.compile(r"^[\d*/,\-A-Za-z]+$")


def duration(text: str) -> int:
    """Seconds of `30s`, `15m`, `24h`, `730d`."""
    match = _DURATION.match(text.strip())
    if not match:
        raise ValueError(f"{text!r} is no duration; write for example 15m, 24h or 730d")
    return int(match[1]) * _SECONDS[match[2]]


def percent(text: str) -> float:
    """The share (0 to 1) of `5%`."""
    match = re.match(r"^(\d+(?:\.\d+)?)\s*%$", text.strip())
    if not match or float(match[1]) > 100:
        raise ValueError(f"{text!r} is no percentage; write for example 5%")
    return float(match[1]) / 100


def cron(every: str) -> str | None:
    """The cron line of `every`; None for "" (by hand only). Minutes divide 60, hours 24; or `1d`; or a cron line."""
    every = every.strip()
    if not every:
        return None
    fields = every.split()
    if len(fields) == 5 and all(_CRON_FIELD.match(part) for part in fields):
        return every
    match = _DURATION.match(every)
    number = int(match[1]) if match else 0
    unit = match[2] if match else ""
    if unit == "m" and 0 < number < 60 and 60 % number == 0:
        return f"*/{number} * * * *"
    if (unit, number) in (("m", 60), ("h", 1)):
        return "0 * * * *"
    if unit == "h" and 0 < number < 24 and 24 % number == 0:
        return f"0 */{number} * * *"
    if (unit, number) in (("h", 24), ("d", 1)):
        return "0 3 * * *"
    raise ValueError(
        f"{every!r} is no schedule; write 15m (minutes dividing 60), 6h (hours dividing 24), 1d or a cron line"
    )
