"""WooCommerce's customers, guests and orders in the hub's words, and back. Pure; nothing is fetched here.

Belongs here: field names and their meaning, the key of a guest. Does not: requests (client), cursors (reads).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from hub.connectors.kit.people import (
    address,
    address_fields,
    minor_units,
    name_parts,
    present,
    split_name,
    text,
)
from hub.connectors.kit.times import canonical
from hub.errors import PermanentError
from hub.model import Json

STAFF = frozenset({"administrator", "shop_manager", "editor", "author", "contributor"})
KINDS = {
    "completed": "sale",
    "processing": "sale",
    "cancelled": "cancelled",
    "failed": "cancelled",
    "refunded": "cancelled",
}
"""States of orders; others (pending, on-hold, a plugin's own) are not decided yet and give no order."""
DRAFTS = frozenset({"checkout-draft", "auto-draft", "trash"})
OPT_IN = "marketing_opt_in"
YES, NO = frozenset({"yes", "1", "true", "on"}), frozenset({"no", "0", "false", "off"})
GUEST = "guest:"


def guest_id(billing: Mapping[str, Json]) -> str | None:
    """The id of a guest: one per (phone, e-mail, name) as typed, small letters, spaces squeezed; None when all are blank."""
    name = f"{text(billing.get('first_name')) or ''} {text(billing.get('last_name')) or ''}"
    parts = [_squeezed(billing.get("phone")), _squeezed(billing.get("email")), _squeezed(name)]
    if not any(parts):
        return None
    return GUEST + hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:16]


def guest_payload(order: Mapping[str, Json]) -> dict[str, Json]:
    """What is landed for a guest: who typed it and when, nothing of what was bought."""
    return {
        "guest": True,
        "billing": block(order, "billing"),
        "last_order_at": canonical(order.get("date_created_gmt")),
    }


