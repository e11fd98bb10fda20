"""KiotViet's customers, written: one by one and in bulk.

PUT replaces the whole record: a writable field that is left out is cleared (the documents do not say; this is the
harsher of the two readings). A bulk call is all or nothing."""

from __future__ import annotations

import json
from typing import Any

from hub.sandbox.http import Call, Reply
from hub.sandbox.kiotviet import errors, times
from hub.sandbox.kiotviet.customers import group_details, group_names, without_nulls
from hub.sandbox.kiotviet.params import read_params
from hub.sandbox.kiotviet.state import KiotVietState, digits
from hub.sandbox.rows import Json, Row
from hub.sandbox.shapes import fields_of, is_of

KEPT = ("id", "code", "branchId")


def create_customer(state: KiotVietState, call: Call) -> Reply:
    """POST /customers."""
    read_params(call, "none")
    fields = _fields(_json(call), "customer_create")
    row = _new_row(state, fields)
    _check(state, None, row)
    state.put_customer(None, row)
    state.journal.write(state.name, call, "create", row["id"], _json(call))
    return _written(state, row, "Thêm mới khách hàng thành công")


def update_customer(state: KiotVietState, call: Call) -> Reply:
    """PUT /customers/{id}: the whole record."""
    read_params(call, "none")
    old = state.customers.get(int(call.params["id"]))
    if old is None:
        raise errors.not_found("Khách hàng")
    fields = _fields(_json(call), "customer_update")
    if fields.get("id", old["id"]) != old["id"]:
        raise errors.bad_body("id")
    row = _replaced(state, old, fields, "customer_update")
    _check(state, old, row)
    state.put_customer(old, row)
    _note_update(state, call, old, row, _json(call))
    return _written(state, row, "Cập nhật khách hàng thành công")


def delete_customer(state: KiotVietState, call: Call) -> Reply:
    """DELETE /customers/{id}."""
    read_params(call, "none")
    key = int(call.params["id"])
    if key not in state.customers:
        raise errors.not_found("Khách hàng")
    state.drop_customer(key)
    state.journal.write(state.name, call, "delete", key, None)
    return Reply({"message": "Xóa dữ liệu thành công"})


def create_many(state: KiotVietState, call: Call) -> Reply:
    """POST /listaddcutomers (the vendor's spelling)."""
    read_params(call, "none")
    items = _list_customers(call)
    made: list[Row] = []
    try:
        for item in items:
            row = _new_row(state, _fields(item, "bulk_create"))
            _check(state, None, row)
            state.put_customer(None, row)
            made.append(row)
    except Exception:
        state.undo_create(made)
        raise
    for row, item in zip(made, items, strict=True):
        state.journal.write(state.name, call, "create", row["id"], item)
    return Reply({"message": "Thêm mới danh sách khách hàng thành công"})


def update_many(state: KiotVietState, call: Call) -> Reply:
    """PUT /listupdatecustomers."""
    read_params(call, "none")
    done: list[tuple[Row, Row]] = []
    items = _list_customers(call)
    try:
        done.extend(_update_one(state, item) for item in items)
    except Exception:
        for old, new in reversed(done):
            state.put_customer(new, old)
        raise
    for (old, new), item in zip(done, items, strict=True):
        _note_update(state, call, old, new, item)
    return Reply({"message": "Cập nhật danh sách khách hàng thành công"})


def _update_one(state: KiotVietState, item: Json) -> tuple[Row, Row]:
    fields = _fields(item, "bulk_update")
    old = state.customers.get(fields.get("id", 0))
    if old is None:
        raise errors.not_found("Khách hàng")
    row = _replaced(state, old, fields, "bulk_update")
    _check(state, old, row)
    state.put_customer(old, row)
    return old, row


def _new_row(state: KiotVietState, fields: Row) -> Row:
    code = fields.get("code") or state.new_code()
    given = {name: value for name, value in fields.items() if name != "branchId"}
    return state.complete("customers", {**given, "code": code, "branchId": _branch(fields)})


