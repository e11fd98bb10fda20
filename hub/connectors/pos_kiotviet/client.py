"""KiotViet's Public API: addresses, credentials, limits, error bodies, envelopes.

Belongs here: how to ask. Does not: what rows mean (mapping), windows and cursors (reads), writes (writes).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

from hub.connectors.kit.answers import Answer, retry_after
from hub.connectors.kit.auth import ClientCredentials, NoAuth, token_error
from hub.connectors.kit.http import HttpClient
from hub.connectors.kit.limits import Limiter, shared, window_limiter
from hub.connectors.kit.options import needed, share, web_address
from hub.connectors.kit.patience import Waiting
from hub.connectors.kit.port import Context
from hub.errors import AuthError, HubError, PermanentError, TransientError
from hub.model import Json

T = TypeVar("T")
BASE_URL = "https://public.kiotapi.com"
TOKEN_URL = "https://id.kiotviet.vn/connect/token"  # noqa: S105 - an address
HOURLY = 5000
"""Documented: GET requests per hour and shop."""
PAGE = 100
AT_ONCE = 4
"""Connections that write side by side; nothing is documented, so a few."""


class Api:
    """One shop's API. Not thread safe."""

    def __init__(self, context: Context) -> None:
        self._retailer = needed(context, "retailer")
        base = web_address(context, "base_url", BASE_URL)
        self._token = self._token_client(context, web_address(context, "token_url", TOKEN_URL))
        form = {
            "scopes": "PublicApi.Access",
            "grant_type": "client_credentials",
            "client_id": needed(context, "client_id"),
            "client_secret": needed(context, "client_secret"),
        }
        fresh = ClientCredentials(
            lambda: self._token.send("POST", "", form=form, idempotent=True).data, {"Retailer": self._retailer}
        )
        auth: ClientCredentials = context.common.setdefault("kiotviet.token", fresh)
        self._reading = HttpClient(
            base,
            auth,
            limiter=self._limiter(base, context),
            classify=classify,
            waiting=Waiting.of(context),
        )
        told = shared(f"{urlsplit(base).netloc}/{self._retailer}/writing", lambda: Limiter(None))
        self._writing = HttpClient(base, auth, limiter=told, classify=classify, waiting=Waiting.of(context))

    def _token_client(self, context: Context, url: str) -> HttpClient:
        return HttpClient(
            url,
            NoAuth(confidential=True),
            waiting=Waiting.of(context),
            classify=lambda answer: token_error(answer.status, answer.data),
        )

    def _limiter(self, base: str, context: Context) -> Limiter:
        part = share(context)
        key = f"{urlsplit(base).netloc}/{self._retailer}/{part}"
        return shared(key, lambda: window_limiter(HOURLY, 3600, part))

    def rows(self, path: str, params: Mapping[str, object]) -> Answer:
        """One page of a list; its envelope is checked."""
        answer = self._reading.get(path, params=params)
        if not isinstance(answer.data, dict) or not isinstance(answer.data.get("data"), list):
            raise TransientError(f"GET {path}: not the shape of a list", code="bad_answer")
        return answer

    def customer(self, customer_id: str) -> dict[str, Json] | None:
        """One customer, None when it is gone."""
        try:
            answer = self._reading.get("/customers/{id}", args={"id": customer_id})
        except PermanentError as error:
            if error.code == "not_found":
                return None
            raise
        return record(answer)

    def groups(self) -> Iterator[tuple[str, int]]:
        """(name, id) of every customer group. Paging is not documented here, so it is asked for only when needed."""
        position, total = 0, 1
        asked: dict[str, object] = {}
        while position < total:
            data = self.rows("/customers/group", asked).data
            rows = [row for row in data["data"] if isinstance(row, dict) and row.get("id") is not None]
            yield from ((str(row.get("name")), int(row["id"])) for row in rows)
            position += len(data["data"])
            total = data["total"] if rows and isinstance(data.get("total"), int) else 0
            asked = {"pageSize": PAGE, "currentItem": position}

    def create(self, body: Mapping[str, Json]) -> Answer:
        """Create a customer; never repeated when the outcome is not known."""
        return self._writing.send("POST", "/customers", json=body, idempotent=False)

    def update(self, customer_id: str, body: Mapping[str, Json], *, once: bool = False) -> Answer:
        """Replace a customer by a whole record; UnknownOutcome when it may have happened. once: see `patiently`."""
        place = "/customers/{id}"
        return self._writing.send("PUT", place, args={"id": customer_id}, json=body, idempotent=False, once=once)

    def patiently(self, work: Callable[[], T]) -> T:
        """Work that ends in a write told to go `once`, from its beginning again when that was refused for now."""
        return self._writing.patiently(work)

    def delete(self, customer_id: str, *, once: bool = False) -> None:
        """Delete a customer; one that is gone already is fine. once: see `patiently`."""
        try:
            self._writing.send("DELETE", "/customers/{id}", args={"id": customer_id}, idempotent=True, once=once)
        except PermanentError as error:
            if error.code != "not_found":
                raise

    def close(self) -> None:
        """Close the sockets."""
        for client in (self._token, self._reading, self._writing):
            client.close()


def record(answer: Answer) -> dict[str, Json] | None:
    """The record inside an answer: flat as documented, or wrapped in `data` as the live system gives it."""
    data = answer.data
    inner = data.get("data") if isinstance(data, dict) else None
    found = inner if isinstance(inner, dict) else data
    return found if isinstance(found, dict) and found.get("id") is not None else None


def classify(answer: Answer) -> HubError | None:
    """Reads `responseStatus.errorCode`; an expired token may come with any status."""
    status = answer.data.get("responseStatus") if isinstance(answer.data, dict) else None
    code = status.get("errorCode") if isinstance(status, dict) else None
    if not isinstance(code, str) or not code:
        return None
    if code == "TokenException":
        return AuthError(f"{answer.label}: the token is refused", hint="check client_id and client_secret")
    if any(word in code.lower() for word in ("ratelimit", "toomany", "quota")):
        return TransientError(
            f"{answer.label}: too many requests", code="rate_limited", retry_after=retry_after(answer.headers)
        )
    if answer.status in (200, 400, 409, 420, 422):
        return PermanentError(f"{answer.label}: refused ({slug(code)})", code="rejected")
    return None


def slug(code: str) -> str:
    """A vendor's error code, shortened to letters, digits and dots, so that no text of a customer passes."""
    return "".join(c for c in code if c.isascii() and (c.isalnum() or c in "._"))[:60]


def removed_ids(data: Mapping[str, Json]) -> list[str]:
    """Ids deleted since `lastModifiedFrom`, in either spelling."""
    found: Sequence[Json] = data.get("removedIds") or data.get("removeId") or data.get("removeIds") or []
    return [str(item) for item in found] if isinstance(found, list) else []
