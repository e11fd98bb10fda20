"""Rows as connectors give them, normalized: what the tests of records share."""

from collections.abc import Mapping

from hub.matching.normalize import Normalized, Own, canonical_frame, normalize_records, own_of

OWN = own_of(["1900 6600", "028 3825 1234", "cskh@cuahang.vn", "@cuahang.vn"], "VN", ["Cửa hàng Hoa"])


def normalized(*rows: Mapping[str, object], own: Own = OWN) -> Normalized:
    numbered = [{"source_id": str(n), **row} for n, row in enumerate(rows)]
    return normalize_records(canonical_frame(numbered), region="VN", own=own)


def one(**row: object) -> dict[str, object]:
    return normalized(row).records.row(0, named=True)


def phone(value: str, use: str = "own") -> list[dict[str, str]]:
    return [{"value": value, "use": use}]


def identifiers(**row: object) -> list[tuple[object, ...]]:
    return normalized(row).identifiers.select("type", "value", "class", "key", "flags").rows()
