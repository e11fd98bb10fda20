"""Systems that are to stop because a customer said no: what is due first stands first.

Belongs here: the list and what was done by hand. Does not: which there are (flow.withdrawing), the pages.
"""

from __future__ import annotations

from hub.flow import withdraw_list, withdraw_tell
from hub.flow.run import Run, utc_now
from hub.model import Json
from hub.web import masking
from hub.web.api.table import CURSOR, LIMIT, Answer, Asked, Line, answer, listing, record, text
from hub.web.ids import new_id

OPERATORS = ("operator",)


def tasks(asked: Asked) -> Answer:
    """Those in one state."""
    here, query = asked.ground.workspace, asked.query
    after = asked.ground.cursors.open("withdrawals", query.get("cursor"))
    with here.store.read() as conn:
        rows = withdraw_list.listed(
            conn, here.settings, utc_now(), query["state"], query.get("destination"),
            after=tuple(after) if after else None, limit=query["limit"],
        )  # fmt: skip
    last = [rows[-1]["due"], rows[-1]["task_id"]] if len(rows) == query["limit"] else None
    more = asked.ground.cursors.seal("withdrawals", last) if last else None
    return Answer({"items": [_shown(asked, row) for row in rows], "next": more})


def _shown(asked: Asked, row: dict[str, Json]) -> dict[str, Json]:
    return row if asked.unmasked else {**row, "target": masking.named(row["target"])}


def done(asked: Asked) -> Answer:
    """A person did it there."""
    run, task_id = Run(new_id(), trigger="withdrawals"), asked.path["task_id"]
    withdraw_tell.by_hand(asked.ground.workspace.store, run, [task_id], asked.who.author, asked.body.get("reason"))
    return Answer({"task_id": task_id, "state": "done"})


LINES = (
    Line(
        "GET", "/v1/withdrawals", "withdrawals", "Systems that are to stop because a customer said no", tasks,
        listing(answer(("task_id", "destination", "state", "due", "overdue"))), roles=OPERATORS, limited=False,
        query={
            "destination": text(40), "state": {"enum": list(withdraw_list.STATES), "default": "left"},
            "cursor": CURSOR, "limit": LIMIT,
        },
        about="What is due first stands first. `left`: all that is still to be done; `overdue`: of it what should have been.",
    ),
    Line(
        "POST", "/v1/withdrawals/{task_id}/done", "withdrawal_done", "A person has seen to it there by hand", done,
        answer(("task_id", "state")), roles=OPERATORS, limited=False, body=record(reason=text(500)), optional=True,
    ),
)  # fmt: skip
