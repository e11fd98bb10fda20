"""Rows of a tab made ready to land: what is no customer taken out, ids, payloads, times.

Belongs here: expressions over frames of text. Does not: files (readers), pages (pull), canonical fields (mapping).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import polars as pl

from hub.connectors.kit.columns import IDENTITY, Target
from hub.connectors.sheet_file.header import Header

EDGES = " \t\r\n\v\f\u00a0\u200b\u200e\u200f\u202a\u202c\u2060\ufeff"
MARK = "_x000D_"
BAD_KEY = "#row"
"""Payload key of a row that does not fit its heading; its value is the cells joined by tabs."""
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
CONTROLS = {chr(n): f"\\u{n:04x}" for n in range(32) if chr(n) not in ESCAPES}


TAIL = 5
"""Rows after a line of signatures that may be names of those who signed."""
SIGNERS = 3
"""Filled cells of such a row, at most."""
AMOUNT = r"^[^a-z]*(?:khach hang|khach|dong|vnd|d)?$"
OTHER_NAMES = r"^t[ốôòóọ]ng\b"
"""What folds to the word for a total but is a family name or a word of another tone."""


@dataclass(slots=True)
class Cleaner:
    """Takes out blank rows, repeated headings, totals and signatures of one tab; counts what it took.

    A footer says nothing but footers and amounts: a person who lives in Tong or works as "kế toán" stays. id: the
    column that names a row, None without one. State: left, how many of the next rows may belong to signatures.
    """

    header: Header
    contact: tuple[int, ...]
    id: int | None = None
    taken: dict[str, int] = field(default_factory=dict)
    left: int = 0

    def clean(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows that may be customers; cells that hold only spaces are null."""
        cells = [f"c{i}" for i in range(self.header.width)]
        frame = frame.with_columns(
            pl.when(pl.col(c).str.strip_chars(EDGES) != "").then(pl.col(c)).alias(c) for c in cells
        )
        frame = frame.filter(pl.any_horizontal([pl.col(c).is_not_null() for c in cells]) | pl.col("bad").is_not_null())
        kind = self._kinds(frame)
        if kind is None:
            return frame
        for name, count in kind.drop_nulls().value_counts().iter_rows():
            self.taken[name] = self.taken.get(name, 0) + count
        return frame.filter(kind.is_null())

    def _kinds(self, frame: pl.DataFrame) -> pl.Series | None:
        """Per row: header | total | signature, null for a row to keep; None when nothing is to be taken."""
        mapped = sorted(set(self.header.index.values()))
        same = [pl.col(f"c{i}").str.strip_chars() == self.header.raw[i] for i in mapped]
        again = pl.all_horizontal(same).fill_null(False) if same else pl.lit(False)
        silent = pl.all_horizontal([pl.col(f"c{i}").is_null() for i in self.contact]) if self.contact else pl.lit(True)
        marks = frame.select(again.alias("again"), (silent & pl.col("bad").is_null()).alias("silent"))
        if not marks["again"].any() and not marks["silent"].any():
            return None
        foot = self._footers(frame, marks["silent"])
        return pl.select(pl.when(marks["again"]).then(pl.lit("header")).otherwise(foot)).to_series()

    def _footers(self, frame: pl.DataFrame, silent: pl.Series) -> pl.Series:
        found = self._marks(frame.with_row_index("at").filter(silent))
        kinds: list[str | None] = [None] * frame.height
        if self.left or found["total"].any() or found["signature"].any():
            for at, total, signature, signer in found.iter_rows():
                kinds[at] = "total" if total else "signature" if signature or (self.left and signer) else None
                self.left = TAIL if signature else self.left - 1 if kinds[at] and self.left else 0
        return pl.Series(kinds, dtype=pl.String)

    def _marks(self, quiet: pl.DataFrame) -> pl.DataFrame:
        """Per row: at, total, signature, signer (may be the name of one who signed)."""
        cells = [pl.col(f"c{i}") for i in range(self.header.width)]
        named = pl.col(f"c{self.id}").is_not_null() if self.id is not None else pl.lit(False)
        word = {kind: [folded(c).str.contains(pattern) for c in cells] for kind, pattern in footers().items()}
        other = [c.str.to_lowercase().str.normalize("NFC").str.contains(OTHER_NAMES) for c in cells]
        word["total"] = [is_total & ~is_name for is_total, is_name in zip(word["total"], other, strict=True)]
        amounts = [folded(c).str.contains(AMOUNT) for c in cells]
        alone = pl.all_horizontal(
            (t | s | a).fill_null(True) for t, s, a in zip(word["total"], word["signature"], amounts, strict=True)
        )
        kinds = {kind: pl.any_horizontal(each).fill_null(False) & alone for kind, each in word.items()}
        filled = pl.sum_horizontal(c.is_not_null().cast(pl.Int32) for c in cells)
        return quiet.select("at", **kinds, signer=(filled <= SIGNERS) & ~named)


