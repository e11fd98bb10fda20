"""Which refused and suggested joins become a question for a person; all else rests (behaviour 3.2).

Belongs here: the kinds of question between two customers, how they are ordered. Does not: reading (store.review_facts), keeping
them (store.reviews), questions about one customer (flow). One question per pair of customers, a function of the facts alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import polars as pl

from hub.matching.book import form
from hub.matching.explain import SCORE
from hub.matching.survivorship.most_restrictive import marketing
from hub.model import CUSTOMER_KINDS

LOST = ("name_weak", "ambiguous", "cluster")
"""Refusals after which a record belongs to nobody although it must be somebody's."""
REACHED = {"email": "email", "sms": "phone", "zalo": "phone", "call": "phone"}
PAIR = ["low", "high"]
SIDES = {"x": "a", "y": "b"}
RANK = 3
"""Questions that the hub finds by itself come after what people reported (0), held joins (1), and what changed (2)."""


def asked(
    refused: pl.DataFrame,
    suggested: pl.DataFrame,
    judged: pl.DataFrame,
    people: pl.DataFrame,
    customers: pl.DataFrame,
    granted: pl.DataFrame,
) -> list[dict[str, Any]]:
    """A suggestion is one where nothing is shared: what the rules refused rests although the score likes it.

    Gives low, high (golden ids), kind, a, b (records, a < b), about, rank, money, total, bits,
    shared, records. The frames are those of store.review_facts.Facts."""
    real = customers.filter(pl.col("kind").is_in(CUSTOMER_KINDS))
    rows = _faced(refused.filter(pl.col("type").ne_missing(SCORE)), people, real, judged)
    likely = _faced(suggested, people, real, judged)
    told = _told(rows, _grants(granted)).join(_scored(likely), on=PAIR, how="full", coalesce=True)
    told = _weighed(told, real).with_columns(
        pl.col("unsure", "lost", "reached", "contradicted", "back").fill_null(value=False),
        pl.col("shared").fill_null(0),
    )
    open_ = told.filter(~pl.col("back"))
    name = open_.filter(pl.col("unsure"), ~pl.col("contradicted")).with_columns(kind=pl.lit("name"))
    rest = open_.join(name, on=PAIR, how="anti")
    money = _unattributed(rows, rest.filter(pl.col("lost"), ~pl.col("contradicted")))
    rest = rest.join(money, on=PAIR, how="anti")
    reach = rest.filter("reached").with_columns(kind=pl.lit("reach"))
    score = rest.join(rows, on=PAIR, how="anti").filter(pl.col("bits").is_not_null()).with_columns(kind=pl.lit("score"))
    chosen = pl.concat([part.select(*PAIR, "kind", *NUMBERS) for part in (name, money, reach, score)])
    return _written(chosen, rows, likely)


NUMBERS = ("money", "total", "bits", "shared", "records")


