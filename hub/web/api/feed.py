"""What changed, in order; everything as of one position; whose a system's own id is.

Belongs here: feed, snapshot, crosswalk. Does not: waiting (hub.web.waiting), writing the feed (store.feed).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import orjson
from starlette.responses import Response, StreamingResponse

from hub.flow.run import utc_now
from hub.model import Json, from_utc_text, utc_text
from hub.store import counts, serving, story
from hub.web.api.documents import document, look, must_see
from hub.web.api.stories import event
from hub.web.api.table import Answer, Asked, Line, answer, ref, whole
from hub.web.problem import Problem

Row = Mapping[str, Any]
LONGEST_WAIT = 30
PATIENCE = 9
"""Seconds after which a wait ends whatever was asked for: many programs and proxies give up after ten."""
LONGEST_STREAM = 1_800.0
"""Seconds after which a snapshot that nobody reads is given up: it holds a state of the store."""
TOGETHER = 200


def changes(asked: Asked) -> Answer:
    """Events after a number. `next` is the number to ask after next."""
    after, limit = asked.query["after"], asked.query["limit"]
    with asked.ground.workspace.store.read() as conn:
        _still_there(asked, after, serving.ends(conn)[1], _forgotten(asked, conn))
        found = serving.changes_after(conn, after, limit)
    items = [event(row) for row in found]
    return Answer({"items": items, "next": items[-1]["seq"] if items else after})


async def wait(asked: Asked) -> None:
    """As long as there is nothing after the number, at most so many seconds."""
    if asked.query["wait"]:
        await asked.ground.feed.beyond(asked.query["after"], min(asked.query["wait"], PATIENCE))


def _still_there(asked: Asked, after: int, last: int, forgotten: int) -> None:
    """Raises Problem 410 for a position beyond retention, 409 for one that the feed has not reached."""
    if after > last:
        raise Problem(409, "feed.ahead", "this position is not of this feed: take a new snapshot", last=last)
    if after < forgotten:
        raise Problem(410, "feed.gone", "events after this position are not told any more: take a new snapshot")


def _forgotten(asked: Asked, conn: Any) -> int:
    """The last number that is told to nobody any more; 0 when all are."""
    days = asked.ground.workspace.settings.web.feed_days
    if not days:
        return 0
    return serving.position_at(conn, utc_text(from_utc_text(utc_now()) - timedelta(days=days)))


def snapshot(asked: Asked) -> Response:
    """A line with the position of the feed and how fresh each source is, a line for each customer, last their number."""
    return StreamingResponse(_lines(asked), media_type=MEDIA, headers={"cache-control": "no-store"})


def _lines(asked: Asked) -> Iterator[bytes]:
    end, count = time.monotonic() + LONGEST_STREAM, 0
    with asked.ground.workspace.store.read() as conn:
        yield orjson.dumps(_head(conn)) + b"\n"
        part: list[Row] = []
        for row in serving.whole(conn):
            part.append(row)
            if len(part) == TOGETHER:
                yield _part(asked, part)
                count, part = count + len(part), []
                if time.monotonic() > end:
                    return
        yield _part(asked, part)
        yield orjson.dumps({"end": True, "customers": count + len(part)}) + b"\n"


def _head(conn: Any) -> dict[str, Json]:
    newest = {name: row["newest_record"] for name, row in counts.states(conn).items()}
    return {"position": serving.ends(conn)[1], "at": utc_now(), "newest_record": newest}


def _part(asked: Asked, rows: list[Row]) -> bytes:
    look(asked, [row["golden_id"] for row in rows])
    return b"".join(orjson.dumps(document(asked, row)) + b"\n" for row in rows)


def xref(asked: Asked) -> Answer:
    """The customer of a system's own id; of a record that has left, the one that it had last."""
    with asked.ground.workspace.store.read() as conn:
        found = story.by_record(conn, asked.path["source"], asked.path["source_id"])
        live = story.live(conn, found[0]) if found else None
        row = must_see(asked, next(iter(serving.of_ids(conn, [live])), None) if live else None)
    told = {name: row[name] for name in ("golden_id", "customer_code", "status")}
    return Answer({"source": asked.path["source"], "source_id": asked.path["source_id"], **told})


MEDIA = "application/x-ndjson"
LINES = (
    Line(
        "GET", "/v1/changes", "changes", "The ordered feed of changes", changes,
        answer(("items", "next"), items={"type": "array", "items": ref("Event")}, next=whole()),
        query={
            "after": whole(default=0, description="The number of the last event that was worked through"),
            "limit": whole(1, 1_000, default=200),
            "wait": whole(0, LONGEST_WAIT, default=0, description="Seconds to wait when there is none; it may be less"),
        },
        limited=False, before=wait,
        about="created, updated, merged, split, erased, numbered in order. 410: the position is older than what is kept; 409: "
        "it is not of this feed. Take a snapshot then.",
    ),
    Line(
        "GET", "/v1/snapshot", "snapshot", "All golden records as of one position of the feed", snapshot, answer(),
        scope="export", limited=False, media=MEDIA, cost=2_000,
        about="One JSON document a line: first `position`, `at` and each source's `newest_record`; then a customer a line; last "
        "`{\"end\": true, \"customers\": N}`, without which it is not whole.",
    ),
    Line(
        "GET", "/v1/xref/{source}/{source_id}", "xref", "The customer of a system's own id", xref,
        answer(("source", "source_id", "golden_id", "customer_code", "status")), cost=5,
    ),
)  # fmt: skip
