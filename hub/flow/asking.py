"""What a person asks of one customer at one destination: make the record again, or try again what was given up.

Belongs here: finding the customer, noting the wish. Does not: what follows from it (decide.py), SQL (store.ledger).
"""

from __future__ import annotations

from hub.errors import ConfigError
from hub.flow.lookup import look_up
from hub.flow.run import Run
from hub.settings import Settings
from hub.store import audit, ledger
from hub.store.engine import Store


def ask(store: Store, settings: Settings, run: Run, destination: str, key: str, what: str, author: str) -> str:
    """Note the wish (`recreate` or `retry`) for the one customer that fits the key; its golden id.

    Raises ConfigError when nobody fits, or several do.
    """
    with store.begin() as conn:
        found = look_up(conn, settings, key)
        if len(found) != 1:
            several = f"{len(found)} customers fit" if found else "no customer fits"
            raise ConfigError(several, hint="look with `hub explain KEY` and name a customer code or a golden id")
        at, where = run.now(), {"destination": destination}
        ledger.wish(conn, destination, found[0], what, at, author)
        audit.write(conn, at=at, actor=author, action=f"push.{what}", subjects=found, details=where)
    return found[0]
