"""JSON text of what vendors gave, the way landing keeps it: keys sorted, so that equal payloads are equal text.

Belongs here: writing and reading payload text. Does not: meaning.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import orjson

from hub.model import Json


def dump(value: Json) -> str:
    """JSON text with sorted keys; text that no UTF-8 can hold (a lone surrogate) has it replaced."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except (TypeError, UnicodeEncodeError):
        return orjson.dumps(_sound(value), option=orjson.OPT_SORT_KEYS).decode()


def parse(body: bytes) -> Json:
    """JSON out of an answer's body; lone surrogates, NaN and broken UTF-8 pass (replaced), cut text is a ValueError."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body.decode("utf-8", "replace"))


def load(payload: str) -> dict[str, Json] | None:
    """The object behind a payload's text, None when it is not one."""
    try:
        value = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _sound(value: Json) -> Json:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {str(_sound(key)): _sound(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_sound(part) for part in value]
    return value
