"""The made web shop as WooCommerce's REST API v3 shows it: /customers and /orders with every field of a real answer."""

from __future__ import annotations

import polars as pl

from hub.sandbox.people import record, tables
from hub.sandbox.people.emit.columns import SHOP_HOURS, blank, clock, sold
from hub.sandbox.people.world import World

SITE = "https://shop.example"
_META = pl.List(pl.Struct({"id": pl.Int64, "key": pl.String, "value": pl.String}))
_EMPTY = pl.List(pl.Struct({"id": pl.Int64}))
_NAUGHT = ("discount_total", "discount_tax", "shipping_total", "shipping_tax", "cart_tax")
_UNKNOWN = ("transaction_id", "customer_ip_address", "customer_user_agent", "customer_note", "cart_hash")
_STATUS = ("completed", "processing", "cancelled", "refunded", "on-hold")


def _times(name: str, seconds: pl.Expr) -> dict[str, pl.Expr]:
    form = "%Y-%m-%dT%H:%M:%S"
    return {f"date_{name}": clock(seconds, form, SHOP_HOURS), f"date_{name}_gmt": clock(seconds, form)}


def _address(first: pl.Expr, last: pl.Expr, *more: pl.Expr) -> pl.Expr:
    return pl.struct(
        first.alias("first_name"),
        last.alias("last_name"),
        blank("company").alias("company"),
        blank("line").alias("address_1"),
        blank("ward").alias("address_2"),
        blank("district").alias("city"),
        blank("province").alias("state"),
        blank("postal_code").alias("postcode"),
        pl.when(pl.col("line").is_null()).then(pl.lit("")).otherwise("country").alias("country"),
        *more,
    )


def _billing() -> pl.Expr:
    return _address(pl.col("first_name"), pl.col("last_name"), blank("email"), blank("phone"))


def _shipping() -> pl.Expr:
    """Where it goes; another person's name and phone only where a recipient is given."""
    other = pl.col("recipient").is_not_null()
    first = pl.when(other).then("recipient").otherwise("first_name")
    return _address(
        first, pl.when(other).then(pl.lit("")).otherwise("last_name"), blank("recipient_phone").alias("phone")
    )


def _links(what: str, number: pl.Expr) -> pl.Expr:
    root = f"{SITE}/wp-json/wc/v3/{what}"
    mine = pl.struct(href=pl.format(root + "/{}", number))
    return pl.struct(self=pl.concat_list(mine), collection=pl.concat_list(pl.struct(href=pl.lit(root))))


def customers(world: World) -> pl.DataFrame:
    """One row per account, by id; a third was never modified, so that its date is null."""
    touched = pl.when(pl.col("number") % 3 > 0).then("updated")
    return world.of(record.SHOP).select(
        pl.col("number").alias("id"),
        **_times("created", pl.col("made")),
        **_times("modified", touched),
        email="email",
        first_name="first_name",
        last_name="last_name",
        role=pl.lit("customer"),
        username=pl.col("email").str.to_lowercase().str.replace("@.*", ""),
        billing=_billing(),
        shipping=_shipping(),
        is_paying_customer=pl.col("orders") > 0,
        avatar_url=pl.lit("https://secure.gravatar.com/avatar/?s=96&d=mm&r=g"),
        meta_data=pl.lit([], dtype=_META),
        _links=_links("customers", pl.col("number")),
    )


def orders(world: World) -> pl.DataFrame:
    """One row per order of accounts and guests (customer 0), by id and time."""
    buyers = world.records.filter(pl.col("source").is_in([record.SHOP, record.GUEST]))
    rows = sold(world, buyers, "orders").with_row_index("row")
    number = pl.col("row").cast(pl.Int64) + 100_001
    guest = pl.col("source") == record.GUEST
    state = pl.lit(pl.Series(_STATUS)).gather((pl.col("lot") - 80).clip(0, 19) // 4)
    total = pl.col("amount").cast(pl.String)
    return _order_rows(rows.with_columns(order=number, state=state, guest=guest, sum=total))


def _order_rows(rows: pl.DataFrame) -> pl.DataFrame:
    total = pl.col("sum")
    done = pl.when(pl.col("state") == "completed").then(pl.col("at") + 60)
    return rows.select(
        pl.col("order").alias("id"),
        parent_id=pl.lit(0),
        status="state",
        currency=pl.lit("VND"),
        version=pl.lit("9.3.3"),
        prices_include_tax=pl.lit(False),
        **_times("created", pl.col("at")),
        **_times("modified", pl.col("at") + 60),
        **{name: pl.lit("0") for name in _NAUGHT},
        total=total,
        total_tax=pl.lit("0"),
        customer_id=pl.when("guest").then(0).otherwise("number"),
        order_key=pl.format("wc_order_{}", "order"),
        billing=_billing(),
        shipping=_shipping(),
        payment_method=pl.lit("cod"),
        payment_method_title=pl.lit("Trả tiền khi nhận hàng"),
        **{name: pl.lit("") for name in _UNKNOWN},
        created_via=pl.lit("checkout"),
        **_times("completed", done),
        **_times("paid", done),
        number=pl.col("order").cast(pl.String),
        meta_data=pl.lit([], dtype=_META),
        line_items=_items(total),
        **{f"{name}_lines": pl.lit([], dtype=_EMPTY) for name in ("tax", "shipping", "fee", "coupon")},
        refunds=_refunds(total),
        payment_url=pl.format(SITE + "/checkout/order-pay/{}/", "order"),
        is_editable=pl.lit(False),
        needs_payment=pl.lit(False),
        needs_processing=pl.col("state") == "processing",
        currency_symbol=pl.lit("₫"),
        _links=_links("orders", pl.col("order")),
    )


def _items(total: pl.Expr) -> pl.Expr:
    names = tables.words("product")
    product = pl.col("lot") % len(names)
    name = pl.lit(pl.Series(names)).gather(product)
    line = pl.struct(id="order", name=name, product_id=product + 100, quantity="quantity", subtotal=total, total=total)
    return pl.concat_list(line)


def _refunds(total: pl.Expr) -> pl.Expr:
    refund = pl.concat_list(pl.struct(id=pl.col("order") + 1_000_000, reason=pl.lit(""), total="-" + total))
    none = pl.lit([], dtype=pl.List(pl.Struct({"id": pl.Int64, "reason": pl.String, "total": pl.String})))
    return pl.when(pl.col("state") == "refunded").then(refund).otherwise(none)
