"""Lists of many customers at once: unions, addresses, consents, ids, contacts, records.

Belongs here: gathering what the records hold, as columns. Does not: scalars (golden_scalars), documents (golden_document).
It must give exactly what `customer.customer` gives; a property test hunts for differences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson
import polars as pl

from hub.matching.contacts import DOUBTFUL, HIDDEN, USES
from hub.matching.customer import Setup
from hub.matching.golden_json import arrays, objects, quoted
from hub.matching.survivorship.most_restrictive import EVERYTHING, HERE, REACHES, STATUSES, Consent

ADDRESS = ("country", "district", "former_province", "line", "postal_code", "province", "ward")
"""Parts of an address, sorted as JSON keys are."""
COUNTED = tuple(part for part in ADDRESS if part != "former_province")
"""Parts that make an address more complete."""
LINE = ("line", "ward", "district", "province")


def not_echoed(name: str) -> pl.Expr:
    """Records whose field does not only repeat what the hub sent."""
    return ~pl.col("echo").str.contains(f'"{name}"', literal=True).fill_null(value=False)


def union(name: str, members: pl.DataFrame) -> pl.DataFrame:
    """g and the sorted texts of a list field, each once, as JSON (column json)."""
    rows = members.lazy().filter(not_echoed(name) & (pl.col(name).list.len() > 0)).select("g", name).explode(name)
    kept = rows.filter(pl.col(name).is_not_null() & (pl.col(name) != "")).unique().sort("g", name).collect()
    return arrays(kept["g"], quoted(kept[name]))


def addresses(members: pl.DataFrame, setup: Setup) -> pl.DataFrame:
    """g, address and province of the best one, its rid and rule, all of them best first as JSON (column json)."""
    since = pl.col("since").str.extract('"addresses":"([^"]*)"')
    rows = members.lazy().filter(not_echoed("addresses") & (pl.col("addresses").list.len() > 0)).select(
        "g", "rid", pl.col("source").replace_strict(dict(setup.places), default=len(setup.places), return_dtype=pl.Int64),
        pl.coalesce(since, "first_at").fill_null("").alias("at"), "addresses",
    ).explode("addresses").unnest("addresses").with_columns(
        pl.col(*ADDRESS).replace("", None)).with_columns(
        pl.concat_str(*LINE, separator=", ", ignore_nulls=True).alias("address"),
        pl.sum_horizontal(pl.col(*COUNTED).is_not_null()).cast(pl.Int64).alias("weight"),
    ).filter(pl.col("weight") > 0).with_columns(pl.col("address").str.to_lowercase().alias("same")).collect()  # fmt: skip
    keys = {"source_priority": ("source", False), "most_complete": ("weight", True), "most_recent": ("at", True)}
    rules = [name for name in setup.rules["addresses"] if name in keys]
    by, down = ["g", *(keys[rule][0] for rule in rules)], [False, *(keys[rule][1] for rule in rules)]
    found = rows.sort(by, descending=down, maintain_order=True)
    best = found.unique(["g", "same"], keep="first", maintain_order=True)
    return _gathered(found, best, {rule: keys[rule][0] for rule in rules})


def _gathered(found: pl.DataFrame, best: pl.DataFrame, columns: Mapping[str, str]) -> pl.DataFrame:
    """The best address of every customer, what told it from the next one, and all of them."""
    told = pl.lit("first_record")
    for rule, column in reversed(list(columns.items())):
        differs = (pl.col(column) != pl.col(column).shift(-1)) & (pl.col("g") == pl.col("g").shift(-1))
        told = pl.when(differs).then(pl.lit(rule)).otherwise(told)
    alone = pl.when(pl.col("n") == 1).then(pl.lit("only")).when(pl.col("kinds") == 1).then(pl.lit("agreed"))
    counts = found.group_by("g").agg(pl.len().alias("n"), pl.col("same").n_unique().alias("kinds"))
    first = best.with_columns(told.alias("told")).unique("g", keep="first", maintain_order=True).join(counts, on="g")
    texts = arrays(best["g"], objects(best.select(ADDRESS)))
    told_first = first.select(
        "g", "rid", pl.col("address").replace("", None), "province", alone.otherwise("told").alias("rule")
    )
    return told_first.join(texts, on="g", how="left", maintain_order="left")


TOLD = ("g", "source", "address", "at", "channel", "purpose", "status")


def said(members: pl.DataFrame, told: Mapping[str, Sequence[Consent]]) -> pl.DataFrame:
    """Consents that people entered, as rows of TOLD. told: golden id → consents."""
    rows = [{"golden_id": golden_id, **one} for golden_id, ones in told.items() for one in ones]
    columns = dict.fromkeys(("golden_id", *TOLD[2:]), pl.String)
    frame = pl.DataFrame(rows, schema=columns).with_columns(source=pl.lit(HERE))
    return frame.join(members.select("golden_id", "g").unique(), on="golden_id").select(TOLD)


def consents(members: pl.DataFrame, entered: pl.DataFrame) -> pl.DataFrame:
    """One row per consent that stands: g, address, at, channel, purpose, source, status; sorted by g, purpose, channel.

    entered: of `said`.
    """
    rank = pl.col("status").replace_strict({name: n for n, name in enumerate(STATUSES)}, default=len(STATUSES))
    key = ["g", "purpose", "channel", "address"]
    rows = members.filter(not_echoed("consents") & (pl.col("consents").list.len() > 0)).select(
        "g", "source", "consents"
    )
    rows = pl.concat([rows.explode("consents").unnest("consents").select(TOLD), entered]).with_columns(
        rank.alias("rank")
    )
    blank = pl.col("purpose", "channel", "address", "at").fill_null("")
    kept = rows.with_columns(blank).sort(
        "g", "rank", "at", "source", descending=[False, False, True, False], maintain_order=True
    )
    one = kept.unique(key, keep="first", maintain_order=True).sort(key)
    texts = ("address", "at", "channel", "purpose", "source", "status")
    return one.select("g", pl.col(*texts).replace("", None))


def consent_lists(rows: pl.DataFrame) -> pl.DataFrame:
    """g and its consents as JSON (column json)."""
    parts = ("address", "at", "channel", "purpose", "source", "status")
    return arrays(rows["g"], objects(rows.select(parts)))


def marketing(rows: pl.DataFrame, wide: pl.DataFrame) -> list[pl.Series]:
    """marketing_email, marketing_sms, … of every customer (in order of g), by `most_restrictive.marketing`."""
    if rows.is_empty():
        unknown = pl.Series(["unknown"], dtype=pl.String)
        return [unknown.new_from_index(0, wide.height).alias(f"marketing_{channel}") for channel in REACHES]
    meant = pl.col("purpose").is_in(["marketing", *EVERYTHING])
    found = []
    with_contact = rows.join(wide.select("g", "phone", email_address="email"), on="g", how="left")
    for channel, reach in REACHES.items():
        contact = pl.col("phone" if reach == "phone" else "email_address")
        here = pl.col("channel").is_in([channel, *EVERYTHING]) | pl.col("channel").is_null()
        touches = pl.col("address").is_null() | pl.col("address").eq(contact).fill_null(value=False)
        said = (
            with_contact.filter(meant.fill_null(value=False) & here & touches)
            .group_by("g")
            .agg(
                pl.col("status").is_in(["withdrawn", "refused"]).any().alias("no"),
                ((pl.col("status") == "granted") & pl.col("address").is_not_null()).any().alias("yes"),
            )
        )
        text = pl.when("no").then(pl.lit("withdrawn")).when("yes").then(pl.lit("granted")).otherwise(pl.lit("unknown"))
        column = (
            wide.select("g")
            .join(said, on="g", how="left", maintain_order="left")
            .select(text.alias(f"marketing_{channel}"))
        )
        found.append(column.to_series())
    return found


def records(members: pl.DataFrame) -> pl.DataFrame:
    """Of every customer: g, records (JSON), record_count, first_rid, sources (joined)."""
    texts = objects(members.select("code", "source", "source_id"))
    counts = members.group_by("g", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("record_count"), pl.col("rid").first().alias("first_rid")
    )
    sources = members.select("g", "source").unique().sort("g", "source")
    joined = sources.group_by("g", maintain_order=True).agg("source")["source"].list.join("|").alias("sources")
    return counts.hstack([arrays(members["g"], texts)["json"].alias("records"), joined])


def shown(borne: pl.DataFrame) -> pl.DataFrame:
    """Identifiers without those that are never shown."""
    flags = pl.col("flags").fill_null("")
    some = borne.filter(flags != "").filter(
        flags.str.split("|").list.set_intersection(pl.lit(sorted(HIDDEN))).list.len() > 0).select("row")  # fmt: skip
    return borne.join(some, on="row", how="anti", maintain_order="left")


def ids(borne: pl.DataFrame) -> pl.DataFrame:
    """g and the ids that are neither phone nor e-mail, as JSON (column json)."""
    other = borne.filter(~pl.col("type").is_in(["phone", "email", "email_weak"]))
    each = _sourced(other, ["g", "type", "value", "issuer"])
    texts = each.select(pl.col("issuer").replace("", None), "type", "value")
    return arrays(each["g"], objects(texts, each.select("sources")))


def _sourced(rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """The distinct values of `by` in their order, with the sources of their rows as JSON."""
    each = rows.select(*by, "source").unique().sort(*by, "source")
    texts = each.with_columns(quoted(each["source"]).alias("sources"))
    grouped = texts.group_by(by, maintain_order=True).agg("sources")
    return grouped.with_columns(
        pl.concat_str(pl.lit("["), pl.col("sources").list.join(","), pl.lit("]")).alias("sources")
    )


def contacts(type_: str, borne: pl.DataFrame, kinds: pl.DataFrame, setup: Setup) -> pl.DataFrame:
    """g, contacts (JSON), values (joined), primary, national and rid of the primary one, by `contacts.contacts`.

    kinds: kind of every customer, in order of g.
    """
    each = _each(borne.filter(pl.col("type") == type_))
    shares = [(value, count - 1) for (kind, value), count in setup.shared.items() if kind == type_]
    shared = pl.DataFrame(shares, schema={"value": pl.String, "shared_with": pl.Int64}, orient="row")
    each = each.join(shared, on="value", how="left", maintain_order="left").with_columns(
        pl.when("key").then(pl.col("shared_with").fill_null(0).clip(0)).otherwise(0).alias("shared_with"),
        kinds["kind"].gather(each["g"]),
    )
    each = each.hstack(_flags(each["flags"])).with_columns(_wanted().alias("wanted"))
    return _listed(_ordered(each))


def _ordered(each: pl.DataFrame) -> pl.DataFrame:
    """By customer: the primary one (new column) first, then nearest, youngest, by value."""
    alone = pl.col("g").is_unique()
    order = ["g", "use", "last_seen", "value"]
    rest = each.filter(~alone).sort(order, descending=[False, False, True, False])
    rows = pl.concat([each.filter(alone), rest]).with_row_index("row")
    fit = rows.filter(pl.col("wanted").is_not_null()).select("row", place=pl.col("g") * 2 + pl.col("wanted"), g="g")
    first = fit.sort("place", maintain_order=True).unique("g", keep="first", maintain_order=True)["row"]
    rows = rows.with_columns(pl.col("row").is_in(first.implode()).alias("primary"))
    return rows.sort(pl.col("g") * 2 + (~pl.col("primary")).cast(pl.Int64), maintain_order=True)


def _each(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per customer and value. use: its place in USES; flags: joined; sources: JSON; of rows alike the first or best."""
    use = pl.col("use").replace_strict({use: n for n, use in enumerate(USES)}, return_dtype=pl.Int64)
    rows = rows.select(
        "g", "value", "national", use, pl.col("class").alias("type"), pl.col("flags", "last_seen").fill_null(""),
        "rid", "source", "key",
        pl.struct("g", "value").is_duplicated().alias("repeated"),
    )  # fmt: skip
    lone, several = rows.filter(~pl.col("repeated")), rows.filter("repeated").drop("repeated")
    text = pl.concat_str(pl.lit("["), quoted(lone["source"]), pl.lit("]"))
    once = lone.with_columns(text.alias("sources")).drop("source", "repeated")
    many = several.lazy().group_by("g", "value", maintain_order=True).agg(
        pl.col("national").drop_nulls().first(), pl.col("use").min(), pl.col("type").drop_nulls().first(),
        pl.col("flags").str.join("|"), pl.col("last_seen").max(), pl.col("rid").get(pl.col("last_seen").arg_max()),
        pl.col("key").any(),
    ).collect()  # fmt: skip
    many = many.join(_sourced(several, ["g", "value"]), on=["g", "value"], how="left", maintain_order="left")
    return pl.concat([once, many.select(once.columns)])


