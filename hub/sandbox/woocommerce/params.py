"""Reading of WooCommerce's query parameters, paging and its headers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from hub.sandbox.http import Call, Reply
from hub.sandbox.rows import Query, Row, Rows
from hub.sandbox.shapes import fields_of
from hub.sandbox.woocommerce import errors
from hub.sandbox.woocommerce.state import WooState

DEFAULT_SIZE = 10
MAX_SIZE = 100
PAGING = ("page", "per_page", "offset", "consumer_key", "consumer_secret", "_fields")


def read_params(state: WooState, call: Call, listing: str) -> dict[str, str]:
    """Parameters by name; arrays (`include[]=1&include[]=2` or `include=1,2`) come as text joined by commas.

    A parameter nobody documented is refused when strict, else ignored as the live shop does."""
    lists = fields_of("woocommerce")["params"]
    known = {*lists[listing], *lists["everywhere"], *lists.get(f"{listing}_ignored", ())}
    found: dict[str, str] = {}
    for sent, text in call.query:
        name = sent.partition("[")[0]
        if name not in known and state.options.strict:
            raise errors.bad_param(sent, f"{sent} is not a parameter of this resource (strict sandbox).")
        found[name] = f"{found[name]},{text}" if name in found and "[" in sent else text
    return found


def number(params: dict[str, str], name: str, default: int, low: int, high: int | None = None) -> int:
    """A whole number within its bounds."""
    try:
        value = int(params.get(name, default))
    except ValueError:
        raise errors.bad_param(name, f"{name} is not of type integer.") from None
    if value < low or (high is not None and value > high):
        bounds = f"between {low} (inclusive) and {high} (inclusive)" if high else f"greater than or equal to {low}"
        raise errors.bad_param(name, f"{name} must be {bounds}")
    return value


def one_of(params: dict[str, str], name: str, default: str, allowed: list[str]) -> str:
    """A word of a list."""
    value = params.get(name, default)
    if value not in allowed:
        raise errors.bad_param(name, f"{name} is not one of {', '.join(allowed)}.")
    return value


def ids(params: dict[str, str], name: str) -> list[int] | None:
    """Ids joined by commas; None when not asked for."""
    if name not in params:
        return None
    try:
        return [int(part) for part in params[name].split(",") if part.strip()]
    except ValueError:
        raise errors.bad_param(name, f"{name}[0] is not of type integer.") from None


def listing(call: Call, params: dict[str, str], rows: Rows, query: Query, show: Callable[[Row], Row]) -> Reply:
    """One page as a bare array, with the totals in headers. `orderby=include` keeps the order asked for."""
    size = number(params, "per_page", DEFAULT_SIZE, 1, MAX_SIZE)
    page = number(params, "page", 1, 1)
    offset = number(params, "offset", (page - 1) * size, 0)
    if params.get("orderby") == "include" and "include" in params:
        wanted = [key for key in ids(params, "include") or () if key in rows]
        shown = [show(row) for row in map(rows.get, wanted[offset : offset + size]) if row is not None]
        total = len(wanted)
    else:
        found = rows.page(query, max(0, offset - call.shift), size)
        shown, total = [show(row) for row in found.rows], found.total + call.shift
    pages = -(-total // size)
    headers = {"X-WP-Total": str(total), "X-WP-TotalPages": str(pages)} | _links(call, page, pages)
    return Reply([_only(row, params) for row in shown], headers=headers)


def tag_of(params: dict[str, str]) -> str:
    """The same for all pages of one listing."""
    return repr(sorted((name, value) for name, value in params.items() if name not in PAGING))


def _only(row: Row, params: dict[str, Any]) -> Row:
    """WordPress's `_fields`: top-level names, or names below them with dots (the whole top level is sent)."""
    if "_fields" not in params:
        return row
    wanted = {part.strip().partition(".")[0] for part in params["_fields"].split(",")}
    return {name: value for name, value in row.items() if name in wanted}


def _links(call: Call, page: int, pages: int) -> dict[str, str]:
    around = [("prev", page - 1)] if page > 1 else []
    around += [("next", page + 1)] if page < pages else []
    base = [(name, value) for name, value in call.query if name not in ("page", "consumer_key", "consumer_secret")]
    links = [f'<{call.root}{call.path}?{urlencode([*base, ("page", n)])}>; rel="{rel}"' for rel, n in around]
    return {"Link": ", ".join(links)} if links else {}
