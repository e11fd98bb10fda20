"""What every request stands on: the workspace, who asks, in which language.

Belongs here: values that the whole application shares, and how a request reaches them. Does not: routes, rights (guard.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from starlette.requests import Request

from hub.flow.access import Limits, Who
from hub.flow.run import utc_now
from hub.flow.workspace import Workspace
from hub.store.points import Points
from hub.web.bearers import Bearers
from hub.web.beside import Beside
from hub.web.counting import Counts
from hub.web.cursors import Cursors
from hub.web.looks import Looks
from hub.web.numbers import Numbers
from hub.web.oidc.pending import Pending
from hub.web.oidc.provider import Provider
from hub.web.rates import Rates
from hub.web.throttle import Throttle
from hub.web.waiting import Feed


@dataclass(frozen=True, slots=True)
class Ground:
    """The application's own. now: the clock, canonical text.

    points, bearers, rates, provider: for the event loop's thread only. contacts: normal forms of what was asked for lately.
    provider: of sign-ins (None: passwords only); pending: those under way.
    """

    workspace: Workspace
    points: Points
    bearers: Bearers
    cursors: Cursors
    looks: Looks
    feed: Feed
    now: Callable[[], str] = utc_now
    failures: Throttle = field(default_factory=Throttle)
    rates: Rates = field(default_factory=Rates)
    counts: Counts = field(default_factory=Counts)
    numbers: Numbers = field(default_factory=Numbers)
    contacts: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    beside: Beside = field(default_factory=Beside)
    provider: Provider | None = None
    pending: Pending = field(default_factory=Pending)

    @property
    def secure(self) -> bool:
        """Whether it stands behind https: cookies are sent nowhere else."""
        return self.workspace.settings.web.https

    @property
    def limits(self) -> Limits:
        """How long a sign-in lasts."""
        return Limits(self.workspace.settings.web.idle, self.workspace.settings.web.longest)


def made(workspace: Workspace, beside: Path | None = None) -> Ground:
    """The ground over an opened workspace."""
    points, settings = Points(workspace.store), workspace.settings
    return Ground(
        workspace,
        points,
        Bearers(points, utc_now),
        Cursors(workspace.store),
        Looks(workspace.store),
        Feed(points),
        beside=Beside(beside),
        provider=Provider(settings.oidc, settings.web.address) if settings.oidc else None,
    )


def ground(request: Request) -> Ground:
    """The application's ground."""
    return cast(Ground, request.app.state.ground)


def who(request: Request) -> Who | None:
    """Who has signed in (None: nobody), once a guard has looked."""
    return cast("Who | None", request.scope.get("hub.who"))


def signed(request: Request) -> Who:
    """Who asks, where a guard has let them in."""
    found = who(request)
    if found is None:
        raise LookupError("no guard stands before this page")
    return found


def form(request: Request) -> Mapping[str, str]:
    """The fields that were sent, once a guard has read them; of a repeated one the last. See `many`."""
    return cast("Mapping[str, str]", request.scope.get("hub.form", {}))


def many(request: Request, name: str) -> list[str]:
    """All values of a field that was sent several times."""
    fields = request.scope.get("hub.form")
    return [str(value) for value in fields.getlist(name)] if fields is not None else []
