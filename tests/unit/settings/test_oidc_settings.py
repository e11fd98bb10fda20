"""`[oidc]`: a provider that will do, and what must stand beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.flow.workspace import RegistryCatalogue
from hub.settings import Oidc, SettingsError, load

ADDRESS = '[web]\naddress = "https://hub.cuahang.vn"\nhttps = true\n'
ISSUER = 'issuer = "https://id.cuahang.vn"\nclient_id = "hub"\n'


def told(folder: Path, oidc: str, web: str = ADDRESS) -> Oidc | None:
    path = folder / "hub.toml"
    path.write_text(f"[hub]\n{web}[oidc]\n{oidc}")
    return load(path, RegistryCatalogue(), {"SECRET": "made up"}).oidc


def test_a_provider(tmp_path: Path) -> None:
    made = told(tmp_path, ISSUER + 'client_secret = "${SECRET}"\nscopes = ["email"]\nname = "Google"')
    assert made == Oidc("https://id.cuahang.vn", "hub", "made up", "Google", ("openid", "email"))
    assert "made up" not in repr(made)


def test_without_one_only_passwords_count(tmp_path: Path) -> None:
    path = tmp_path / "hub.toml"
    path.write_text("[hub]\n")
    assert load(path, RegistryCatalogue(), {}).oidc is None


@pytest.mark.parametrize(
    "issuer",
    ["http://id.cuahang.vn", "id.cuahang.vn", "https://", "https://a:b@id.cuahang.vn", "https://id.cuahang.vn?x=1"],
)
def test_an_address_that_is_no_provider(tmp_path: Path, issuer: str) -> None:
    with pytest.raises(SettingsError, match=r"oidc\.issuer"):
        told(tmp_path, f'issuer = "{issuer}"\nclient_id = "hub"\n')


def test_a_provider_on_this_machine_may_speak_plainly(tmp_path: Path) -> None:
    assert told(tmp_path, 'issuer = "http://127.0.0.1:9000"\nclient_id = "hub"\n')


def test_a_secret_in_clear_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"oidc\.client_secret"):
        told(tmp_path, ISSUER + 'client_secret = "written here"\n')


@pytest.mark.parametrize(
    ("web", "path"),
    [
        ("", "web.address"),
        ('[web]\naddress = "http://hub.cuahang.vn"\n', "web.address"),
        ('[web]\naddress = "https://hub.cuahang.vn/hub"\n', "web.address"),
        ('[web]\naddress = "https://hub.cuahang.vn"\n', "web.https"),
    ],
)
def test_people_come_back_to_a_public_address_by_https(tmp_path: Path, web: str, path: str) -> None:
    with pytest.raises(SettingsError) as found:
        told(tmp_path, ISSUER, web)
    assert [finding.path for finding in found.value.findings] == [path]


def test_newcomers_come_from_named_domains_only(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"oidc\.create_domains"):
        told(tmp_path, ISSUER + 'create_role = "reader"\n')
    made = told(tmp_path, ISSUER + 'create_role = "reader"\ncreate_domains = ["CuaHang.vn"]\n')
    assert made is not None
    assert made.create_domains == ("cuahang.vn",)


def test_newcomers_are_readers_at_most(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"oidc\.create_role"):
        told(tmp_path, ISSUER + 'create_role = "admin"\ncreate_domains = ["cuahang.vn"]\n')
