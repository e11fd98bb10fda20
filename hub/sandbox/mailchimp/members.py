"""Mailchimp's members: list, one, create, upsert, change, archive, erase, tags."""

from __future__ import annotations

from collections.abc import Callable

from hub.sandbox.http import Call, Reply
from hub.sandbox.mailchimp import errors
from hub.sandbox.mailchimp.bodies import changed_member, check_body, new_member
from hub.sandbox.mailchimp.params import DEFAULT_COUNT, MAX_COUNT, flag, number, pick, read_body, read_params
from hub.sandbox.mailchimp.state import MailchimpState, moment
from hub.sandbox.rows import Query, RecordId, Row
from hub.sandbox.shapes import fields_of

SORTS = ("timestamp_opt", "timestamp_signup", "last_changed")
BOUNDS = ("since_last_changed", "before_last_changed", "since_timestamp_opt", "before_timestamp_opt")
TAG_STATUSES = ("active", "inactive")
PAGING = ("count", "offset", "fields", "exclude_fields")


def list_members(state: MailchimpState, call: Call) -> Reply:
    """GET /lists/{id}/members."""
    params = read_params(state, call, "members")
    count = number(params, "count", DEFAULT_COUNT, MAX_COUNT)
    offset = max(0, number(params, "offset", 0) - call.shift)
    page = state.members.page(_query(state, params), offset, count)
    body = {
        "members": [shown(state, call, row) for row in page.rows],
        "list_id": state.options.list_id,
        "total_items": page.total + call.shift,
        "_links": [{"rel": "self", "href": f"{call.root}{call.path}", "method": "GET"}],
    }
    return Reply(pick(body, params))


def get_member(state: MailchimpState, call: Call) -> Reply:
    """GET one member."""
    params = read_params(state, call, "fields")
    return Reply(pick(shown(state, call, _known(state, call)), params))


def add_member(state: MailchimpState, call: Call) -> Reply:
    """POST /lists/{id}/members."""
    skip = flag(read_params(state, call, "member_write"), "skip_merge_validation")
    body = check_body(state, read_body(state, call))
    email = body.get("email_address", "")
    old = state.find(email) if "@" in email else None
    if old is not None and old["status"] != "archived":
        raise errors.member_exists(email)
    if "status" not in body:
        raise errors.invalid("status", "This value should not be blank.")
    return Reply(shown(state, call, save(state, call, old, body, skip)))


def put_member(state: MailchimpState, call: Call) -> Reply:
    """The upsert. `status_if_new` says nothing about a member who is already there."""
    skip = flag(read_params(state, call, "member_write"), "skip_merge_validation")
    body = check_body(state, read_body(state, call))
    if "email_address" not in body:
        raise errors.invalid("email_address", "This value should not be blank.")
    return Reply(shown(state, call, save(state, call, state.find(call.params["hash"]), body, skip)))


def patch_member(state: MailchimpState, call: Call) -> Reply:
    """PATCH one member."""
    skip = flag(read_params(state, call, "member_write"), "skip_merge_validation")
    body = check_body(state, read_body(state, call))
    return Reply(shown(state, call, save(state, call, _known(state, call), body, skip)))


def archive_member(state: MailchimpState, call: Call) -> Reply:
    """DELETE one member: it stays, archived."""
    read_params(state, call, "none")
    old = _known(state, call)
    if old["status"] == "archived":
        raise errors.bad_method()
    state.put_member(old, state.touched({**old, "status": "archived"}))
    state.journal.write(state.name, call, "delete", old["id"], None)
    return Reply(None, 204)


def erase_member(state: MailchimpState, call: Call) -> Reply:
    """POST …/actions/delete-permanent."""
    read_params(state, call, "none")
    old = _known(state, call)
    state.erase(old)
    state.journal.write(state.name, call, "erase", old["id"], None)
    return Reply(None, 204)


def list_tags(state: MailchimpState, call: Call) -> Reply:
    """GET a member's tags."""
    read_params(state, call, "lists")
    tags = _known(state, call)["tags"]
    return Reply({"tags": tags, "total_items": len(tags)})


def set_tags(state: MailchimpState, call: Call) -> Reply:
    """POST a member's tags: active adds, inactive takes away."""
    read_params(state, call, "none")
    old, body = _known(state, call), read_body(state, call)
    if not isinstance(body.get("tags"), list) or set(body) - {"tags", "is_syncing"}:
        raise errors.invalid("tags", "Schema describes array, value found instead.")
    names = {tag["name"]: None for tag in old["tags"]}
    for item in body["tags"]:
        if not isinstance(item, dict) or set(item) != {"name", "status"} or item["status"] not in TAG_STATUSES:
            raise errors.invalid("tags", "A tag needs a name and a status, active or inactive.")
        names.pop(item["name"], None)
        names |= {item["name"]: None} if item["status"] == "active" else {}
    new = {**old, "tags": [state.tag(name) for name in names]}
    changed = {tag["name"] for tag in old["tags"]} != names.keys()
    if changed:
        state.put_member(old, state.touched(new))
    state.journal.write(state.name, call, "tags", old["id"], body, changed=changed)
    return Reply(None, 204)


