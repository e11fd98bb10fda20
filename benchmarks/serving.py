"""Time look-ups over HTTP against a bare Starlette route that does the same SQL, one worker each.

    python -m benchmarks.serving [--config PATH] [--seconds N] [--rate N] [--check] [--json FILE]

CONFIG is a synced workspace. Asked are customers by id and by phone, at random, with a token without the right to personal
data: as many requests as one worker answers (ratio to the bare route), then `rate` a second (the slowest of a hundred).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import select

from hub.flow.access_tokens import create
from hub.flow.workspace import open_workspace
from hub.model import CUSTOMER_KINDS
from hub.store.engine import Store
from hub.store.tables import customers

RATIO, SLOWEST_MS = 0.5, 25.0
"""What is asked: at least this part of the bare route, and this slowest of a hundred."""
TOGETHER = 16
"""Connections that ask at once."""


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=__doc__.splitlines()[0])
    parser.add_argument("--config", help="the workspace; as for `hub serve`")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement")
    parser.add_argument("--rate", type=int, default=200, help="requests a second of the measurement of slowness")
    parser.add_argument("--check", action="store_true", help="exit 1 when it is slower than what is asked")
    parser.add_argument("--json", type=Path, help="write everything measured into this file")
    return parser.parse_args()


class Server:
    """A server as a process of its own; its port is the first number that it prints."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._process.stdout is not None
        told = next(line for line in self._process.stdout if "http://" in line)
        self.port = int("".join(filter(str.isdigit, told.rpartition(":")[2])))

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(30)


async def ask(port: int, paths: Sequence[str], token: str, seconds: float, rate: int | None) -> list[float]:
    """Seconds that each answer took; every one must be 200. rate: requests a second, None: as fast as it goes."""
    began, took, count = time.perf_counter(), [], iter(range(10**9))

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (now := time.perf_counter()) - began < seconds:
            number = next(count)
            due = began + number / rate if rate else now
            if due > now:
                await asyncio.sleep(due - now)
            start = due if rate else time.perf_counter()
            path = paths[number % len(paths)]
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"an answer was {head[:12]!r}")
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
            took.append(time.perf_counter() - start)
        writer.close()

    await asyncio.gather(*(one() for _ in range(TOGETHER)))
    return took


def measured(server: Server, paths: Sequence[str], token: str, chosen: argparse.Namespace) -> dict[str, float]:
    """Requests a second as fast as it goes; milliseconds of the slowest of a hundred at the rate."""
    asyncio.run(ask(server.port, paths, token, 1.0, None))
    fast = asyncio.run(ask(server.port, paths, token, chosen.seconds, None))
    steady = sorted(asyncio.run(ask(server.port, paths, token, chosen.seconds, chosen.rate)))
    return {"per_second": len(fast) / chosen.seconds, "p99_ms": 1000 * steady[int(len(steady) * 0.99)]}


def some(store: Store, count: int) -> tuple[list[str], list[str]]:
    """Golden ids, and phones in E.164, of so many living customers, evenly over their order."""
    living = (customers.c.status == "active", customers.c.kind.in_(CUSTOMER_KINDS), customers.c.phone.is_not(None))
    with store.read() as conn:
        ids = list(conn.scalars(select(customers.c.golden_id).where(*living).order_by(customers.c.golden_id)))
        taken = ids[:: max(1, len(ids) // count)][:count]
        return taken, list(conn.scalars(select(customers.c.phone).where(customers.c.golden_id.in_(taken))))


def bench(chosen: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Both servers, by id and by phone."""
    workspace = open_workspace(chosen.config)
    ids, phones = some(workspace.store, 2_000)
    random.Random(1).shuffle(ids)
    _, token = create(workspace.store, "benchmark", "reader", "benchmark", days=1, rate=10**6)
    config = ["--config", str(workspace.settings.path)]
    workspace.store.dispose()
    commands = {
        "bare": [sys.executable, "-m", "benchmarks.serving_bare", *config],
        "hub": [sys.executable, "-m", "hub", "serve", "--port", "0", "--json", *config],
    }
    asked = {
        "id": [f"/v1/customers/{one}" for one in ids],
        "phone": [f"/v1/customers?phone={quote(one, safe='')}" for one in phones],
    }
    told: dict[str, dict[str, float]] = {}
    for name, command in commands.items():
        server = Server(command)
        try:
            for what, paths in asked.items():
                told[f"{name} by {what}"] = measured(server, paths, token, chosen)
        finally:
            server.close()
    return told


def main() -> int:
    """0, or 1 with --check when it is slower than what is asked."""
    chosen = arguments()
    told, good = bench(chosen), True
    print("| look-up | bare/s | hub/s | ratio | p99 ms at the rate |\n|---|---|---|---|---|")
    for what in ("id", "phone"):
        bare, ours = told[f"bare by {what}"], told[f"hub by {what}"]
        ratio = ours["per_second"] / bare["per_second"]
        good = good and ratio >= RATIO and ours["p99_ms"] < SLOWEST_MS
        print(f"| {what} | {bare['per_second']:.0f} | {ours['per_second']:.0f} | {ratio:.2f} | {ours['p99_ms']:.1f} |")
    if chosen.json:
        chosen.json.write_text(json.dumps(told))
    return 0 if good or not chosen.check else 1


if __name__ == "__main__":
    raise SystemExit(main())
