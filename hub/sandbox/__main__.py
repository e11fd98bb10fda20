"""`python -m hub.sandbox`: the vendors as a process of their own. Prints one JSON line when ready, ends on SIGTERM or
SIGINT (or, with --until-stdin-closes, when its parent is gone) and leaves a snapshot in --dir."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path

from hub.sandbox.kiotviet.state import KiotVietOptions
from hub.sandbox.profiles import PROFILES
from hub.sandbox.seeding import SNAPSHOT
from hub.sandbox.server import Sandbox


def parse(argv: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m hub.sandbox", description=__doc__)
    parser.add_argument("--dir", type=Path, help="seeds (VENDOR/TABLE.jsonl) and the snapshot, which goes first")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--hostile", choices=sorted(PROFILES), default="calm", help="profile of faults")
    parser.add_argument("--seed", type=int, default=0, help="of the faults")
    parser.add_argument("--retry-after", type=int, default=1, help="seconds in Retry-After")
    parser.add_argument("--kiotviet-limit", type=int, default=5000, help="GET requests an hour, 0 for no limit")
    parser.add_argument("--fresh", action="store_true", help="ignore a snapshot that is there")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end with the process that started it")
    return parser.parse_args(argv)


def build(args: argparse.Namespace) -> Sandbox:
    """A sandbox with its rows, not started."""
    box = Sandbox(
        port=args.port,
        directory=args.dir,
        seed=args.seed,
        kiotviet=KiotVietOptions(get_limit=args.kiotviet_limit or None),
    )
    box.hostile.set(args.hostile, retry_after=args.retry_after)
    if args.dir is not None and (args.dir / SNAPSHOT).exists() and not args.fresh:
        box.restore()
    elif args.dir is not None:
        box.load(args.dir)
    return box


def main(argv: list[str] | None = None) -> int:
    """Serves until told to end. Returns the exit code."""
    args = parse(sys.argv[1:] if argv is None else argv)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda signum, frame: ended.set())
    if args.until_stdin_closes:
        threading.Thread(target=_watch_stdin, args=(ended,), daemon=True).start()
    with build(args) as box:
        sys.stdout.write(json.dumps({"ready": True, "pid": os.getpid(), **box.info()}) + "\n")
        sys.stdout.flush()
        ended.wait()
    if args.dir is not None:
        box.save()
    return 0


def _watch_stdin(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()


if __name__ == "__main__":
    raise SystemExit(main())
