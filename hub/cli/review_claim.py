"""`hub review claim` and `release`: "I look at this one". It keeps nobody from answering, only from doing work twice."""

from __future__ import annotations

import click

from hub.cli.common import OK, USAGE, account, emit, example, opened, options, stop
from hub.cli.say import say
from hub.cli.times import minute_of
from hub.flow import claiming
from hub.flow import review_decide as answers
from hub.flow.run import utc_now
from hub.flow.workspace import Workspace


@click.command("claim", epilog=example("hub review claim 7K3M9X --by lan"))
@click.argument("review_id", metavar="ID")
@click.option("--by", "author", metavar="NAME", help="Who looks at it; else the account's name.")
@options
def claim(review_id: str, author: str | None, as_json: bool, config: str | None) -> None:
    """Tell others that you look at a question: ten minutes, claiming again renews it; exit code 2 when somebody else does.

    It bars nobody's answer. To ask again another day: `hub review decide ID later --until DATE`.
    """
    by = author or account()
    with opened(config) as workspace:
        told = claiming.claim(workspace.store, _meant(workspace, review_id), by, utc_now())
        settings = workspace.settings
    mine = told["author"] == by
    values = {**told, "until": minute_of(told["until"], settings.timezone)}
    said = "review.claimed" if mine else "review.claimed_by"
    emit({**told, "claimed": mine}, as_json, lambda _: say(settings.language, said, **values))
    stop(OK if mine else USAGE)


@click.command("release", epilog=example("hub review release 7K3M9X --by lan"))
@click.argument("review_id", metavar="ID")
@click.option("--by", "author", metavar="NAME", help="Who looked at it; else the account's name.")
@options
def release(review_id: str, author: str | None, as_json: bool, config: str | None) -> None:
    """Look at a question no more: it goes to whoever comes next. Only one's own claim is given back."""
    by = author or account()
    with opened(config) as workspace:
        meant = _meant(workspace, review_id)
        released = claiming.give_back(workspace.store, meant, by) > 0
        language = workspace.settings.language
    said = "review.released" if released else "review.unclaimed"
    emit({"review_id": meant, "released": released}, as_json, lambda value: say(language, said, author=by, **value))
    stop(OK)


def _meant(workspace: Workspace, review_id: str) -> str:
    with workspace.store.read() as conn:
        return str(answers.one(conn, review_id)["review_id"])
