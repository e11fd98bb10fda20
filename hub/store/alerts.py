"""What people were told about sources, destinations and the run.

Belongs here: `alert_states` and, in `meta`, what is still to be told. Does not: what a state is, sending (flow.alerts).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from sqlalchemy import Connection, delete, insert, select, update

from hub.store.tables import alert_states, meta

_UNTOLD = "alert.untold:"


@dataclass(frozen=True, slots=True)
class AlertState:
    """A subject's state. since: when it began. notified_at: when every channel had heard of it; None: not all have.

    told: channel → the state that it last heard of (None: of none), only while notified_at is None.
    """

    state: str
    since: str
    notified_at: str | None = None
    told: Mapping[str, str | None] = field(default_factory=dict)


def states(conn: Connection) -> dict[str, AlertState]:
    """Every subject's stored state."""
    rows = conn.execute(select(meta).where(meta.c.key.startswith(_UNTOLD, autoescape=True)))
    untold = {row.key.removeprefix(_UNTOLD): orjson.loads(row.value) for row in rows}
    return {
        row.subject: AlertState(row.state, row.since, row.notified_at, untold.get(row.subject, {}))
        for row in conn.execute(select(alert_states))
    }


def save(conn: Connection, subject: str, new: AlertState) -> None:
    """Store a subject's state in place of the one before."""
    values = {"state": new.state, "since": new.since, "notified_at": new.notified_at}
    if conn.execute(update(alert_states).where(alert_states.c.subject == subject).values(**values)).rowcount == 0:
        conn.execute(insert(alert_states).values(subject=subject, **values))
    conn.execute(delete(meta).where(meta.c.key == _UNTOLD + subject))
    if new.notified_at is None:
        told = orjson.dumps(dict(new.told), option=orjson.OPT_SORT_KEYS).decode()
        conn.execute(insert(meta).values(key=_UNTOLD + subject, value=told))
