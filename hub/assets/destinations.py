"""One asset per destination: plan, and push when it may. One broken destination stops no other."""

from collections.abc import Iterator

import dagster as dg

from hub.assets.golden import GOLDEN
from hub.assets.resources import HubRun
from hub.flow.sync import destination_step
from hub.settings import Destination


def key_of(destination: str) -> dg.AssetKey:
    """The asset of a destination; the last part is unique in the graph."""
    return dg.AssetKey([f"{destination}_push"])


def destination_asset(destination: Destination) -> dg.AssetsDefinition:
    """The asset that plans and pushes `destination`."""
    key = key_of(destination.name)

    @dg.asset(
        key=key,
        deps=[GOLDEN],
        group_name="destinations",
        kinds={destination.connector},
        description=f"What the destination {destination.name} should hold, planned and, once approved, sent.",
        check_specs=[
            dg.AssetCheckSpec("delivered", asset=key, description="Nothing failed, was rejected or stayed unknown.")
        ],
    )
    def _push(context: dg.AssetExecutionContext, hub: dg.ResourceParam[HubRun]) -> Iterator[dg.MaterializeResult[None]]:
        report = destination_step(hub.workspace, hub.run, destination.name)
        trouble = report.rejected + report.retry + report.unknown
        if report.state in ("failed", "held"):
            context.instance.add_run_tags(context.run.run_id, {f"hub/{report.state}.{destination.name}": "yes"})
        counts = {"acked": report.acked, "rejected": report.rejected, "retry": report.retry, "unknown": report.unknown}
        yield dg.MaterializeResult(
            metadata={**report.planned, **counts, "state": report.state, "seconds": round(report.seconds, 3)},
            check_results=[
                dg.AssetCheckResult(
                    check_name="delivered",
                    passed=report.state != "failed" and not trouble,
                    severity=dg.AssetCheckSeverity.WARN,
                    metadata=counts,
                )
            ],
        )

    return _push
