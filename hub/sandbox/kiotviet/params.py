"""Reading of KiotViet's query parameters and list windows. An unknown or ill-typed parameter is refused."""

from __future__ import annotations

from typing import Any

from hub.sandbox.http import Call
from hub.sandbox.kiotviet import errors, times
from hub.sandbox.rows import Json, Page, Query, RecordId, Rows
from hub.sandbox.shapes import fields_of

DEFAULT_SIZE = 20
MAX_SIZE = 100


def read_params(call: Call, listing: str) -> dict[str, Any]:
    """Documented parameters of one list, typed; names as documented whatever the case they came in."""
    known: dict[str, str] = fields_of("kiotviet")["params"][listing]
    names = {name.lower(): name for name in known}
    found: dict[str, Any] = {}
    for sent, text in call.query:
        name = names.get(sent.lower().removesuffix("[]"))
        if name is None:
            raise errors.bad_argument(sent)
        value = _typed(name, known[name], text)
        found[name] = found.get(name, []) + value if known[name] == "ints" else value
    return found


def _typed(name: str, kind: str, text: str) -> Json:
    try:
        return _READERS[kind](text)
    except ValueError:
        raise errors.bad_argument(name) from None


def _bool(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def _ints(text: str) -> list[int]:
    return [int(part) for part in text.strip("[]").split(",")]


_READERS: dict[str, Any] = {
    "str": str,
    "int": int,
    "bool": _bool,
    "ints": _ints,
    "datetime": times.normal,
    "date": lambda text: times.normal(text)[:10],
}


def window(params: dict[str, Any]) -> tuple[int, int]:
    """(offset, size): size 20 when not asked, never above 100, as documented."""
    offset, size = params.get("currentItem", 0), params.get("pageSize", DEFAULT_SIZE)
    if offset < 0:
        raise errors.bad_argument("currentItem")
    if size < 1:
        raise errors.bad_argument("pageSize")
    return offset, min(size, MAX_SIZE)


def ordering(params: dict[str, Any], rows: Rows) -> tuple[str, bool]:
    """(order, descending). Accepted values are not documented: those of the table's own orders, any case."""
    by = params.get("orderBy", "id")
    order = {name.lower(): name for name in rows.orders}.get(by.lower())
    if order is None:
        raise errors.bad_argument("orderBy")
    direction = params.get("orderDirection", "Asc").lower()
    if direction not in ("asc", "desc"):
        raise errors.bad_argument("orderDirection")
    return order, direction == "desc"


def list_page(
    call: Call, params: dict[str, Any], rows: Rows, keep: Json = None, among: frozenset[RecordId] | None = None
) -> tuple[Page, int]:
    """One page of a table and the page size used; `keep` must be a function of the parameters alone."""
    offset, size = window(params)
    order, desc = ordering(params, rows)
    since = params.get("lastModifiedFrom")
    tag = repr(sorted((name, value) for name, value in params.items() if name not in ("currentItem", "pageSize")))
    query = Query(order, desc, ("modifiedDate", since) if since else None, keep, tag, among)
    page = rows.page(query, max(0, offset - call.shift), size)
    return Page(page.rows, page.total + call.shift), size
