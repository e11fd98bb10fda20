"""Writes docs/reference/ from the program itself: `python -m docs.generate`; `--check` names stale pages and ends with 1.

Belongs here: which pages there are, writing and comparing. Does not: what a page says (docs/render).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from docs.render import api, commands, connectors, exit_codes, fields, rules, settings
from hub.errors import HubError

FOLDER = Path(__file__).parent / "reference"
PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": commands.page,
    "settings.md": settings.page,
    "connectors.md": connectors.page,
    "fields.md": fields.page,
    "rules.md": rules.page,
    "exit-codes.md": exit_codes.page,
    "api.md": api.page,
}
NOTE = "<!-- Made by `python -m docs.generate`; change the program, not this page. -->\n\n"


def pages() -> dict[str, str]:
    """Every page's name and text."""
    return {name: NOTE + page().rstrip() + "\n" for name, page in PAGES.items()}


def stale(made: Mapping[str, str], folder: Path = FOLDER) -> list[str]:
    """Names of pages that differ from what the program says now, that are missing, or that nobody makes any more."""
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    return sorted(name for name in {*made, *there} if made.get(name) != there.get(name))


def write(made: Mapping[str, str], folder: Path = FOLDER) -> None:
    """Write the pages, and take away those that nobody makes any more."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in stale(made, folder):
        if name in made:
            (folder / name).write_text(made[name], encoding="utf-8")
        else:
            (folder / name).unlink()


def main(arguments: Sequence[str]) -> int:
    """0: written, or all is fresh; 1: stale pages (`--check`); 2: wrong usage, or a part of the program is missing."""
    if list(arguments) not in ([], ["--check"]):
        sys.stderr.write("usage: python -m docs.generate [--check]\n")
        return 2
    try:
        made = pages()
    except (LookupError, HubError) as error:
        sys.stderr.write(f"cannot be generated: {error}\n")
        return 2
    old = stale(made)
    if not arguments:
        write(made)
        return 0
    for name in old:
        sys.stderr.write(f"stale: docs/reference/{name} (run python -m docs.generate)\n")
    return 1 if old else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
