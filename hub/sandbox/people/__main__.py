"""`python -m hub.sandbox.people DIR --people N --seed S [--flat FILE]`: make people and write their files."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from hub.sandbox.people import UNTIL, make, write, write_flat, write_maildir


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m hub.sandbox.people", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the files go")
    parser.add_argument("--people", type=int, default=2000, help="about how many persons (2000)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same files (1)")
    parser.add_argument("--until", type=_day, default=UNTIL, help="last day of the made world, YYYY-MM-DD")
    parser.add_argument("--flat", type=Path, help="also one flat CSV over all systems, and its truth")
    parser.add_argument("--maildir", action="store_true", help="the mailbox as a Maildir, too")
    return parser.parse_args(words)


def _day(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)


def main(words: list[str] | None = None) -> int:
    """Write the files; one JSON line of counts on stdout."""
    chosen = _arguments(words)
    world = make(chosen.seed, chosen.people, chosen.until)
    counts = write(world, chosen.folder)
    if chosen.maildir:
        counts["mail/Maildir"] = write_maildir(world, chosen.folder / "mail" / "Maildir")
    if chosen.flat:
        write_flat(world, chosen.flat)
    sys.stdout.write(json.dumps(counts) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
