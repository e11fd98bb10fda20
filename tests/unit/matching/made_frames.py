"""Small frames for the tests of matching: records and identifiers out of short notations."""

from __future__ import annotations

import polars as pl

from hub.matching.names import compare_names
from hub.matching.normalize.company import company_key
from hub.matching.normalize.name import parse_name

RECORDS = {
    "rid": pl.Int64,
    "source": pl.String,
    "source_id": pl.String,
    "kind": pl.String,
    "full_name": pl.String,
    "name_key": pl.String,
    "name_given": pl.String,
    "name_level": pl.String,
    "name_toned": pl.Boolean,
    "company_name": pl.String,
    "company_key": pl.String,
    "birth_date": pl.String,
    "customer_type": pl.String,
}
IDENTIFIERS = {
    "rid": pl.Int64,
    "type": pl.String,
    "value": pl.String,
    "issuer": pl.String,
    "class": pl.String,
    "use": pl.String,
    "key": pl.Boolean,
    "flags": pl.String,
}
JUDGEMENTS = {"rid_a": pl.Int64, "rid_b": pl.Int64, "verdict": pl.String, "at": pl.String}
RECEIPTS = {"rid": pl.Int64, "anchor_rid": pl.Int64}
ISSUERS = {"national_id": "VN", "loyalty": "club", "social": "zalo"}


def record(rid, name="", *, kind="person", birth=None, source="pos", source_id=None):
    """A row of records; the name is read as the normalizer reads it, an organisation's goes to company_name."""
    person = parse_name(name) if kind != "organisation" else parse_name("")
    company = name if kind == "organisation" and name else None
    partial = person.level == "partial"
    return {
        "rid": rid,
        "source": source,
        "source_id": source_id or f"{rid:04d}",
        "kind": kind,
        "full_name": person.display,
        "name_key": person.key,
        "name_given": None if partial else person.given,
        "name_level": person.level,
        "name_toned": person.toned,
        "company_name": company,
        "company_key": company and company_key(company),
        "birth_date": birth,
        "customer_type": None,
    }


def identifier(rid, text, *, key=True, flags=""):
    """`phone:+84912345678`, `national_id/cccd:001…`, `loyalty@shop:77` → a row of identifiers."""
    head, value = text.split(":", 1)
    head, _, issuer = head.partition("@")
    type_, _, class_ = head.partition("/")
    return {
        "rid": rid,
        "type": type_,
        "value": value,
        "issuer": issuer or ISSUERS.get(type_, ""),
        "class": class_ or None,
        "use": "own",
        "key": key,
        "flags": flags,
    }


def frames(people, judgements=(), receipts=()):
    """people: (record row, [identifier text or row, …]). Gives the four frames of `partition`."""
    rows = [
        identifier(row["rid"], one) if isinstance(one, str) else {**one, "rid": row["rid"]}
        for row, ids in people
        for one in ids
    ]
    return (
        pl.DataFrame([row for row, _ in people], schema=RECORDS),
        pl.DataFrame(rows, schema=IDENTIFIERS),
        pl.DataFrame(list(judgements), schema=JUDGEMENTS, orient="row"),
        pl.DataFrame(list(receipts), schema=RECEIPTS, orient="row"),
    )


def clusters(partition):
    """The partition as a set of sets of rids."""
    return {frozenset(rids) for _, rids in partition.assignment.group_by("cluster").agg("rid").iter_rows()}


def verdict(a, b):
    """What two names say about each other."""
    return compare_names(parse_name(a), parse_name(b)).verdict
