"""WooCommerce's orders, read only here, and the site's index and status."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from hub.sandbox.http import Call, Reply
from hub.sandbox.rows import Query, RecordId, Row
from hub.sandbox.shapes import fields_of
from hub.sandbox.woocommerce import errors
from hub.sandbox.woocommerce.params import ids, listing, number, one_of, read_params, tag_of
from hub.sandbox.woocommerce.state import STAMP, WooState

ORDERS = ["date", "id", "include", "title", "slug", "modified"]


def list_orders(state: WooState, call: Call) -> Reply:
    """GET /orders."""
    params = read_params(state, call, "orders")
    orderby = one_of(params, "orderby", "date", ORDERS)
    desc = one_of(params, "order", "desc", ["asc", "desc"]) == "desc"
    since = _bound(state, params, "modified_after")
    query = Query(
        "id" if orderby == "include" else orderby,
        desc,
        ("modified", since) if since else None,
        _filter(state, params),
        tag_of(params),
        _among(state, params),
    )
    return listing(call, params, state.orders, query, lambda row: shown(call, row))


def get_order(state: WooState, call: Call) -> Reply:
    """GET /orders/{id}."""
    read_params(state, call, "one")
    row = state.orders.get(int(call.params["id"]))
    if row is None:
        raise errors.refusal(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
    return Reply(shown(call, row))


def site_index(state: WooState, call: Call) -> Reply:
    """GET /wp-json."""
    hours = state.options.site_offset_hours
    spaces = ["oembed/1.0", "wc/v1", "wc/v2", "wc/v3", "wp/v2"]
    names = {"name": "Cửa hàng thử", "description": "", "url": call.root, "home": call.root}
    return Reply({**names, "gmt_offset": hours, "timezone_string": "", "namespaces": spaces, "routes": {}})


def system_status(state: WooState, call: Call) -> Reply:
    """GET /system_status, the part a client needs."""
    read_params(state, call, "one")
    place = {"home_url": call.root, "site_url": call.root, "version": "7.9.0", "wp_version": "6.2"}
    money = {"currency": state.options.currency, "currency_symbol": state.options.currency_symbol}
    return Reply({"environment": place, "settings": {"api_enabled": False, **money}})


def shown(call: Call, row: Row) -> Row:
    """The documented fields, the payment address and the links."""
    base = f"{call.root}/wp-json/wc/v3/orders"
    key, pay = row["order_key"], f"{call.root}/checkout/order-pay"
    made = {
        "payment_url": row["payment_url"] or f"{pay}/{row['id']}/?pay_for_order=true&key={key}",
        "_links": {"self": [{"href": f"{base}/{row['id']}"}], "collection": [{"href": base}]},
    }
    return {**{name: row.get(name) for name in fields_of("woocommerce")["order"]}, **made}


def _among(state: WooState, params: dict[str, str]) -> frozenset[RecordId] | None:
    if "customer" in params:
        return state.orders_of(number(params, "customer", 0, 0))
    wanted = ids(params, "include")
    return None if not wanted else frozenset(wanted)


def _filter(state: WooState, params: dict[str, str]) -> Callable[[Row], bool] | None:
    statuses = [text for text in params.get("status", "any").split(",") if text]
    for status in statuses:
        one_of({"status[0]": status}, "status[0]", status, fields_of("woocommerce")["statuses"])
    excluded = frozenset(ids(params, "exclude") or ())
    parents = ids(params, "parent")
    bounds = [(name, _bound(state, params, name)) for name in ("after", "before", "modified_after", "modified_before")]
    text = params.get("search", "").casefold()
    tests: list[Callable[[Row], bool]] = [lambda row: _has_status(row, statuses)]
    tests += [_bound_test(name, bound) for name, bound in bounds if bound]
    if excluded:
        tests.append(lambda row: row["id"] not in excluded)
    if parents:
        tests.append(lambda row: row["parent_id"] in parents)
    if "product" in params:
        product = number(params, "product", 0, 0)
        tests.append(lambda row: any(line.get("product_id") == product for line in row["line_items"]))
    if text:
        tests.append(lambda row: text in " ".join(map(str, row["billing"].values())).casefold())
    return lambda row: all(test(row) for test in tests)


def _has_status(row: Row, wanted: list[str]) -> bool:
    """`any` leaves out the trash."""
    return row["status"] in wanted or ("any" in wanted and row["status"] != "trash")


def _bound_test(name: str, bound: str) -> Callable[[Row], bool]:
    """Bounds exclude their own second, as WordPress's date queries do."""
    field = "date_modified_gmt" if name.startswith("modified") else "date_created_gmt"
    return (lambda row: row[field] > bound) if name.endswith("after") else (lambda row: row[field] < bound)


def _bound(state: WooState, params: dict[str, str], name: str) -> str | None:
    """A bound in GMT. Without a zone it is the site's time, unless dates_are_gmt."""
    if name not in params:
        return None
    try:
        moment = datetime.fromisoformat(params[name])
    except ValueError:
        raise errors.bad_param(name, "Invalid date.") from None
    if moment.tzinfo is not None:
        shift = moment.utcoffset() or timedelta()
        return (moment.replace(tzinfo=None) - shift).strftime(STAMP)
    gmt = params.get("dates_are_gmt", "false").lower() in ("1", "true")
    return moment.strftime(STAMP) if gmt else state.to_gmt(moment.strftime(STAMP))
