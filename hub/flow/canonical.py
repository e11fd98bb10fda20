"""Payloads as normalized documents, for a few records at a time (read back, explain).

Belongs here: the same mapping and normalizing as the bulk step, without the store. Does not: landing, the bulk step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from hub.connectors.kit.port import Connection
from hub.matching.normalize import canonical_frame, normalize_records
from hub.model import Json, RawRecord


def canonical_docs(
    connection: Connection, payloads: Sequence[RawRecord], region: str = "VN"
) -> list[Mapping[str, Json]]:
    """The normalized documents of payloads, in their order; payloads that no mapping can read are left out."""
    mapped = connection.to_canonical("customers", payloads)
    rows = mapped.rows
    frame = canonical_frame(rows) if isinstance(rows, Sequence) else rows
    return [orjson.loads(text) for text in normalize_records(frame, region=region).records["doc"]]
