"""The whole made world: every scenario's records mixed, finished with what each system adds, and given their ids.

Belongs here: how many cases there are, times, styles, ids. Does not: what a scenario means (scenarios/), files (emit/).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from hub.sandbox.people import record, tables, typed
from hub.sandbox.people.draw import Draw
from hub.sandbox.people.scenarios import Scenario, scenarios

UNTIL = datetime(2026, 10, 31, tzinfo=UTC)
_ADDRESS = {"pos": 0.4, "shop": 0.8, "guest": 1.0, "mail": 0.0, "mailbox": 0.0, "events": 0.5}
_SEX = {"pos": 0.6, "events": 0.7}
_PLACE = ("line", "ward", "district", "province", "postal_code")
_BASE = {record.POS: 1_000_000, record.SHOP: 1}  # vendors' numbers do not start at one
_CODE = {"pos": "KH{}", "shop": "{}", "guest": "{}", "mail": "{}", "mailbox": "{}", "events": "EV{}"}
_SPLIT = 0.4  # of web forms whose buyer fills given name and family name apart
_NUMBER_CELLS = 0.15  # of phones that a sheet holds as a number, the zero lost


@dataclass(frozen=True)
class World:
    """One made world: `records` has the columns of record.COLUMNS and those that finishing adds.

    These are `scenario, source_id, number` (from 1 within a source), `first_name, last_name, status, made, updated`
    (Unix seconds), `code`.
    """

    seed: int
    people: int
    until: int
    records: pl.DataFrame

    def of(self, source: str) -> pl.DataFrame:
        """The records of one of record.SOURCES, in the order of their ids."""
        return self.records.filter(pl.col("source") == source)


def make(seed: int, people: int, until: datetime = UNTIL) -> World:
    """A world of about PEOPLE persons whose last event is before UNTIL; the same arguments give the same world."""
    last = int(until.timestamp())
    frames, first = [], 1
    for scenario in scenarios():
        frames.append(_made(scenario, seed, people, first, last))
        first += scenario.cases(people) * scenario.persons
    draw = Draw(seed, "world", 0, last)
    order = pl.Series(draw.rng.permutation(sum(len(frame) for frame in frames)))
    mixed = pl.concat(frames, rechunk=True)[order]
    return World(seed, people, last, _identified(_finished(draw, mixed)))


def _made(scenario: Scenario, seed: int, people: int, first: int, last: int) -> pl.DataFrame:
    draw = Draw(seed, scenario.name, first, last)
    frame = scenario.make(draw, scenario.cases(people))
    return frame.with_columns(scenario=pl.lit(scenario.name))


def _finished(draw: Draw, records: pl.DataFrame) -> pl.DataFrame:
    records = _celled(draw, records)
    count = len(records)
    records = records.with_columns(
        phone=typed.phones(draw, records["phone"]), phone2=typed.phones(draw, records["phone2"])
    )
    has_place, has_sex = _kept(draw, records["source"], _ADDRESS), _kept(draw, records["source"], _SEX)
    records = records.with_columns(
        *(pl.when(has_place).then(column).alias(column) for column in _PLACE),
        sex=pl.when(has_sex).then("sex"),
        branch=pl.coalesce("branch", draw.whole(0, len(tables.shop("branch")), count)),
        orders=pl.coalesce("orders", _orders(draw, records["source"])),
        status=draw.choose(("subscribed", "unsubscribed", "cleaned", "none"), count, (0.7, 0.1, 0.05, 0.15)),
    )
    return _timed(draw, _split_names(draw, records))


def _kept(draw: Draw, source: pl.Series, shares: dict[str, float]) -> pl.Series:
    share = source.replace_strict(shares, default=0.0, return_dtype=pl.Float64)
    return share > pl.Series(draw.rng.random(len(source)))


def _orders(draw: Draw, source: pl.Series) -> pl.Series:
    return (source == record.GUEST).cast(pl.Int64) + draw.whole(0, 3, len(source))


def _celled(draw: Draw, records: pl.DataFrame) -> pl.DataFrame:
    """Sheets hold some phones as numbers, and those have lost their zero."""
    sheet = (pl.col("source") == record.EVENTS) & pl.col("cell").is_null()
    number = sheet & draw.chance(_NUMBER_CELLS, len(records)) & pl.col("phone").str.contains(typed.HOME)
    return records.with_columns(
        phone=pl.when(number).then(pl.col("phone").str.slice(1)).otherwise("phone"),
        cell=pl.when(number).then(pl.lit("number")).when(sheet).then(pl.lit("text")).otherwise("cell"),
    )


def _split_names(draw: Draw, records: pl.DataFrame) -> pl.DataFrame:
    """First and last name as forms with two fields hold them; most Vietnamese type all of it into the first."""
    name, given = pl.col("name"), pl.col("given")
    foreign = pl.col("country") != "VN"
    apart = (foreign | draw.chance(_SPLIT, len(records))) & given.is_not_null()
    last, first = apart & name.str.ends_with(" " + given), apart & name.str.starts_with(given + " ")
    size = given.str.len_chars()
    return records.with_columns(
        first_name=pl.when(last | first).then(given).otherwise(name).fill_null(""),
        last_name=pl.when(last)
        .then(name.str.slice(0, name.str.len_chars() - size - 1))
        .when(first)
        .then(name.str.slice(size + 1))
        .otherwise(pl.lit("")),
    )


def _timed(draw: Draw, records: pl.DataFrame) -> pl.DataFrame:
    count = len(records)
    some, more = pl.lit(pl.Series(draw.rng.random(count))), pl.lit(pl.Series(draw.rng.random(count)))
    recent = (
        pl.when(pl.col("source") == record.GUEST)
        .then(pl.max_horizontal("seen", draw.until - 400 * 86_400))
        .otherwise("seen")
    )
    made = pl.coalesce("made", (recent + some * (draw.until - recent)).cast(pl.Int64))
    records = records.with_columns(made=made)
    end = pl.col("left").fill_null(draw.until)
    changed = (pl.col("made") + more * (end - pl.col("made"))).cast(pl.Int64)
    return records.with_columns(updated=changed)


def _identified(records: pl.DataFrame) -> pl.DataFrame:
    """Ids as each vendor gives them; of records that a vendor can hold only once, the first stays."""
    return pl.concat([_numbered(records.filter(pl.col("source") == source), source) for source in record.SOURCES])


def _numbered(frame: pl.DataFrame, source: str) -> pl.DataFrame:
    only_once = {record.SHOP: _email, record.GUEST: guest_keys, record.MAIL: _hashes, record.MAILBOX: _email}
    key = only_once[source](frame) if source in only_once else None
    if key is not None:
        frame = frame.with_columns(source_id=key).unique("source_id", keep="first", maintain_order=True)
    number = pl.int_range(1, pl.len() + 1, dtype=pl.Int64) + _BASE.get(source, 0)
    frame = frame.with_columns(number=number, code=pl.format(_CODE[source], number.cast(pl.String).str.zfill(6)))
    if source in (record.POS, record.SHOP):
        frame = frame.with_columns(source_id=pl.col("number").cast(pl.String))
    if source == record.EVENTS:
        frame = frame.with_columns(source_id=pl.col("code"))
    return frame.select(sorted(frame.columns))


def _email(frame: pl.DataFrame) -> pl.Series:
    return frame["email"].str.to_lowercase()


def _hashes(frame: pl.DataFrame) -> pl.Series:
    """Mailchimp's member id: MD5 of the e-mail in small letters."""
    made = [hashlib.md5(email.encode(), usedforsecurity=False).hexdigest() for email in _email(frame)]
    return pl.Series("source_id", made, dtype=pl.String)


def guest_keys(frame: pl.DataFrame) -> pl.Series:
    """`guest:` and 16 hex digits of SHA-256 over phone, e-mail and name as typed, lower-cased, spaces squeezed."""
    name = pl.concat_str("first_name", "last_name", separator=" ")
    typed_parts = frame.select(
        pl.concat_str(_squeezed(pl.col("phone")), _squeezed(pl.col("email")), _squeezed(name), separator="\n")
    ).to_series()
    made = ["guest:" + hashlib.sha256(text.encode()).hexdigest()[:16] for text in typed_parts]
    return pl.Series("source_id", made, dtype=pl.String)


def _squeezed(text: pl.Expr) -> pl.Expr:
    return text.fill_null("").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()


def truth(world: World) -> pl.DataFrame:
    """Who is who: `source, source_id, cluster, scenario` of every record, as the connectors will name them."""
    source = pl.col("source").replace({record.GUEST: record.SHOP})
    return world.records.select(source, "source_id", "cluster", "scenario")
