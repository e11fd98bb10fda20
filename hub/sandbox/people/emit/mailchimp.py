"""The made audience as Mailchimp's Marketing API shows its members."""

from __future__ import annotations

import polars as pl

from hub.sandbox.people import record, tables
from hub.sandbox.people.emit.columns import blank, clock
from hub.sandbox.people.world import World

LIST_ID = "aud0000001"
_ISO = "%Y-%m-%dT%H:%M:%S+00:00"


def members(world: World) -> pl.DataFrame:
    """One row per member; BIRTHDAY is MM/DD without a year, and absent values are empty texts."""
    status = pl.when(pl.col("status") == "none").then(pl.lit("subscribed")).otherwise("status")
    full_name = pl.concat_str("first_name", "last_name", separator=" ").str.strip_chars()
    return world.of(record.MAIL).select(
        pl.col("source_id").alias("id"),
        email_address="email",
        unique_email_id=pl.col("source_id").str.slice(0, 10),
        contact_id="source_id",
        full_name=full_name,
        web_id=pl.col("number") + 400_000_000,
        email_type=pl.lit("html"),
        status=status,
        consents_to_one_to_one_messaging=pl.lit(True),
        merge_fields=_merge_fields(),
        stats=pl.struct(avg_open_rate=(pl.col("number") % 7) / 10, avg_click_rate=(pl.col("number") % 3) / 10),
        ip_signup=pl.lit(""),
        timestamp_signup=clock(pl.col("made"), _ISO),
        ip_opt=pl.lit("203.0.113.9"),
        timestamp_opt=clock(pl.col("made"), _ISO),
        member_rating=pl.col("number") % 5 + 1,
        last_changed=clock(pl.col("updated"), _ISO),
        language=pl.when(pl.col("country") == "VN").then(pl.lit("vi")).otherwise(pl.lit("en")),
        vip=pl.lit(False),
        email_client=pl.lit(""),
        location=pl.struct(
            latitude=pl.lit(0),
            longitude=pl.lit(0),
            gmtoff=pl.lit(7),
            dstoff=pl.lit(7),
            country_code="country",
            timezone=pl.lit(""),
        ),
        source=pl.lit("Import"),
        **_tags(),
        list_id=pl.lit(LIST_ID),
    )


def _merge_fields() -> pl.Expr:
    day = pl.col("birth").str.slice(5, 2) + "/" + pl.col("birth").str.slice(8, 2)
    whole = pl.col("birth").str.len_chars() == 10
    return pl.struct(
        FNAME=blank("first_name"),
        LNAME=blank("last_name"),
        ADDRESS=pl.lit(""),
        PHONE=blank("phone"),
        BIRTHDAY=pl.when(whole).then(day).otherwise(pl.lit("")),
    )


def _tags() -> dict[str, pl.Expr]:
    names = tables.words("tag")
    index = pl.col("number") % len(names)
    tag = pl.concat_list(pl.struct(id=index + 1, name=pl.lit(pl.Series(names)).gather(index)))
    none = pl.lit([], dtype=pl.List(pl.Struct({"id": pl.Int64, "name": pl.String})))
    has = pl.col("number") % 4 == 0
    return {"tags_count": has.cast(pl.Int64), "tags": pl.when(has).then(tag).otherwise(none)}
