"""Customers by id and code, look-up by phone and e-mail, lists.

Belongs here: `GET /v1/customers` and `/v1/customers/{id}`. Does not: the story of one (stories.py), the feed (feed.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub.flow import explain, lookup
from hub.flow import segments as flow
from hub.matching.codes import valid_code
from hub.model import CUSTOMER_KINDS, Json, utc_text
from hub.store import search, serving, story
from hub.store.engine import StoreConnection
from hub.web import masking
from hub.web.api import segments
from hub.web.api.documents import document, documents, look, must_see, tag, unchanged, visible
from hub.web.api.table import CURSOR, LIMIT, MOMENT, Answer, Asked, Line, listing, ref, text
from hub.web.problem import Problem

Row = Mapping[str, Any]
CODE = str.maketrans("ILO", "110", "- ")
DEEPEST = 100
CONTACTS_KEPT = 10_000
SCANNED = 2_000
"""Customers that one page looks through for those of some stores."""


# one -----------------------------------------------------------------------------------------------------------------


def get_quick(asked: Asked) -> Answer | None:
    """By id or code, as it stands."""
    if "as_of" in asked.query:
        return None
    key = asked.path["id"]
    found = _row(asked, key)
    row = found
    for _ in range(DEEPEST):
        if row is None or not row["merged_into"]:
            break
        rows = asked.ground.points.rows("by_id", id=row["merged_into"])
        row = rows[0] if rows else None
    row = must_see(asked, row)
    came_from = found["golden_id"] if found and found["golden_id"] != row["golden_id"] else None
    return _one(asked, row, came_from)


def _one(asked: Asked, row: Row, came_from: str | None) -> Answer:
    headers = {"etag": tag(asked, row, came_from), "cache-control": "private, no-cache"}
    if unchanged(asked, headers["etag"]):
        return Answer(None, 304, headers)
    look(asked, [row["golden_id"]])
    return Answer(document(asked, row) | ({"resolved_from": came_from} if came_from else {}), headers=headers)


def _row(asked: Asked, key: str) -> Row | None:
    """The row of a golden id ever given, or of a customer code."""
    plain = key.strip().lower()
    if lookup.UUID.fullmatch(plain):
        bare = plain.replace("-", "")
        whole = f"{bare[:8]}-{bare[8:12]}-{bare[12:16]}-{bare[16:20]}-{bare[20:]}"
        return next(iter(asked.ground.points.rows("by_id", id=whole)), None)
    if valid_code(key.strip()):
        code = "KH" + key.strip().upper().translate(CODE).removeprefix("KH")
        return next(iter(asked.ground.points.rows("by_code", code=code)), None)
    return None


def get(asked: Asked) -> Answer:
    """As it was at a moment."""
    here = asked.ground.workspace
    at = moment(asked.query["as_of"], here.settings.timezone)
    with here.store.read() as conn:
        now = must_see(asked, living(conn, asked.path["id"]))
    told = explain.explain(here.store, here.settings, now["golden_id"], at)["customers"]
    told = [one for one in told if visible(asked.who, one)]
    mine = [one for one in told if one["golden_id"] == now["golden_id"]] or told
    if not mine:
        raise Problem(404, "customer.none", "nobody at that moment")
    look(asked, [mine[0]["golden_id"]])
    return Answer(_as_it_was(asked, mine[0]) | {"as_of": at, "customer_code": now["customer_code"]})


def _as_it_was(asked: Asked, doc: Mapping[str, Json]) -> dict[str, Json]:
    told = {name: value for name, value in doc.items() if name not in ("run_id", "cause")}
    told = told | {"updated_at": told.pop("since")}
    return told if asked.unmasked else masking.document(told)


def living(conn: StoreConnection, key: str) -> Row | None:
    """The row of the customer who answers for an id or code now."""
    found = [key.strip().lower()] if lookup.UUID.fullmatch(key.strip().lower()) else []
    if not found and valid_code(key.strip()):
        found = story.by_customer_code(conn, "KH" + key.strip().upper().translate(CODE).removeprefix("KH"))
    live = story.live(conn, found[0]) if found else None
    return next(iter(serving.of_ids(conn, [live])), None) if live else None


def moment(text: str, timezone: str) -> str:
    """A moment to look back from: a day means its end, a time without an offset is the shop's."""
    zone = ZoneInfo(timezone)
    if len(text) == 10:
        day = datetime.combine(datetime.fromisoformat(text), time(), zone)
        return utc_text(day + timedelta(days=1))
    told = datetime.fromisoformat(text)
    return utc_text(told if told.tzinfo else told.replace(tzinfo=zone))


