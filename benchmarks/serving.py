"""Time look-ups over HTTP against a bare Starlette route that does the same SQL, one worker each; then searches.

    python -m benchmarks.serving [--config PATH] [--seconds N] [--rounds N] [--rate N] [--check] [--json FILE]

CONFIG is a synced workspace. Asked are customers by id and by phone, at random, with a token without the right to personal
data: as many requests as one worker answers, in rounds that take turns with the bare route, so that both meet the same machine
(medians; the processor's microseconds for each answer beside), then `rate` a second (the slowest of a hundred). Then searches,
one after the other, by a token that may see everything: names without tones in any order, some digits of a phone, both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from urllib.parse import quote

from sqlalchemy import select

from hub.flow.access_tokens import create
from hub.flow.workspace import open_workspace
from hub.model import CUSTOMER_KINDS
from hub.store import search
from hub.store.engine import Store
from hub.store.search_words import national, words_of
from hub.store.tables import customers

RATIO, SLOWEST_MS, SEARCH_MS = 0.5, 25.0, 100.0
"""What is asked: at least this part of the bare route, this slowest of a hundred, this of a search."""
TOGETHER = 16
"""Connections that ask at once."""
MANY, SEARCHES = 2_000, 300


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=__doc__.splitlines()[0])
    parser.add_argument("--config", help="the workspace; as for `hub serve`")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=5, help="how many times both are asked")
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

    def cpu(self) -> float:
        """Seconds of the processor so far, user and system (Linux; elsewhere 0)."""
        stat = Path(f"/proc/{self._process.pid}/stat")
        fields = stat.read_text().rpartition(")")[2].split() if stat.exists() else ["0"] * 13
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(30)


async def ask(
    server: Server, paths: Sequence[str], token: str, seconds: float, rate: int | None = None, together: int = TOGETHER
) -> list[float]:
    """Seconds that each answer took; every one must be 200. rate: requests a second, None: as fast as it goes."""
    began, took, count = time.perf_counter(), [], iter(range(10**9))

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
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

    await asyncio.gather(*(one() for _ in range(together)))
    return took


def rounds(
    servers: dict[str, Server], paths: Sequence[str], token: str, chosen: argparse.Namespace
) -> dict[str, float]:
    """Requests a second and microseconds of the processor for one, of each server."""
    per_second: dict[str, list[float]] = {name: [] for name in servers}
    cpu: dict[str, list[float]] = {name: [] for name in servers}
    for number in range(chosen.rounds + 1):
        for name, server in servers.items():
            before = server.cpu()
            took = asyncio.run(ask(server, paths, token, chosen.seconds))
            if number:  # the first round warms
                per_second[name].append(len(took) / chosen.seconds)
                cpu[name].append(1e6 * (server.cpu() - before) / len(took))
    told = {f"{name}_per_second": median(all_) for name, all_ in per_second.items()}
    ratios = [ours / bare for ours, bare in zip(per_second["hub"], per_second["bare"], strict=True)]
    return told | {f"{name}_cpu_us": median(all_) for name, all_ in cpu.items()} | {"ratio": median(ratios)}


def slowest(took: Sequence[float], of_hundred: int = 99) -> float:
    """Milliseconds of the slowest of a hundred."""
    return 1000 * sorted(took)[len(took) * of_hundred // 100]


def some(store: Store) -> tuple[list[str], list[str], list[str]]:
    """Golden ids, phones in E.164, searches; of living customers, evenly over their order."""
    living = (customers.c.status == "active", customers.c.kind.in_(CUSTOMER_KINDS), customers.c.phone.is_not(None))
    with store.read() as conn:
        ids = list(conn.scalars(select(customers.c.golden_id).where(*living).order_by(customers.c.golden_id)))
        taken = ids[:: max(1, len(ids) // MANY)][:MANY]
        random.Random(1).shuffle(taken)
        phones = list(conn.scalars(select(customers.c.phone).where(customers.c.golden_id.in_(taken))))
        named = select(customers.c.full_name, customers.c.phones).where(customers.c.golden_id.in_(taken[:SEARCHES]))
        asked = [typed(number, *row) for number, row in enumerate(conn.execute(named)) if row.full_name]
    return taken, phones, [f"/v1/customers?q={quote(one)}&limit=50" for one in asked]


def typed(number: int, name: str, phones: str) -> str:
    """What somebody remembers of a customer: by turns a name, some digits, two words turned round, a word and three digits."""
    words, digits = words_of(name), national(phones)[0]
    middle = digits[3:8] if number % 8 < 4 else digits[-4:]
    forms = (" ".join(words), middle, " ".join(reversed(words[-2:])), f"{words[-1]} {digits[-3:]}")
    return forms[number % 4]


def bench(chosen: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Both servers, by id and by phone; searches."""
    workspace = open_workspace(chosen.config)
    search.ready(workspace.store)
    ids, phones, searches = some(workspace.store)
    _, token = create(workspace.store, "benchmark", "reader", "benchmark", days=1, rate=10**6)
    _, full = create(workspace.store, "benchmark", "reader", "benchmark", scopes=["pii"], days=1, rate=10**6)
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
    with ExitStack() as stack:
        servers = {name: Server(command) for name, command in commands.items()}
        for server in servers.values():
            stack.callback(server.close)
        told = {what: rounds(servers, paths, token, chosen) for what, paths in asked.items()}
        for what, paths in asked.items():
            asyncio.run(ask(servers["hub"], paths, token, len(paths) / chosen.rate, chosen.rate))  # warm: each once
            steady = asyncio.run(ask(servers["hub"], paths, token, chosen.seconds * chosen.rounds, chosen.rate))
            told[what]["p99_ms"] = slowest(steady)
        found = asyncio.run(ask(servers["hub"], searches, full, chosen.seconds * chosen.rounds, None, 1))
        told["search"] = {"median_ms": 1000 * median(found), "p95_ms": slowest(found, 95), "p99_ms": slowest(found)}
    return told


def good(told: dict[str, dict[str, float]]) -> bool:
    """Whether it is as fast as what is asked."""
    enough = all(told[what]["ratio"] >= RATIO and told[what]["p99_ms"] < SLOWEST_MS for what in ("id", "phone"))
    return enough and told["search"]["p95_ms"] < SEARCH_MS


def main() -> int:
    """0, or 1 with --check when it is slower than what is asked."""
    chosen = arguments()
    told = bench(chosen)
    print(
        "| look-up | bare/s | hub/s | ratio | bare CPU us | hub CPU us | p99 ms at the rate |\n|---|--:|--:|--:|--:|--:|--:|"
    )
    for what in ("id", "phone"):
        one = told[what]
        print(
            f"| {what} | {one['bare_per_second']:.0f} | {one['hub_per_second']:.0f} | {one['ratio']:.2f} "
            f"| {one['bare_cpu_us']:.0f} | {one['hub_cpu_us']:.0f} | {one['p99_ms']:.1f} |"
        )
    print("\nA search: " + ", ".join(f"{name.removesuffix('_ms')} {ms:.1f} ms" for name, ms in told["search"].items()))
    if chosen.json:
        chosen.json.write_text(json.dumps(told))
    return 0 if good(told) or not chosen.check else 1


if __name__ == "__main__":
    raise SystemExit(main())
