"""Two assets for all: `matches` (who is who) and `golden_customers` (proved, then promoted)."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta

import dagster as dg

from hub.assets.resources import HubRun
from hub.errors import InvariantError
from hub.flow.sync import match_step, resolve_step

MATCHES = dg.AssetKey(["matches"])
GOLDEN = dg.AssetKey(["golden_customers"])


def matches_asset(sources: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """Who is who, for what changed: writes the candidate."""

    @dg.asset(
        key=MATCHES,
        deps=sources,
        group_name="customers",
        kinds={"python"},
        description="Which records are one customer.",
        check_specs=[
            dg.AssetCheckSpec("held", asset=MATCHES, description="No joins are kept back for a person to look.")
        ],
    )
    def _match(hub: dg.ResourceParam[HubRun]) -> Iterator[dg.MaterializeResult[None]]:
        report = match_step(hub.workspace, hub.run)
        counts = asdict(report)
        guards = counts.pop("guards")
        yield dg.MaterializeResult(
            metadata={**counts, **{f"guard_{name}": number for name, number in guards.items()}},
            check_results=[
                dg.AssetCheckResult(
                    check_name="held",
                    passed=guards["held"] == 0,
                    severity=dg.AssetCheckSeverity.WARN,
                    metadata={"held": guards["held"]},
                )
            ],
        )

    return _match


def golden_asset(fail_after: timedelta) -> dg.AssetsDefinition:
    """The golden record: candidate proved, then promoted in one transaction; a failed proof stops the run (exit 4)."""

    @dg.asset(
        key=GOLDEN,
        deps=[MATCHES],
        group_name="customers",
        kinds={"sql"},
        description="One golden record per customer.",
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=fail_after),
        check_specs=[
            dg.AssetCheckSpec("proof", asset=GOLDEN, blocking=True, description="The candidate kept every invariant.")
        ],
    )
    def _resolve(hub: dg.ResourceParam[HubRun]) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        try:
            report = resolve_step(hub.workspace, hub.run)
        except InvariantError as error:
            yield _proof(passed=False, metadata={"code": error.code})
            raise dg.Failure(
                "the golden candidate broke an invariant; nothing was promoted", allow_retries=False
            ) from None
        counts = asdict(report)
        proof = counts.pop("proof")
        yield dg.MaterializeResult(metadata=counts, check_results=[_proof(passed=True, metadata=proof)])

    return _resolve


def _proof(*, passed: bool, metadata: dict[str, int] | dict[str, str]) -> dg.AssetCheckResult:
    severity = dg.AssetCheckSeverity.ERROR
    return dg.AssetCheckResult(
        check_name="proof", asset_key=GOLDEN, passed=passed, severity=severity, metadata=metadata
    )
