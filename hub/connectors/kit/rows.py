"""Mapping many landed payloads through one pure function, one broken payload at a time.

Belongs here: the loop. Does not: any mapping.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from hub.connectors.kit.port import Mapped, Unusable
from hub.connectors.kit.text import load
from hub.errors import PermanentError
from hub.model import Json, RawRecord

if TYPE_CHECKING:
    from hub.model import Frame

Map = Callable[[str, Mapping[str, Json]], Mapping[str, Json] | None]
"""(source_id, payload) → canonical row; None: nothing to say yet."""


def map_rows(payloads: Sequence[RawRecord] | Frame, mapping: Map) -> Mapped:
    """Canonical rows, each under the id it landed with; what no mapping could read is unusable, with a code."""
    if not isinstance(payloads, Sequence):
        raise PermanentError("this connector maps records, not frames", code="unsupported")
    rows: list[Mapping[str, Json]] = []
    unusable: list[Unusable] = []
    for record in payloads:
        payload = load(record.payload)
        if payload is None:
            unusable.append(Unusable(record.source_id, "payload.not_an_object"))
            continue
        try:
            row = mapping(record.source_id, payload)
        except (AttributeError, KeyError, TypeError, ValueError):
            unusable.append(Unusable(record.source_id, "payload.unreadable"))
            continue
        if row is not None:
            rows.append({**row, "source_id": record.source_id})
    return Mapped(rows, unusable)
