"""Times a push of many writes to stand-ins that answer slowly: `python -m benchmarks.pushing [--writes N] [--latency S]`.

Customers stand in a till and, nameless, in a newsletter and a web shop; the push gives both their names. Times are on the wall,
since waiting for the vendor is what is measured, with the processor's beside them.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
import uuid
from dataclasses import asdict
from pathlib import Path

from hub.flow import sync
from hub.flow.lock import lock, start_run
from hub.flow.run import Run
from hub.flow.workspace import open_workspace
from hub.sandbox.server import Sandbox

SETTINGS = """
[hub]
[sources.pos]
connector = "kiotviet"
retailer  = "{kiotviet[retailer]}"
client_id = "${{ID}}"
client_secret = "${{SECRET}}"
base_url  = "{kiotviet[base_url]}"
token_url = "{kiotviet[token_url]}"
[sources.mail]
connector = "mailchimp"
api_key   = "${{KEY}}"
audience  = "{mailchimp[audience]}"
base_url  = "{mailchimp[base_url]}"
[sources.shop]
connector = "woocommerce"
url       = "{woocommerce[url]}"
consumer_key = "${{SHOP}}"
consumer_secret = "${{CONSUMER}}"
budget    = "100%"
[destinations.mail]
source  = "mail"
purpose = "service"
max_changes = "100%"
fields = {{ full_name = "hub" }}
[destinations.shop]
source  = "shop"
max_changes = "100%"
fields = {{ full_name = "hub" }}
"""


def main() -> None:
    """Make a workspace, pull, push with every answer late, and print figures as JSON."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--writes", type=int, default=1_000)
    asked.add_argument("--latency", type=float, default=0.1)
    told = asked.parse_args()
    with Sandbox() as box, tempfile.TemporaryDirectory() as folder:
        _people(box, told.writes // 2)
        _settings(box, Path(folder))
        print(json.dumps(_push(box, Path(folder), told.latency), indent=1))


def _people(box: Sandbox, count: int) -> None:
    numbers = range(1, count + 1)
    mails = [f"khach{n}@example.vn" for n in numbers]
    names = [f"Nguyễn Văn Lan{_letters(n)}" for n in numbers]
    box.kiotviet.seed(
        customers=[
            {"id": n, "name": names[n - 1], "contactNumber": f"09{n:08d}", "email": mails[n - 1]} for n in numbers
        ]
    )
    box.mailchimp.seed(members=[{"email_address": mail, "status": "subscribed", "merge_fields": {}} for mail in mails])
    box.woocommerce.seed(customers=[{"id": n, "email": mails[n - 1]} for n in numbers])


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def _settings(box: Sandbox, folder: Path) -> None:
    told = box.info()
    (folder / "hub.toml").write_text(SETTINGS.format(**told), encoding="utf-8")
    secrets = {
        "ID": told["kiotviet"]["client_id"],
        "SECRET": told["kiotviet"]["client_secret"],
        "KEY": told["mailchimp"]["api_key"],
        "SHOP": told["woocommerce"]["consumer_key"],
        "CONSUMER": told["woocommerce"]["consumer_secret"],
    }
    (folder / ".env").touch(0o600)
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in secrets.items()), encoding="utf-8")


def _push(box: Sandbox, folder: Path, latency: float) -> dict[str, object]:
    workspace, run = open_workspace(folder), Run(str(uuid.uuid4()))
    with lock(workspace.store, run):
        start_run(workspace.store, run)
        sync.steps(workspace, run, no_push=True)
        box.gate.latency = latency
        began, used = time.perf_counter(), _cpu()
        reports = sync.all_destinations(workspace, run, ["mail", "shop"], yes=True)
        told = {name: asdict(report) for name, report in reports.items()}
        seconds, cpu = time.perf_counter() - began, _cpu() - used
    return {
        "seconds": round(seconds, 1),
        "cpu_seconds": round(cpu, 1),
        **{name: {key: part[key] for key in ("state", "acked", "rejected", "seconds")} for name, part in told.items()},
    }


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