def block(payload: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    """The billing or shipping block; PHP writes an empty one as a list."""
    value = payload.get(name)
    return value if isinstance(value, Mapping) else {}


def to_canonical(payload: Mapping[str, Json]) -> dict[str, Json]:
    """One registered customer, or one guest."""
    billing, shipping = block(payload, "billing"), block(payload, "shipping")
    own = _same_person(billing, shipping, payload)
    return present(
        source_id=text(payload.get("id")),
        kind="staff" if payload.get("role") in STAFF else None,
        **_name(payload, billing),
        phones=_contacts(billing.get("phone"), shipping.get("phone") if own else None),
        emails=_contacts(payload.get("email"), billing.get("email")),
        addresses=_addresses(billing, shipping if own else {}),
        company_name=text(billing.get("company")),
        consents=_consents(payload),
        created_at=canonical(payload.get("date_created_gmt")),
        updated_at=changed_at(payload),
    )


def changed_at(payload: Mapping[str, Json]) -> str | None:
    """When the record last changed: its own time, a guest's last order, else its birth."""
    told = payload.get("date_modified_gmt") or payload.get("last_order_at") or payload.get("date_created_gmt")
    return canonical(told)


def to_order(payload: Mapping[str, Json]) -> dict[str, Json] | None:
    """One order, refunds taken off; None while its outcome is open. The recipient stays on the order."""
    status = payload.get("status")
    kind = KINDS.get(status) if isinstance(status, str) else None
    if kind is None:
        return None
    currency = (text(payload.get("currency")) or "VND").upper()
    total = _net(payload, currency)
    paid = bool(payload.get("date_paid_gmt")) or status == "completed"
    return present(
        source_id=text(payload.get("id")),
        code=text(payload.get("number")),
        kind=kind,
        at=canonical(payload.get("date_created_gmt")),
        currency=currency,
        total=total,
        paid=total if paid and kind == "sale" else 0,
        customer_source_id=customer_of(payload),
        recipient=_recipient(block(payload, "shipping")),
        lines=_lines(payload.get("line_items"), currency),
        updated_at=changed_at(payload),
    )


def customer_of(order: Mapping[str, Json]) -> str | None:
    """The buyer's source_id: an account, else a guest, None when the order names nobody."""
    return text(order.get("customer_id") or None) or guest_id(block(order, "billing"))


def to_vendor(fields: Mapping[str, Json], known: Mapping[str, Json]) -> dict[str, Json]:
    """The body of a create (known empty) or of a partial update. Raises PermanentError `unwritable.FIELD`."""
    body: dict[str, Json] = {}
    billing: dict[str, Json] = {}
    for field, value in fields.items():
        _write(field, value, body, billing)
    if not known:
        billing |= {key: body[key] for key in ("first_name", "last_name", "email") if body.get(key)}
    return {**body, **({"billing": billing} if billing else {})}


def _write(field: str, value: Json, body: dict[str, Json], billing: dict[str, Json]) -> None:
    told = "" if isinstance(value, Mapping) else text(value) or ""
    if field == "full_name":
        body["first_name"], body["last_name"] = split_name(told)
    elif field in ("given_name", "family_name"):
        body[{"given_name": "first_name", "family_name": "last_name"}[field]] = told
    elif field == "email":
        body["email"] = told
    elif field in ("phone", "company_name"):
        billing[{"phone": "phone", "company_name": "company"}[field]] = told
    elif field == "address":
        parts = address_fields(value or {})
        billing.update(
            address_1=parts["line"],
            address_2=parts["line2"],
            city=parts["city"],
            state=parts["state"],
            postcode=parts["postcode"],
            country=parts["country"],
        )
    else:
        raise PermanentError(f"WooCommerce has no field for {field}", code=f"unwritable.{field}")


def _name(payload: Mapping[str, Json], billing: Mapping[str, Json]) -> dict[str, Json]:
    first, last = text(payload.get("first_name")), text(payload.get("last_name"))
    if not first and not last:
        first, last = text(billing.get("first_name")), text(billing.get("last_name"))
    return name_parts(first, last)


def _same_person(billing: Mapping[str, Json], shipping: Mapping[str, Json], payload: Mapping[str, Json]) -> bool:
    """Whether the shipping block names the customer; somebody else's phone and address are not the customer's."""
    buyers = {_full(billing), _full(payload)} - {""}
    return bool(_full(shipping)) and _full(shipping) in buyers


def _full(block_: Mapping[str, Json]) -> str:
    return _squeezed(f"{text(block_.get('first_name')) or ''} {text(block_.get('last_name')) or ''}")


def _squeezed(value: Json) -> str:
    return " ".join((text(value) or "").split()).lower()


def _contacts(*values: Json) -> list[Json]:
    told: dict[str, str] = {}
    for value in filter(None, map(text, values)):
        told.setdefault(_squeezed(value), value)
    return [{"value": value, "use": "own"} for value in told.values()]


def _addresses(*blocks: Mapping[str, Json]) -> list[Json]:
    found: list[Json] = []
    for one in blocks:
        lines = (one.get("address_1"), one.get("address_2"))
        made = address(lines, one.get("city"), one.get("state"), one.get("postcode"), one.get("country"))
        if made and made not in found:
            found.append(made)
    return found


def _consents(payload: Mapping[str, Json]) -> list[Json]:
    """The opt-in box, for the account's e-mail; no box, no word."""
    metas = payload.get("meta_data")
    values = (
        [m.get("value") for m in metas if isinstance(m, Mapping) and m.get("key") == OPT_IN]
        if isinstance(metas, list)
        else []
    )
    if not values:
        return []
    told = str(values[-1]).strip().lower()
    status = "granted" if told in YES else "refused" if told in NO else "unknown"
    where = present(address=text(payload.get("email")))
    return [{"purpose": "marketing", "channel": "email", "status": status, **where}]


def _net(payload: Mapping[str, Json], currency: str) -> int | None:
    total = minor_units(payload.get("total"), currency)
    refunds = payload.get("refunds")
    taken = (
        [minor_units(r.get("total"), currency) or 0 for r in refunds if isinstance(r, Mapping)]
        if isinstance(refunds, list)
        else []
    )
    return total if total is None else total - sum(map(abs, taken))


def _recipient(shipping: Mapping[str, Json]) -> dict[str, Json] | None:
    place = [shipping.get(key) for key in ("address_1", "address_2", "city", "state", "postcode", "country")]
    who = " ".join(part for part in (text(shipping.get("first_name")), text(shipping.get("last_name"))) if part)
    found = present(name=who, phone=text(shipping.get("phone")), address=", ".join(filter(None, map(text, place))))
    return found or None


def _lines(items: Json, currency: str) -> list[Json]:
    rows = [row for row in items if isinstance(row, Mapping)] if isinstance(items, list) else []
    return [
        present(
            code=text(row.get("sku")),
            name=text(row.get("name")),
            total=minor_units(row.get("total"), currency),
            quantity=row.get("quantity") if isinstance(row.get("quantity"), int | float) else None,
        )
        for row in rows[:2000]
    ]
