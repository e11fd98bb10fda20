"""Whether it lives, whether it is ready, numbers for Prometheus: counts and ages, never a person.

Belongs here: /healthz, /readyz, /metrics. Does not: counting requests (hub.web.counting), status (flow.status).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.responses import PlainTextResponse, Response

from hub.flow.run import utc_now
from hub.model import from_utc_text
from hub.store import migrate
from hub.store.engine import StoreError
from hub.web.api.entry import admitted
from hub.web.api.table import Answer, Asked, Line, answer
from hub.web.problem import Problem

LOOPBACK = ("127.0.0.1", "::1")


def alive(asked: Asked) -> Answer:
    """The process answers."""
    return Answer({"status": "ok"})


def ready(asked: Asked) -> Answer:
    """The store can be read and has this program's tables; under `hub up` also how the processes beside this one do."""
    try:
        fits = migrate.current(asked.ground.workspace.store) == migrate.head()
    except StoreError:
        raise Problem(503, "store", headers={"retry-after": "5"}) from None
    if not fits:
        raise Problem(503, "store.tables", "the store has other tables than this program needs")
    processes = {name: one.state for name, one in asked.ground.beside.processes().items()}
    return Answer({"status": "ready"} | ({"processes": processes} if processes else {}))


def metrics(asked: Asked) -> Response:
    """The text format of Prometheus. From this machine without a token, from others for operators."""
    client = asked.request.client
    if client is None or client.host not in LOOPBACK:
        admitted(asked.request, asked.ground, GUARDED)
    return PlainTextResponse("\n".join(_lines(asked)) + "\n", media_type=MEDIA)


def _lines(asked: Asked) -> Iterator[str]:
    told = asked.ground.numbers.told(asked.ground.workspace)
    yield from _gauge("hub_customers", "Living customers", [({}, told["counts"]["customers"])])
    yield from _gauge("hub_reviews_open", "Questions asked", [({}, told["reviews"]["asked"])])
    yield from _gauge("hub_plans_waiting", "Plans that wait", [({}, told["counts"]["plans_waiting"])])
    named = list(told["sources"].items())
    for name, what in (
        ("records", "Records"),
        ("quarantine", "Records that could not be used"),
        ("missing", "Records gone missing"),
    ):
        yield from _gauge(f"hub_source_{name}", what, [({"source": source}, one[name]) for source, one in named])
    ages = [({"source": source}, _age(one["last_success"])) for source, one in named if one["last_success"]]
    yield from _gauge("hub_source_age_seconds", "Since the last good pull", ages)
    yield from _gauge(
        "hub_source_stale", "1: older than it may be", [({"source": s}, int(one["stale"])) for s, one in named]
    )
    beside = asked.ground.beside.processes().items()
    running = [({"process": name}, int(one.state == "running")) for name, one in beside]
    yield from _gauge("hub_process_running", "1: a process of `hub up` answers", running)
    again = [({"process": name}, one.restarts) for name, one in beside]
    yield from _gauge("hub_process_restarts_total", "How often it was begun again", again, "counter")
    counts = asked.ground.counts
    requests = [({"route": route, "status": str(code)}, n) for (route, code), n in sorted(counts.requests.items())]
    yield from _gauge("hub_http_requests_total", "Requests answered", requests, "counter")
    seconds = [({"route": route}, round(n, 6)) for route, n in sorted(counts.seconds.items())]
    yield from _gauge("hub_http_seconds_total", "Time spent answering", seconds, "counter")


def _age(at: str) -> float:
    return (from_utc_text(utc_now()) - from_utc_text(at)).total_seconds()


def _gauge(name: str, about: str, values: list[tuple[dict[str, str], Any]], kind: str = "gauge") -> Iterator[str]:
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} {kind}"
    for labels, value in values:
        told = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{name}{{{told}}} {value}" if told else f"{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


SOURCE = (
    ("records", "Records"),
    ("quarantine", "Records that could not be used"),
    ("missing", "Records gone missing"),
)
MEDIA = "text/plain; version=0.0.4; charset=utf-8"
STATUS = answer(("status",), status={"type": "string"})
GUARDED = Line("GET", "/metrics", "metrics", "Numbers for Prometheus", metrics, answer(), roles=("operator",))
LINES = (
    Line("GET", "/healthz", "alive", "Whether the process answers", alive, STATUS, open=True, quick=alive),
    Line("GET", "/readyz", "ready", "Whether the store is there and fits", ready, STATUS, open=True),
    Line(
        "GET", "/metrics", "metrics", "Numbers for Prometheus: counts and ages", metrics, answer(), open=True, media="text/plain",
        about="From this machine without a token; from others with an operator's.",
    ),
)  # fmt: skip
