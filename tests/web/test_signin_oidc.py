"""Signing in by an OpenID Connect provider: who gets in, and every way in which nobody does."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from asking import Client
from issuer import CLIENT, RSA, SECRET, Issuer, b64, issuing
from joserfc import jwk, jwt
from places import browser, form_token, person, sign_in, workspace
from sqlalchemy import select

from hub.errors import ConfigError
from hub.flow import access, access_links
from hub.flow.workspace import Workspace
from hub.settings import Oidc
from hub.settings.model import Web
from hub.store.engine import Store
from hub.store.tables import audit, sessions, user_links, users
from hub.web.oidc import kept, pending
from hub.web.oidc.fetch import Away

PROVEN = {"email": "Lan@Example.com", "email_verified": True}


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as made:
        yield made


@pytest.fixture
def place(store: Store, tmp_path: Path, issuer: Issuer) -> Workspace:
    """Lan may sign in with a password; the provider knows her as sub-lan."""
    told = Oidc(issuer.url, CLIENT, SECRET, "Shop ID")
    made = workspace(store, tmp_path, oidc=told, web=Web(address="http://127.0.0.1"), language="en")
    person(made)
    return made


@pytest.fixture
def linked(place: Workspace) -> Workspace:
    access_links.link_subject(place.store, "lan", "sub-lan", place.settings.oidc)
    return place


def begin(client: Client, onward: str = "/") -> str:
    """Press the button; where it leads."""
    return client.get("/signin/oidc", params={"next": onward}).headers["location"]


def come_back(client: Client, answer: dict[str, str]) -> str:
    """Back from the provider; where the hub leads on to."""
    reply = client.get("/signin/oidc/back", params=answer)
    assert reply.status_code == 303
    return str(reply.headers["location"])


def through(client: Client, issuer: Issuer, sub: str = "sub-lan") -> str:
    """The whole way."""
    return come_back(client, issuer.agree(begin(client), sub))


def inside(client: Client) -> bool:
    return client.get("/").status_code == 200


def others(place: Workspace, **told: Any) -> Workspace:
    """The same place with other settings of the provider."""
    assert place.settings.oidc
    return replace(place, settings=replace(place.settings, oidc=replace(place.settings.oidc, **told)))


# who gets in ---------------------------------------------------------------------------------------------------------


def test_a_linked_subject_gets_in_and_goes_on_to_where_they_wanted(linked: Workspace, issuer: Issuer) -> None:
    client = browser(linked)
    assert come_back(client, issuer.agree(begin(client, "/customers?q=a"))) == "/customers?q=a"
    assert inside(client)


def test_nobody_is_sent_on_to_another_site(linked: Workspace, issuer: Issuer) -> None:
    client = browser(linked)
    assert come_back(client, issuer.agree(begin(client, "//evil.example"))) == "/"


def test_the_browser_is_sent_with_state_nonce_and_challenge_and_our_own_address(
    linked: Workspace, issuer: Issuer
) -> None:
    client = browser(linked, hosts=["evil.example"])
    led = client.get("/signin/oidc", headers={"host": "evil.example"}).headers["location"]
    asked = dict(parse_qsl(urlsplit(led).query))
    assert led.startswith(issuer.url + "/authorize?")
    assert asked["redirect_uri"] == "http://127.0.0.1/signin/oidc/back"
    assert asked["scope"] == "openid email profile"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43


def test_the_session_is_new_and_the_one_before_ends(linked: Workspace, issuer: Issuer) -> None:
    client = browser(linked)
    sign_in(client)
    before = client.cookies["hub_session"]
    through(client, issuer)
    assert client.cookies["hub_session"] != before
    assert browser(linked).get("/", headers={"cookie": f"hub_session={before}"}).status_code == 303


def test_a_planted_session_is_worth_nothing(linked: Workspace, issuer: Issuer) -> None:
    client = browser(linked)
    client.cookies.set("hub_session", "planted", domain="127.0.0.1")
    through(client, issuer)
    assert not inside(Client(client.app, cookies={"hub_session": "planted"}))


def test_signing_out_ends_the_session(linked: Workspace, issuer: Issuer) -> None:
    client = browser(linked)
    through(client, issuer)
    client.post("/signout", data={"csrf": form_token(client, "/")})
    assert not inside(client)


def test_a_proven_address_links_the_person_it_is_listed_on_once(place: Workspace, issuer: Issuer) -> None:
    access_links.link_email(place.store, "lan", " LAN@example.com ")
    issuer.claims, client = PROVEN, browser(place)
    assert through(client, issuer) == "/"
    assert inside(client)
    issuer.claims = {}
    assert through(browser(place), issuer) == "/"  # by the subject, whatever the address is by now


def test_an_address_that_went_to_somebody_else_does_not_take_the_person_along(place: Workspace, issuer: Issuer) -> None:
    access_links.link_email(place.store, "lan", "lan@example.com")
    issuer.claims = PROVEN
    through(browser(place), issuer)
    assert "signin.unlinked" in through(browser(place), issuer, "sub-of-the-next-lan")


@pytest.mark.parametrize("proof", [False, None, "true", 1])
def test_an_address_that_nobody_vouches_for_opens_nothing(place: Workspace, issuer: Issuer, proof: object) -> None:
    access_links.link_email(place.store, "lan", "lan@example.com")
    issuer.claims = PROVEN | {"email_verified": proof}
    assert "signin.unlinked" in through(browser(place), issuer)


def test_nobody_is_added_unless_settings_say_so(place: Workspace, issuer: Issuer) -> None:
    issuer.claims = PROVEN
    assert "signin.unlinked" in through(browser(place), issuer)
    with place.store.read() as conn:
        assert list(conn.scalars(select(users.c.name))) == ["lan"]


def test_a_newcomer_of_the_shops_domain_is_a_reader_without_personal_data(place: Workspace, issuer: Issuer) -> None:
    made = others(place, create_role="reader", create_domains=("example.com",))
    issuer.claims = PROVEN | {"email": "mai@example.com"}
    assert through(browser(made), issuer, "sub-mai") == "/"
    assert through(browser(made), issuer, "sub-mai") == "/"
    told = {one["name"]: (one["role"], one["scopes"], one["subject"]) for one in access.listed(made.store)}
    assert told["mai"] == ("reader", [], "sub-mai")
    assert len(told) == 2


def test_a_newcomer_never_becomes_somebody_who_bears_their_name(place: Workspace, issuer: Issuer) -> None:
    made = others(place, create_role="reader", create_domains=("example.com",))
    issuer.claims = PROVEN
    through(browser(made), issuer, "sub-other")
    told = {one["name"]: one["subject"] for one in access.listed(made.store)}
    assert told["lan"] is None
    assert [name[:4] for name, subject in told.items() if subject == "sub-other"] == ["lan-"]


@pytest.mark.parametrize("email", ["mai@evil.example", "mai@sub.example.com", "mai@example.com@evil.example"])
def test_a_newcomer_of_another_domain_stays_out(place: Workspace, issuer: Issuer, email: str) -> None:
    made = others(place, create_role="reader", create_domains=("example.com",))
    issuer.claims = PROVEN | {"email": email}
    assert "signin.unlinked" in through(browser(made), issuer, "sub-mai")


def test_somebody_shut_out_stays_out(linked: Workspace, issuer: Issuer) -> None:
    access.set_active(linked.store, "lan", active=False)
    client = browser(linked)
    assert "signin.unlinked" in through(client, issuer)
    assert not inside(client)


def test_a_subject_of_another_provider_is_somebody_else(linked: Workspace, issuer: Issuer) -> None:
    with issuing() as other:
        assert "signin.unlinked" in through(browser(others(linked, issuer=other.url)), other)


# what is not believed ------------------------------------------------------------------------------------------------


def unsigned(claims: dict[str, Any]) -> str:
    return ".".join([b64(b'{"alg":"none"}'), b64(json.dumps(claims).encode()), ""])


def with_the_public_key(claims: dict[str, Any]) -> str:
    """Signed with what everybody knows: the text of the public key as the secret of HS256."""
    text = b64(b'{"alg":"HS256","kid":"one"}') + "." + b64(json.dumps(claims).encode())
    return text + "." + b64(hmac.digest(RSA.as_pem(private=False), text.encode(), hashlib.sha256))


def by_somebody_else(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, jwk.RSAKey.generate_key(2048))


def changed_since(claims: dict[str, Any]) -> str:
    head, _, signature = jwt.encode({"alg": "RS256", "kid": "one"}, claims, RSA).split(".")
    return ".".join([head, b64(json.dumps(claims | {"sub": "sub-admin"}).encode()), signature])


@pytest.mark.parametrize(
    "sign", [unsigned, with_the_public_key, by_somebody_else, changed_since, lambda _: "a.b.c", lambda _: "ô.ô.ô"]
)
def test_a_token_that_the_provider_did_not_sign(
    linked: Workspace, issuer: Issuer, sign: Callable[[dict[str, Any]], str]
) -> None:
    issuer.sign, client = sign, browser(linked)
    assert "signin.refused" in through(client, issuer)
    assert not inside(client)


NOW = int(time.time())


def away(claims: dict[str, Any]) -> str:
    """The claims as a name that is the same in every process: times as seconds from now."""
    return str({name: value - NOW if isinstance(value, int) and value > 7 else value for name, value in claims.items()})


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"}, {"nonce": None}, {"aud": "another"}, {"aud": [CLIENT, "another"]}, {"aud": None},
        {"azp": "another"}, {"iss": "https://evil.example"}, {"iss": None}, {"exp": NOW - 120}, {"exp": None},
        {"exp": "soon"}, {"iat": NOW - 3_600}, {"iat": NOW + 3_600}, {"iat": None}, {"nbf": NOW + 3_600}, {"sub": None},
        {"sub": ""}, {"sub": "x" * 256}, {"sub": 7},
    ],
    ids=away,
)  # fmt: skip
def test_claims_that_are_not_for_us_or_not_of_now(linked: Workspace, issuer: Issuer, claims: dict[str, Any]) -> None:
    issuer.claims = claims
    assert "signin.refused" in through(browser(linked), issuer)


def test_clocks_may_differ_by_a_minute(linked: Workspace, issuer: Issuer) -> None:
    issuer.claims = {"iat": int(time.time()) + 40, "exp": int(time.time()) - 20, "aud": [CLIENT], "azp": CLIENT}
    assert through(browser(linked), issuer) == "/"


def test_a_state_is_good_once(linked: Workspace, issuer: Issuer) -> None:
    client = browser(linked)
    led = begin(client)
    cookie, answer = client.cookies["hub_oidc"], issuer.agree(led)
    assert come_back(client, answer) == "/"
    again = Client(client.app, cookies={"hub_oidc": cookie})
    assert "signin.again" in come_back(again, issuer.agree(led))
    assert not inside(again)


def test_a_code_is_good_once(linked: Workspace, issuer: Issuer) -> None:
    client = browser(linked)
    answer = issuer.agree(begin(client))
    come_back(client, answer)
    other = browser(linked)
    later = issuer.agree(begin(other))
    assert "signin.refused" in come_back(other, later | {"code": answer["code"]})


def test_a_code_stolen_on_its_way_is_worth_nothing_without_what_belongs_to_it(
    linked: Workspace, issuer: Issuer
) -> None:
    stolen = issuer.agree(begin(browser(linked)))["code"]
    thief = browser(linked)
    assert "signin.refused" in come_back(thief, issuer.agree(begin(thief)) | {"code": stolen})


def test_another_browser_cannot_finish_what_one_began(linked: Workspace, issuer: Issuer) -> None:
    client = browser(linked)
    answer = issuer.agree(begin(client))
    stranger = Client(client.app)
    assert "signin.again" in come_back(stranger, answer)
    begin(stranger)
    assert "signin.again" in come_back(stranger, answer)
    assert come_back(client, answer) == "/"  # and it does not spoil it for the one who did


def test_a_sign_in_that_took_too_long_is_begun_again() -> None:
    now = [0.0]
    mine = pending.Pending(lambda: now[0])
    text, started = mine.begin("/")
    now[0] = pending.LASTS + 1
    assert mine.take(text, started.state) is None


def test_sign_ins_under_way_never_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending, "MOST_KEPT", 10)
    mine = pending.Pending()
    begun = [mine.begin("/") for _ in range(100)]
    assert len(mine._kept) <= 10
    assert mine.take(begun[-1][0], begun[-1][1].state)


@pytest.mark.parametrize("named", ["https://evil.example", ""])
def test_an_answer_in_the_name_of_another_provider(linked: Workspace, issuer: Issuer, named: str) -> None:
    client = browser(linked)
    answer = issuer.agree(begin(client))
    assert "signin.refused" in come_back(client, answer | {"iss": named})
    assert "/token" not in issuer.asked  # the code went nowhere


def test_a_provider_that_names_itself_must_do_so(linked: Workspace, issuer: Issuer) -> None:
    issuer.discovery = {"authorization_response_iss_parameter_supported": True}
    client = browser(linked)
    assert "signin.refused" in come_back(client, issuer.agree(begin(client)))
    assert come_back(client, issuer.agree(begin(client)) | {"iss": issuer.url}) == "/"


def test_a_no_of_the_provider_is_told_without_its_words(linked: Workspace, issuer: Issuer) -> None:
    client = browser(linked)
    state = issuer.agree(begin(client))["state"]
    led = come_back(client, {"state": state, "error": "access_denied", "error_description": "<b>secret</b>"})
    assert "refused" in client.get(led).text
    assert "secret" not in led + client.get(led).text


# keys, and a provider that is away -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["EC", "OKP"])
def test_keys_may_change_between_two_sign_ins(linked: Workspace, issuer: Issuer, kind: str) -> None:
    app = browser(linked).app
    assert through(Client(app), issuer) == "/"
    new: Any = jwk.ECKey.generate_key("P-256") if kind == "EC" else jwk.OKPKey.generate_key("Ed25519")
    issuer.keys = [type(new).import_key(new.as_dict(private=True) | {"kid": "two"})]
    algorithm = "ES256" if kind == "EC" else "Ed25519"
    issuer.sign = lambda claims: jwt.encode({"alg": algorithm, "kid": "two"}, claims, issuer.keys[0], [algorithm])
    assert through(Client(app), issuer) == "/"


def test_tokens_with_made_up_keys_do_not_make_us_ask_and_ask(linked: Workspace, issuer: Issuer) -> None:
    issuer.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "made up"}, claims, RSA)
    app = browser(linked).app
    for _ in range(4):
        assert "signin.refused" in through(Client(app), issuer)
    assert issuer.asked.count("/jwks") == 2


def test_short_keys_and_shared_secrets_are_no_keys(linked: Workspace, issuer: Issuer) -> None:
    number = b64((1 << 1023 | 1).to_bytes(128, "big"))
    issuer.keys = [
        {"kty": "RSA", "kid": "one", "e": "AQAB", "n": number},
        {"kty": "oct", "kid": "one", "k": "c2VjcmV0"},
    ]
    client = browser(linked)
    assert "signin.away" in through(client, issuer)


def test_while_the_provider_is_down_passwords_go_on(linked: Workspace, issuer: Issuer) -> None:
    issuer.down, client = True, browser(linked)
    led = begin(client)
    text = client.get(led).text
    assert "Shop ID cannot be reached" in text
    assert 'name="password"' in text
    sign_in(client)
    assert inside(client)


def test_a_provider_that_goes_down_on_the_way(linked: Workspace, issuer: Issuer) -> None:
    client = browser(linked)
    answer = issuer.agree(begin(client))
    issuer.down = True
    assert "signin.away" in come_back(client, answer)


def test_a_provider_that_is_down_is_not_asked_by_every_visitor(linked: Workspace, issuer: Issuer) -> None:
    issuer.down, client = True, browser(linked)
    for _ in range(5):
        begin(client)
    assert len(issuer.asked) == 1


def test_nobody_listens_there_at_all(linked: Workspace) -> None:
    client = browser(others(linked, issuer="http://127.0.0.1:9"))
    assert begin(client) == "/signin?error=signin.away"


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://evil.example"}, {"token_endpoint": "http://evil.example/token"}, {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"}, {"padding": "x" * 300_000},
    ],
    ids=lambda told: next(iter(told)),
)  # fmt: skip
def test_a_discovery_document_that_will_not_do(linked: Workspace, issuer: Issuer, discovery: dict[str, Any]) -> None:
    issuer.discovery = discovery
    assert begin(browser(linked)) == "/signin?error=signin.away"


def test_what_is_kept_is_fetched_anew_after_a_while_and_serves_a_day_at_most() -> None:
    now, answers = [0.0], iter(["a", "b", Away("down"), Away("down")])

    async def fetch() -> str:
        answer = next(answers)
        if isinstance(answer, Away):
            raise answer
        return answer

    async def told() -> list[str]:
        mine, heard = kept.Kept(fetch, lambda: now[0]), []
        for moment in (0, kept.FRESH, kept.FRESH + 1, 3 * kept.FRESH):
            now[0] = moment
            heard.append(await mine.get())
        now[0] = 2 * kept.STALE
        with pytest.raises(Away):
            await mine.get()
        return heard

    assert asyncio.run(told()) == ["a", "a", "b", "b"]


def test_the_secret_goes_into_the_form_where_the_provider_wants_it_so(linked: Workspace, issuer: Issuer) -> None:
    issuer.discovery = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert through(browser(linked), issuer) == "/"


# around it -----------------------------------------------------------------------------------------------------------


def test_who_is_refused_again_and_again_must_wait(linked: Workspace, issuer: Issuer) -> None:
    client = browser(linked)
    for _ in range(20):
        come_back(client, {"code": "x", "state": "guess"})
    assert client.get("/signin/oidc/back", params={"state": "guess"}).status_code == 429
    assert client.get("/signin/oidc").status_code == 429


def test_the_cookie_of_a_sign_in_under_way_is_short_and_out_of_reach(linked: Workspace) -> None:
    made = browser(linked).get("/signin/oidc").headers["set-cookie"].lower()
    assert {"httponly", "samesite=lax", "path=/", f"max-age={pending.LASTS}"} <= set(made.split("; "))


def test_nothing_of_it_is_logged_or_kept_in_clear(
    linked: Workspace, issuer: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="hub"):
        client = browser(linked)
        answer = issuer.agree(begin(client))
        come_back(client, answer)
        issuer.claims = {"nonce": "another"}
        through(client, issuer)
    for secret in (SECRET, answer["code"], answer["state"], "sub-lan", client.cookies.get("hub_session", "-")):
        assert secret not in caplog.text
    assert SECRET not in repr(linked.settings)
    with linked.store.read() as conn:
        assert client.cookies["hub_session"] not in list(conn.scalars(select(sessions.c.digest)))


@pytest.mark.parametrize(("language", "said"), [("vi", "Đăng nhập bằng Shop ID"), ("en", "Sign in with Shop ID")])
def test_the_page_has_a_button_in_both_languages(linked: Workspace, language: str, said: str) -> None:
    page = browser(linked).get("/signin?next=%2Fplans", headers={"accept-language": language}).text
    assert said in page
    assert 'href="/signin/oidc?next=/plans"' in page


def test_without_a_provider_there_is_no_button_and_no_way(store: Store, tmp_path: Path) -> None:
    client = browser(workspace(store, tmp_path))
    assert "/signin/oidc" not in client.get("/signin").text
    assert client.get("/signin/oidc").headers["location"] == "/signin"
    assert client.get("/signin/oidc/back?code=a&state=b").headers["location"] == "/signin"


def test_linking_stands_in_the_audit_log(place: Workspace, issuer: Issuer) -> None:
    access_links.link_email(place.store, "lan", "lan@example.com", "an")
    issuer.claims = PROVEN
    through(browser(place), issuer)
    access_links.unlink(place.store, "lan", "an")
    with place.store.read() as conn:
        rows = [tuple(row) for row in conn.execute(select(audit.c.actor, audit.c.action).order_by(audit.c.seq))][1:]
    assert rows == [("an", "user.link"), (access_links.PROVIDER, "user.link"), ("an", "user.unlink")]


def test_unlinking_ends_the_session_and_the_way_in(linked: Workspace, issuer: Issuer) -> None:
    client = browser(linked)
    through(client, issuer)
    access_links.unlink(linked.store, "lan")
    assert not inside(client)
    assert "signin.unlinked" in through(client, issuer)


def test_a_subject_and_an_address_are_one_persons(linked: Workspace) -> None:
    person(linked, name="mai")
    with pytest.raises(ConfigError, match="somebody else"):
        access_links.link_subject(linked.store, "mai", "sub-lan", linked.settings.oidc)
    access_links.link_email(linked.store, "lan", "lan@example.com")
    with pytest.raises(ConfigError, match="somebody else"):
        access_links.link_email(linked.store, "mai", "LAN@example.com")


def test_a_new_subject_takes_the_place_of_the_one_before(linked: Workspace) -> None:
    access_links.link_subject(linked.store, "lan", "sub-new", linked.settings.oidc)
    with linked.store.read() as conn:
        assert list(conn.scalars(select(user_links.c.subject))) == ["sub-new"]