# several -------------------------------------------------------------------------------------------------------------


def list_quick(asked: Asked) -> Answer | None:
    """By one phone or one e-mail."""
    given = asked.query.keys() - {"limit"}
    if given not in ({"phone"}, {"email"}):
        return None
    kind = "phone" if "phone" in given else "email"
    return Answer({"items": documents(asked, _by_value(asked, kind)[: asked.query["limit"]]), "next": None})


def _by_value(asked: Asked, kind: str) -> list[Row]:
    """Who bears it as their own, else otherwise; of a number that changed hands its present holder (see store.story)."""
    found = [
        row for value in contact(asked, kind) for row in asked.ground.points.rows("by_value", value=value, type=kind)
    ]
    held = [row for row in found if row["held"]]
    own = [row for row in held if row["use"] == "own"]
    once = {row["golden_id"]: row for row in own or held or found}
    rows = [once[golden_id] for golden_id in sorted(once)]
    return [row for row in rows if row["kind"] in CUSTOMER_KINDS and row["status"] == "active"] or rows


def contact(asked: Asked, kind: str) -> Sequence[str]:
    """Normal forms of a phone or e-mail as it was sent; a `+` that the address turned into a space is one again."""
    sent = str(asked.query[kind])
    if kind == "phone" and sent[:1] == " ":
        sent = "+" + sent[1:]
    kept, key = asked.ground.contacts, (kind, sent)
    values = kept.get(key)
    if values is None:
        right = ("@" in sent) == (kind == "email")
        values = tuple(lookup.contact(asked.ground.workspace.settings, sent)) if right else ()
        if len(kept) >= CONTACTS_KEPT:
            kept.clear()
        kept[key] = values
    return values


def list_(asked: Asked) -> Answer:
    """By what was asked for; without it all, in the order of ids; with updated_since in the order of their last change."""
    query = asked.query
    named = [name for name in ("phone", "email", "code", "q") if name in query]
    if "segment" in query:
        segments.may_ask(asked, str(query["segment"]))
    if not named and asked.unmasked and "export" not in asked.who.scopes:
        raise Problem(403, "scope", "needs the right export: to walk through all customers unmasked")
    if "q" in named and not search.ready(asked.ground.workspace.store, wait=False):
        raise Problem(503, "search.building", "the index of the search is being built", headers={"retry-after": "5"})
    with asked.ground.workspace.store.read() as conn:
        if named:
            return _found(asked, conn, named)
        if "updated_since" in query:
            return _changed(asked, conn)
        return _of_segment(asked, conn) if "segment" in query else _all(asked, conn)


def _found(asked: Asked, conn: StoreConnection, named: Sequence[str]) -> Answer:
    """Those that every condition finds; a search's best first, else by id."""
    found = [list(_ids(asked, conn, name)) for name in named]
    both = set.intersection(*map(set, found))
    both = segments.inside(asked, conn, both)
    ids = [one for one in found[-1] if one in both] if "q" in named else sorted(both)
    after = asked.ground.cursors.open("found", asked.query.get("cursor"))
    rows = {row["golden_id"]: row for row in serving.of_ids(conn, ids[ids.index(after) + 1 :] if after in ids else ids)}
    since = _since(asked)
    fit = [rows[one] for one in ids if one in rows and rows[one]["updated_at"] >= since]
    page = fit[: asked.query["limit"]]
    more = asked.ground.cursors.seal("found", page[-1]["golden_id"]) if len(fit) > len(page) else None
    return Answer({"items": documents(asked, page), "next": more})


