"""`[segments]`: what is read, and one clear line for what is wrong."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from hub.flow.workspace import RegistryCatalogue
from hub.settings import SettingsError, load
from hub.settings.conditions import Limit, Rank, declared, limit, rank

WRONG = {
    '[segments.a]\nprovinc = "x"': ("segments.a.provinc: unknown key", "did you mean 'province'?"),
    '[segments.a]\norders = "many"': ("segments.a.orders:", ">=3"),
    '[segments.a]\nrank = "top 0%"': ("segments.a.rank:", "write for example top 5%"),
    '[segments.a]\nrank = "20%-5%"': ("segments.a.rank:", "write for example top 5%"),
    '[segments.a]\nlast_order = "100d-50d"': ("segments.a.last_order:", "no limit"),
    '[segments.a]\nbirthday = "soon"': ("segments.a.birthday:", "next 7d"),
    '[segments.a]\nany = ["lapsd"]': ("segments.a.any: no segment named 'lapsd'", "did you mean 'lapsed'?"),
    '[segments.a]\nnone = "a"': ("segments.a: is made of itself", "all, any and none"),
    '[segments.a]\nall = "b"\n[segments.b]\nany = "a"': ("segments.b: is made of itself", ""),
    '[segments.a]\nsources = "pos"': ("segments.a.sources: no source named 'pos'", ""),
    '[segments.a]\ntitle = "A"': ("segments.a: says nothing about customers", ""),
    '[segments.a]\nspent = { vnd = ">=1" }': ("segments.a.spent", ""),
    '[segments.a]\nconsent = { "marketing.fax" = "granted" }': ("segments.a.consent", ""),
    "[segments.A]\norders = 1": ("segments: not in the form", ""),
    '[exports.x]\npath = "o"\nsegment = "vip"': ("exports.x.segment: no segment named 'vip'", "there are new, top"),
}


def findings(text: str, folder: Path) -> str:
    (folder / "hub.toml").write_text(f"[hub]\n{text}\n")
    with pytest.raises(SettingsError) as error:
        load(folder / "hub.toml", RegistryCatalogue(), {})
    return str(error.value)


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_one_clear_line(text: str, tmp_path: Path) -> None:
    told = findings(text, tmp_path)
    assert all(part in told for part in WRONG[text]), told


def test_a_table_takes_the_place_of_a_built_in_segment(tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_text('[hub]\n[segments.once]\ntitle = "Một lần"\norders = "1-2"\n')
    told = load(tmp_path / "hub.toml", RegistryCatalogue(), {}).segments
    assert (told["once"].titles["vi"], told["once"].built_in, told["never"].built_in) == ("Một lần", False, True)
    assert len(told) == len(declared({}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (">=3", Limit(Decimal(3))), ("<30d", Limit(None, Decimal(30), below=True)), (2, Limit(Decimal(2), Decimal(2))),
        ("2-5", Limit(Decimal(2), Decimal(5))), (">12.5", Limit(Decimal("12.5"), above=True)),
    ],
)  # fmt: skip
def test_limits_are_read_as_people_write_them(text: str | int, expected: Limit) -> None:
    assert limit(text) == expected


def test_ranks_are_read_as_people_write_them() -> None:
    assert [rank("top 5%"), rank("5%-20%")] == [Rank(Decimal(0), Decimal(5)), Rank(Decimal(5), Decimal(20))]
