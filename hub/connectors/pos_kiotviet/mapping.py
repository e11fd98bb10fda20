"""KiotViet's rows in the hub's words, and back. Pure; nothing is fetched here.

Belongs here: field names and their meaning. Does not: requests (client), what may be sent when (writes).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo

from hub.connectors.kit.people import minor_units, present, text
from hub.connectors.kit.times import canonical
from hub.errors import PermanentError
from hub.model import Json

DELETED = "{DEL}"
"""KiotViet appends it to codes and names of deleted customers inside old documents."""
SALES = {1: "sale", 2: "cancelled", 5: "refused"}
"""Invoice states; 3 (being processed) is not decided yet and gives no order."""
RETURNS = {1: "return", 2: "cancelled"}
COPIED = (
    "code",
    "name",
    "gender",
    "birthDate",
    "contactNumber",
    "subNumber",
    "IdentificationNumber",
    "address",
    "locationName",
    "wardName",
    "email",
    "organization",
    "comments",
    "taxCode",
    "branchId",
)
"""What an update must repeat, because a PUT may replace what it leaves out. Never debt, points or totals."""
NAMES = {"full_name": "name", "phone": "contactNumber", "email": "email", "note": "comments"}


def clean(value: Json) -> str | None:
    """Text without the mark of a deleted record."""
    told = text(value)
    return told.replace(DELETED, "").strip() or None if told else None


def to_canonical(payload: Mapping[str, Json], local: tzinfo) -> dict[str, Json]:
    """One customer. local: the zone of the shop's naive times."""
    return present(
        source_id=text(payload.get("id")),
        code=clean(payload.get("code")),
        full_name=clean(payload.get("name")),
        phones=_contacts(payload.get("contactNumber"), payload.get("subNumber")),
        emails=_contacts(payload.get("email")),
        birth_date=_day(payload.get("birthDate")),
        gender={True: "male", False: "female"}.get(payload["gender"]) if _is_bool(payload.get("gender")) else None,
        addresses=[a] if (a := _address(payload)) else None,
        customer_type={0: "individual", 1: "business"}.get(_int(payload.get("type"))),
        company_name=text(payload.get("organization")),
        ids=_ids(payload),
        groups=group_names(payload.get("groups")),
        stores=[s] if (s := text(payload.get("branchId"))) else None,
        points=_decimal(payload.get("totalPoint"), payload.get("rewardPoint")),
        debt=_decimal(payload.get("debt")),
        note=text(payload.get("comments")),
        created_at=canonical(payload.get("createdDate"), local),
        updated_at=changed_at(payload, local),
    )


def changed_at(payload: Mapping[str, Json], local: tzinfo) -> str | None:
    """When the row last changed; a row that never changed has only its birth."""
    return canonical(payload.get("modifiedDate"), local) or canonical(payload.get("createdDate"), local)


def to_order(kind: str, payload: Mapping[str, Json], local: tzinfo) -> dict[str, Json] | None:
    """One invoice (`kind` invoice) or return; None while its outcome is open. Walk-ins have no customer."""
    meaning = (SALES if kind == "invoice" else RETURNS).get(_int(payload.get("status")))
    if meaning is None:
        return None
    total = payload.get("total") if kind == "invoice" else payload.get("returnTotal")
    at = payload.get("purchaseDate") if kind == "invoice" else payload.get("returnDate")
    return present(
        source_id=f"{kind}:{payload['id']}",
        code=clean(payload.get("code")),
        kind=meaning,
        store=text(payload.get("branchName")) or text(payload.get("branchId")),
        staff=text(payload.get("soldByName") if kind == "invoice" else payload.get("receivedByName")),
        at=canonical(at, local) or canonical(payload.get("createdDate"), local),
        currency="VND",
        total=minor_units(total, "VND"),
        paid=minor_units(payload.get("totalPayment"), "VND"),
        customer_source_id=text(payload.get("customerId") or None),
        recipient=_recipient(payload.get("invoiceDelivery")),
        lines=_lines(payload.get("invoiceDetails") if kind == "invoice" else payload.get("returnDetails")),
        updated_at=changed_at(payload, local),
    )


def to_vendor(fields: Mapping[str, Json], known: Mapping[str, Json]) -> dict[str, Json]:
    """The body of a create (known empty) or of a whole update: KiotViet's own last record with `fields` laid over it.

    Raises PermanentError with code `unwritable.FIELD` for a value that KiotViet cannot hold.
    """
    lowered = {key.lower(): value for key, value in known.items()}
    body: dict[str, Json] = {key: lowered[key.lower()] for key in COPIED if lowered.get(key.lower()) is not None}
    for field, value in fields.items():
        body.update(_written(field, value))
    return body


