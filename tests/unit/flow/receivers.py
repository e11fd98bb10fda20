"""Ends of the line for alerts on loopback: a web server and a mail server that keep what they get."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Kept:
    """What came. answer: the status that the web server gives; port: where it listens."""

    port: int = 0
    answer: int = 200
    paths: list[str] = field(default_factory=list)
    bodies: list = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook/"


@contextmanager
def _serving(server: socketserver.TCPServer, kept: Kept) -> Iterator[Kept]:
    kept.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def web() -> Iterator[Kept]:
    kept = Kept()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.paths.append(self.path)
            if kept.answer < 300:
                kept.bodies.append(json.loads(body))
            self.send_response(kept.answer)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *args):
            pass

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler), kept):
        yield kept


class _Mail(socketserver.StreamRequestHandler):
    """Enough of SMTP (RFC 5321) for one message without encryption."""

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self) -> None:
        self.say("220 here")
        for line in iter(self.rfile.readline, b""):
            word = line[:4].upper()
            if word == b"QUIT":
                self.say("221 bye")
                return
            if word == b"DATA":
                self.say("354 go on")
                self.take()
            self.say("250 good")

    def take(self) -> None:
        lines = list(iter(self.rfile.readline, b".\r\n"))
        self.server.kept.bodies.append(message_from_bytes(b"".join(lines), policy=policy.default))


@contextmanager
def mail() -> Iterator[Kept]:
    kept = Kept()
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Mail)
    server.daemon_threads = True
    server.kept = kept
    with _serving(server, kept):
        yield kept
