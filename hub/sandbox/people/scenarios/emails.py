"""E-mail addresses that are more, or less, than one person's address."""

from __future__ import annotations

import polars as pl

from hub.sandbox.people import typed
from hub.sandbox.people.draw import Draw, folded, people
from hub.sandbox.people.record import seen


def email_from_phone(draw: Draw, count: int) -> pl.DataFrame:
    """The web form insists on an e-mail, so the buyer types 0912345678@example.vn: the phone once more."""
    p = people(draw, count)
    made = pl.col("phone") + "@example.vn"
    return pl.concat([seen(p, "shop", email=made), seen(p, "pos", phone="phone")])


def role_email(draw: Draw, count: int) -> pl.DataFrame:
    """Three colleagues order with info@ of their company: one address, three people."""
    house = people(draw, count)
    email = draw.word("role", count) + "@congty" + house["number"].cast(pl.String) + ".example"
    rest = [people(draw, count) for _ in range(2)]
    return pl.concat([seen(p, "guest", phone="phone", email=email) for p in (house, *rest)])


def dotted_gmail(draw: Draw, count: int) -> pl.DataFrame:
    """One mailbox written with other dots and a plus tag: a weak sign, to be suggested."""
    p = people(draw, count)
    number = pl.col("number").cast(pl.String).str.zfill(6)
    dotted = pl.format("khach.so.{}@gmail.com", number)
    tagged = pl.format("khachso{}+mua@gmail.com", number)
    return pl.concat([seen(p, "mail", email=dotted, birth="birth"), seen(p, "shop", phone="phone", email=tagged)])


def email_capitals(draw: Draw, count: int) -> pl.DataFrame:
    """One address in capitals and in small letters."""
    p = people(draw, count)
    return pl.concat(
        [seen(p, "shop", phone="phone", email=pl.col("email").str.to_uppercase()), seen(p, "mail", email="email")]
    )


def web_form(draw: Draw, count: int) -> pl.DataFrame:
    """A web form's mail comes from a no-reply address; the customer stands in Reply-To."""
    p = people(draw, count)
    letter = seen(p, "mailbox", email="email", cell=pl.lit("reply_to"))
    return pl.concat([letter, seen(p, "shop", phone="phone", email="email")])


def raw_header(draw: Draw, count: int) -> pl.DataFrame:
    """An old mailer writes the Vietnamese name as raw 8-bit bytes into From."""
    p = people(draw, count)
    return pl.concat([seen(p, "mailbox", email="email", cell=pl.lit("raw")), seen(p, "mail", email="email")])


def address_as_name(draw: Draw, count: int) -> pl.DataFrame:
    """From shows somebody else's address, unquoted, as the display name: only the one in <> counts."""
    p, other = people(draw, count), people(draw, count)
    letter = seen(p, "mailbox", name=other["email"], email="email", cell=pl.lit("address_as_name"))
    return pl.concat([letter, seen(other, "mail", email="email")])


def letter_writer(draw: Draw, count: int) -> pl.DataFrame:
    """Somebody writes from the address of the shop's account, the name without tones."""
    p = people(draw, count)
    letter = seen(p, "mailbox", name=folded(typed.full), email="email", cell=pl.lit("encoded"))
    return pl.concat([letter, seen(p, "shop", phone="phone", email="email")])
