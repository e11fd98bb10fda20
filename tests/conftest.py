"""Fixtures that every test may ask for."""

from databases import (
    postgres_pool,
    postgres_template,
    postgres_url,
    sqlite_template,
    store,
    store_kind,
    store_url,
    twin,
)

__all__ = [
    "postgres_pool",
    "postgres_template",
    "postgres_url",
    "sqlite_template",
    "store",
    "store_kind",
    "store_url",
    "twin",
]
