"""A hub that answers on loopback, with some people and a feed."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from databases import fresh
from served import EVENTS, Hub, tell

from hub.flow import access_tokens, one
from hub.flow.run import Run
from hub.flow.workspace import Workspace
from hub.settings import Settings, Source
from hub.store.engine import Store, open_store
from hub.web.app import build
from hub.web.ids import new_id


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def hub(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("hub")
    with fresh(request, request.param, folder / "data") as url:
        yield from _answering(folder, open_store(url))


def _answering(folder: Path, store: Store) -> Iterator[Hub]:
    place = Workspace(Settings(folder / "hub.toml", "", sources={"till": Source("till", "api", "pos", {})}), store)
    people = [
        {"source_id": str(n), "full_name": "Trần Văn Hùng", "phones": [{"value": f"09382715{n}", "use": "own"}]}
        for n in (10, 11)
    ]
    one.resolve_records(store, place.settings, place.settings.sources["till"], people, Run(new_id()))
    tell(store, range(EVENTS // 2))
    _, token = access_tokens.create(store, "client", "admin", "test", scopes=["pii", "export"])
    opened = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(build(place), log_config=None, lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]})
    thread.start()
    yield Hub(f"http://127.0.0.1:{opened.getsockname()[1]}", token, place)
    server.should_exit = True
    thread.join(20)
    opened.close()
    store.dispose()
    assert not thread.is_alive(), sys.version
