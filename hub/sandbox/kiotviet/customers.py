"""KiotViet's customers, read: the list with its loose search, one by id, one by code, the groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hub.sandbox.http import Call, Reply
from hub.sandbox.kiotviet import errors, times
from hub.sandbox.kiotviet.params import list_page, read_params
from hub.sandbox.kiotviet.state import SUFFIX_DIGITS, KiotVietState, digits
from hub.sandbox.rows import RecordId, Row
from hub.sandbox.shapes import fields_of

TOTALS = ("debt", "totalInvoiced", "totalPoint", "totalRevenue", "rewardPoint")


def list_customers(state: KiotVietState, call: Call) -> Reply:
    """GET /customers."""
    params = read_params(call, "customers")
    page, size = list_page(call, params, state.customers, _filter(params), _among(state, params))
    rows = [_shown(state, row, params) for row in page.rows]
    body: dict[str, Any] = {"total": page.total, "pageSize": size, "data": rows}
    if params.get("includeRemoveIds"):
        since = params.get("lastModifiedFrom", "")
        body[state.options.removed_key] = [key for key, at in state.removed.items() if at >= since]
    return Reply({**body, "timestamp": times.stamp(state.clock.now())})


def get_customer(state: KiotVietState, call: Call) -> Reply:
    """GET /customers/{id}."""
    read_params(call, "none")
    return _one(state, state.customers.get(int(call.params["id"])))


def get_customer_by_code(state: KiotVietState, call: Call) -> Reply:
    """GET /customers/code/{code}."""
    read_params(call, "none")
    return _one(state, state.by_code(call.params["code"]))


def list_groups(state: KiotVietState, call: Call) -> Reply:
    """GET /customers/group."""
    read_params(call, "none")
    members: dict[int, list[Row]] = {}
    for row in state.customers:
        for detail in group_details(row):
            members.setdefault(detail["groupId"], []).append(detail)
    blank = {"description": None, "createdBy": 1, "discount": None}
    known = fields_of("kiotviet")["group"]
    shown = [{**blank, **row, "customerGroupDetails": members.get(row["id"], [])} for row in state.groups]
    rows = [{name: value for name, value in row.items() if name in known} for row in shown]
    return Reply({"total": len(rows), "data": rows})


def group_details(row: Row) -> list[Row]:
    """The customer's memberships as the documents draw them."""
    return [{"id": row["id"] * 1000 + n, "customerId": row["id"], "groupId": g} for n, g in enumerate(row["groupIds"])]


def group_names(state: KiotVietState, row: Row) -> str | None:
    """Names of the customer's groups joined by `|`; the text as seeded when it names no known group id."""
    if not row["groupIds"]:
        return str(row["groups"]) if row.get("groups") else None
    return "|".join(group["name"] for group in map(state.groups.get, row["groupIds"]) if group is not None)


def without_nulls(state: KiotVietState, row: Row) -> Row:
    """The row as the vendor's serializer writes it: absent values are left out (an option)."""
    return {name: v for name, v in row.items() if v is not None} if state.options.omit_nulls else row


def _one(state: KiotVietState, row: Row | None) -> Reply:
    if row is None:
        raise errors.not_found("Khách hàng")
    everything = {"includeTotal": True, "includeCustomerGroup": True, "includeCustomerSocial": True}
    return Reply(_shown(state, row, everything))


def _shown(state: KiotVietState, row: Row, params: dict[str, Any]) -> Row:
    """The documented fields; totals, groups and social only when asked for."""
    shown = {name: row.get(name) for name in fields_of("kiotviet")["customer"]}
    shown["groups"] = group_names(state, row)
    if params.get("includeTotal"):
        shown |= _totals(state, row)
    left_out = [*TOTALS] if not params.get("includeTotal") else []
    left_out += ["groups"] if not params.get("includeCustomerGroup") else []
    left_out += ["psidFacebook"] if not params.get("includeCustomerSocial") else []
    left_out += ["contactNumber"] if row["id"] in state.hidden else []
    return without_nulls(state, {name: value for name, value in shown.items() if name not in left_out})


def _totals(state: KiotVietState, row: Row) -> Row:
    """Seeded totals stand; else the completed invoices are summed."""
    known = {name: row[name] for name in TOTALS if row.get(name) is not None}
    if "totalInvoiced" not in known:
        known["totalInvoiced"] = sum(sale["total"] for sale in state.sales_of(row["id"]) if sale["status"] == 1)
    rest = {"debt": 0, "totalPoint": 0, "totalRevenue": known["totalInvoiced"], "rewardPoint": 0}
    return {**rest, **known}


def _filter(params: dict[str, Any]) -> Callable[[Row], bool] | None:
    tests: list[Callable[[Row], bool]] = []
    if "code" in params:
        tests.append(lambda row: row["code"] == params["code"])
    if "name" in params:
        tests.append(lambda row: params["name"].casefold() in row["name"].casefold())
    if "contactNumber" in params:
        tests.append(_phone_test(params["contactNumber"]))
    if "birthDate" in params:
        tests.append(lambda row: (row.get("birthDate") or "")[:10] == params["birthDate"])
    if "groupId" in params:
        tests.append(lambda row: params["groupId"] in row["groupIds"])
    return (lambda row: all(test(row) for test in tests)) if tests else None


def _phone_test(text: str) -> Callable[[Row], bool]:
    """Loose, as on the live vendor: digits contained in the first or the second number."""
    asked = digits(text)
    return lambda row: bool(asked) and any(asked in digits(row.get(field)) for field in ("contactNumber", "subNumber"))


def _among(state: KiotVietState, params: dict[str, Any]) -> frozenset[RecordId] | None:
    """Ids that a search for a whole number or a code can meet, so that it needs no scan; None when it needs one."""
    if "code" in params:
        row = state.by_code(params["code"])
        return frozenset(() if row is None else (row["id"],))
    if len(digits(params.get("contactNumber"))) < SUFFIX_DIGITS:
        return None
    return frozenset(row["id"] for row in state.with_phone(params["contactNumber"]))
