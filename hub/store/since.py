"""When the values of a record began, told from its version before; what only repeats the hub's own words takes no time.

Belongs here: first_at, since, echo of new rows, pure work on frames. Does not: SQL (normalized.py), telling echoes (flow).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson
import polars as pl

from hub.model import Json

NOT_FIELDS = frozenset({"source_id", "updated_at", "created_at", "cleared"})
"""Keys of a document that are no values of the customer."""
Echo = tuple[Sequence[str], Sequence[tuple[str, str]]]
"""Fields of a document, and phones or e-mails (type, value), that only repeat what the hub sent."""


def stilled(new: pl.DataFrame, old: pl.DataFrame, echoes: Mapping[str, Echo]) -> pl.DataFrame:
    """A version that brings nothing but our own echoes takes no new time: it keeps the one of the version before."""
    if not echoes or old.is_empty():
        return new
    before = {
        sid: (doc, at) for sid, doc, at in old.select("source_id", "doc", "updated_at").iter_rows() if sid in echoes
    }
    told = new.filter(pl.col("source_id").is_in(list(before))).select("source_id", "doc")
    kept = {
        sid: before[sid]
        for sid, doc in told.iter_rows()
        if _bare(doc, echoes[sid]) == _bare(before[sid][0], echoes[sid])
    }
    times = {sid: at for sid, (_, at) in kept.items()}
    docs = {sid: _with_time(doc, times[sid]) for sid, doc in told.iter_rows() if sid in kept}
    mine = pl.col("source_id").is_in(list(kept))
    return new.with_columns(
        updated_at=pl.when(mine)
        .then(pl.col("source_id").replace_strict(times, default=None, return_dtype=pl.String))
        .otherwise("updated_at"),
        doc=pl.when(mine)
        .then(pl.col("source_id").replace_strict(docs, default=None, return_dtype=pl.String))
        .otherwise("doc"),
    )


def _bare(text: str, echo: Echo) -> dict[str, Json]:
    """A document without its times, its echoed fields and its echoed contacts."""
    names, pairs = echo
    values = {value for _, value in pairs}
    doc = {name: value for name, value in orjson.loads(text).items() if name not in NOT_FIELDS and name not in names}
    for name in ("family_name", "given_name", "honorific") if "full_name" in names else ():
        doc.pop(name, None)
    for name in ("phones", "emails"):
        rest = [item for item in doc.pop(name, ()) if item.get("value") not in values]
        doc |= {name: rest} if rest else {}
    return doc


def _with_time(text: str, at: str | None) -> str:
    doc = {**orjson.loads(text), "updated_at": at}
    return orjson.dumps({k: v for k, v in doc.items() if v is not None}, option=orjson.OPT_SORT_KEYS).decode()


def timed(new: pl.DataFrame, old: pl.DataFrame, echoes: Mapping[str, Echo]) -> pl.DataFrame:
    """Adds first_at, since and echo: a field's time is kept while its value is unchanged."""
    text = pl.lit(None, dtype=pl.String)
    new = new.with_columns(first_at=pl.coalesce("updated_at", "created_at"), since=text, echo=text)
    if not old.is_empty():
        before = old.select(
            "rid",
            pl.col("doc").alias("old_doc"),
            pl.col("since").alias("old_since"),
            pl.col("first_at").alias("old_first"),
        )
        both = new.join(before, on="rid", how="left", maintain_order="left")
        known = pl.col("old_doc").is_not_null()
        since = [
            since_of(*row) if row[1] is not None else None
            for row in both.select("doc", "old_doc", "old_since", "updated_at").iter_rows()
        ]
        new = both.with_columns(
            first_at=pl.when(known).then("old_first").otherwise("first_at"),
            since=pl.Series(since, dtype=pl.String),
        ).drop("old_doc", "old_since", "old_first")
    if echoes:
        marks = {sid: orjson.dumps(sorted(fields)).decode() for sid, (fields, _) in echoes.items() if fields}
        new = new.with_columns(echo=pl.col("source_id").replace_strict(marks, default=None, return_dtype=pl.String))
    return new


def since_of(doc: str, old_doc: str, old_since: str | None, updated_at: str | None) -> str | None:
    """The times of values younger than the first version, after this one."""
    held: dict[str, str] = orjson.loads(old_since) if old_since else {}
    if doc != old_doc:
        now, before = orjson.loads(doc), orjson.loads(old_doc)
        for name in (now.keys() | before.keys()) - NOT_FIELDS:
            if _value(now, name) != _value(before, name):
                held.pop(name, None)
                if updated_at is not None:
                    held[name] = updated_at
    return orjson.dumps(held, option=orjson.OPT_SORT_KEYS).decode() if held else None


def _value(doc: Mapping[str, Json], name: str) -> Json:
    return doc.get(name) if name in doc else (name in doc.get("cleared", ()) or None)
