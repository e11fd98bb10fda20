"""CPU seconds, wall seconds and peak memory of one part of a process.

Belongs here: measuring from inside, so that loading libraries and reading what is given does not count. Does not: whole
processes (measure.py).
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CLEAR, _STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")


def peak_mb() -> float:
    """The most memory that this process held since `forget_peak` (where the system cannot forget: since it began), MB."""
    if _STATUS.exists():
        told = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM"))
        return int(told.split()[1]) / 1000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def forget_peak() -> None:
    """Let the peak begin anew (Linux)."""
    if _CLEAR.exists():
        _CLEAR.write_text("5")


@contextmanager
def part(told: dict[str, dict[str, float]], name: str, **more: float) -> Iterator[None]:
    """Measure what happens inside into told[name]: cpu, seconds, peak_mb, and `more` as it is."""
    forget_peak()
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    told[name] = {
        "cpu": time.process_time() - cpu, "seconds": time.perf_counter() - wall, "peak_mb": round(peak_mb()), **more,
    }  # fmt: skip
