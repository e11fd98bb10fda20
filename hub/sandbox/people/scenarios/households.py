"""Several people behind one phone or one e-mail: related, never one person."""

from __future__ import annotations

import polars as pl

from hub.sandbox.people import typed
from hub.sandbox.people.draw import Draw, folded, people
from hub.sandbox.people.record import seen


def _distinct(a: pl.DataFrame, b: pl.DataFrame, spare: str) -> pl.DataFrame:
    """B, with the given name SPARE for whoever bears A's given name by chance (tones aside)."""
    clash = folded(pl.col("given")) == folded(pl.lit(a["given"]))
    given = pl.when(clash).then(pl.lit(spare)).otherwise("given")
    return b.with_columns(given=given).with_columns(name=pl.concat_str("family", "middle", "given", separator=" "))


def _home(of: pl.DataFrame) -> dict[str, pl.Series]:
    return {part: of[part] for part in ("line", "ward", "district", "province", "postal_code")}


def family_phone(draw: Draw, count: int) -> pl.DataFrame:
    """Father, mother and child give the same phone; each has a record of their own in two systems."""
    father = people(draw, count, "m")
    mother = _distinct(father, people(draw, count, "f", **_home(father)), "Hường")
    child = people(draw, count, None, family=father["family"], **_home(father))
    child = _distinct(mother, _distinct(father, child, "Khuyến"), "Khuyến")
    shown = [(father, "pos"), (mother, "pos"), (mother, "shop"), (child, "events"), (child, "mail")]
    return pl.concat([seen(p, source, phone=father["phone"], email="email", birth="birth") for p, source in shown])


def couple_phone(draw: Draw, count: int) -> pl.DataFrame:
    """A couple gives one phone; their names differ, and so do their e-mails."""
    a = people(draw, count, "m")
    b = _distinct(a, people(draw, count, "f", **_home(a)), "Hường")
    shown = [(a, "pos"), (a, "shop"), (b, "shop"), (b, "events")]
    return pl.concat([seen(p, source, phone=a["phone"], email="email") for p, source in shown])


def couple_email(draw: Draw, count: int) -> pl.DataFrame:
    """A couple gives one e-mail; each has a phone."""
    a = people(draw, count, "m")
    b = _distinct(a, people(draw, count, "f", **_home(a)), "Hường")
    shown = [(a, "pos"), (b, "pos"), (b, "events")]
    return pl.concat([seen(p, source, phone="phone", email=a["email"]) for p, source in shown])


def father_and_son(draw: Draw, count: int) -> pl.DataFrame:
    """Nguyễn Văn Hùng and Nguyễn Văn Dũng on one phone: one word apart, two people."""
    father = people(draw, count, "m")
    son = _distinct(
        father, people(draw, count, "m", family=father["family"], middle=father["middle"], **_home(father)), "Khuyến"
    )
    shown = [(father, "pos"), (father, "events"), (son, "pos"), (son, "shop")]
    return pl.concat([seen(p, source, phone=father["phone"], email="email", birth="birth") for p, source in shown])


def twins(draw: Draw, count: int) -> pl.DataFrame:
    """Twins: one birth date, one address, the mother's phone, names that differ in a tone or a letter."""
    pairs = (("Thủy", "Thúy"), ("Hà", "Hạ"), ("Mai", "Mây"), ("Bảo", "Bách"))
    index = pl.Series(range(count)) % len(pairs)
    a = people(draw, count, "f", given=pl.Series([x for x, _ in pairs])[index])
    same = {"family": a["family"], "middle": a["middle"], "birth": a["birth"]} | _home(a)
    b = people(draw, count, "f", given=pl.Series([y for _, y in pairs])[index], **same)
    shown = [(a, "pos"), (a, "events"), (b, "pos"), (b, "events")]
    return pl.concat([seen(p, source, phone=a["phone"], birth="birth") for p, source in shown])


def called_on_family_phone(draw: Draw, count: int) -> pl.DataFrame:
    """A couple on one phone and a third record chị Lan there: it may be the wife's, but stays alone until asked."""
    a = people(draw, count, "m")
    b = _distinct(a, people(draw, count, "f", **_home(a)), "Hường")
    by_name = seen(b, "pos", name=typed.called(draw, b), phone=a["phone"])
    return pl.concat([seen(a, "pos", phone="phone"), seen(b, "shop", phone=a["phone"], email="email"), by_name])
