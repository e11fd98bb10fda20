"""WooCommerce's customers: list, one, create, partial update, delete, batch with an error per item."""

from __future__ import annotations

from collections.abc import Callable

from hub.sandbox.http import ApiError, Call, Reply
from hub.sandbox.rows import Json, Query, RecordId, Row
from hub.sandbox.shapes import fields_of
from hub.sandbox.woocommerce import errors
from hub.sandbox.woocommerce.bodies import changed_row, customer_fields, new_row, read_json
from hub.sandbox.woocommerce.params import ids, listing, one_of, read_params, tag_of
from hub.sandbox.woocommerce.state import WooState

BATCH_LIMIT = 100
SEARCHED = ("email", "username", "first_name", "last_name")
ORDERS = ["id", "include", "name", "registered_date"]


def list_customers(state: WooState, call: Call) -> Reply:
    """GET /customers."""
    params = read_params(state, call, "customers")
    orderby = one_of(params, "orderby", "name", ORDERS)
    desc = one_of(params, "order", "asc", ["asc", "desc"]) == "desc"
    query = Query(
        "id" if orderby == "include" else orderby, desc, None, _filter(params), tag_of(params), _among(state, params)
    )
    return listing(call, params, state.customers, query, lambda row: shown(call, row))


def get_customer(state: WooState, call: Call) -> Reply:
    """GET /customers/{id}."""
    read_params(state, call, "one")
    row = state.customers.get(int(call.params["id"]))
    if row is None:
        raise errors.invalid_id(404)
    return Reply(shown(call, row))


def create_customer(state: WooState, call: Call) -> Reply:
    """POST /customers."""
    read_params(state, call, "none")
    row = create(state, call, read_json(call))
    location = {"Location": f"{call.root}/wp-json/wc/v3/customers/{row['id']}"}
    return Reply(shown(call, row), 201, location)


def update_customer(state: WooState, call: Call) -> Reply:
    """PUT /customers/{id}: partial."""
    read_params(state, call, "none")
    return Reply(shown(call, update(state, call, int(call.params["id"]), read_json(call))))


def delete_customer(state: WooState, call: Call) -> Reply:
    """DELETE /customers/{id}?force=true."""
    params = read_params(state, call, "delete")
    if params.get("force", "").lower() not in ("1", "true"):
        raise errors.no_trash()
    return Reply(shown(call, delete(state, call, int(call.params["id"]), int(params.get("reassign") or 0))))


def batch(state: WooState, call: Call) -> Reply:
    """Items are done one by one in the order create, update, delete; a failing item does not stop the others."""
    read_params(state, call, "none")
    body = read_json(call)
    if state.options.poison and state.options.poison in call.body.decode():
        raise errors.bad_param("update", "one of these cannot be taken.")
    work = [(verb, item) for verb in ("create", "update", "delete") for item in body.get(verb) or ()]
    unknown = set(body) - {"create", "update", "delete"}
    if unknown and state.options.strict:
        raise errors.bad_param(min(unknown), "not a list of this batch (strict sandbox).")
    if len(work) > BATCH_LIMIT:
        raise errors.too_many(BATCH_LIMIT)
    done: dict[str, list[Row]] = {}
    for verb, item in work:
        done.setdefault(verb, []).append(_batch_item(state, call, verb, item))
    return Reply(done)


def _batch_item(state: WooState, call: Call, verb: str, item: Json) -> Row:
    key = item.get("id", 0) if isinstance(item, dict) else item
    try:
        if verb == "create":
            return shown(call, create(state, call, item))
        if not isinstance(key, int):
            raise errors.bad_param("id", "id is not of type integer.")
        if verb == "update":
            return shown(call, update(state, call, key, {name: v for name, v in item.items() if name != "id"}))
        return shown(call, delete(state, call, key, 0))
    except ApiError as error:
        return {"id": 0 if verb == "create" else key, "error": error.reply.body}


def create(state: WooState, call: Call, body: Json) -> Row:
    """Makes a customer. Raises ApiError."""
    fields = customer_fields(state, body)
    if not fields.get("email"):
        raise errors.missing_param("email")
    if state.holder_of(fields["email"]) is not None:
        raise errors.email_exists()
    if fields.get("username") and state.has_username(fields["username"]):
        raise errors.username_exists()
    row = new_row(state, fields)
    state.put_customer(None, row)
    state.journal.write(state.name, call, "create", row["id"], _logged(body))
    return row


def update(state: WooState, call: Call, key: int, body: Json) -> Row:
    """Changes a customer; dates move only when something differs. Raises ApiError."""
    old = state.customers.get(key)
    if old is None:
        raise errors.invalid_id(400)
    fields = customer_fields(state, body)
    email = str(fields.get("email", old["email"]))
    if email != old["email"] and state.holder_of(email) not in (None, key):
        raise errors.email_refused()
    if fields.get("username", old["username"]) != old["username"]:
        raise errors.username_fixed()
    new = changed_row(state, old, fields)
    changed = new != old
    if changed:
        new = state.touched("customers", new)
        state.put_customer(old, new)
    state.journal.write(state.name, call, "update", key, _logged(body), changed=changed)
    return new


def delete(state: WooState, call: Call, key: int, reassign: int) -> Row:
    """Deletes a customer; orders go to `reassign` (0: nobody). Raises ApiError."""
    row = state.customers.get(key)
    if row is None:
        raise errors.invalid_id(400)
    if reassign:
        if reassign not in state.customers:
            raise errors.refusal(400, "woocommerce_rest_customer_invalid_reassign", "Invalid reassignment.")
        state.reassign_orders(key, reassign)
    state.clerk_delete("customers", key)
    state.journal.write(state.name, call, "delete", key, None)
    return row


def shown(call: Call, row: Row) -> Row:
    """The documented fields and the links."""
    base = f"{call.root}/wp-json/wc/v3/customers"
    links = {"self": [{"href": f"{base}/{row['id']}"}], "collection": [{"href": base}]}
    known = fields_of("woocommerce")["customer"]
    return {**{name: row[name] for name in known if name != "_links"}, "_links": links}


def _logged(body: Json) -> Json:
    return {name: value for name, value in body.items() if name != "password"}


def _among(state: WooState, params: dict[str, str]) -> frozenset[RecordId] | None:
    if "email" in params:
        holder = state.holder_of(params["email"])
        return frozenset(() if holder is None else (holder,))
    wanted = ids(params, "include")
    return None if not wanted else frozenset(wanted)


def _filter(params: dict[str, str]) -> Callable[[Row], bool] | None:
    """`search` finds the text in e-mail, user name and names; a phone cannot be searched."""
    role = one_of(params, "role", "customer", fields_of("woocommerce")["roles"])
    excluded = frozenset(ids(params, "exclude") or ())
    included = ids(params, "include")
    text = params.get("search", "").casefold()
    tests: list[Callable[[Row], bool]] = []
    if role != "all":
        tests.append(lambda row: row["role"] == role)
    if excluded:
        tests.append(lambda row: row["id"] not in excluded)
    if included:
        tests.append(lambda row: row["id"] in included)
    if text:
        tests.append(lambda row: any(text in row[field].casefold() for field in SEARCHED))
    return (lambda row: all(test(row) for test in tests)) if tests else None
