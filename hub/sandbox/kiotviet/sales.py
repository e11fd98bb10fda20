"""KiotViet's invoices, returns, branches and settings: read only here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hub.sandbox.http import Call, Reply
from hub.sandbox.kiotviet import errors, times
from hub.sandbox.kiotviet.customers import without_nulls
from hub.sandbox.kiotviet.params import list_page, read_params
from hub.sandbox.kiotviet.state import KiotVietState
from hub.sandbox.rows import RecordId, Row, Rows
from hub.sandbox.shapes import fields_of

EVERYTHING = {"includePayment": True, "includeInvoiceDelivery": True, "SaleChannel": True}


def list_invoices(state: KiotVietState, call: Call) -> Reply:
    """GET /invoices."""
    params = read_params(call, "invoices")
    among: frozenset[RecordId] | None = None
    if "customerIds" in params:
        among = frozenset(sale["id"] for key in params["customerIds"] for sale in state.sales_of(key))
    page, size = list_page(call, params, state.invoices, _invoice_filter(params), among)
    rows = [_invoice(state, row, params) for row in page.rows]
    return _listing(state, page.total, size, rows)


def list_returns(state: KiotVietState, call: Call) -> Reply:
    """GET /returns."""
    params = read_params(call, "returns")
    page, size = list_page(call, params, state.returns)
    hidden = () if params.get("includePayment") else ("payments",)
    return _listing(state, page.total, size, [_known(state, row, "return", hidden) for row in page.rows])


def list_branches(state: KiotVietState, call: Call) -> Reply:
    """GET /branches."""
    params = read_params(call, "branches")
    page, size = list_page(call, params, state.branches)
    reply = _listing(state, page.total, size, [_known(state, row, "branch") for row in page.rows])
    return Reply({"removedIds": [], **reply.body}) if params.get("includeRemoveIds") else reply


def get_invoice(state: KiotVietState, call: Call) -> Reply:
    """GET /invoices/{id} and /invoices/code/{code}."""
    read_params(call, "none")
    return Reply(_invoice(state, _one(call, state.invoices, "Hóa đơn"), EVERYTHING))


def get_return(state: KiotVietState, call: Call) -> Reply:
    """GET /returns/{id} and /returns/code/{code}."""
    read_params(call, "none")
    return Reply(_known(state, _one(call, state.returns, "Phiếu trả hàng"), "return"))


def get_settings(state: KiotVietState, call: Call) -> Reply:
    """GET /settings."""
    read_params(call, "none")
    switches = dict.fromkeys(fields_of("kiotviet")["settings"], True)
    return Reply({**switches, "ManagerCustomerByBranch": state.options.manage_by_branch})


def _one(call: Call, table: Rows, what: str) -> Row:
    """By id, or by code where the path has one."""
    if "id" in call.params:
        row = table.get(int(call.params["id"]))
    else:
        row = next((each for each in table if each["code"] == call.params["code"]), None)
    if row is None:
        raise errors.not_found(what)
    return row


def _listing(state: KiotVietState, total: int, size: int, rows: list[Row]) -> Reply:
    return Reply({"total": total, "pageSize": size, "data": rows, "timestamp": times.stamp(state.clock.now())})


def _known(state: KiotVietState, row: Row, listing: str, hidden: tuple[str, ...] = ()) -> Row:
    known = fields_of("kiotviet")[listing]
    return without_nulls(state, {name: row.get(name) for name in known if name not in hidden})


def _invoice(state: KiotVietState, row: Row, params: dict[str, Any]) -> Row:
    optional = {"payments": "includePayment", "SaleChannel": "SaleChannel", "invoiceDelivery": "includeInvoiceDelivery"}
    hidden = tuple(field for field, param in optional.items() if not params.get(param))
    return {**_known(state, row, "invoice", hidden), "customerId": row.get("customerId")}


def _invoice_filter(params: dict[str, Any]) -> Callable[[Row], bool] | None:
    """Bounds in time include their own moment; `createdDate` is read as a day, `toDate` bounds the modified time."""
    among = {"branchIds": "branchId", "customerIds": "customerId", "status": "status"}
    equal = {"customerCode": "customerCode", "orderId": "orderId"}
    tests = [_among(field, params[name]) for name, field in among.items() if name in params]
    tests += [_among(field, [params[name]]) for name, field in equal.items() if name in params]
    if "createdDate" in params:
        tests.append(lambda row: row["createdDate"][:10] == params["createdDate"][:10])
    if "fromPurchaseDate" in params:
        tests.append(lambda row: row["purchaseDate"] >= params["fromPurchaseDate"])
    if "toPurchaseDate" in params:
        tests.append(lambda row: row["purchaseDate"] <= params["toPurchaseDate"])
    if "toDate" in params:
        tests.append(lambda row: row["modifiedDate"] <= params["toDate"])
    return (lambda row: all(test(row) for test in tests)) if tests else None


def _among(field: str, wanted: list[Any]) -> Callable[[Row], bool]:
    values = frozenset(wanted)
    return lambda row: row.get(field) in values
