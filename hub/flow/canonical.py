"""Payloads as normalized documents, for a few records at a time (read back, explain).

Belongs here: the same mapping and normalizing as the bulk step, without the store. Does not: landing, the bulk step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from hub.connectors.kit.port import Connection
from hub.matching.normalize import canonical_frame, normalize_records
from hub.matching.normalize.single import normalize_single
from hub.model import Json, RawRecord

FEW = 5
"""So many are quicker one by one."""


def canonical_docs(
    connection: Connection, payloads: Sequence[RawRecord], region: str = "VN"
) -> list[Mapping[str, Json]]:
    """The normalized documents of payloads, in their order; payloads that no mapping can read are left out."""
    rows = connection.to_canonical("customers", payloads).rows
    texts = _one_by_one(rows, region) if isinstance(rows, Sequence) and len(rows) <= FEW else None
    if texts is None:
        frame = canonical_frame(rows) if isinstance(rows, Sequence) else rows
        texts = list(normalize_records(frame, region=region).records["doc"])
    return [orjson.loads(text) for text in texts]


def _one_by_one(rows: Sequence[Mapping[str, object]], region: str) -> list[str] | None:
    """None when one of them is for columns."""
    singles = [normalize_single(row, region=region) for row in rows]
    return None if None in singles else [one.record["doc"] for one in singles if one is not None]
