"""A bare Starlette application that does the SQL of a look-up and nothing else: no token, no checks, no masks."""

from __future__ import annotations

import json
import socket
import sys

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.flow.workspace import open_workspace
from hub.store.points import STATEMENTS

workspace = open_workspace(sys.argv[sys.argv.index("--config") + 1])
engine = workspace.store.engine.execution_options(hub_read=True)


def rows(name: str, **values: str) -> list[dict[str, object]]:
    """The statement's rows, the document read."""
    with engine.connect() as conn:
        found = [
            {str(key): value for key, value in row.items()} for row in conn.execute(STATEMENTS[name], values).mappings()
        ]
    return [{**row, "doc": orjson.loads(row["doc"])} for row in found]


async def by_id(request: Request) -> Response:
    """One customer."""
    (row,) = rows("by_id", id=request.path_params["id"])
    return Response(orjson.dumps(row), media_type="application/json")


async def by_phone(request: Request) -> Response:
    """Customers with a phone."""
    found = rows("by_value", value=request.query_params["phone"], type="phone")
    return Response(orjson.dumps(found), media_type="application/json")


app = Starlette(routes=[Route("/v1/customers/{id}", by_id), Route("/v1/customers", by_phone)])

if __name__ == "__main__":
    opened = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(json.dumps({"url": f"http://127.0.0.1:{opened.getsockname()[1]}"}), flush=True)
    uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False)).run(sockets=[opened])
