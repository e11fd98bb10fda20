"""A small town for tests of the API: people handed in over `connector = "api"`, resolved for real; tokens of every role."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asking import Client
from places import workspace
from sqlalchemy import insert

from hub.flow import access_tokens, one
from hub.flow.access import ROLES
from hub.flow.run import Run
from hub.flow.workspace import Workspace
from hub.settings import Source
from hub.store.engine import Store
from hub.store.tables import orders
from hub.web.app import build
from hub.web.ids import new_id

SECRET = "a secret of the shop"
LAN, HUNG, HOA, MAI = "0912345678", "0938271564", "0977000111", "0903111222"


def sources() -> dict[str, Source]:
    """Two that take records in, and a web shop that only tells by webhooks."""
    made = {name: Source(name, "api", "pos", {}) for name in ("till", "app")}
    told = {"url": "https://shop.example", "consumer_key": "k", "consumer_secret": "s", "webhook_secret": SECRET}
    return made | {
        "shop": Source("shop", "woocommerce", "shop", told),
        "pos": Source("pos", "kiotviet", "pos", {"webhook_secret": SECRET}),
        "mail": Source("mail", "mailchimp", "email", {"webhook_secret": SECRET}),
    }


def person(source_id: str, name: str, *phones: str, **more: Any) -> dict[str, Any]:
    return {
        "source_id": source_id,
        "full_name": name,
        "phones": [{"value": one, "use": "own"} for one in phones],
        **more,
    }


PEOPLE = {
    "till": [
        person("1", "Nguyễn Thị Lan", LAN, birth_date="1990-05-17", stores=["A"], note="thích màu xanh",
               emails=[{"value": "lan@example.com", "use": "own"}], ids=[{"type": "national_id", "value": "001190012345"}]),
        person("2", "Trần Văn Hùng", HUNG, stores=["A"]),
        person("3", "Kiều Văn Sơn", HOA, stores=["B"]),
        person("4", "Lê Thị Mai", MAI, stores=["B"]),
        *(person(f"9{n}", f"Vũ Thị {word}", f"09861230{n:02}", stores=["C"]) for n, word in enumerate(("Đào", "Cúc", "Trúc"))),
    ],
    "app": [
        person("a1", "Nguyễn Thị Lan", LAN, stores=["A"]),
        person("a3", "Sơn Kiều Văn", HOA, stores=["B"]),
    ],
}  # fmt: skip


@dataclass
class Town:
    """A workspace with people. tokens: role, or role+scopes → the token's text."""

    place: Workspace
    client: Client
    tokens: dict[str, str]

    def ask(self, method: str, path: str, token: str | None = "admin+pii+export", **more: Any) -> Any:
        """Ask with a token (None: without)."""
        sent = {"authorization": f"Bearer {self.tokens[token]}"} if token else {}
        return self.client.request(method, path, headers=sent | more.pop("headers", {}), **more)

    def get(self, path: str, token: str | None = "admin+pii+export", **more: Any) -> Any:
        return self.ask("GET", path, token, **more)

    def whose(self, phone: str) -> str:
        """The golden id of the customer with this phone."""
        (found,) = self.get("/v1/customers", params={"phone": phone}).json()["items"]
        return str(found["golden_id"])

    def token(self, name: str, role: str, **more: Any) -> str:
        """One more token, known by its name."""
        self.tokens[name] = access_tokens.create(self.place.store, name, role, "test", **more)[1]
        return name


def hand_in(place: Workspace, source: str, *payloads: dict[str, Any]) -> None:
    run = Run(new_id())
    one.resolve_records(place.store, place.settings, place.settings.sources[source], payloads, run)


def town(store: Store, folder: Path) -> Town:
    place = workspace(store, folder, sources=sources())
    for source, payloads in PEOPLE.items():
        hand_in(place, source, *payloads)
    with store.begin() as conn:
        for n in range(3):
            row = {
                "rid": 900_000 + n,
                "source": "till",
                "source_id": f"o{n}",
                "kind": "sale",
                "customer_source_id": "1",
            }
            conn.execute(
                insert(orders).values(**row, at=f"2026-01-0{n + 1}T00:00:00.000Z", currency="VND", total=100, doc="{}")
            )
    made = Town(place, Client(build(place)), {})
    for role in ROLES:
        made.token(role, role)
        made.token(f"{role}+pii", role, scopes=["pii"])
    made.token("admin+pii+export", "admin", scopes=["pii", "export"])
    made.token("A", "admin", stores=["A"], scopes=["pii", "export"])
    return made
