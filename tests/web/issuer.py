"""An OpenID Connect provider of the tests' own, on loopback over real HTTP. Its knobs make it lie."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwk, jwt

CLIENT, SECRET = "hub", "a secret / of the client"
RSA = jwk.RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
"""Made once: the only slow thing here."""


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """claims: laid over those of a token (None: left out). sign: makes the token out of them. down: answers 503.

    somebody: who is signed in there, when a browser comes by itself.
    """

    def __init__(self, url: str) -> None:
        self.url, self.down, self.somebody = url, False, "sub-lan"
        self.keys: list[Any] = [RSA]
        self.claims: dict[str, Any] = {}
        self.discovery: dict[str, Any] = {}
        self.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, RSA)
        self.asked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}

    def agree(self, location: str, sub: str = "sub-lan") -> dict[str, str]:
        """Somebody signs in at the address to which the hub sent them; gives the parameters they come back with."""
        asked = dict(parse_qsl(urlsplit(location).query))
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_hex(8)
        self.codes[code] = asked | {"sub": sub}
        return {"code": code, "state": asked["state"]}

    def answer(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        self.asked.append(path)
        if self.down:
            return 503, {}
        if path == "/.well-known/openid-configuration":
            return 200, self._described()
        if path == "/jwks":
            return 200, {"keys": [key if isinstance(key, dict) else key.as_dict(private=False) for key in self.keys]}
        return self._token(form, authorization)

    def _described(self) -> dict[str, Any]:
        ends = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/jwks"}
        return {"issuer": self.url} | {name: self.url + path for name, path in ends.items()} | self.discovery

    def _token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form.get("code", ""), None)
        good = authorization == "Basic " + base64.b64encode(b"hub:a+secret+%2F+of+the+client").decode()
        if not good and form.get("client_secret") != SECRET:
            return 401, {"error": "invalid_client"}
        proof = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if asked is None or proof != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": CLIENT, "sub": asked["sub"], "nonce": asked["nonce"], "iat": now, "exp": now + 300,
        } | self.claims  # fmt: skip
        told = {name: value for name, value in claims.items() if value is not None}
        return 200, {"token_type": "Bearer", "access_token": "x", "id_token": self.sign(told)}


@contextmanager
def issuing() -> Iterator[Issuer]:
    """A provider as long as it is open."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/authorize?"):
                asked = dict(parse_qsl(urlsplit(self.path).query))
                self.send_response(303)
                self.send_header(
                    "location", asked["redirect_uri"] + "?" + urlencode(made.agree(self.path, made.somebody))
                )
                self.end_headers()
                return
            size = int(self.headers.get("content-length") or 0)
            form = {name: values[0] for name, values in parse_qs(self.rfile.read(size).decode()).items()}
            status, told = made.answer(self.path, form, self.headers.get("authorization") or "")
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_told: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Issuer(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
