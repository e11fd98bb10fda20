"""The Dagster instance of a workspace: its folder, and the command lines that serve it. Imports no Dagster.

Belongs here: files of `data/dagster/`, commands. Does not: running them (cli), what Dagster loads (definitions).
"""

import os
import sys
from importlib import resources as files
from importlib.resources.abc import Traversable
from pathlib import Path

from hub.settings import Settings

PREFIX = "/dagster"
"""The path under which Dagster's pages answer."""


def _packed(name: str) -> Traversable:
    inside = files.files("hub") / "_data" / name
    return inside if inside.is_file() else Path(__file__).resolve().parent.parent.parent / name


def instance_home(workspace: Path) -> Path:
    """The Dagster instance of a workspace: `data/dagster/` with our dagster.yaml (an owner's own changes stay)."""
    home = workspace / "data" / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "dagster.yaml").exists():
        (home / "dagster.yaml").write_text(_packed("dagster.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    return home


def services(settings: Settings, port: int) -> tuple[list[list[str]], dict[str, str]]:
    """Commands and environment of this workspace's web page (127.0.0.1, prefix /dagster) and daemon, each with its own code."""
    home = instance_home(settings.workspace)
    where = "python_module: {module_name: hub.definitions, location_name: hub}"
    target = _location(home / "workspace.yaml", where)
    return [webserver(target, port), daemon(target)], environment(settings, home)


def beside(settings: Settings, socket: Path) -> tuple[Path, dict[str, str]]:
    """The workspace file for programs that take the code from one server at `socket`, and the environment of all."""
    home = instance_home(settings.workspace)
    return _location(home / "up.yaml", f'grpc_server: {{socket: "{socket}", location_name: hub}}'), environment(
        settings, home
    )


def webserver(target: Path, port: int) -> list[str]:
    """Dagster's pages: on this machine only, for they know no sign-in."""
    name = str(Path(sys.executable).parent / "dagster-webserver")
    return [name, "-h", "127.0.0.1", "-p", str(port), "--path-prefix", PREFIX, "-w", str(target)]


def daemon(target: Path) -> list[str]:
    """Schedules, sensors and the queue of runs."""
    return [str(Path(sys.executable).parent / "dagster-daemon"), "run", "-w", str(target)]


def code(socket: Path) -> list[str]:
    """The server of this package's definitions."""
    return [sys.executable, "-m", "hub.assets.code", str(socket)]


def environment(settings: Settings, home: Path) -> dict[str, str]:
    """What all of them see."""
    return {**os.environ, "DAGSTER_HOME": str(home), "HUB_CONFIG": str(settings.path), "NO_COLOR": "1"}


def _location(path: Path, where: str) -> Path:
    """A workspace file of Dagster; the location is always named `hub`, for schedules and sensors hang on it."""
    path.write_text(f"load_from:\n  - {where}\n", encoding="utf-8")
    return path
