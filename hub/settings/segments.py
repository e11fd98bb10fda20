"""What is wrong with `[segments]`, and with the places that name a segment.

Belongs here: what no schema can say. Does not: reading the conditions (conditions.py), which keys there are (schemas).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from hub.model import Json
from hub.settings.check import near
from hub.settings.conditions import AGES, COMBINED, MONEY, built_in, limit, rank, several
from hub.settings.model import Finding


def findings(raw: Mapping[str, Json]) -> Iterator[Finding]:
    """What no schema can say of `[segments]`, and of the places that name a segment. raw: all of hub.toml."""
    tables: Mapping[str, Mapping[str, Json]] = raw.get("segments", {})
    names = {**built_in(), **tables}
    for name, table in tables.items():
        yield from _readable(f"segments.{name}", table)
        yield from _linked(f"segments.{name}", table, raw, names)
        if not set(table) - {"title", "title_en"}:
            yield Finding(
                "settings.segment", f"segments.{name}", "says nothing about customers", 'for example orders = ">=3"'
            )
    for name in _circling(names):
        yield Finding(
            "settings.segment_circle", f"segments.{name}", "is made of itself", "look at its all, any and none"
        )
    for path, wished in _named(raw):
        yield from _known(path, wished, names)


def _readable(path: str, table: Mapping[str, Json]) -> Iterator[Finding]:
    texts: list[tuple[str, Json, Callable[[Json], object]]]
    texts = [(name, table[name], limit) for name in ("orders", *AGES) if name in table]
    texts += [(f"{name}.{code}", text, limit) for name in MONEY for code, text in table.get(name, {}).items()]
    texts += [("rank", table["rank"], rank)] if "rank" in table else []
    for key, text, read in texts:
        try:
            read(text)
        except ValueError as error:
            yield Finding("settings.segment", f"{path}.{key}", str(error))


def _linked(
    path: str, table: Mapping[str, Json], raw: Mapping[str, Json], names: Mapping[str, Json]
) -> Iterator[Finding]:
    for key in COMBINED:
        yield from _known(f"{path}.{key}", several(table.get(key, ())), names)
    for name in several(table.get("sources", ())):
        if name not in raw.get("sources", {}):
            hint = near(name, raw.get("sources", {}))
            yield Finding("settings.unknown_source", f"{path}.sources", f"no source named {name!r}", hint)


def _known(path: str, wished: Sequence[str], names: Mapping[str, Json]) -> Iterator[Finding]:
    for name in wished:
        if name not in names:
            hint = near(name, names) or "there are " + ", ".join(names)
            yield Finding("settings.unknown_segment", path, f"no segment named {name!r}", hint)


def _named(raw: Mapping[str, Json]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, table in raw.get("exports", {}).items():
        if "segment" in table:
            yield f"exports.{name}.segment", (table["segment"],)
    for name, table in raw.get("destinations", {}).items():
        wished = table.get("only", {}).get("segment", ())
        told = (wished,) if isinstance(wished, str) else wished
        if isinstance(told, list | tuple) and all(isinstance(one, str) for one in told):
            yield f"destinations.{name}.only.segment", tuple(told)
        else:
            yield f"destinations.{name}.only.segment", (str(wished),)


def _circling(names: Mapping[str, Mapping[str, Json]]) -> Iterator[str]:
    for name in names:
        seen: set[str] = set()
        ahead = list(_inside(names.get(name, {})))
        while ahead:
            one = ahead.pop()
            if one == name:
                yield name
                break
            if one not in seen:
                seen.add(one)
                ahead += _inside(names.get(one, {}))


def _inside(table: Mapping[str, Json]) -> list[str]:
    return [one for key in COMBINED for one in several(table.get(key, ()))]
