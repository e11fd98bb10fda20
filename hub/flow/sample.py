"""A blind sample for stewards: written as a table, read back with answers, told as precision and recall.

Belongs here: the file and what it says, leading draw and estimate. Does not: strata and intervals (matching.sampling),
rows (store.samples). The file shows two records side by side and never what the hub thinks of them.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from hub.connectors.sheet_file.book import FileRefused
from hub.connectors.sheet_file.header import find_header
from hub.connectors.sheet_file.opener import open_file
from hub.connectors.sheet_file.table_writer import write_table
from hub.errors import ConfigError
from hub.flow.run import Run
from hub.flow.texts import texts
from hub.matching import sampling
from hub.model import Json
from hub.store import audit, samples
from hub.store.engine import Store
from hub.store.files import write_safe

if TYPE_CHECKING:
    import polars as pl

LEAST, MOST = 20, 10_000
SCALARS = ("code", "full_name", "company_name", "birth_date", "gender", "customer_type")
LISTS = ("phones", "emails", "ids", "addresses")
ADDRESS = ("line", "ward", "district", "province", "postal_code", "country")
ASKED = ("sample", "pair", "answer", "comment")
SIDES = ("1", "2")


def take(store: Store, run: Run, size: int, path: Path, seed: int, language: str) -> dict[str, Json]:
    """Draw about `size` pairs, keep them, write them to `path` (.xlsx or .csv) for people to answer.

    Raises ConfigError for a size out of range, a path that cannot be written, and a store without two records.
    """
    if not LEAST <= size <= MOST:
        raise ConfigError(f"a sample of {size} pairs", hint=f"between {LEAST} and {MOST}")
    if path.suffix not in (".xlsx", ".csv") or not path.parent.is_dir() or path.exists():
        raise ConfigError(f"cannot write {path}", hint="a new file .xlsx or .csv in a folder that is there")
    with store.read() as conn:
        members = samples.members(conn)
        drawn = sampling.draw(sampling.joined_strata(members), samples.apart(conn, members), size, seed)
    if drawn.is_empty():
        raise ConfigError("no two records were joined or compared yet", hint="run `hub sync` first")
    sample_id = uuid.uuid4().hex[:8]
    with store.begin() as conn:
        pairs = samples.keep(conn, sample_id, run.now(), drawn)
        documents = samples.documents(conn, [*pairs["a"], *pairs["b"]])
        _write(path, _table(sample_id, pairs, documents, language))
    return {"sample": sample_id, "path": str(path), "pairs": pairs.height, "strata": _counts(drawn)}


def _counts(drawn: pl.DataFrame) -> list[dict[str, Json]]:
    counted = drawn.group_by("stratum", "population").len("asked").sort("stratum")
    return [{"stratum": name, "pairs": held, "asked": asked} for name, held, asked in counted.iter_rows()]


Rows = tuple[list[str], list[list[str]]]


def _table(sample_id: str, pairs: pl.DataFrame, documents: Mapping[str, str], language: str) -> Rows:
    """Headings and rows. Columns in which no record has a value are left out."""
    shown = [[_values(documents.get(name)) for name in pair] for pair in pairs.select("a", "b").iter_rows()]
    fields = [name for name in (*SCALARS, *LISTS) if any(side.get(name) for pair in shown for side in pair)]
    said = texts("sample.tsv")
    heads = [said[name][language] for name in ASKED]
    heads += [f"{said[name][language]} {side}" for name in fields for side in SIDES]
    rows = [
        [sample_id, str(n), "", "", *(side.get(name, "") for name in fields for side in pair)]
        for n, pair in enumerate(shown, 1)
    ]
    return heads, rows


def _values(document: str | None) -> dict[str, str]:
    """A record's values as people read them; {} of one that has left meanwhile."""
    told: dict[str, Json] = orjson.loads(document) if document else {}
    values = {name: str(told[name]) for name in SCALARS if told.get(name)}
    for name in LISTS:
        values[name] = "\n".join(_item(name, item) for item in told.get(name) or ())
    return values


def _item(name: str, item: Mapping[str, Json]) -> str:
    if name == "addresses":
        return ", ".join(str(item[part]) for part in ADDRESS if item.get(part))
    value = str(item.get("national") or item.get("value") or "")
    return f"{item['type']}: {value}" if name == "ids" else value


def _write(path: Path, table: Rows) -> None:
    heads, rows = table
    try:
        if path.suffix == ".xlsx":
            write_table(path, "sample", heads, rows)
        else:
            write_safe(path, heads, rows)
    except OSError as error:
        raise ConfigError(f"cannot write {path}", hint=str(error.strerror)) from error


