"""Segments behind pages and API: seeing to it that what they look at is there before they are asked.

Belongs here: building in the background the first time, where that takes long. Does not: keeping up (flow.segments).
"""

from __future__ import annotations

import logging
import threading

from hub.errors import HubError
from hub.flow import segments
from hub.store import counts
from hub.web.ground import Ground

FEW = 20_000
"""Customers who are looked at the first time within one request."""
log = logging.getLogger("hub.web")


def prepared(here: Ground) -> bool:
    """Whether segments may be asked now; False while they are built the first time, which this begins."""
    store, settings = here.workspace.store, here.workspace.settings
    if segments.standing(store, settings):
        return segments.ready(store, settings, here.now(), wait=False)
    with store.read() as conn:
        few = counts.customers(conn) <= FEW
    if few:
        return segments.ready(store, settings, here.now(), wait=False)
    threading.Thread(target=_build, args=(here,), daemon=True, name="segments").start()
    return False


def _build(here: Ground) -> None:
    try:
        segments.ready(here.workspace.store, here.workspace.settings, here.now(), wait=False)
    except HubError as error:
        log.error("segments could not be built: %s", error.code)  # noqa: TRY400  # a trace may quote values
