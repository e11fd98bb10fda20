"""WooCommerce's routes, below the site's address."""

from __future__ import annotations

from starlette.routing import Route

from hub.sandbox.http import METHODS, Call, Reply, route
from hub.sandbox.woocommerce import auth, customers, errors, orders
from hub.sandbox.woocommerce.state import WooState

API = "/wp-json/wc/v3"


def routes(state: WooState) -> list[Route]:
    """All routes below the site's address."""
    read = ("GET",)
    table = [
        (f"{API}/customers", read, customers.list_customers),
        (f"{API}/customers", ("POST",), customers.create_customer),
        (f"{API}/customers/batch", ("POST", "PUT", "PATCH"), customers.batch),
        (f"{API}/customers/{{id:int}}", read, customers.get_customer),
        (f"{API}/customers/{{id:int}}", ("PUT", "POST", "PATCH"), customers.update_customer),
        (f"{API}/customers/{{id:int}}", ("DELETE",), customers.delete_customer),
        (f"{API}/orders", read, orders.list_orders),
        (f"{API}/orders/{{id:int}}", read, orders.get_order),
        (f"{API}/system_status", read, orders.system_status),
    ]
    guarded = [route(state, path, methods, handler, auth.guard) for path, methods, handler in table]
    index = [route(state, path, read, orders.site_index, auth.open_guard) for path in ("/wp-json", "/wp-json/")]
    return [*guarded, *index, route(state, "/{rest:path}", METHODS, _nothing_here, auth.open_guard)]


def _nothing_here(state: WooState, call: Call) -> Reply:
    raise errors.no_route()
