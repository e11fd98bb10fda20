"""Small honest clients of the three vendors for the sandbox's own tests: addresses and keys, no retries, no mapping."""

import hashlib
from dataclasses import dataclass, field

import requests

TIMEOUT = 5
BROKEN = (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError, requests.exceptions.Timeout)


def session(**headers):
    made = requests.Session()
    made.trust_env = False
    made.headers.update(headers)
    return made


@dataclass
class Client:
    base: str
    http: requests.Session = field(default_factory=session)

    def call(self, method, path, **kwargs):
        return self.http.request(method, self.base + path, timeout=TIMEOUT, **kwargs)

    def get(self, path, **params):
        return self.call("GET", path, params=params)

    def post(self, path, body=None, **params):
        return self.call("POST", path, json=body, params=params)

    def put(self, path, body, **params):
        return self.call("PUT", path, json=body, params=params)

    def patch(self, path, body, **params):
        return self.call("PATCH", path, json=body, params=params)

    def delete(self, path, **params):
        return self.call("DELETE", path, params=params)


def token_form(info, **changes):
    form = {"grant_type": "client_credentials", "scopes": "PublicApi.Access"}
    return {**form, "client_id": info["client_id"], "client_secret": info["client_secret"], **changes}


def kiotviet(info):
    client = Client(info["base_url"])
    client.http.headers["Retailer"] = info["retailer"]
    answer = client.http.post(info["token_url"], data=token_form(info), timeout=TIMEOUT)
    client.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return client


def woocommerce(info):
    client = Client(info["url"] + "/wp-json/wc/v3")
    client.http.auth = (info["consumer_key"], info["consumer_secret"])
    return client


def mailchimp(info):
    client = Client(f"{info['base_url']}/lists/{info['audience']}")
    client.http.auth = ("anyone", info["api_key"])
    return client


def hash_of(email):
    return hashlib.md5(email.lower().encode(), usedforsecurity=False).hexdigest()
