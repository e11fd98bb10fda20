"""A vendor's webhook makes Dagster pull that source, once."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
from town import sources

from hub.assets import automation
from hub.settings import Settings
from hub.store import nudges
from hub.store.engine import Store


def asked(settings: Settings) -> list[tuple[str | None, str | None]]:
    (sensor,) = automation.nudge_sensors(settings, automation.jobs(settings))
    told = sensor.evaluate_tick(dg.build_sensor_context())
    return [(one.job_name, one.run_key) for one in told.run_requests or ()]


def test_a_source_that_was_told_of_is_pulled_once_for_that_time(store: Store, tmp_path: Path) -> None:
    url = store.engine.url.render_as_string(hide_password=False)
    settings = Settings(tmp_path / "hub.toml", url, sources=sources())
    assert asked(settings) == []
    with store.begin() as conn:
        nudges.put(conn, "shop", "2026-01-01T00:00:00.000Z")
        nudges.put(conn, "till", "2026-01-01T00:00:00.000Z")
    assert asked(settings) == asked(settings) == [("sync_shop", "shop-2026-01-01T00:00:00.000Z")]


def test_without_webhooks_nothing_watches(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "hub.toml", "")
    assert automation.nudge_sensors(settings, automation.jobs(settings)) == []