def _replaced(state: KiotVietState, old: Row, fields: Row, listing: str) -> Row:
    """Writable fields not in `fields` are cleared; code and branch stay, they cannot be empty."""
    writable = [name for name in fields_of("kiotviet")[listing] if name not in KEPT]
    new = {**old, **{name: fields.get(name) for name in writable}}
    if "groupIds" in writable:
        new["groupIds"] = fields.get("groupIds") or []
        new["groups"] = None
    new["code"] = fields.get("code") or old["code"]
    new["branchId"] = _branch(fields) or old.get("branchId")
    new["modifiedDate"] = times.stamp(state.clock.now())
    return new


def _branch(fields: Row) -> int | None:
    """The documents say int[] and int: both are taken."""
    branch = fields.get("branchId")
    first = branch[0] if isinstance(branch, list) and branch else branch
    return first if isinstance(first, int) else None


def _check(state: KiotVietState, old: Row | None, row: Row) -> None:
    if not (row.get("name") or "").strip():
        raise errors.invalid("Tên khách hàng không được để trống", "name")
    holder = state.by_code(row["code"])
    if holder is not None and holder["id"] != row["id"]:
        raise errors.invalid(f"Mã khách hàng {row['code']} đã tồn tại", "code")
    unknown = [key for key in row["groupIds"] if key not in state.groups]
    if unknown:
        raise errors.invalid("Nhóm khách hàng không tồn tại", "groupIds")
    if old is None or digits(old.get("contactNumber")) != digits(row.get("contactNumber")):
        _check_phone(state, row)


def _check_phone(state: KiotVietState, row: Row) -> None:
    """One customer per first number; per branch when the shop manages customers by branch."""
    number = digits(row.get("contactNumber"))
    for other in state.with_phone(number) if number else ():
        same = digits(other.get("contactNumber")) == number and other["id"] != row["id"]
        if same and not (state.options.manage_by_branch and other.get("branchId") != row.get("branchId")):
            raise errors.invalid(f"Số điện thoại {row['contactNumber']} đã tồn tại trong hệ thống", "contactNumber")


def _note_update(state: KiotVietState, call: Call, old: Row, new: Row, body: Json) -> None:
    changed = {**old, "modifiedDate": None} != {**new, "modifiedDate": None}
    state.journal.write(state.name, call, "update", new["id"], body, changed=changed)


def _written(state: KiotVietState, row: Row, message: str) -> Reply:
    shown = {name: row.get(name) for name in fields_of("kiotviet")["customer_written"]}
    shown |= {"customerGroupDetails": group_details(row), "groups": group_names(state, row)}
    flat = without_nulls(state, shown)
    return Reply({"message": message, "data": flat} if state.options.wrap_writes else flat)


def _fields(body: Json, listing: str) -> Row:
    known = fields_of("kiotviet")[listing]
    if not isinstance(body, dict):
        raise errors.bad_body("body")
    for name, value in body.items():
        if name not in known or not is_of(value, known[name]):
            raise errors.bad_body(name)
    return _with_birth_date(body)


def _with_birth_date(body: Row) -> Row:
    """A day is kept, and answered, as the vendor's date and time at midnight."""
    if not body.get("birthDate"):
        return body
    try:
        return {**body, "birthDate": times.normal(body["birthDate"])}
    except ValueError:
        raise errors.bad_body("birthDate") from None


def _list_customers(call: Call) -> list[Any]:
    body = _json(call)
    if not isinstance(body, dict) or set(body) != {"listCustomers"} or not isinstance(body["listCustomers"], list):
        raise errors.bad_body("listCustomers")
    return body["listCustomers"]


def _json(call: Call) -> Json:
    try:
        return json.loads(call.body)
    except ValueError:
        raise errors.bad_body("body") from None