def _written(field: str, value: Json) -> dict[str, Json]:
    if field in NAMES:
        return {NAMES[field]: text(value) or ""}
    if field == "birth_date":
        return {"birthDate": _birth(value)}
    if field == "gender":
        return {"gender": _gender(value)}
    if field == "address":
        return _address_out(value or {})
    raise PermanentError(f"KiotViet has no field for {field}", code=f"unwritable.{field}")


def _birth(value: Json) -> str | None:
    day = text(value)
    if day is not None and len(day) != 10:
        raise PermanentError("KiotViet needs a whole date of birth", code="unwritable.birth_date")
    return f"{day}T00:00:00" if day else None


def _gender(value: Json) -> bool | None:
    if value not in (None, "male", "female"):
        raise PermanentError("KiotViet knows two genders only", code="unwritable.gender")
    return None if value is None else value == "male"


def _address_out(value: Mapping[str, Json]) -> dict[str, Json]:
    place = [part for part in (text(value.get("province")), text(value.get("district"))) if part]
    return {
        "address": text(value.get("line")) or "",
        "locationName": " - ".join(place),
        "wardName": text(value.get("ward")) or "",
    }


def _contacts(*values: Json) -> list[Json]:
    told = dict.fromkeys(value for value in map(text, values) if value)
    return [{"value": value, "use": "own"} for value in told]


def _address(payload: Mapping[str, Json]) -> dict[str, Json]:
    province, _, district = (text(payload.get("locationName")) or "").partition(" - ")
    return present(
        line=text(payload.get("address")),
        ward=text(payload.get("wardName")),
        district=district.strip(),
        province=province.strip(),
    )


def _ids(payload: Mapping[str, Json]) -> list[Json]:
    number = payload.get("identificationNumber") or payload.get("IdentificationNumber")
    found = [
        ("tax_code", text(payload.get("taxCode")), None),
        ("national_id", text(number), None),
        ("social", text(payload.get("psidFacebook")), "facebook"),
    ]
    return [present(type=kind, value=value, issuer=issuer) for kind, value, issuer in found if value]


def group_names(value: Json) -> list[str]:
    """Group names come as a list, or as one text joined by `|` or commas."""
    if isinstance(value, str):
        value = value.split("|" if "|" in value else ",")
    return [name for name in map(text, value or []) if name] if isinstance(value, list) else []


def _recipient(value: Json) -> dict[str, Json] | None:
    if not isinstance(value, Mapping):
        return None
    place = [value.get("address"), value.get("wardName"), value.get("locationName")]
    return (
        present(
            name=text(value.get("receiver")),
            phone=text(value.get("contactNumber")),
            address=", ".join(part for part in map(text, place) if part),
        )
        or None
    )


def _lines(value: Json) -> list[Json]:
    """Lines are documented as an object and live as a list."""
    rows = [value] if isinstance(value, Mapping) else value if isinstance(value, list) else []
    return [_line(row) for row in rows[:2000] if isinstance(row, Mapping)]


def _line(row: Mapping[str, Json]) -> dict[str, Json]:
    total = row.get("subTotal")
    if total is None and isinstance(row.get("price"), int | float) and isinstance(row.get("quantity"), int | float):
        total = row["price"] * row["quantity"]
    quantity = row.get("quantity")
    return present(
        code=text(row.get("productCode")),
        name=text(row.get("productName")),
        quantity=quantity if isinstance(quantity, int | float) else None,
        total=minor_units(total, "VND"),
    )


def _day(value: Json) -> str | None:
    """A date of birth: the day as it stands, whatever zone it was meant in; `0001-01-01` means none."""
    day = (text(value) or "").partition("T")[0]
    return day if day and not day.startswith("0001") else None


def _decimal(*values: Json) -> str | None:
    told = next((value for value in values if value is not None and not isinstance(value, bool)), None)
    if isinstance(told, float) and told.is_integer():
        told = int(told)
    return text(told)


def _is_bool(value: Json) -> bool:
    return isinstance(value, bool)


def _int(value: Json) -> int:
    try:
        return -1 if isinstance(value, bool) else int(value)
    except (TypeError, ValueError):
        return -1
