"""Records in, from tills, apps and forms: resolved before the answer.

Belongs here: `POST /v1/records/{source}`. Does not: taking them in (flow.one), vendors' webhooks (webhooks.py).
"""

from __future__ import annotations

from hub.flow import one
from hub.flow.run import Run
from hub.store import audit, serving
from hub.web.api.documents import documents
from hub.web.api.table import Answer, Asked, Line, answer, ref, text
from hub.web.ids import new_id
from hub.web.problem import Problem

CONNECTOR = "api"


def take(asked: Asked) -> Answer:
    """The record's customer, as known now; while another run goes on `pending`, with customers whom its contacts fit."""
    here, name = asked.ground.workspace, asked.path["source"]
    source = here.settings.sources.get(name)
    if source is None or source.connector != CONNECTOR:
        raise Problem(404, "source.none", "no source of that name takes records in")
    run = Run(new_id(), trigger="api", actor=asked.who.author)
    (told,) = one.resolve_records(here.store, here.settings, source, [asked.body], run)
    with here.store.begin() as conn:
        ids = [told.golden_id] if told.golden_id else []
        audit.write(
            conn,
            at=run.now(),
            actor=run.actor,
            action="record",
            subjects=ids,
            details={"source": name, "run": run.run_id},
        )
    with here.store.read() as conn:
        mine, near = serving.of_ids(conn, ids), serving.of_ids(conn, list(told.near))
    said = {"source_id": told.source_id, "golden_id": told.golden_id, "pending": told.pending, "trouble": told.trouble}
    shown = documents(asked, mine)
    return Answer(said | {"customer": shown[0] if shown else None, "near": documents(asked, near)})


RECORD = {
    "type": "object", "required": ["source_id"], "properties": {"source_id": text(200)},
    "description": "A source record (schemas/source_record.v1.json). A field that is wrong is left out and counted; a record "
    "of which nothing can be used is told as `trouble` and waits in quarantine.",
}  # fmt: skip
MAYBE = {"anyOf": [ref("Customer"), {"type": "null"}]}
LINES = (
    Line(
        "POST", "/v1/records/{source}", "record", "A record in; the answer is its customer", take,
        answer(
            ("source_id", "golden_id", "pending", "trouble", "customer", "near"), source_id={"type": "string"},
            golden_id={"type": ["string", "null"]}, pending={"type": "boolean"}, trouble={"type": ["string", "null"]},
            customer=MAYBE, near={"type": "array", "items": ref("Customer")},
        ),
        roles=("writer",), body=RECORD,
        about="For sources with `connector = \"api\"`. Sent again with the same `source_id` it replaces what stood.",
    ),
)  # fmt: skip
