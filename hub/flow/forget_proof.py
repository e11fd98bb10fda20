"""The proof of an erasure: what is erased, what is kept and why, who else must erase until when. It holds no personal value.

Belongs here: the document and its sentences' keys (forget.tsv). Does not: doing any of it (forget.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hub.flow.texts import texts
from hub.flow.workspace import Workspace
from hub.model import Json
from hub.store import audit
from hub.store.engine import StoreConnection

if TYPE_CHECKING:
    from hub.store.erased_person import Person

KEPT = ("orders", "digests", "log", "consents", "backups", "postgresql")
"""What is kept, each with a sentence that says why."""
Row = Mapping[str, Any]


def proof(
    conn: StoreConnection,
    workspace: Workspace,
    person: Person,
    head: Row,
    tasks: Sequence[Row],
    at: str,
    erasure_id: str | None = None,
) -> dict[str, Json]:
    """The proof. erased: counts, filled in once it is done. files: exports of the hub's own that may still hold the person."""
    shared = person.values.filter("shared").height if person.values.height else 0
    return {
        "erasure_id": erasure_id,
        "golden_id": head["golden_id"],
        "customer_code": head.get("customer_code"),
        "at": at,
        "erased": {
            "records": len(person.rids), "identifiers": person.values.height, "orders": len(person.orders),
            "orders_received": len(person.recipient),
        },
        "shared_identifiers": shared,
        "kept": [one for one in KEPT if one != "postgresql" or not workspace.store.sqlite],
        "systems": systems(tasks),
        "files": _files(conn, str(head.get("created_at") or "")),
    }  # fmt: skip


def systems(tasks: Sequence[Row]) -> list[dict[str, Json]]:
    """Per system, state, reason and day: how many records are to be erased there, or were."""
    counted = Counter((one["system"], one["state"], one["reason"], one["due"]) for one in tasks)
    return [
        {"system": system, "state": state, "reason": reason, "due": due, "count": count}
        for (system, state, reason, due), count in sorted(counted.items(), key=lambda item: str(item[0]))
    ]


def _files(conn: StoreConnection, since: str) -> list[str]:
    """Paths of files that were written with customers' values since the customer was there."""
    told = [*audit.read(conn, action="export"), *audit.read(conn, action="disclose")]
    paths = {row["details"].get("path") for row in told if row["at"] >= since and row["details"]}
    return sorted(str(path) for path in paths if path)


def said(told: Mapping[str, Json], language: str, *, done: bool) -> list[str]:
    """The proof as people read it."""
    rows = texts("forget.tsv")

    def line(key: str, **values: Json) -> str:
        return rows[key][language].format(**values)

    heading = "head.done" if done else "head.preview"
    lines = [line(heading, golden_id=told["golden_id"], customer_code=told["customer_code"] or "", at=told["at"][:10])]
    lines.append("  " + line("erased", **{"raw_versions": "–", **told["erased"]}))
    for one in told["systems"]:
        words = line(f"reason.{one['reason']}") if f"reason.{one['reason']}" in rows else (one["reason"] or "")
        told_ = {**one, "due": one["due"][:10], "reason": words}
        lines.append("  " + line(f"system.{one['state']}", **told_))
    lines += ["  " + line(f"kept.{one}") for one in told["kept"]]
    lines += ["  " + line("file", path=path) for path in told["files"]]
    return [*lines, "  " + line("law"), *([] if done else [line("yes")])]
