"""The made till as KiotViet's API shows it: rows of /customers and /invoices with the documented field names."""

from __future__ import annotations

import polars as pl

from hub.sandbox.people import record, tables
from hub.sandbox.people.emit.columns import SHOP_HOURS, clock, sold
from hub.sandbox.people.world import World

RETAILER_ID = 500001
BRANCH_IDS = (10_001, 10_002, 10_003, 10_004)


def _time(column: str) -> pl.Expr:
    return clock(pl.col(column), "%Y-%m-%dT%H:%M:%S.0000000", SHOP_HOURS)


def _branch() -> pl.Expr:
    return pl.lit(pl.Series(BRANCH_IDS)).gather(pl.col("branch") % len(BRANCH_IDS))


def customers(world: World) -> pl.DataFrame:
    """One row per customer, by id; a birth date known by its year only is 1 January, as the till forces it."""
    birth = pl.when(pl.col("birth").str.len_chars() == 4).then(pl.col("birth") + "-01-01").otherwise("birth")
    place = pl.concat_str("province", "district", separator=" - ")
    return world.of(record.POS).select(
        pl.col("number").alias("id"),
        "code",
        "name",
        gender=pl.col("sex") == "m",
        birthDate=birth + "T00:00:00.0000000",
        contactNumber="phone",
        address="line",
        locationName=place,
        wardName="ward",
        email="email",
        organization="company",
        comments="note",
        taxCode="tax_code",
        debt=pl.lit(0.0),
        rewardPoint=pl.col("number") % 500,
        retailerId=pl.lit(RETAILER_ID),
        branchId=_branch(),
        groups=_group(),
        createdDate=_time("made"),
        modifiedDate=_time("updated"),
    )


def branches() -> pl.DataFrame:
    """The shop's branches; their phones are the shop's own and no customer's."""
    names = tables.shop("branch")
    phones = [tables.shop("phone")[0], *[tables.shop("landline")[0]] * (len(names) - 1)]
    frame = pl.DataFrame({"id": BRANCH_IDS, "branchName": names, "contactNumber": phones})
    return frame.with_columns(
        branchCode=pl.format("CN{}", pl.col("id") - 10_000),
        retailerId=pl.lit(RETAILER_ID),
        email=pl.lit(tables.shop("email")[0]),
        createdDate=pl.lit("2018-01-02T08:00:00.0000000"),
    )


def _group() -> pl.Expr:
    groups = pl.lit(pl.Series(tables.words("group")))
    return pl.when(pl.col("number") % 5 == 0).then(groups.gather(pl.col("number") // 5 % len(tables.words("group"))))


def invoices(world: World) -> pl.DataFrame:
    """One row per sale, by time; one in twenty is cancelled, and walk-in sales have no customer."""
    rows = sold(world, world.of(record.POS), "invoices").with_row_index("row")
    named = pl.col("lot") >= 8
    number = pl.col("row").cast(pl.Int64) + 1
    cancelled = pl.col("lot").is_between(50, 54)
    paid = pl.when(cancelled).then(0).otherwise("amount").cast(pl.Float64)
    return rows.select(
        id=number + 7_000_000,
        code=pl.format("HD{}", number.cast(pl.String).str.zfill(7)),
        purchaseDate=_time("at"),
        branchId=_branch(),
        branchName=pl.lit(pl.Series(tables.shop("branch"))).gather(pl.col("branch") % len(BRANCH_IDS)),
        soldById=pl.lit(9001),
        soldByName=pl.lit("Thu ngân 1"),
        customerId=pl.when(named).then("number"),
        customerCode=pl.when(named).then("code"),
        customerName=pl.when(named).then("name"),
        total=pl.col("amount").cast(pl.Float64),
        totalPayment=paid,
        status=pl.when(cancelled).then(2).otherwise(1),
        statusValue=pl.when(cancelled).then(pl.lit("Đã hủy")).otherwise(pl.lit("Hoàn thành")),
        usingCod=pl.lit(False),
        createdDate=_time("at"),
        modifiedDate=_time("at"),
        invoiceDetails=_details(),
        invoiceDelivery=_delivery(),
    )


def _details() -> pl.Expr:
    names = tables.words("product")
    product = pl.col("lot") % len(names)
    line = pl.struct(
        productId=product + 100,
        productCode=pl.format("SP{}", product + 100),
        productName=pl.lit(pl.Series(names)).gather(product),
        quantity=pl.col("quantity").cast(pl.Float64),
        price=(pl.col("amount") / pl.col("quantity")).round(0),
        discount=pl.lit(0.0),
    )
    return pl.concat_list(line)


def _delivery() -> pl.Expr:
    parcel = pl.struct(
        receiver="recipient",
        contactNumber="recipient_phone",
        address="line",
        locationName=pl.concat_str("province", "district", separator=" - "),
        wardName="ward",
    )
    return pl.when(pl.col("recipient").is_not_null()).then(parcel)