def save(state: MailchimpState, call: Call, old: Row | None, body: Row, skip: bool) -> Row:
    """Creates or changes one member; `last_changed` moves only when something differs. Raises ApiError."""
    if old is None and (known := state.find(body.get("email_address", "@"))) is not None:
        raise errors.member_exists(known["email_address"])
    new = new_member(state, body, skip) if old is None else changed_member(state, old, body, skip)
    changed = new != old
    if changed:
        new = state.touched(new)
        state.put_member(old, new)
    action = "create" if old is None else "update"
    state.journal.write(state.name, call, action, new["id"], body, changed=changed)
    return new


def shown(state: MailchimpState, call: Call, row: Row) -> Row:
    """The documented fields; names and counts are made from what is stored, every merge field has a value or ""."""
    merge = {**dict.fromkeys(state.merge_tags(), ""), **row["merge_fields"]}
    names = [str(merge.get(tag, "")) for tag in ("FNAME", "LNAME")]
    made: Row = {
        "merge_fields": merge,
        "full_name": " ".join(name for name in names if name),
        "tags_count": len(row["tags"]),
    }
    base = f"{call.root}/lists/{row['list_id']}/members"
    made["_links"] = [
        {"rel": "self", "href": f"{base}/{row['id']}", "method": "GET"},
        {"rel": "parent", "href": base, "method": "GET"},
    ]
    known = fields_of("mailchimp")["member"]
    hidden = {"last_note"} if not row.get("last_note") else set()
    hidden |= {"unsubscribe_reason"} if row["status"] != "unsubscribed" else set()
    return {name: made.get(name, row.get(name)) for name in known if name not in hidden}


def _known(state: MailchimpState, call: Call) -> Row:
    row = state.find(call.params["hash"])
    if row is None:
        raise errors.not_found()
    return row


def _query(state: MailchimpState, params: dict[str, str]) -> Query:
    sort = params.get("sort_field", "web_id")
    if sort not in (*SORTS, "web_id") or ("sort_field" in params and sort == "web_id"):
        raise errors.invalid("sort_field", f"Value must be one of: {', '.join(SORTS)}")
    direction = params.get("sort_dir", "ASC")
    if direction not in ("ASC", "DESC"):
        raise errors.invalid("sort_dir", "Value must be one of: ASC, DESC")
    bounds = _bounds(params)
    since = bounds.get("since_last_changed")
    tag = repr(sorted((name, value) for name, value in params.items() if name not in PAGING))
    keep = _filter(params, bounds)
    lowest = ("last_changed", since) if since else None
    return Query(sort, direction == "DESC", lowest, keep, tag, _among(params, state))


def _bounds(params: dict[str, str]) -> dict[str, str]:
    found = {}
    for name in (*BOUNDS, "unsubscribed_since"):
        if name in params:
            try:
                found[name] = moment(params[name])
            except ValueError:
                raise errors.invalid(name, "Invalid date.") from None
    return found


def _among(params: dict[str, str], state: MailchimpState) -> frozenset[RecordId] | None:
    if "unique_email_id" not in params:
        return None
    return frozenset(row["id"] for row in state.members if row["unique_email_id"] == params["unique_email_id"])


def _filter(params: dict[str, str], bounds: dict[str, str]) -> Callable[[Row], bool]:
    """Archived members only when asked for by status. Bounds exclude their own second."""
    status = params.get("status")
    if status is not None and status not in fields_of("mailchimp")["statuses"]:
        raise errors.invalid("status", f"Value must be one of: {', '.join(fields_of('mailchimp')['statuses'])}")
    if "unsubscribed_since" in bounds and status != "unsubscribed":
        raise errors.invalid("unsubscribed_since", "Only with status=unsubscribed.")
    tests: list[Callable[[Row], bool]] = [
        (lambda row: row["status"] == status) if status else (lambda row: row["status"] != "archived")
    ]
    for name, bound in bounds.items():
        tests.append(_bound_test(name, bound))
    if flag(params, "vip_only"):
        tests.append(lambda row: bool(row["vip"]))
    if "email_type" in params:
        tests.append(lambda row: row["email_type"] == params["email_type"])
    if "interest_ids" in params:
        wanted = params["interest_ids"].split(",")
        tests.append(lambda row: any(row["interests"].get(key) for key in wanted))
    return lambda row: all(test(row) for test in tests)


def _bound_test(name: str, bound: str) -> Callable[[Row], bool]:
    if name == "unsubscribed_since":
        return lambda row: row["last_changed"] > bound
    side, _, field = name.partition("_")
    return (lambda row: row[field] > bound) if side == "since" else (lambda row: row[field] < bound)