def _since(asked: Asked) -> str:
    sent = asked.query.get("updated_since")
    return moment(sent, asked.ground.workspace.settings.timezone) if sent else ""


def _ids(asked: Asked, conn: StoreConnection, name: str) -> Sequence[str]:
    settings = asked.ground.workspace.settings
    if name in ("phone", "email"):
        values = list(contact(asked, name))
        return story.by_values(conn, values, [name]) if values else []
    if name == "code":
        own = living(conn, str(asked.query["code"]))
        return [own["golden_id"]] if own else story.by_code(conn, str(asked.query["code"]), list(settings.sources))
    exact = lookup.look_up(conn, settings, str(asked.query["q"]))
    if exact:
        return exact
    found = search.search(conn, str(asked.query["q"]), search.MOST, numbers=asked.unmasked, stores=asked.who.stores)
    return [row["golden_id"] for row in found.rows]


def _all(asked: Asked, conn: StoreConnection) -> Answer:
    after = asked.ground.cursors.open("all", asked.query.get("cursor")) or ""
    return _walk(asked, "all", after, "golden_id", lambda key, many: serving.customers_after(conn, key, many))


def _changed(asked: Asked, conn: StoreConnection) -> Answer:
    key = asked.ground.cursors.open("changed", asked.query.get("cursor"))
    if key is None:
        key = serving.position_at(conn, _since(asked))
    return _walk(
        asked, "changed", key, "seq", lambda seq, many: serving.changed_after(conn, seq, many),
        lambda ids: segments.inside(asked, conn, ids),
    )  # fmt: skip


def _of_segment(asked: Asked, conn: StoreConnection) -> Answer:
    """Members in the order of ids."""
    name = str(asked.query["segment"])
    look, stores = flow.looking(conn, asked.ground.workspace.settings), asked.who.stores
    after = asked.ground.cursors.open(f"segment.{name}", asked.query.get("cursor")) or ""
    return _walk(
        asked, f"segment.{name}", after, "golden_id",
        lambda key, many: flow.page(look, name, key, many, stores),
    )  # fmt: skip


def _walk(asked: Asked, name: str, after: Any, column: str, more: Any, fit: Any = None) -> Answer:
    """A page; of those who see some stores only, or where not all fit, it may be short although there are more."""
    limit, looked = asked.query["limit"], 0
    found: list[dict[str, Json]] = []
    while len(found) < limit and looked < SCANNED:
        many = limit - len(found) if asked.who.stores is None and fit is None else 500
        rows = more(after, many)
        fitting = fit({row["golden_id"] for row in rows}) if fit else None
        for row in rows:
            after, looked = row[column], looked + 1
            found += documents(asked, [row]) if fitting is None or row["golden_id"] in fitting else []
            if len(found) == limit:
                break
        if len(rows) < many and len(found) < limit:
            return Answer({"items": found, "next": None})
    return Answer({"items": found, "next": asked.ground.cursors.seal(name, after)})


LINES = (
    Line(
        "GET", "/v1/customers/{id}", "customer", "One customer, by any id ever given or by customer code", get,
        ref("Customer"), query={"as_of": MOMENT}, quick=get_quick, cost=5, conditional="If-None-Match",
        about="A merged id answers with the one that took it in, and `resolved_from`. With `as_of`: as it was at that moment.",
    ),
    Line(
        "GET", "/v1/customers", "customers", "Look-up, search and lists of customers", list_, listing(ref("Customer")),
        query={
            "phone": text(60, description="As typed: 0912 345 678, +84912345678"),
            "email": text(320), "code": text(200, description="The customer's code, or a system's own"),
            "q": text(200, description="What is remembered: parts of a name, some digits"),
            "segment": text(100, description="Only customers of a segment: a name from GET /v1/segments"),
            "updated_since": MOMENT, "cursor": CURSOR, "limit": LIMIT,
        },
        quick=list_quick,
        about="Several conditions must hold together. Without phone, email, code or q it lists all in the order of ids, with "
        "`updated_since` those changed since, by their last change; unmasked that needs the right `export`.",
    ),
)  # fmt: skip