def _faced(pairs: pl.DataFrame, people: pl.DataFrame, real: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """Pairs of customers of one kind that nobody has judged, records by name: na < nb, and low < high as golden ids."""
    kinds = real.select("golden_id", "kind")
    rows = pairs.join(judged, on=["x", "y"], how="anti")
    for side, letter in SIDES.items():
        facts = people.select(
            rid=pl.col("rid"), **{f"name_{letter}": "name", f"shown_{letter}": "shown", f"weak_{letter}": "weak"}
        )
        rows = rows.join(facts.rename({"rid": f"rid_{letter}"}), on=f"rid_{letter}")
        rows = rows.join(kinds.rename({"golden_id": side, "kind": f"kind_{letter}"}), on=side)
    ordered = pl.col("name_a") < pl.col("name_b")
    turned = {
        out: pl.when(ordered).then(f"{what}_{first}").otherwise(f"{what}_{other}")
        for what in ("name", "shown", "weak")
        for out, first, other in ((f"{what}_one", "a", "b"), (f"{what}_two", "b", "a"))
    }
    whose = {"one": pl.when(ordered).then("x").otherwise("y"), "two": pl.when(ordered).then("y").otherwise("x")}
    both = {"low": pl.min_horizontal("x", "y"), "high": pl.max_horizontal("x", "y")}
    return rows.filter(pl.col("kind_a") == pl.col("kind_b")).with_columns(**turned, **whose, **both)


def _told(rows: pl.DataFrame, grants: pl.DataFrame) -> pl.DataFrame:
    """What all refusals between two customers say together."""
    reach = pl.concat(
        [
            grants.select(x="golden_id", type="type", value="value"),
        ]
    ).unique()
    hit = [
        rows.join(reach.rename({"x": side}), on=[side, "type", "value"], how="semi").select(*PAIR, "type", "value")
        for side in ("x", "y")
    ]
    reached = pl.concat(hit).select(PAIR).unique().with_columns(reached=pl.lit(value=True))
    real = pl.col("type") != "email_weak"
    told = rows.group_by(PAIR).agg(
        unsure=(pl.col("rule") == "name_unsure").any(),
        lost=pl.col("rule").is_in(LOST).any(),
        contradicted=pl.col("related").any(),
        back=pl.col("rule").is_in(["held", "overruled"]).any(),
        shared=pl.struct("type", "value").filter(real).n_unique().cast(pl.Int64),
    )
    return told.join(reached, on=PAIR, how="left")


def _grants(granted: pl.DataFrame) -> pl.DataFrame:
    """golden_id, type, value: phones and e-mails that a campaign may write to."""
    found: list[tuple[str, str, str]] = []
    for golden_id, text in granted.iter_rows():
        doc = orjson.loads(text)
        consents = doc.get("consents") or []
        for type_ in ("phone", "email"):
            values = [one["value"] for one in doc.get(type_ + "s", ())]
            channels = [channel for channel, kind in REACHED.items() if kind == type_]
            found += [
                (golden_id, type_, value)
                for value in values
                if any(_may(consents, channel, value, alone=len(values) == 1) for channel in channels)
            ]
    return pl.DataFrame(found, schema=dict.fromkeys(("golden_id", "type", "value"), pl.String), orient="row")


def _may(consents: Sequence[dict[str, Any]], channel: str, value: str, *, alone: bool) -> bool:
    """Whether marketing by a channel is granted for this address; a grant without an address means the only one."""
    mine = [one for one in consents if alone or one.get("address") or one.get("status") != "granted"]
    return marketing(mine, channel, value) == "granted"


def _scored(likely: pl.DataFrame) -> pl.DataFrame:
    weight = (pl.col("bits").max() * 1000).round().cast(pl.Int64)
    return likely.group_by(PAIR).agg(bits=weight)


def _weighed(told: pl.DataFrame, real: pl.DataFrame) -> pl.DataFrame:
    """With money (the smaller of the two: what would move), total and records of both customers."""
    facts = real.select("golden_id", "money", "record_count")
    both = told.join(facts.rename({"golden_id": "low", "money": "m1", "record_count": "r1"}), on="low").join(
        facts.rename({"golden_id": "high", "money": "m2", "record_count": "r2"}), on="high"
    )
    return both.with_columns(
        money=pl.min_horizontal("m1", "m2"), total=pl.col("m1") + pl.col("m2"), records=pl.col("r1") + pl.col("r2")
    )


def _unattributed(rows: pl.DataFrame, lost: pl.DataFrame) -> pl.DataFrame:
    """Customers with orders that must be somebody's: each with the one customer that it most likely is."""
    first = (
        rows.filter(pl.col("rule").is_in(LOST))
        .sort("name_one", "name_two")
        .unique(PAIR, keep="first", maintain_order=True)
    )
    both = lost.join(first.select(*PAIR, "one", "two", "weak_one", "weak_two", "name_one", "name_two"), on=PAIR)
    fewer = (
        pl.when(pl.col("low") == pl.col("one")).then(pl.col("r1") < pl.col("r2")).otherwise(pl.col("r2") < pl.col("r1"))
    )
    is_one = pl.when(pl.col("weak_one") != pl.col("weak_two")).then("weak_one").otherwise(fewer)
    orphan = both.with_columns(orphan=pl.when(is_one).then("one").otherwise("two"))
    orphan = orphan.with_columns(
        money=pl.when(pl.col("orphan") == pl.col("low")).then("m1").otherwise("m2"), kind=pl.lit("money")
    )
    ordered = orphan.filter(pl.col("money") > 0).sort(
        "shared", "total", "name_one", "name_two", descending=[True, True, False, False]
    )
    return ordered.unique("orphan", keep="first", maintain_order=True)


def _written(chosen: pl.DataFrame, rows: pl.DataFrame, likely: pl.DataFrame) -> list[dict[str, Any]]:
    """Each question with the first pair of records that it rests on and its pattern."""
    kinds = (
        pl.when(pl.col("rule") == "name_unsure")
        .then(pl.lit("name"))
        .when(pl.col("rule").is_in(LOST))
        .then(pl.lit("money"))
    )
    names = ["name_one", "name_two", "shown_one", "shown_two"]
    why = rows.select(*PAIR, *names, reason="rule", type="type", value="value", by=kinds.otherwise(pl.lit("reach")))
    types = why.group_by(PAIR).agg(
        types=pl.col("type").str.replace("email_weak", "email").unique().sort().str.join("+")
    )
    scored = likely.sort("bits", descending=True, maintain_order=True).select(
        *PAIR, *names, "bits", reason=pl.lit("score"), by=pl.lit("score")
    )
    found = []
    for kind, part in (("name", why), ("money", why), ("reach", why), ("score", scored)):
        mine = (
            part.filter(pl.col("by") == kind)
            if kind != "reach"
            else part.filter(pl.col("by").is_in(["reach", "money"]))
        )
        order = (
            ["bits", "name_one", "name_two"] if kind == "score" else ["name_one", "name_two", "reason", "type", "value"]
        )
        first = mine.sort(order, descending=[kind == "score", *[False] * (len(order) - 1)])
        first = first.unique(PAIR, keep="first", maintain_order=True).select(*PAIR, *names, "reason")
        found.append(chosen.filter(pl.col("kind") == kind).join(first, on=PAIR).join(types, on=PAIR, how="left"))
    return [_question(row) for row in pl.concat(found).sort("name_one", "name_two").iter_rows(named=True)]


def _question(row: Mapping[str, Any]) -> dict[str, Any]:
    words = (row["reason"], how(row["shown_one"], row["shown_two"]), row["types"])
    told = {name: row[name] for name in (*PAIR, "kind", *NUMBERS)}
    return told | {
        "a": row["name_one"],
        "b": row["name_two"],
        "about": ".".join(one for one in words if one),
        "rank": RANK,
    }


def how(a: str, b: str) -> str:
    """How two names differ: equal, swapped (other order), tones, shorter (all words of one in the other), nameless, other."""
    if not a or not b:
        return "nameless"
    one, other = form(a), form(b)
    x, y = one.bare.split(), other.bare.split()
    if x == y:
        return "equal" if one.low == other.low else "tones"
    if Counter(x) == Counter(y):
        return "swapped"
    return "shorter" if not Counter(x) - Counter(y) or not Counter(y) - Counter(x) else "other"
