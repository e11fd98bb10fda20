"""Buyers of the web shop without account: known by their orders only."""

from __future__ import annotations

import polars as pl

from hub.sandbox.people.draw import Draw, people
from hub.sandbox.people.record import seen


def guest_many_orders(draw: Draw, count: int) -> pl.DataFrame:
    """A guest with 60 orders is one record, and the same person as at the till."""
    p = people(draw, count)
    guest = seen(p, "guest", phone="phone", email="email", orders=pl.lit(60))
    return pl.concat([guest, seen(p, "pos", phone="phone")])


def guest_then_account(draw: Draw, count: int) -> pl.DataFrame:
    """A guest opened an account later, with the same e-mail."""
    p = people(draw, count)
    guest = seen(p, "guest", phone="phone", email="email")
    return pl.concat([guest, seen(p, "shop", phone=draw.some(0.5, p["phone"]), email="email")])


def mothers_phone_on_delivery(draw: Draw, count: int) -> pl.DataFrame:
    """A buyer has parcels sent to the mother: her name and phone are on the order, and she is a customer herself."""
    child, mother = people(draw, count), people(draw, count, "f")
    recipient = {"recipient": mother["name"], "recipient_phone": mother["phone"]}
    bought = seen(child, "guest", phone="phone", email="email", **recipient)
    till = seen(child, "pos", phone="phone", **recipient)
    return pl.concat([bought, till, seen(mother, "pos", phone="phone"), seen(mother, "events", phone="phone")])


def masked_marketplace(draw: Draw, count: int) -> pl.DataFrame:
    """Marketplace buyers come masked, two of them alike: N***n, ******78 and a relay address say nothing."""
    p, other = people(draw, count), people(draw, count)
    name = pl.col("given").str.slice(0, 1) + "***" + pl.col("given").str.slice(-1)
    phone = pl.lit(p.select("******" + pl.col("phone").str.slice(8)).to_series())
    first = seen(p, "guest", name=name, phone=phone, email=pl.format("buyer.{}@san.example", pl.col("number")))
    name = pl.lit(p.select(name).to_series())
    second = seen(other, "guest", name=name, phone=phone, email=pl.format("buyer.{}@san.example", pl.col("number")))
    return pl.concat([first, second])


def masked_till(draw: Draw, count: int) -> pl.DataFrame:
    """A marketplace connector writes masked phones into the till: 09****567 for two people."""
    a, b = people(draw, count), people(draw, count)
    phone = pl.lit("09****" + a["phone"].str.slice(7))
    return pl.concat([seen(a, "pos", phone=phone), seen(b, "pos", phone=phone)])
