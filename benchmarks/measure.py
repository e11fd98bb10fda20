"""One command as a whole process: its CPU seconds (user and system), wall seconds, peak memory and what it printed.

The runner that calls this stays small on purpose: a child's peak memory counts what its parent held when it started it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes on macOS, kilobytes elsewhere


@dataclass(frozen=True)
class Measured:
    """One finished process: seconds, peak bytes, exit code and the JSON document it printed ({} when none)."""

    cpu: float
    wall: float
    peak: int
    code: int
    said: Mapping[str, Any]


def run(command: Sequence[str], folder: Path) -> Measured:
    """COMMAND in FOLDER, measured through wait4; its stderr goes to ours, its stdout is read as JSON."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=said, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        document = _document(said.read())
    cpu = usage.ru_utime + usage.ru_stime
    return Measured(cpu, wall, usage.ru_maxrss * _PEAK_UNIT, process.returncode, document)


def _document(raw: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