@cache
def footers() -> dict[str, str]:
    """Kind of footer → one regular expression over folded cells; footers.tsv holds the wordings."""
    lines = (Path(__file__).parent / "footers.tsv").read_text("utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {kind: "^(?:" + "|".join(p for k, p in pairs if k == kind) + ")$" for kind in ("total", "signature")}


def folded(text: pl.Expr) -> pl.Expr:
    """Lower case, no accents, one space between words: `kit.columns.fold` for frames, nearly."""
    plain = text.str.to_lowercase().str.replace_all("đ", "d", literal=True).str.normalize("NFD")
    return plain.str.replace_all(r"\p{M}+", "").str.replace_all(r"\s+", " ").str.strip_chars()


def tidy(column: pl.Series) -> pl.Series:
    """Cells without the marks by which spreadsheets force text: `="…"`, a leading `'`, odd spaces; null when empty."""
    plain = column.str.strip_chars(EDGES)
    if (
        plain.str.starts_with("=").any()
        or plain.str.starts_with("'").any()
        or plain.str.contains(MARK, literal=True).any()
    ):
        plain = plain.str.replace(r'^="([^"]*)"$', "${1}").str.replace(r"^'([\d+])", "${1}")
        plain = plain.str.replace_all(MARK, "", literal=True).str.strip_chars(EDGES)
    return plain.set(plain == "", None) if (plain == "").any() else plain


def squeezed(column: pl.Series) -> pl.Series:
    """Text as typed: tidy, one space between words."""
    plain = tidy(column)
    return plain.str.replace_all(r"\s+", " ") if plain.str.contains(r"[^\S ]|  ").any() else plain


def typed(column: pl.Series) -> pl.Series:
    """Text as typed, for comparing: squeezed, lower case."""
    return squeezed(column).str.to_lowercase()


def payload(frame: pl.DataFrame, header: Header) -> pl.Series:
    """JSON text of the filled cells by heading, in the order of the columns; `{"#row": …}` for a row that does not fit."""
    good = objects([frame[f"c{i}"].alias(label) for i, label in enumerate(header.labels)])
    if frame["bad"].null_count() == frame.height:
        return good
    return good.zip_with(frame["bad"].is_null(), objects([frame["bad"].alias(BAD_KEY)]))


def objects(columns: Sequence[pl.Series]) -> pl.Series:
    """JSON objects of the filled cells, keyed by the columns' names; `{}` where none is filled."""
    pieces = []
    for i, column in enumerate(columns):
        codes, text = needed(column), pl.col(f"c{i}")
        key = pl.lit(json.dumps(column.name, ensure_ascii=False) + ':"')
        pieces.append(pl.concat_str([key, escaped(text, codes) if codes else text, pl.lit('"')]))
    whole = pl.concat_str([pl.lit("{"), pl.concat_str(pieces, separator=",", ignore_nulls=True), pl.lit("}")])
    return pl.DataFrame([c.alias(f"c{i}") for i, c in enumerate(columns)]).select(whole).to_series()


def needed(column: pl.Series) -> Mapping[str, str]:
    """The escapes that a column needs."""
    if not column.str.contains(r'["\\\x00-\x1f]').any():
        return {}
    return {**ESCAPES, **CONTROLS} if column.str.contains(r"[\x00-\x08\x0b\x0c\x0e-\x1f]").any() else ESCAPES


def escaped(text: pl.Expr, codes: Mapping[str, str]) -> pl.Expr:
    """Text as the inside of a JSON string."""
    for plain, code in codes.items():
        text = text.str.replace_all(plain, code, literal=True)
    return text


def ids(frame: pl.DataFrame, header: Header, targets: Sequence[Target], id_column: str | None) -> pl.Series:
    """Source ids: the id as typed, else `h:` and 20 hex over what identifies the row; equal rows are told apart later."""
    place = header.index.get(id_column) if id_column else None
    if place is None:
        return pl.Series(_hashes(frame, header, targets), dtype=pl.String)
    own = squeezed(frame[f"c{place}"])
    own = own.set(frame["bad"].is_not_null(), None) if frame["bad"].null_count() < frame.height else own
    lacking = own.is_null()
    if not lacking.any():
        return own
    return own.scatter(lacking.arg_true(), pl.Series(_hashes(frame.filter(lacking), header, targets), dtype=pl.String))


def _hashes(frame: pl.DataFrame, header: Header, targets: Sequence[Target]) -> list[str]:
    """Hash ids of rows: BLAKE2b over field and text of the identifying cells; over all cells where there is none."""
    named = [(t, header.index[c]) for f in IDENTITY for t in targets if t.field == f for c in t.columns]
    cells = [
        typed(frame[f"c{place}"]).alias(f"{n}:{'.'.join((t.field, *t.parts))}=")
        for n, (t, place) in enumerate(named)
        if f"c{place}" in frame.columns
    ]
    parts = [pl.concat_str([pl.lit(c.name.split(":", 1)[1]), pl.col(c.name)]) for c in cells]
    key = pl.concat_str(parts, separator="\x1f", ignore_nulls=True) if parts else pl.lit("")
    text = pl.DataFrame(cells).select(key.alias("t"))["t"] if cells else pl.Series("t", [""] * frame.height)
    text = text.set(frame["bad"].is_not_null(), "").fill_null("")
    blank = text == ""
    if blank.any():
        text = text.scatter(blank.arg_true(), _whole(frame.filter(blank), header.width))
    return ["h:" + hashlib.blake2b(t.encode(), digest_size=10).hexdigest() for t in text]


def _whole(frame: pl.DataFrame, width: int) -> pl.Series:
    """All cells of a row as one text."""
    cells = pl.DataFrame([typed(frame[f"c{i}"]).fill_null("") for i in range(width)])
    joined = cells.select(pl.concat_str(pl.all(), separator="\x1f")).to_series()
    return frame.select(pl.coalesce(pl.col("bad"), joined.alias("joined"))).to_series()


def contact_columns(header: Header, targets: Sequence[Target]) -> tuple[int, ...]:
    """The columns of phones and e-mails."""
    names = [c for t in targets if t.field in ("phones", "emails") for c in t.columns]
    return tuple(dict.fromkeys(header.index[n] for n in names if n in header.index))


def good_phones(frame: pl.DataFrame, places: Sequence[int]) -> int:
    """Rows with a phone that looks good: eight digits or more, no E notation."""
    if not places:
        return 0
    looks = [
        pl.col(f"c{p}").str.contains(r"(?:\d\D*){8}") & ~pl.col(f"c{p}").str.contains(r"\d[.,]?\d*[eE][+]?\d")
        for p in places
    ]
    return int(frame.select(pl.any_horizontal(looks).fill_null(False).sum()).item())


def day_forms(frame: pl.DataFrame, places: Sequence[int]) -> tuple[int, int, int]:
    """Of the birth dates: real dates (ISO), texts with slashes, and those texts whose first number may be a month."""
    forms = (
        r"^\d{4}-\d\d-\d\d$",
        r"^\s*\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\s*$",
        r"^\s*(?:0?[1-9]|1[0-2])[/.-]\d{1,2}[/.-]\d{4}\s*$",
    )
    counts = [sum(int(frame[f"c{p}"].str.contains(form).sum() or 0) for p in places) for form in forms]
    return counts[0], counts[1], counts[2]
