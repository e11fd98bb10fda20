"""A column of e-mail cells at once: polars decides the ordinary ones, the reference everything else.

Belongs here: the fast path and putting both together. Does not: rules; it agrees exactly with `normalize_email`.
Ordinary is one address in plain ASCII whose local part has a letter; the reference judges each distinct domain.
"""

from __future__ import annotations

import polars as pl

from hub.matching.normalize.email import (
    domain_ascii,
    domain_class,
    normalize_email,
    placeholders,
    providers,
    roles,
)

SCHEMA = {
    "row": pl.UInt32,
    "n": pl.UInt32,
    "raw": pl.String,
    "value": pl.String,
    "weak": pl.String,
    "class": pl.String,
    "phone": pl.String,
    "reason": pl.String,
}
_EDGES = " \t\r\n'\"`="
_ORDINARY = r"^[a-z0-9_][a-z0-9._+\-]*@[a-z0-9][a-z0-9\-]*(?:\.[a-z0-9][a-z0-9\-]*)+$"
_DOUBTFUL = r"^[0-9]+@|\.\.|\.@"
"""A local part that may be a phone; dots where none may stand."""
_DOMAINS = {"host": pl.String, "domain": pl.String, "by_domain": pl.String, "same": pl.String, "dots": pl.Boolean}


def normalize_emails(values: pl.Series, region: str) -> pl.DataFrame:
    """The columns of SCHEMA. row: position in `values`; n: position in the cell; class: as Email.cls.

    Sorted by row and n; a null cell gives no row, any other at least one.
    """
    cells = pl.DataFrame({"row": pl.int_range(len(values), dtype=pl.UInt32, eager=True), "raw": values.cast(pl.String)})
    cells = cells.filter(pl.col("raw").is_not_null())
    fast, rest = _ordinary(cells)
    return pl.concat([fast, _reference(rest, region)]).sort("row", "n") if rest.height else fast


def _ordinary(cells: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(decided rows, cells for the reference)."""
    work = cells.with_columns(address=pl.col("raw").str.strip_chars(_EDGES).str.to_lowercase())
    plain = pl.col("address").str.contains(_ORDINARY) & ~pl.col("address").str.contains(_DOUBTFUL)
    same_size = pl.col("raw").str.len_bytes() == pl.col("raw").str.len_chars()
    work = work.with_columns(usual=plain & same_size & (pl.col("address").str.len_bytes() <= 254))
    parts = pl.col("address").str.split_exact("@", 1).struct.rename_fields(["local", "host"])
    usual = work.filter("usual").with_columns(parts=parts).unnest("parts")
    usual = usual.join(_domains(usual["host"]), on="host", how="left", maintain_order="left")
    usual = usual.with_columns(value=pl.concat_str("local", pl.lit("@"), "domain"))
    decided = pl.col("domain").is_not_null() & (pl.col("local").str.len_bytes() <= 64) & ~_placeholder(usual)
    usual = usual.with_columns(decided=decided)
    rest = [work.filter(~pl.col("usual")), usual.filter(~pl.col("decided"))]
    return _frame(usual.filter("decided")), pl.concat([cells.select("row", "raw") for cells in rest])


def _domains(hosts: pl.Series) -> pl.DataFrame:
    """Every distinct host with its ASCII form (null: unusable), class and provider's rules."""
    rows = []
    for host in hosts.unique():
        domain = domain_ascii(host)
        rule = providers().get(domain or "", {})
        rows.append((host, domain, domain_class(domain or ""), rule.get("same"), bool(rule.get("dots"))))
    return pl.DataFrame(rows, schema=_DOMAINS, orient="row")


def _placeholder(usual: pl.DataFrame) -> pl.Series:
    """Addresses that stand for "none" (phone-like local parts never come here)."""
    by_address = usual["value"].is_in(list(placeholders("address")))
    return by_address | usual["local"].is_in(list(placeholders("local")))


def _frame(usual: pl.DataFrame) -> pl.DataFrame:
    """The decided rows in the columns of SCHEMA."""
    untagged = pl.col("local").str.extract(r"^([^+]*)", 1)
    by_domain = pl.col("by_domain").is_in(["relay", "disposable"])
    cls = pl.when(by_domain).then("by_domain").when(untagged.is_in(list(roles()))).then(pl.lit("role"))
    bare = pl.when("dots").then(untagged.str.replace_all(".", "", literal=True)).otherwise(untagged)
    weak = pl.when((pl.col("class") == "personal") & (bare != "")).then(pl.concat_str(bare, pl.lit("@"), "same"))
    return (
        usual.with_columns(
            pl.lit(0, pl.UInt32).alias("n"),
            cls.otherwise(pl.lit("personal")).alias("class"),
            pl.lit(None, pl.String).alias("phone"),
            pl.lit(None, pl.String).alias("reason"),
        )
        .with_columns(weak=weak)
        .select(*SCHEMA)
    )


def _reference(cells: pl.DataFrame, region: str) -> pl.DataFrame:
    """`normalize_email` for each distinct cell."""
    rows = [
        (cell, n, e.raw, e.value, e.weak, e.cls, e.phone, e.reason)
        for cell in cells["raw"].unique()
        for n, e in enumerate(normalize_email(cell, region))
    ]
    schema = {"cell": pl.String} | {name: kind for name, kind in SCHEMA.items() if name != "row"}
    found = pl.DataFrame(rows, schema=schema, orient="row")
    return cells.rename({"raw": "cell"}).join(found, on="cell", how="inner").select(*SCHEMA)
