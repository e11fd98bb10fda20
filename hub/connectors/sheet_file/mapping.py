"""Landed rows of a sheet to canonical rows, whole frames at a time.

Belongs here: what each line of `[columns]` means. Does not: normalizing values (another room; they pass as typed).
Headings are compared folded, so that rows of files which spell a heading differently map alike.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import polars as pl

from hub.connectors.kit.columns import ADDRESS_PARTS, SCALARS, Target, columns_of, fold
from hub.connectors.kit.port import Mapped, Unusable
from hub.connectors.sheet_file.options import Options
from hub.connectors.sheet_file.rows import BAD_KEY, objects, tidy
from hub.connectors.sheet_file.times import moments

VALUE = pl.Struct({"value": pl.String, "use": pl.String})
ADDRESS = pl.Struct(dict.fromkeys(ADDRESS_PARTS, pl.String))
ID = pl.Struct(dict.fromkeys(("type", "value", "issuer"), pl.String))
CONSENT = pl.Struct(dict.fromkeys(("purpose", "channel", "address", "status", "at"), pl.String))
SCALAR_ORDER = (
    "code",
    "kind",
    "full_name",
    "family_name",
    "given_name",
    "honorific",
    "birth_date",
    "gender",
    "customer_type",
    "company_name",
    "tier",
    "points",
    "debt",
    "owner",
    "referrer",
    "occupation",
    "note",
)
SCHEMA: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "source_id": pl.String,
    **dict.fromkeys(SCALAR_ORDER, pl.String),
    "phones": pl.List(VALUE),
    "emails": pl.List(VALUE),
    "addresses": pl.List(ADDRESS),
    "ids": pl.List(ID),
    "stores": pl.List(pl.String),
    "groups": pl.List(pl.String),
    "interests": pl.List(pl.String),
    "tags": pl.List(pl.String),
    "consents": pl.List(CONSENT),
    "extra": pl.String,
    "created_at": pl.String,
    "updated_at": pl.String,
    "cleared": pl.List(pl.String),
}
"""The canonical frame, always whole: a field that is not mapped is null."""
TEXT = r'"(?:[^"\\]|\\.)*"'
PAIR = rf"({TEXT})\s*:\s*{TEXT}"


def to_canonical(frame: pl.DataFrame, options: Options, timezone: str) -> Mapped:
    """Canonical rows of landed rows (source_id, payload, updated_at), in their order; rows that fit no heading apart."""
    keys = _keys(frame["payload"])
    unusable = [Unusable(i, "sheet.shifted_row") for i in _shifted(frame, keys)]
    if unusable:
        frame = frame.filter(~_is_shifted(frame))
        keys.pop(BAD_KEY, None)
    cells = _cells(frame, options, keys)
    rows = _Rows(frame, cells, options, timezone)
    columns = [rows.field(name).rename(name) for name in SCHEMA]
    return Mapped(pl.DataFrame(columns, schema=dict(SCHEMA)), unusable)


def _keys(payloads: pl.Series) -> dict[str, list[str]]:
    """Folded heading → its spellings in these payloads.

    Reads the keys of a few rows, then only of rows that hold others: a row whose pairs are all known is done. Inside
    JSON text `":"` stands between a key and its value and nowhere else, so that counting tells.
    """
    known: dict[str, None] = {}
    left = payloads
    while left.len():
        fresh = [k for k in _read_keys(left.head(64)) if k not in known]
        fresh = fresh or [k for k in _read_keys(left) if k not in known]
        if not fresh:
            break
        known.update(dict.fromkeys(fresh))
        marks = [json.dumps(key, ensure_ascii=False) + ':"' for key in known]
        table = left.to_frame("p")
        pairs = pl.col("p").str.count_matches('":"', literal=True)
        held = pl.sum_horizontal(pl.col("p").str.contains(mark, literal=True).cast(pl.UInt32) for mark in marks)
        odd = (pairs == 0) & (pl.col("p") != "{}")
        left = table.filter((pairs != held) | odd).to_series()
    spelt: dict[str, list[str]] = {}
    for key in known:
        spelt.setdefault(key if key == BAD_KEY else fold(key), []).append(key)
    return spelt


def _read_keys(payloads: pl.Series) -> list[str]:
    """The keys of payloads, in the order of their first appearance."""
    sets = payloads.str.replace_all(PAIR, "${1}").unique(maintain_order=True)
    return list(dict.fromkeys(key for text in sets for key in json.loads("[" + text[1:-1] + "]")))


def _exact_first(name: str, spellings: Sequence[str]) -> list[str]:
    """Spellings of a heading in the order in which they win."""
    return sorted(spellings, key=lambda key: (key != name, key))


def _is_shifted(frame: pl.DataFrame) -> pl.Series:
    return frame["payload"].str.starts_with('{"' + BAD_KEY + '":')


def _shifted(frame: pl.DataFrame, keys: Mapping[str, Sequence[str]]) -> list[str]:
    return frame["source_id"].filter(_is_shifted(frame)).to_list() if BAD_KEY in keys else []


def _cells(frame: pl.DataFrame, options: Options, keys: Mapping[str, Sequence[str]]) -> Mapping[str, pl.Series]:
    """Mapped heading (as in the settings) → its cells, tidy, null when empty."""
    spelt = {name: _exact_first(name, keys.get(fold(name), ())) for name in options.wanted}
    every = dict.fromkeys(k for names in spelt.values() for k in names)
    if not every:
        return {name: pl.Series([None] * frame.height, dtype=pl.String) for name in options.wanted}
    decoded = frame["payload"].str.json_decode(pl.Struct(dict.fromkeys(every, pl.String))).struct.unnest()
    cells = {}
    for name, names in spelt.items():
        merged = decoded.select(pl.coalesce(names) if names else pl.lit(None, pl.String)).to_series()
        cells[name] = tidy(merged if merged.len() == frame.height else merged.new_from_index(0, frame.height))
    return cells


class _Rows:
    """The cells of one batch and how a field is made of them."""

    def __init__(self, frame: pl.DataFrame, cells: Mapping[str, pl.Series], options: Options, timezone: str) -> None:
        self.frame, self.cells, self.options, self.timezone = frame, cells, options, timezone
        self.height = frame.height

    def field(self, name: str) -> pl.Series:
        """One canonical field over all rows."""
        if name in ("source_id", "updated_at"):
            return self.frame[name].cast(pl.String)
        if name == "created_at":
            return self._created()
        targets = [t for t in self.options.targets if t.field == name]
        if name == "code" and not targets and self.options.id:
            return self.cells[self.options.id]
        if not targets:
            return self._null(SCHEMA[name])
        return self._first(columns_of(targets)) if name in SCALARS else self._list(name, targets)

    def _list(self, name: str, targets: Sequence[Target]) -> pl.Series:
        if name in ("phones", "emails"):
            uses = dict.fromkeys(t.parts[0] if t.parts else "own" for t in targets)
            by_use = {u: columns_of([t for t in targets if (t.parts or ("own",))[0] == u]) for u in uses}
            return self._lists([_structs(self._texts(columns), VALUE, use=u) for u, columns in by_use.items()])
        if name == "addresses":
            return self._addresses(targets)
        if name == "ids":
            return self._lists([self._ids(t) for t in targets])
        if name == "extra":
            return self._extra(targets)
        if name == "consents":
            return self._lists([self._consent(t, c) for t in targets for c in t.columns])
        return self._texts(columns_of(targets))

    def _null(self, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
        return pl.Series([None], dtype=dtype).new_from_index(0, self.height)

    def _first(self, columns: Sequence[str]) -> pl.Series:
        """The first filled cell."""
        found = self.cells[columns[0]]
        for column in columns[1:]:
            found = found.zip_with(found.is_not_null(), self.cells[column])
        return found

    def _texts(self, columns: Sequence[str]) -> pl.Series:
        """The values of several cells as one list of texts; null when there is none."""
        table = pl.DataFrame([self.cells[c].rename(str(i)) for i, c in enumerate(columns)])
        mark = self.options.separator
        split = [mark is not None and bool(s.str.contains(mark, literal=True).any()) for s in table]
        parts = [
            pl.col(c).str.split(mark).fill_null(pl.lit([], pl.List(pl.String))) if cut else pl.col(c)
            for c, cut in zip(table.columns, split, strict=True)
        ]
        if len(parts) == 1 and not split[0]:
            return table.select(pl.when(pl.col("0").is_not_null()).then(pl.concat_list("0"))).to_series()
        texts = table.select(pl.concat_list(parts).list.drop_nulls()).to_series()
        if any(split):
            texts = texts.list.eval(pl.element().str.strip_chars()).list.eval(pl.element().filter(pl.element() != ""))
        return pl.select(pl.when(texts.list.len() > 0).then(texts)).to_series()

    def _lists(self, lists: Sequence[pl.Series]) -> pl.Series:
        """Several lists per row as one; null when all are."""
        if len(lists) == 1:
            return lists[0]
        table = pl.DataFrame([s.rename(str(i)) for i, s in enumerate(lists)])
        every = pl.concat_list([pl.col(c).fill_null(pl.lit([], dtype=lists[0].dtype)) for c in table.columns])
        return table.select(pl.when(every.list.len() > 0).then(every)).to_series()

    def _addresses(self, targets: Sequence[Target]) -> pl.Series:
        whole = [self._address({"line": self.cells[c]}) for t in targets if not t.parts for c in t.columns]
        parts = {t.parts[0]: self._first(t.columns) for t in targets if t.parts}
        return self._lists([*whole, *([self._address(parts)] if parts else [])])

    def _address(self, parts: Mapping[str, pl.Series]) -> pl.Series:
        table = pl.DataFrame([s.rename(n) for n, s in parts.items()])
        full = pl.struct(*(pl.col(p) if p in parts else pl.lit(None, pl.String).alias(p) for p in ADDRESS_PARTS))
        some = pl.any_horizontal(pl.all().is_not_null())
        return table.select(pl.when(some).then(pl.concat_list(full))).to_series()

    def _ids(self, target: Target) -> pl.Series:
        """Columns of one type, or texts `TYPE:VALUE`; without a type it is `other`."""
        values = self._texts(target.columns)
        if target.parts:
            return _structs(values, ID, type=target.parts[0])
        item = pl.element()
        typed = item.str.contains(":", literal=True)
        kind = pl.when(typed).then(item.str.replace(r"(?s)\s*:.*$", "").str.strip_chars()).otherwise(pl.lit("other"))
        value = pl.when(typed).then(item.str.replace(r"(?s)^[^:]*:\s*", "")).otherwise(item)
        return values.list.eval(
            pl.struct(kind.alias("type"), value.alias("value"), pl.lit(None, pl.String).alias("issuer"))
        )

    def _consent(self, target: Target, column: str) -> pl.Series:
        """The state that a cell's word stands for; a word that nobody listed is `unknown`."""
        purpose, channel = target.parts
        words = self.cells[column].drop_nulls().unique().to_list()
        table = {word: consent_words().get(fold(word), "unknown") for word in words}
        state = (
            self.cells[column].replace_strict(table, default=None, return_dtype=pl.String)
            if table
            else self._null(pl.String)
        )
        address = self._address_of(channel)
        at = self.frame["updated_at"].cast(pl.String)
        entry = pl.struct(
            pl.lit(purpose).alias("purpose"),
            pl.lit(channel).alias("channel"),
            address.alias("address"),
            state.alias("status"),
            at.alias("at"),
        )
        return pl.select(pl.when(state.is_not_null()).then(pl.concat_list(entry))).to_series()

    def _address_of(self, channel: str) -> pl.Series:
        """The first e-mail, or the first phone, for which a consent by this channel was given."""
        names = columns_of(self.options.targets, "emails" if channel == "email" else "phones")
        if not names:
            return self._null(pl.String)
        return self._texts(names).list.first()

    def _created(self) -> pl.Series:
        names = columns_of(self.options.targets, "created_at")
        if not names:
            return self._null(pl.String)
        return moments(self._first(names), self.options.date_order, self.timezone)

    def _extra(self, targets: Sequence[Target]) -> pl.Series:
        """JSON text of the extra fields by name; null when none is filled."""
        texts = objects([self._first(t.columns).alias(t.parts[0]) for t in targets])
        return texts.set(texts == "{}", None)


def _structs(values: pl.Series, dtype: pl.Struct, **fixed: str) -> pl.Series:
    """Lists of text as lists of records: `value` from the text, the rest fixed or null."""
    fields = [
        pl.element().alias(f.name) if f.name == "value" else pl.lit(fixed.get(f.name), pl.String).alias(f.name)
        for f in dtype.fields
    ]
    return values.list.eval(pl.struct(fields))


@cache
def consent_words() -> dict[str, str]:
    """Folded word → granted | withdrawn | refused | unknown; words.tsv holds them."""
    lines = (Path(__file__).parent / "words.tsv").read_text("utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {fold(word): status for word, status in pairs}
