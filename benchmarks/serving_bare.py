"""A bare Starlette application that does the SQL of a look-up on one open connection of the driver, and nothing else.

No SQLAlchemy between, no token, no checks, no masks, no log: the least that a route with this SQL can cost.
"""

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
from hub.store.points import Points

points = Points(open_workspace(sys.argv[sys.argv.index("--config") + 1]).store)


def rows(name: str, **values: str) -> list[dict[str, object]]:
    """The statement's rows, straight from the driver, the document read."""
    return [{**row, "doc": orjson.loads(row["doc"])} for row in points.rows(name, **values)]


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
