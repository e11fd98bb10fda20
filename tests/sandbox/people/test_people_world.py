"""The world is a function of its seed, its ids are unique, and nobody real is in it."""

from __future__ import annotations

from pathlib import Path

import phonenumbers
import polars as pl
import pytest

from hub.sandbox.people import World, make, tables, truth, write
from hub.sandbox.people.draw import phones
from hub.sandbox.people.world import guest_keys


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("once", "again"):
        write(make(seed=5, people=60), tmp_path / name)
    assert files(tmp_path / "once") == files(tmp_path / "again")


def test_another_seed_gives_other_people() -> None:
    one, other = make(seed=5, people=60), make(seed=6, people=60)
    assert set(one.records["phone"].drop_nulls()) != set(other.records["phone"].drop_nulls())


def test_twenty_thousand_people_are_more_than_forty_thousand_records_with_ids_of_their_own() -> None:
    who = truth(make(seed=1, people=20_000))
    assert len(who) > 40_000
    assert not who.select(pl.struct("source", "source_id").is_duplicated().any()).item()


def test_people_of_a_bigger_world_come_from_all_over(world: World) -> None:
    places = {row["province"] for row in tables.rows("places")}
    assert places <= set(world.records["province"].drop_nulls())


@pytest.mark.parametrize("country", ["VN", "US", "KR", "KH", "FR"])
def test_phones_are_valid_and_never_the_same_twice(country: str) -> None:
    made = phones(9, pl.int_range(0, 402_000, 200, eager=True), pl.repeat(country, 2010, eager=True))
    assert made.n_unique() == len(made)
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(phone, "VN")) for phone in made)


def test_unique_phones_stay_unique_over_a_million_people() -> None:
    made = phones(9, pl.int_range(0, 2_000_000, eager=True), pl.repeat("VN", 2_000_000, eager=True))
    assert made.n_unique() == len(made)


def test_emails_stand_at_made_domains_or_have_numbered_local_parts(world: World) -> None:
    emails = world.records["email"].drop_nulls().str.to_lowercase()
    made = emails.str.contains(r"@(example\.(com|org|net|vn)|[a-z0-9]+\.example)$")
    numbered = emails.str.contains(r"^khach[a-z.]*\d{6}q?(\+mua)?@gmail\.com$")
    assert emails.filter(~(made | numbered)).unique().to_list() in ([], ["no@email.com"])


def test_nothing_happens_after_the_worlds_end(world: World) -> None:
    assert len(world.records.filter(pl.col("updated") > world.until)) == 0


def test_a_guests_key_ignores_case_and_spaces() -> None:
    typed = {"phone": ["0912 345 678", "0912  345 678 "], "email": ["A@example.vn", "a@example.vn"]}
    frame = pl.DataFrame(typed | {"first_name": ["LAN", "lan"], "last_name": ["", ""]})
    assert guest_keys(frame).n_unique() == 1