def learn(store: Store, run: Run, path: Path, by: str) -> dict[str, Json]:
    """Keep the answers of a file that `take` wrote, and tell precision and recall from all answers to that sample.

    An empty answer takes an earlier one back. Raises ConfigError, naming row and word, before anything is kept.
    """
    sample_id, answers = _answers(path)
    with store.begin() as conn:
        held = samples.read(conn, sample_id)
        unknown = sorted(set(answers) - set(held["n"]))
        if held.is_empty() or unknown:
            what = f"no sample {sample_id!r}" if held.is_empty() else f"no pair {unknown[0]} in sample {sample_id}"
            raise ConfigError(f"{path.name}: {what}", hint="answer the file that `hub evaluate --sample` wrote here")
        samples.answer(conn, sample_id, answers, by, run.now())
        told = {"answers": len(answers)}
        audit.write(conn, at=run.now(), actor=by, action="sample.answer", subjects=[sample_id], details=told)
        return _told(sample_id, samples.read(conn, sample_id))


def _told(sample_id: str, held: pl.DataFrame) -> dict[str, Json]:
    strata: list[dict[str, Json]] = []
    labelled: list[sampling.Labelled] = []
    for (name, population), rows in held.sort("stratum").group_by("stratum", "population", maintain_order=True):
        same, different, unsure = (rows.filter(answer=word).height for word in ("same", "different", "unsure"))
        labelled.append(sampling.Labelled(str(name), int(str(population)), same, different))
        asked = {"asked": rows.height, "same": same, "different": different, "unsure": unsure}
        strata.append({"stratum": name, "pairs": population, **asked})
    told = {name: asdict(interval) for name, interval in sampling.estimate(labelled).items()}
    answered = held["answer"].count()
    wrong = _disagreed(held)
    return {"sample": sample_id, "pairs": held.height, "answered": answered, **told, "strata": strata, **wrong}


def _disagreed(held: pl.DataFrame) -> dict[str, Json]:
    """Pairs (names of records) that people see otherwise than the hub did."""
    joined = [name.startswith(sampling.JOINED) for name in held["stratum"]]
    rows = list(zip(joined, held["answer"], held["a"], held["b"], strict=True))
    return {
        "wrongly_joined": [[a, b] for is_joined, answer, a, b in rows if is_joined and answer == "different"],
        "wrongly_apart": [[a, b] for is_joined, answer, a, b in rows if not is_joined and answer == "same"],
    }


def _answers(path: Path) -> tuple[str, dict[int, str | None]]:
    """The sample's id, and answer by pair."""
    said = texts("sample.tsv")
    heads = [(said[name]["vi"], said[name]["en"]) for name in ASKED[:3]]
    rows = _cells(path, heads)
    ids = {sample for sample, _, _, _ in rows}
    if len(ids) != 1:
        raise ConfigError(f"{path.name} holds {len(ids)} samples", hint="one file answers one sample")
    words = {text: key for key in ("same", "different", "unsure") for text in said[key]["words"].split("|")}
    answers: dict[int, str | None] = {}
    for _, pair, answer, row in rows:
        word = answer.strip().casefold()
        if not pair.isdecimal() or (word and word not in words):
            hint = ", ".join(said[key]["words"].split("|")[0] for key in ("same", "different", "unsure"))
            raise ConfigError(f"{path.name} row {row}: {answer or pair!r} is no answer", hint=hint)
        answers[int(pair)] = words.get(word)
    return ids.pop(), answers


def _cells(path: Path, heads: Sequence[tuple[str, str]]) -> list[tuple[str, str, str, int]]:
    """sample, pair, answer, row number of every row."""
    try:
        book = open_file(path, [name for pair in heads for name in pair])
    except (OSError, FileRefused) as error:
        raise ConfigError(f"{path} cannot be read", hint="the .xlsx or .csv of `hub evaluate --sample`") from error
    try:
        tab = book.tabs[0]
        for names in zip(*heads, strict=True):
            header = find_header(tab.head, names)
            if not header.missing:
                break
        else:
            raise ConfigError(f"{path.name} lacks the columns of a sample", hint=", ".join(one for _, one in heads))
        columns = [f"c{header.index[name]}" for name in names]
        frames = (frame.select(*columns, "row") for frame in tab.frames(header.row, header.width))
        rows = [row for frame in frames for row in frame.iter_rows()]
    finally:
        book.close()
    return [(str(sample), str(pair or ""), str(answer or ""), int(row)) for sample, pair, answer, row in rows if sample]
