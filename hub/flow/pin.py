"""Pinning a value: an admin says what a field of a customer is, whatever the records say, until a day or for good.

Belongs here: reading the value as every source's value is read, what it replaces. Does not: SQL (store.pins), the rule
(hub.matching.survivorship.pinned).
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from hub.errors import ConfigError
from hub.flow.judge import Act, Plan, one, records_of
from hub.flow.review_pins import saying, text, unpinned
from hub.matching.golden import SCALARS
from hub.matching.normalize import canonical_frame, normalize_records
from hub.settings import Settings
from hub.store import story
from hub.store.engine import StoreConnection

NAME = {"full_name": ("family_name", "given_name")}
"""Fields that are read out of another one, and are pinned with it."""
READ_ONLY = ("points", "debt")


def pin(settings: Settings, key: str, field: str, value: str, until: str | None = None) -> Plan:
    """This customer's field has this value. until: canonical time at which the pin falls.

    Raises ConfigError for a field that cannot be pinned and for a value that cannot be read.
    """

    def plan(conn: StoreConnection) -> Act:
        golden_id = one(conn, settings, key)
        held = records_of(conn, golden_id)
        if not held:
            raise ConfigError(f"{golden_id} has no record left to pin a value to", code="pin.nobody")
        doc = orjson.loads(story.customer(conn, golden_id)["doc"])
        said = unpinned(conn, settings, [golden_id]).get(golden_id, {})
        rows = [
            {
                "field": name,
                "value": typed,
                "stood": text(doc.get(name)),
                "said": saying(said.get(name)),
                "until": until,
            }
            for name, typed in read(settings, field, value).items()
        ]
        return Act("pin", [golden_id], anchor=held[0], pins=rows)

    return plan


def read(settings: Settings, field: str, value: str) -> Mapping[str, str]:
    """The value in normal form, with the values of fields that are read out of it."""
    if field not in SCALARS or field in READ_ONLY:
        names = ", ".join(name for name in SCALARS if name not in READ_ONLY)
        raise ConfigError(f"{field!r} cannot be pinned", hint=f"one of {names}", code="pin.field")
    typed = canonical_frame([{"source_id": "pin", field: value}])
    ready = normalize_records(typed, region=settings.region)
    doc = orjson.loads(ready.records["doc"][0])
    if doc.get(field) in (None, ""):
        why = ready.refusals["code"].to_list()
        raise ConfigError(
            f"the value for {field} cannot be used{': ' if why else ''}{', '.join(why)}", code="pin.value"
        )
    wanted = (field, *NAME.get(field, ()))
    return {name: str(doc[name]) for name in wanted if doc.get(name)}
