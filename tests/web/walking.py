"""Somebody of a role who has signed in and walks through the pages."""

from __future__ import annotations

import re

from asking import Client
from places import browser, form_token, person, sign_in
from sqlalchemy import select
from town import Town

from hub.store.tables import reviews


def as_(town: Town, role: str, **more: object) -> Client:
    """A browser of somebody of a role who has signed in."""
    name = "-".join([role, *sorted(more), *more.get("stores", ())])
    client = browser(town.place)
    if sign_in(client, name).status_code == 403:
        person(town.place, role, name, **more)
        assert sign_in(client, name).status_code == 303
    return client


def steward(town: Town) -> Client:
    return as_(town, "steward", scopes=["pii"])


def question(town: Town) -> str:
    with town.place.store.read() as conn:
        return str(
            conn.scalar(select(reviews.c.review_id).where(reviews.c.state == "open", reviews.c.kind == "name").limit(1))
        )


def send(client: Client, path: str, at: str, **fields: str | list[str]) -> object:
    """Fill in a form that stands on page `at`."""
    return client.post(path, data={"csrf": form_token(client, at), **fields})


def version(client: Client, review_id: str) -> str:
    found = re.search(r'name="version" value="(\w+)"', client.get(f"/reviews/{review_id}").text)
    assert found
    return found[1]
