"""KiotViet's routes."""

from __future__ import annotations

from starlette.routing import Route

from hub.sandbox.http import METHODS, Call, Reply, route
from hub.sandbox.kiotviet import auth, customer_writes, customers, errors, sales
from hub.sandbox.kiotviet.state import KiotVietState


def routes(state: KiotVietState) -> list[Route]:
    """All routes below the API's base address."""
    read = ("GET",)
    table = [
        ("/customers", read, customers.list_customers),
        ("/customers/group", read, customers.list_groups),
        ("/customers/code/{code}", read, customers.get_customer_by_code),
        ("/customers/{id:int}", read, customers.get_customer),
        ("/customers", ("POST",), customer_writes.create_customer),
        ("/customers/{id:int}", ("PUT",), customer_writes.update_customer),
        ("/customers/{id:int}", ("DELETE",), customer_writes.delete_customer),
        ("/listaddcutomers", ("POST",), customer_writes.create_many),
        ("/listupdatecustomers", ("PUT",), customer_writes.update_many),
        ("/invoices", read, sales.list_invoices),
        ("/invoices/{id:int}", read, sales.get_invoice),
        ("/invoices/code/{code}", read, sales.get_invoice),
        ("/returns", read, sales.list_returns),
        ("/returns/{id:int}", read, sales.get_return),
        ("/returns/code/{code}", read, sales.get_return),
        ("/branches", read, sales.list_branches),
        ("/settings", read, sales.get_settings),
    ]
    token = route(state, "/connect/token", ("POST",), auth.issue_token, auth.open_guard)
    guarded = [route(state, path, methods, handler, auth.guard) for path, methods, handler in table]
    return [token, *guarded, route(state, "/{rest:path}", METHODS, _nothing_here, auth.open_guard)]


def _nothing_here(state: KiotVietState, call: Call) -> Reply:
    raise errors.not_found("Đường dẫn")
