"""One finding of the doctor, and how it is said.

Belongs here: the noun, its sentence, sizes as people read them. Does not: looking (doctor, doctor_store).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from hub.flow.texts import texts
from hub.settings import Settings

Level = Literal["ok", "warning", "error"]
MIB, GIB = 1 << 20, 1 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. id: stable; message and hint in the workspace's language, hint "" where there is nothing to do."""

    id: str
    level: Level
    message: str
    hint: str = ""


def tell(settings: Settings, id_: str, case: str, **values: object) -> Finding:
    """The finding `id_` in a case of doctor.tsv; cases other than warning and error are ok."""
    row = texts("doctor.tsv")[f"{id_}.{case}"]
    level = cast(Level, case if case in ("warning", "error") else "ok")
    message, hint = (row[name + settings.language].format(**values) for name in ("", "hint_"))
    return Finding(id_, level, message, hint)


def size(count: int) -> str:
    """Bytes as people read them: `1.5 GiB`, `20 MiB`."""
    return f"{count / GIB:.1f} GiB" if count >= GIB else f"{count / MIB:.0f} MiB"
