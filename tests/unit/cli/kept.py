"""`python kept.py FOLDER NAME=COMMAND…`: keeps little services as `hub up` keeps the real ones. Run by test_keeper."""

from __future__ import annotations

import asyncio
import os
import sys
from functools import partial
from pathlib import Path

from hub.cli.family import end_orphans, guarded
from hub.cli.keeper import Keeper, Pace, Service, Start, Voice
from hub.flow import together

QUICK = Pace(first=0.05, most=0.2, look=0.02, grace=0.5)


def main() -> None:
    """Write states to FOLDER/up.json; tell events on stdout."""
    guarded()
    folder = Path(sys.argv[1])
    (folder / "inner").write_text(str(os.getpid()))
    wanted = [service(*told.partition("=")[::2], folder) for told in sys.argv[2:]]
    voice = Voice(
        event, lambda name, text: print(f"{name}: {text}", flush=True), partial(together.tell, folder / "up.json")
    )
    asyncio.run(kept(wanted, voice))
    end_orphans()


async def kept(wanted: list[Service], voice: Voice) -> None:
    await Keeper(wanted, voice, QUICK).run()


def service(name: str, code: str, folder: Path) -> Service:
    """A Python program; a name such as `b>a` begins after a has answered, which it does once FOLDER/a.there is there."""
    own, _, after = name.partition(">")
    there = (folder / f"{own}.there").exists if f"{own}.there" in code else None
    start = Start([sys.executable, "-u", "-c", code, str(folder)], there)
    return Service(own, lambda: start, dict(os.environ), after or None)


def event(what: str, values: object) -> None:
    print(what, values, flush=True)


if __name__ == "__main__":
    main()
