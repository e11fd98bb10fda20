"""A signal ends the server in order, whenever it comes."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest
from places import workspace

from hub.store.engine import Store
from hub.web import address
from hub.web.serve import serve


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_comes_before_it_listens_is_heeded(store: Store, tmp_path: Path, how: signal.Signals) -> None:
    forced = threading.Event()
    late = threading.Timer(20, lambda: (forced.set(), os.kill(os.getpid(), signal.SIGTERM)))
    late.start()
    try:
        serve(
            workspace(store, tmp_path), "127.0.0.1", address.opened("127.0.0.1", 0), lambda _: os.kill(os.getpid(), how)
        )
    finally:
        late.cancel()
    assert not forced.is_set()
