"""Runs of this machine whose process is gone: Dagster would wait for them for ever."""

import os

import dagster as dg


def close_dead(instance: dg.DagsterInstance) -> int:
    """Report as failed every run of this machine whose process is gone; returns how many."""
    alive = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING])
    dead = [run for run in instance.get_runs(alive) if not _lives(run.tags.get("hub/pid"))]
    for each in dead:
        instance.report_run_failed(each, "its process is gone")
    return len(dead)


def _lives(pid: str | None) -> bool:
    if pid is None:
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
