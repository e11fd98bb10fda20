"""Time the hub against its peers on the same made people and print Markdown.

    python -m benchmarks.run [--sizes 100000,1000000] [--cache DIR] [--database URL] [--quality] [--check] [--json FILE]

For each size, each a process of its own: the pandas script, the hub's first sync, a second one with nothing changed,
everything matched anew over the store, phones against a loop, customers against Splink, changes on the base. README.md says
what each does.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.measure import Measured, run
from benchmarks.ratios import cpu_of, growth, ratios
from benchmarks.workspace import data, workspace

HERE = Path(__file__).resolve().parent
HUB = [sys.executable, "-m", "hub"]
SYNC = [*HUB, "sync", "--direct", "--no-push", "--json"]
PLANNED = 1_000_000
"""Customers for whom plans are measured at most: making their tables takes longer than planning."""
FINE = (0, 1, 3)  # done, done but degraded, a guard held something back


class BenchmarkError(Exception):
    """A measured command failed; the message names it and its exit code."""


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="100000,1000000", help="numbers of records, separated by commas")
    parser.add_argument("--cache", type=Path, default=HERE / ".cache", help="where data and workspaces stand")
    parser.add_argument("--database", default="sqlite:///data/hub.db", help="of the workspace")
    parser.add_argument("--quality", action="store_true", help="also compare the result with the truth")
    parser.add_argument("--check", action="store_true", help="exit 1 when a budget of budgets.tsv is broken")
    parser.add_argument("--json", type=Path, help="write everything measured into this file")
    return parser.parse_args()


def measured(name: str, command: list[str], folder: Path) -> Measured:
    """COMMAND's measurement; raises BenchmarkError when it failed."""
    sys.stderr.write(f"running: {name}\n")
    result = run(command, folder)
    if result.code not in FINE:
        raise BenchmarkError(f"{name} ended with exit code {result.code}")
    return result


def bench(records: int, chosen: argparse.Namespace) -> dict[str, Measured]:
    """Everything over RECORDS records, peers beside the hub."""
    cache = chosen.cache.resolve()
    people = data(cache, records)
    folder = workspace(cache, people, chosen.database)
    results = {name: measured(name, command, folder) for name, command in commands(people, folder).items()}
    if records <= PLANNED:
        plans = _module("planning", "--customers", str(records))
        results["planning"] = measured("planning", plans, folder)
    if chosen.quality:
        judge = [*HUB, "evaluate", "--truth", str(people.with_suffix(".truth.csv")), "--json"]
        results["evaluate"] = measured("evaluate", judge, folder)
    return results


def commands(people: Path, folder: Path) -> dict[str, list[str]]:
    """Name → command, in the order in which they are run: later ones rest on what the first sync left."""
    keys = str(folder / "keys.parquet")
    told = {
        "pandas script": ["peer_pandas", str(people), str(folder / "peer.db")],
        "first sync": ["hub_steps", str(folder), "first"],
        "second sync": SYNC,
        "rebuild": ["hub_steps", str(folder), "again"],
        "phones, loop": ["hub_phones", str(people), "loop"],
        "phones, hub": ["hub_phones", str(people), "hub"],
        "customers, hub": ["hub_customers", str(folder), keys],
        "customers, Splink": ["peer_splink", keys],
        "changes": ["hub_changes", str(folder)],
    }
    return {name: words if words is SYNC else _module(*words) for name, words in told.items()}


def _module(name: str, *words: str) -> list[str]:
    return [sys.executable, "-m", f"benchmarks.{name}", *words]


