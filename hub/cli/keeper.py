"""Keeps services running: begins them, begins again what ended, ends all when it is told to.

Belongs here: order, back-off, their lines. Does not: which services there are (up), signals and orphans (family).
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from hub.cli import family
from hub.flow import together
from hub.flow.run import utc_now

COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
LONGEST, CHUNK = 2_000, 65_536
"""Bytes of a line that are shown, bytes read at once."""
NO_SUCH = 127


@dataclass(frozen=True, slots=True)
class Start:
    """One way to begin: command; answers: whether it is there yet (None: at once); port: where it listens; fds: handed on."""

    command: Sequence[str]
    answers: Callable[[], bool] | None = None
    port: int = 0
    fds: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """start: asked anew each time it begins. after: a service that must have answered once before this one begins."""

    name: str
    start: Callable[[], Start]
    environment: Mapping[str, str]
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. first, most: back-off; steady: after so long the first again; grace: from asking to killing."""

    first: float = 1.0
    most: float = 60.0
    steady: float = 60.0
    look: float = 0.5
    grace: float = 5.0


@dataclass(frozen=True, slots=True)
class Voice:
    """event: what happened to a service (begun, answers, ended, gone), with values. line: what a service itself said."""

    event: Callable[[str, Mapping[str, object]], None]
    line: Callable[[str, str], None]
    states: Callable[[Mapping[str, together.Process]], None]


class Keeper:
    """One event loop; services are its children, each the leader of a session of its own."""

    def __init__(self, services: Sequence[Service], voice: Voice, pace: Pace | None = None) -> None:
        self._services, self._voice, self._pace = services, voice, pace or Pace()
        self._stop = asyncio.Event()
        self._answered = {service.name: asyncio.Event() for service in services}
        self._table = {service.name: together.Process("starting", since=utc_now()) for service in services}

    async def run(self) -> None:
        """Keep all of them until SIGTERM or SIGINT."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        kept = [asyncio.create_task(self._keep(service)) for service in self._services]
        await asyncio.wait([*kept, asyncio.create_task(self._stop.wait())], return_when=asyncio.FIRST_COMPLETED)
        for task in kept:
            task.cancel()
        for result in await asyncio.gather(*kept, return_exceptions=True):
            if isinstance(result, Exception):
                raise result

    async def _keep(self, service: Service) -> None:
        if service.after:
            await self._answered[service.after].wait()
        with _said(service.name, self._voice.line) as output:
            await self._again_and_again(service, output)

    async def _again_and_again(self, service: Service, output: int) -> None:
        pause, loop = self._pace.first, asyncio.get_running_loop()
        while True:
            began = loop.time()
            code = await self._once(service, output)
            if loop.time() - began >= self._pace.steady:
                pause = self._pace.first
            self._say("ended", service.name, code=code, seconds=f"{pause:g}")
            self._note(service.name, state="waiting", pid=0)
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._pace.most)
            self._note(service.name, state="starting", restarts=self._table[service.name].restarts + 1)

    async def _once(self, service: Service, output: int) -> int:
        """From its beginning to its end; the exit code, negative: the signal that ended it."""
        start = service.start()
        try:
            process = await _begun(service, start, output)
        except OSError:
            return NO_SUCH
        self._say("begun", service.name, pid=process.pid)
        self._note(service.name, state="starting", pid=process.pid, port=start.port)
        look = asyncio.create_task(self._look(service, start))
        try:
            return await process.wait()
        finally:
            look.cancel()
            await self._end(service, process)

    async def _end(self, service: Service, process: Process) -> None:
        """Ask it to end, with all that it began; kill what has not after the grace."""
        if process.returncode is None:
            family.end_group(process.pid, signal.SIGTERM)
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), self._pace.grace)
            self._note(service.name, state="stopped", pid=0)
            self._say("gone", service.name)
        family.end_group(process.pid, signal.SIGKILL)
        await process.wait()

    async def _look(self, service: Service, start: Start) -> None:
        """Look until it answers."""
        while start.answers is not None and not await asyncio.to_thread(start.answers):
            await asyncio.sleep(self._pace.look)
        self._note(service.name, state="running")
        self._answered[service.name].set()
        if start.answers is not None:
            self._say("answers", service.name)

    def _say(self, event: str, name: str, **values: object) -> None:
        self._voice.event(event, {"name": name, **values})

    def _note(self, name: str, **changed: object) -> None:
        self._table[name] = replace(self._table[name], since=utc_now(), **changed)  # type: ignore[arg-type]  # fields of Process
        self._voice.states(self._table)


async def _begun(service: Service, start: Start, output: int) -> Process:
    return await asyncio.create_subprocess_exec(
        *start.command,
        env=dict(service.environment),
        stdin=DEVNULL,
        stdout=output,
        stderr=STDOUT,
        start_new_session=True,
        pass_fds=start.fds,
        preexec_fn=family.ends_with(os.getpid(), signal.SIGKILL),
    )


@contextmanager
def _said(name: str, line: Callable[[str, str], None]) -> Iterator[int]:
    """What a service writes to, for as long as it is kept; its lines go on with its name."""
    loop, (ours, theirs) = asyncio.get_running_loop(), os.pipe()
    os.set_blocking(ours, False)
    rest = bytearray()

    def read() -> None:
        rest.extend(os.read(ours, CHUNK))
        *whole, last = bytes(rest).split(b"\n")
        if len(last) > LONGEST:
            whole, last = [*whole, last], b""
        rest[:] = last
        for raw in whole:
            if text := COLOURS.sub("", raw[:LONGEST].decode("utf-8", "replace")).rstrip():
                line(name, text)

    loop.add_reader(ours, read)
    try:
        yield theirs
    finally:
        loop.remove_reader(ours)
        os.close(ours)
        os.close(theirs)
