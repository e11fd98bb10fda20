"""The page of fields, out of the schemas of source records, golden customers and orders."""

from __future__ import annotations

from docs.render.table import keys, resolved, table, type_of
from hub import contracts

SCHEMAS = ("source_record.v1", "golden_customer.v1", "order.v1")
INTRO = """# Fields

Times are UTC with milliseconds, money is a whole number of minor units, and a field that is absent means that nobody says.
`[]` is a list. The schemas themselves are in `schemas/`."""


def page() -> str:
    """One table per schema."""
    return "\n\n".join([INTRO, *(_schema(name) for name in SCHEMAS)])


def _schema(name: str) -> str:
    schema = contracts.schema(name)
    rows = [
        (
            f"`{path}`",
            type_of(part, schema),
            "yes" if needed else "",
            str(resolved(part, schema).get("description", "")),
        )
        for path, part, needed in keys(schema, schema)
    ]
    head = f"## {schema['title']}\n\n`schemas/{name}.json`. {schema['description']}"
    return f"{head}\n\n{table(('Field', 'Type', 'Always', 'Meaning'), rows)}"