def budgets() -> list[dict[str, str]]:
    """Rows of budgets.tsv: what, most, meaning."""
    with (HERE / "budgets.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def report(records: int, results: Mapping[str, Measured]) -> list[str]:
    """One size as Markdown."""
    lines = [
        f"## {records:,} records",
        "",
        "| | CPU s | wall s | peak MB | records per CPU s |",
        "|---|--:|--:|--:|--:|",
    ]
    for name, one in results.items():
        rate = f"{records / one.cpu:,.0f}"
        lines.append(f"| {name} | {one.cpu:.1f} | {one.wall:.1f} | {one.peak / 1e6:,.0f} | {rate} |")
    if "planning" in results:
        parts = {name: one for name, one in results["planning"].said.items() if isinstance(one, dict)}
        told = (f"{name} {one['cpu']} (wall {one['seconds']})" for name, one in parts.items())
        lines += ["", "Planning for four destinations, CPU seconds: " + ", ".join(told)]
    lines += ["", "| budget | measured | most | |", "|---|--:|--:|---|"]
    found = ratios(results)
    for row in budgets():
        if row["what"] in found:
            value, most = found[row["what"]], float(row["most"])
            lines.append(f"| {row['meaning']} | {value:.2f} | {most:.2f} | {'kept' if value <= most else 'BROKEN'} |")
    return [*lines, "", *_beside(results), *_steps(records, results), *_quality(results)]


def _beside(results: Mapping[str, Measured]) -> list[str]:
    """What stands behind the ratios, in words."""
    lines = []
    if "phones, hub" in results:
        hub, loop = results["phones, hub"], results["phones, loop"]
        times, left = cpu_of(loop, "phones") / cpu_of(hub, "phones"), float(hub.said["left_to_reference"])
        lines.append(
            f"Phones: {hub.said['rows']:,} cells, {times:.1f} times as fast as the loop; {left:.2%} left to the reference; "
            f"{hub.said['differences']} differences from it."
        )
    if "customers, Splink" in results:
        ours, theirs = (results[name].said["customers"] for name in ("customers, hub", "customers, Splink"))
        lines.append(f"Customers: {ours:,} with the hub's guards, {theirs:,} clusters without (Splink).")
    if "changes" in results:
        ms = results["changes"].said["single"]
        lines.append(
            f"One record: median {ms['median_ms']:.1f} ms, 95th percentile {ms['p95_ms']:.1f} ms, most {ms['most_ms']:.1f} ms; "
            f"of the processor median {ms['cpu_median_ms']:.1f} ms, 95th percentile {ms['cpu_p95_ms']:.1f} ms."
        )
    return [*lines, ""] if lines else []


def _steps(records: int, results: Mapping[str, Measured]) -> list[str]:
    """Seconds, rows per second and peak memory of each step, for the commands that tell them."""
    rows = []
    for name, one in results.items():
        for step, told in dict(one.said.get("steps", {})).items():
            part = told if isinstance(told, dict) else {"seconds": told}
            seconds = float(part.get("seconds", 0.0))
            rate = f"{float(part.get('rows', records)) / seconds:,.0f}" if seconds else ""
            peak = f"{float(part['peak_mb']):,.0f}" if part.get("peak_mb") is not None else ""
            rows.append(f"| {name} | {step} | {seconds:.2f} | {rate} | {peak} |")
    head = ["| | step | wall s | rows per s | peak MB |", "|---|---|--:|--:|--:|"]
    return [*head, *rows, ""] if rows else []


def _quality(results: Mapping[str, Measured]) -> list[str]:
    pairs: Mapping[str, Any] = results["evaluate"].said.get("pairs", {}) if "evaluate" in results else {}
    return [f"Pairs: precision {pairs['precision']:.4f}, recall {pairs['recall']:.4f}.", ""] if pairs else []


def main() -> int:
    """Exit 0; 1 when a budget is broken and --check is given; 4 when a command failed."""
    chosen = arguments()
    everything: dict[int, dict[str, Measured]] = {}
    for records in (int(size) for size in chosen.sizes.split(",")):
        try:
            everything[records] = bench(records, chosen)
        except BenchmarkError as error:
            sys.stderr.write(f"{error}\n")
            return 4
        sys.stdout.write("\n".join(report(records, everything[records])) + "\n")
    if chosen.json:
        plain = {size: {name: asdict(one) for name, one in found.items()} for size, found in everything.items()}
        chosen.json.write_text(json.dumps(plain, ensure_ascii=False, indent=1), encoding="utf-8")
    sys.stdout.write(growth(everything))
    limits = {row["what"]: float(row["most"]) for row in budgets()}
    broken = any(value > limits[what] for found in everything.values() for what, value in ratios(found).items())
    return 1 if chosen.check and broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
