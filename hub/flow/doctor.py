"""Is this workspace, and the machine it is on, in good health? Looks only; mends nothing.

Belongs here: machine, files, clock. Does not: the database and runs (doctor_store), settings, credentials (`hub check`).
Each finding has an id; what it says stands in doctor.tsv under `id.case`.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hub import connectors, contracts
from hub.errors import ConfigError
from hub.flow import doctor_store
from hub.flow.finding import GIB, MIB, Finding, size, tell
from hub.flow.workspace import RegistryCatalogue
from hub.settings import Settings, load

PYTHONS = ((3, 11), (3, 14))
SCHEMAS = ("settings.v1", "source_record.v1", "golden_customer.v1", "order.v1")
_TELEMETRY_OFF = re.compile(
    r"^telemetry:[^\S\n]*(?:#.*)?\n(?:[^\S\n]+.*\n|\s*#.*\n)*?[^\S\n]+enabled:\s*(?:false|no|off)\b",
    re.MULTILINE | re.IGNORECASE,
)


def findings(path: Path) -> list[Finding]:
    """What there is to say of the workspace of this hub.toml. Raises SettingsError; never raises for what it finds."""
    settings = load(path, RegistryCatalogue())
    looks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _python, _disk, _memory, _zone, _env, _schemas, doctor_store.look, _dagster,
    )  # fmt: skip
    return [finding for look in looks for finding in look(settings)]


def _python(settings: Settings) -> Iterator[Finding]:
    good = PYTHONS[0] <= sys.version_info[:2] < PYTHONS[1]
    yield tell(settings, "python.version", "ok" if good else "error", version=sys.version.split()[0])


def data_folder(settings: Settings) -> Path:
    """Where the state lies, or would lie: beside SQLite, else the workspace; the nearest folder that is there."""
    url = settings.database
    folder = Path(url.removeprefix("sqlite:///")).parent if url.startswith("sqlite:///") else settings.workspace
    return next(part for part in (folder, *folder.parents) if part.is_dir())


def _disk(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(data_folder(settings)).free
    case = "ok" if free >= GIB else "warning" if free >= 100 * MIB else "error"
    yield tell(settings, "disk.free", case, free=size(free))


def _memory(settings: Settings) -> Iterator[Finding]:
    free = available_memory()
    case = "unknown" if free is None else "ok" if free >= 512 * MIB else "warning"
    yield tell(settings, "memory.free", case, free=size(free or 0))


def available_memory(meminfo: Path = Path("/proc/meminfo")) -> int | None:
    """Bytes that programs may still use (Linux); elsewhere the machine's memory; None: cannot be told."""
    if meminfo.is_file():
        match = re.search(r"^MemAvailable:\s+(\d+) kB", meminfo.read_text(encoding="ascii"), re.MULTILINE)
        if match:
            return int(match[1]) * 1024
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return None


def _zone(settings: Settings) -> Iterator[Finding]:
    now = datetime.now(UTC)
    local, zoned = now.astimezone(), now.astimezone(ZoneInfo(settings.timezone))
    case = "ok" if local.utcoffset() == zoned.utcoffset() else "warning"
    yield tell(settings, "clock.zone", case, zone=settings.timezone, machine=local.tzname() or str(local.utcoffset()))


def _env(settings: Settings) -> Iterator[Finding]:
    path = settings.workspace / ".env"
    mode = stat.S_IMODE(path.stat().st_mode) if path.is_file() else 0
    yield tell(settings, "env.permissions", "warning" if mode & 0o077 else "ok", mode=f"{mode:04o}", path=path)


def _schemas(settings: Settings) -> Iterator[Finding]:
    names = [*SCHEMAS, *(name for connector in connectors.catalogue() for name in _schemas_of(connector))]
    missing = [name for name in names if not _there(name)]
    yield tell(settings, "schemas.found", "error" if missing else "ok", count=len(names), names=", ".join(missing))


def _schemas_of(connector: str) -> list[str]:
    try:
        told = connectors.load(connector).description
    except ConfigError:
        return []  # the connector of a package outside the hub: `hub check` speaks of those that are used
    return [name for name in (told.settings_schema, told.payload_schema) if name]


def _there(name: str) -> bool:
    try:
        contracts.schema(name)
    except ConfigError:
        return False
    return True


def _dagster(settings: Settings) -> Iterator[Finding]:
    home = settings.workspace / "data" / "dagster"
    if not home.is_dir():
        yield tell(settings, "dagster.home", "none")
        return
    yield tell(settings, "dagster.home", "ok" if os.access(home, os.W_OK | os.X_OK) else "error", path=home)
    file = home / "dagster.yaml"
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    yield tell(settings, "dagster.telemetry", "ok" if _TELEMETRY_OFF.search(text + "\n") else "warning", path=file)
