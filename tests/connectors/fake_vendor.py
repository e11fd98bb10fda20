"""A vendor of a few lines for tests: answers what a function says, remembers what was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


@dataclass
class Reply:
    """An answer. cut: bytes of the body to send before hanging up; drop: hang up without an answer."""

    status: int = 200
    data: object = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    cut: int | None = None
    drop: bool = False


class FakeVendor:
    """`answer` is called for every request; the default knows nothing. `seen` keeps the requests in order."""

    def __init__(self) -> None:
        self.answer: Callable[[Seen], Reply] = lambda seen: Reply(404, {"code": "none"})
        self.seen: list[Seen] = []

    def replies(self, *replies: Reply) -> None:
        """One after the other; the last for ever."""
        waiting = list(replies)
        self.answer = lambda seen: waiting.pop(0) if len(waiting) > 1 else waiting[0]

    def __enter__(self) -> FakeVendor:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _any(self) -> None:
                parts = urlsplit(self.path)
                size = int(self.headers.get("Content-Length") or 0)
                query = {key: value[-1] for key, value in parse_qs(parts.query, keep_blank_values=True).items()}
                seen = Seen(self.command, parts.path, query, dict(self.headers), self.rfile.read(size))
                outer.seen.append(seen)
                outer._reply(self, outer.answer(seen))

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any

            def log_message(self, *args: object) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _reply(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        if reply.drop:
            handler.close_connection = True
            return
        body = reply.raw if reply.raw is not None else b"" if reply.data is None else json.dumps(reply.data).encode()
        handler.send_response_only(reply.status)
        for key, value in {
            "Date": handler.date_time_string(),
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **reply.headers,
        }.items():
            handler.send_header(key, value)
        handler.end_headers()
        handler.wfile.write(body if reply.cut is None else body[: reply.cut])
        if reply.cut is not None:
            handler.close_connection = True