def _flags(texts: pl.Series) -> list[pl.Series]:
    """Of joined flags: as sorted JSON list (column marks), and whether one of them is doubtful."""
    distinct = texts.unique()
    lists = [sorted(set(text.split("|")) - {""}) for text in distinct]
    made = [orjson.dumps(one).decode() for one in lists]
    table = pl.DataFrame(
        {"flags": distinct, "marks": made, "doubtful": [not DOUBTFUL.isdisjoint(one) for one in lists]},
        schema={"flags": pl.String, "marks": pl.String, "doubtful": pl.Boolean},
    )
    found = texts.alias("flags").to_frame().join(table, on="flags", how="left", maintain_order="left")
    return [found["marks"], found["doubtful"]]


def _wanted() -> pl.Expr:
    """0: a mobile or personal e-mail that may be primary, 1: an organisation's office, null: may not be."""
    fit = (pl.col("use") == 0) & (pl.col("shared_with") == 0) & ~pl.col("doubtful")
    own = fit & pl.col("type").is_in(["mobile", "personal"])
    office = fit & pl.col("type").is_in(["landline", "role"]) & (pl.col("kind") == "organisation")
    return pl.when(own).then(0).when(office).then(1)


def _listed(order: pl.DataFrame) -> pl.DataFrame:
    rows = order.with_columns(
        pl.col("last_seen").replace("", None), pl.col("use").replace_strict(dict(enumerate(USES)), return_dtype=pl.String)
    )  # fmt: skip
    ready = rows.select("sources", pl.col("shared_with", "primary").cast(pl.String), flags="marks")
    texts = arrays(rows["g"], objects(rows.select("last_seen", "national", "type", "use", "value"), ready))
    values = rows.group_by("g", maintain_order=True).agg("value")["value"].list.join("|").alias("values")
    primary = rows.filter("primary").select("g", "rid", primary="value", national="national")
    lists = texts.select("g", contacts="json").hstack([values])
    return lists.join(primary, on="g", how="left", maintain_order="left")
