"""Every payload of the fixtures becomes exactly what stands beside it, and keeps the schemas."""

import json

import pytest
from fixture_cases import expectation, inputs, mapped

from hub import contracts

CASES = [
    pytest.param(vendor, path, id=f"{vendor}-{path.stem}")
    for vendor in ("kiotviet", "woocommerce", "mailchimp")
    for path in inputs(vendor)
]


@pytest.mark.parametrize(("vendor", "path"), CASES)
def test_a_payload_becomes_what_stands_beside_it(vendor, path):
    assert mapped(path) == json.loads(expectation(path).read_text(encoding="utf-8"))


@pytest.mark.parametrize(("vendor", "path"), CASES)
def test_what_it_becomes_keeps_the_schema(vendor, path):
    row = mapped(path)
    schema = "order.v1" if path.stem.startswith(("invoice", "return", "order")) else "source_record.v1"
    if row is not None:
        assert list(contracts.explain(schema, {"source_id": "1", **row})) == []


@pytest.mark.parametrize(("vendor", "path"), CASES)
def test_the_payload_keeps_the_schema_of_what_lands(vendor, path):
    assert (
        list(contracts.explain(f"connectors/{vendor}.payload.v1", json.loads(path.read_text(encoding="utf-8")))) == []
    )
