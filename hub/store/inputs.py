"""What a customer was decided from, as one number: so that one decided from the same is neither built nor compared.

Belongs here: the number of every customer of a candidate, which ones stand decided from the same. Does not: what is decided
(hub.matching.golden); the settings are told apart by `basis`, and when they differ nobody is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from hashlib import blake2b
from operator import xor

import numpy as np
import numpy.typing as npt
import polars as pl
from sqlalchemy import Connection, select

from hub.store import consents, goldens, kept, pins
from hub.store.bulk import MANY, among
from hub.store.frames import read_frame
from hub.store.tables import customers, identifiers, records

Numbers = npt.NDArray[np.uint64]
_ALL = (1 << 64) - 1


def numbers(conn: Connection, new: pl.DataFrame) -> pl.DataFrame:
    """golden_id, inputs of every customer of `new` (rid, golden_id); null for one with a pin or a consent of the ledger:
    it is decided each time.

    It rests on the members, the write that gave each its values (`records.stamp`), which of their values others share, and
    which have changed hands: on all that `promote` hands in to be decided. Whatever else is handed in must be told here.
    """
    stamps = _stamps(conn, new)
    said = pl.concat([_mixed(stamps, "stamp"), _shared(conn, new), _lost(conn, new)])
    told = new.select("rid", "golden_id").join(said, on="rid").group_by("golden_id").agg(pl.col("said").bitwise_xor())
    asked = {*pins.by_customer(pins.standing(conn), new), *consents.holders(conn, new)}
    number = pl.when(~pl.col("golden_id").is_in(sorted(asked))).then("said").alias("inputs")
    return told.select("golden_id", number)


def standing(conn: Connection, told: pl.DataFrame) -> pl.DataFrame:
    """golden_id of the customers that live and were decided from the same inputs (golden_id, inputs)."""
    held = select(customers.c.golden_id, customers.c.inputs).where(customers.c.status == "active")
    if told.height < MANY:
        held = held.where(among(conn, customers.c.golden_id, told["golden_id"].to_list()))
    return told.join(read_frame(conn, held), on=["golden_id", "inputs"], how="semi").select("golden_id")


def _stamps(conn: Connection, new: pl.DataFrame) -> pl.DataFrame:
    if new.height >= MANY:
        return kept.everything(conn, records, ("rid", "stamp"))
    few = select(records.c.rid, records.c.stamp).where(among(conn, records.c.rid, new["rid"].to_list()))
    return read_frame(conn, few)


def _shared(conn: Connection, new: pl.DataFrame) -> pl.DataFrame:
    """rid, said: for every key of these records that several customers share, and by how many."""
    shared = goldens.shared(conn)
    values = shared["value"].unique().to_list()
    rows = _keys(conn, values).join(shared, on=["type", "value"]).unique()
    return _told(rows.join(new.select("rid"), on="rid", how="semi").select("rid", "type", "value", "customers"))


def _keys(conn: Connection, values: list[str]) -> pl.DataFrame:
    """rid, type, value: at least all keys that are one of these values."""
    columns = ("rid", "type", "value")
    if kept.whole(conn):
        return kept.everything(conn, identifiers, (*columns, "key")).filter("key").select(columns)
    borne = select(*[identifiers.c[name] for name in columns])
    return read_frame(conn, borne.where(among(conn, identifiers.c.value, values), identifiers.c.key))


def _lost(conn: Connection, new: pl.DataFrame) -> pl.DataFrame:
    """rid, said: for every identifier of these records that somebody else holds now."""
    return _told(goldens.reassigned(conn).join(new.select("rid"), on="rid", how="semi"))


def _told(rows: pl.DataFrame) -> pl.DataFrame:
    """rid, said: of a few rows, by all that they hold."""
    texts = ("|".join(map(str, row[1:])).encode() for row in rows.iter_rows())
    digests = [int.from_bytes(blake2b(text, digest_size=8).digest(), "big", signed=True) for text in texts]
    return _mixed(rows.select("rid", said=pl.Series(digests, dtype=pl.Int64)), "said")


def _mixed(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """rid, said: a number that hangs on rid and the named column, every bit of it on every bit of both."""
    rid, value = (rows[one].to_numpy().astype(np.int64).view(np.uint64) for one in ("rid", name))
    return pl.DataFrame({"rid": rows["rid"], "said": _scattered(rid ^ _scattered(value)).view(np.int64)})


def _scattered(numbers: Numbers) -> Numbers:
    """Each number as one that looks drawn by lot (the finalizer of splitmix64)."""
    some = numbers + np.uint64(0x9E3779B97F4A7C15)
    some = (some ^ (some >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    some = (some ^ (some >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return some ^ (some >> np.uint64(31))


def number(members: Iterable[tuple[int, int]], said: Iterable[tuple[int, str]]) -> int:
    """The number of one customer, as `numbers` makes it: rid and stamp of its members, rid and text of what else is told."""
    told = [_drawn(rid ^ _drawn(stamp)) for rid, stamp in members]
    for rid, text in said:
        digest = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
        told.append(_drawn(rid ^ _drawn(digest)))
    whole = reduce(xor, told, 0)
    return whole - (1 << 64) if whole >> 63 else whole


def _drawn(value: int) -> int:
    """`_scattered` of one number."""
    some = (value + 0x9E3779B97F4A7C15) & _ALL
    some = ((some ^ (some >> 30)) * 0xBF58476D1CE4E5B9) & _ALL
    some = ((some ^ (some >> 27)) * 0x94D049BB133111EB) & _ALL
    return some ^ (some >> 31)
