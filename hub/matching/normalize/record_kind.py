"""What a source record is: person, organisation, anonymous, masked, staff or test.

Belongs here: the order in which the signs count. Does not: the signs themselves (record_names.py, record_contacts.py).
Only persons and organisations are customers.
"""

from __future__ import annotations

import polars as pl

ORGANISED = ("business", "government", "charity")
"""Types of customers that are organisations."""


def kinds(signs: pl.DataFrame) -> pl.Series:
    """The kind of each record.

    signs: hint (person | organisation | staff | test | masked | anonymous | null), name_kind, name_level, staff, by_company,
    customer_type, usable (an own identifier that is nobody else's), masked (an identifier or the name is hidden).

    A hint of staff, test or masked decides. A made-up name is a test only where no usable identifier speaks for a person.
    Nothing usable: masked when something was hidden, else anonymous. A company's form in the name, a company without a
    person's name, or a customer type other than individual make an organisation. Everybody else is a person.
    """
    hint, usable = pl.col("hint"), pl.col("usable")
    named = pl.col("name_level") != "missing"
    nothing = ~usable & ~named & ~pl.col("by_company")
    test = (pl.col("name_kind") == "test") & ~usable
    organisation = pl.col("by_company") | pl.col("customer_type").is_in(ORGANISED)
    decided = (
        pl.when(hint.is_in(["staff", "test", "masked"]))
        .then(hint)
        .when("staff")
        .then(pl.lit("staff"))
        .when(test)
        .then(pl.lit("test"))
        .when(nothing & pl.col("masked"))
        .then(pl.lit("masked"))
        .when(nothing)
        .then(pl.lit("anonymous"))
        .when((hint == "organisation") | organisation)
        .then(pl.lit("organisation"))
        .otherwise(pl.lit("person"))
    )
    return signs.select(decided.alias("kind")).to_series()
