"""`[webhooks.NAME]`: addresses and secrets that will do."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.flow.workspace import RegistryCatalogue
from hub.settings import SettingsError, load

SECRET = "x" * 24


def told(folder: Path, lines: str, secret: str = SECRET) -> object:
    path = folder / "hub.toml"
    path.write_text(f'[hub]\n[webhooks.bi]\nsecret = "${{BI}}"\n{lines}\n')
    return load(path, RegistryCatalogue(), {"BI": secret}).webhooks["bi"]


def test_a_receiver(tmp_path: Path) -> None:
    made = told(tmp_path, 'url = "https://bi.example.com/hook?a=1"\nevents = ["merged"]')
    assert (made.url, made.secret, made.events, made.private) == (
        "https://bi.example.com/hook?a=1",
        SECRET,
        ("merged",),
        False,
    )
    assert SECRET not in repr(made)


@pytest.mark.parametrize(
    "url",
    ["http://bi.example.com/", "https://", "bi.example.com", "https://a:b@bi.example.com/", "ftp://bi.example.com/"],
)
def test_an_address_that_will_not_do(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match=r"webhooks\.bi\.url"):
        told(tmp_path, f'url = "{url}"')


def test_plain_http_is_for_private_networks(tmp_path: Path) -> None:
    assert told(tmp_path, 'url = "http://10.0.0.2/"\nprivate = true').private


def test_a_short_secret_signs_nothing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"webhooks\.bi\.secret"):
        told(tmp_path, 'url = "https://bi.example.com/"', "x" * 23)
