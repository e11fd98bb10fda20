"""One asset per source: pull and normalize, degrading inside its own step, with the checks `pulled` and `plausible`."""

from collections.abc import Iterator

import dagster as dg

from hub.assets.resources import HubRun
from hub.flow.run import SourceReport
from hub.flow.sync import source_step
from hub.settings import Source

COUNTS = ("read", "new", "changed", "unchanged", "removed", "quarantined", "fields_refused")
GOOD = ("ok", "partial", "skipped")


def key_of(source: str) -> dg.AssetKey:
    """The asset of a source; the last part is unique in the graph."""
    return dg.AssetKey([f"{source}_customers"])


def source_asset(source: Source) -> dg.AssetsDefinition:
    """The asset that pulls `source`. It never fails for what the source does: last good data stays, the run is tagged."""
    key = key_of(source.name)

    @dg.asset(
        key=key,
        group_name="sources",
        kinds={source.connector},
        description=f"Customers and orders of the source {source.name} ({source.connector}), landed and normalized.",
        check_specs=[
            dg.AssetCheckSpec("pulled", asset=key, description="The source answered to the end of what was asked."),
            dg.AssetCheckSpec("plausible", asset=key, description="It did not give far less than it usually does."),
        ],
    )
    def _pull(context: dg.AssetExecutionContext, hub: dg.ResourceParam[HubRun]) -> Iterator[dg.MaterializeResult[None]]:
        report = source_step(hub.workspace, hub.run, source.name, full=hub.full)
        if report.status not in GOOD:
            code = str((report.error or {}).get("code", report.status))
            tags = {"hub/degraded": "yes", f"hub/degraded.{source.name}": code}
            context.instance.add_run_tags(context.run.run_id, tags)
        yield _result(key, report)

    return _pull


def _result(key: dg.AssetKey, report: SourceReport) -> dg.MaterializeResult[None]:
    code = str((report.error or {}).get("code", ""))
    metadata = {name: getattr(report, name) for name in COUNTS}
    metadata |= {f"{step}_seconds": round(seconds, 3) for step, seconds in report.seconds.items()}
    return dg.MaterializeResult(
        metadata={**metadata, "status": report.status, "fresh": int(report.status in GOOD), "error": code},
        check_results=[
            dg.AssetCheckResult(
                check_name="pulled",
                asset_key=key,
                passed=report.status in GOOD or code == "implausible",
                severity=dg.AssetCheckSeverity.ERROR,
                metadata={"status": report.status, "error": code},
            ),
            dg.AssetCheckResult(
                check_name="plausible",
                asset_key=key,
                passed=code != "implausible",
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"read": report.read, "removed": report.removed},
            ),
        ],
    )
