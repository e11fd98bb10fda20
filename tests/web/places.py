"""A web application over a store, people to sign in, and a browser that keeps cookies."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from asking import Client

from hub.flow import access
from hub.flow.workspace import Workspace
from hub.settings import Settings
from hub.store.engine import Store
from hub.web.app import build

PASSWORD = "correct horse battery"
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


def workspace(store: Store, folder: Path, **settings: Any) -> Workspace:
    """A workspace without sources over the store."""
    return Workspace(Settings(path=folder / "hub.toml", database="", **settings), store)


def browser(place: Workspace, **options: Any) -> Client:
    """A browser that follows nothing by itself."""
    return Client(build(place, **options))


def person(place: Workspace, role: str = "reader", name: str = "lan", **more: Any) -> None:
    """Somebody who may sign in with PASSWORD."""
    access.add_user(place.store, name, PASSWORD, role, **more)


def form_token(client: Client, path: str = "/signin") -> str:
    """The csrf token of a page's form."""
    found = CSRF.search(client.get(path).text)
    assert found, path
    return found[1]


def sign_in(client: Client, name: str = "lan", password: str = PASSWORD, **more: str) -> Any:
    """Fill in the form."""
    sent = {"csrf": form_token(client), "name": name, "password": password, **more}
    return client.post("/signin", data=sent)
