"""The page of the HTTP API, out of its route table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from docs.render.table import table
from hub.web.api import described
from hub.web.api.openapi import who_may
from hub.web.api.table import Line

INTRO = """# HTTP API

`hub serve` answers at `http://127.0.0.1:8321`; `/openapi.json` says the same as this page to programs. Every call bears
`Authorization: Bearer TOKEN` (see `hub tokens`), but for those marked open.

- **Roles**: `reader` looks, `writer` posts records, `operator` looks after sources and plans, `steward` decides, `admin`
  does everything. A token may see some stores only; without the right `pii` phones, e-mails, ids and birth dates are masked;
  `export` is a right of its own.
- **Lists** answer `{"items": [...], "next": ...}`; `next` goes into `cursor` of the next call and is null at the end.
- **Errors** are problem documents (RFC 9457): `type` (`urn:hub:problem:CODE`), `title`, `status`, `detail`, `errors` with
  field and code, and the `request_id` that stands in the log, too. 409: it cannot be meant as things stand; 412: it has
  changed since it was looked at; 503: another run goes on, try again after `Retry-After` seconds.
- **Rates**: a token has units of work for each second (`hub tokens create --rate`); a look-up by id, code, phone or e-mail
  costs one, lists fifty. Beyond that: 429 and `Retry-After`.
- **Log**: every look at unmasked data and every decision stands in the audit log, by ids."""


def page() -> str:
    """Every operation, in the order of the table."""
    return "\n\n".join([INTRO, *(part for line in described() for part in _line(line))])


def _line(line: Line) -> Iterator[str]:
    yield f"## `{line.method} {line.path}`"
    yield f"{line.summary}. {line.about} {who_may(line) or 'Open.'}".replace("  ", " ")
    if line.query:
        yield table(("Query", "Meaning"), [(f"`{name}`", _told(schema)) for name, schema in line.query.items()])
    if line.body is not None:
        needed = line.body.get("required", ())
        rows = [
            (f"`{name}`", ("needed. " if name in needed else "") + _told(schema))
            for name, schema in line.body["properties"].items()
        ]
        yield table(("Body", "Meaning"), rows)


def _told(schema: Mapping[str, Any]) -> str:
    kind = " ".join(f"`{one}`" for one in schema["enum"]) if "enum" in schema else str(schema.get("type", ""))
    usual = f", else {schema['default']}" if "default" in schema else ""
    about = f": {schema['description']}" if "description" in schema else ""
    return f"{kind}{usual}{about}"
