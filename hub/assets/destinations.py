"""All destinations in one step: planned, and pushed at the same time when they may. One broken destination stops no other.

An asset each, with its own metadata and check; one step, because steps of an in-process run go one after another and a
destination that hangs would hold up those behind it (docs/decisions/0021).
"""

from collections.abc import Iterator, Sequence

import dagster as dg

from hub.assets.golden import GOLDEN
from hub.assets.resources import HubRun
from hub.flow.run import PushReport
from hub.flow.sync import each_destination
from hub.settings import Destination


def key_of(destination: str) -> dg.AssetKey:
    """The asset of a destination; the last part is unique in the graph."""
    return dg.AssetKey([f"{destination}_push"])


def destination_assets(destinations: Sequence[Destination]) -> dg.AssetsDefinition:
    """The assets that plan and push `destinations`; a job may select some of them."""

    @dg.multi_asset(
        name="push_destinations",
        specs=[_spec(destination) for destination in destinations],
        check_specs=[_check(destination) for destination in destinations],
        can_subset=True,
    )
    def _push(
        context: dg.AssetExecutionContext, hub: dg.ResourceParam[HubRun]
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        wanted = [one.name for one in destinations if key_of(one.name) in context.selected_asset_keys]
        for name, report in each_destination(hub.workspace, hub.run, wanted):
            if report.state in ("failed", "held"):
                context.instance.add_run_tags(context.run.run_id, {f"hub/{report.state}.{name}": "yes"})
            yield _result(name, report)

    return _push


def _spec(destination: Destination) -> dg.AssetSpec:
    return dg.AssetSpec(
        key_of(destination.name),
        deps=[GOLDEN],
        group_name="destinations",
        kinds={destination.connector},
        description=f"What the destination {destination.name} should hold, planned and, once approved, sent.",
        skippable=True,
    )


def _check(destination: Destination) -> dg.AssetCheckSpec:
    told = "Nothing failed, was rejected or stayed unknown."
    return dg.AssetCheckSpec("delivered", asset=key_of(destination.name), description=told)


def _result(name: str, report: PushReport) -> dg.MaterializeResult[None]:
    counts = {"acked": report.acked, "rejected": report.rejected, "retry": report.retry, "unknown": report.unknown}
    return dg.MaterializeResult(
        asset_key=key_of(name),
        metadata={**report.planned, **counts, "state": report.state, "seconds": round(report.seconds, 3)},
        check_results=[
            dg.AssetCheckResult(
                check_name="delivered",
                asset_key=key_of(name),
                passed=report.state != "failed" and not (report.rejected + report.retry + report.unknown),
                severity=dg.AssetCheckSeverity.WARN,
                metadata=counts,
            )
        ],
    )
