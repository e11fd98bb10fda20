"""What is compared with what: the figures that budgets.tsv limits.

Belongs here: ratios of measured processes. Does not: measuring (measure.py, inside.py), showing (run.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from benchmarks.measure import Measured

REBUILD = ("normalize", "match", "resolve")
BY = {
    "first_cpu_to_peer": ("first sync", "pandas script"),
    "second_cpu_to_first": ("second sync", "first sync"),
}
"""Whole processes, the first over the second."""
Results = Mapping[str, Measured]


def cpu_of(one: Measured, *steps: str) -> float:
    """CPU seconds of some measured steps of a process together."""
    return sum(float(one.said["steps"][step]["cpu"]) for step in steps)


def ratios(results: Results) -> dict[str, float]:
    """Name (as in budgets.tsv) → figure, of all whose processes were run and told enough."""
    found = {
        name: results[one].cpu / results[other].cpu
        for name, (one, other) in BY.items()
        if {one, other} <= results.keys()
    }
    if "first sync" in results:
        found["first_peak_gb"] = results["first sync"].peak / 1e9
    for name, one in (("empty", "first sync"), ("again", "rebuild")):
        if one in results and results[one].said.get("steps", {}).keys() >= set(REBUILD):
            found[f"rebuild_{name}_to_peer"] = cpu_of(results[one], *REBUILD) / results["pandas script"].cpu
    return found | _against(results) | _changes(results) | _planning(results)


def _against(results: Results) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, what, peer in (
        ("phones", "phones_cpu_to_loop", "loop"),
        ("customers", "customers_cpu_to_splink", "Splink"),
    ):
        ours, theirs = f"{name}, hub", f"{name}, {peer}"
        if {ours, theirs} <= results.keys():
            found[what] = cpu_of(results[ours], name) / cpu_of(results[theirs], name)
    if "phones, hub" in results:
        found["phones_differences"] = float(results["phones, hub"].said["differences"])
    return found


def _changes(results: Results) -> dict[str, float]:
    if "changes" not in results:
        return {}
    said = results["changes"].said
    return {
        "changes_seconds": float(said["steps"]["changes"]["seconds"]),
        "one_p95_ms": float(said["single"]["p95_ms"]),
    }


def _planning(results: Results) -> dict[str, float]:
    """Of the parts of `planning`: walls where somebody waits, CPU beside that of the merge."""
    if "planning" not in results:
        return {}
    said = results["planning"].said
    found = {"planning_peak_mb": float(said["peak MB"])}
    for name, part in (("unchanged", "nothing changed"), ("changes", "1000 changed")):
        found[f"planning_{name}_seconds"] = float(said[part]["seconds"])
    if "pandas merge" in said:
        found["planning_first_to_merge"] = float(said["first plan"]["cpu"]) / float(said["pandas merge"]["cpu"])
    return found


def growth(everything: Mapping[int, Results]) -> str:
    """How much longer 1,000 changes take on a larger base, as a line for each size after the first."""
    took = {size: ratios(found).get("changes_seconds") for size, found in sorted(everything.items())}
    known = [(size, seconds) for size, seconds in took.items() if seconds]
    return "".join(
        f"1,000 changes on {size:,} records take {seconds / less:.2f} times as long as on {smaller:,}.\n"
        for (smaller, less), (size, seconds) in pairwise(known)
    )
