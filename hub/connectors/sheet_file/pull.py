"""Pages from files: what is new is read, surveyed and landed; what cannot be read is refused by name and the rest goes on.

Belongs here: the order of things for one pull. Does not: each of the things (watch, ledger, survey, rows).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from hub.connectors.kit.columns import columns_of
from hub.connectors.kit.port import Context
from hub.connectors.sheet_file.book import FileRefused, FileUnfinished
from hub.connectors.sheet_file.ledger import PAST, Entry, Ledger, read_ledger
from hub.connectors.sheet_file.opener import open_file
from hub.connectors.sheet_file.options import Options
from hub.connectors.sheet_file.rows import payload, tidy
from hub.connectors.sheet_file.survey import Pick, Survey, fingerprint, pick, stream, survey
from hub.connectors.sheet_file.times import moments
from hub.connectors.sheet_file.watch import Candidate, candidates, digest, steady, unmoved
from hub.model import Json, Notice, Page

TRUSTED = 16 << 20
"""Size from which an unchanged size and time are taken for unchanged content."""
FEW = 5
"""Rows below which a share of good phones says nothing."""
EMPTY = pl.DataFrame(schema={"source_id": pl.String, "payload": pl.String, "updated_at": pl.String})


@dataclass(frozen=True, slots=True)
class Found:
    """A readable file with its content hash. sweep: this pull reads it again although it landed."""

    file: Candidate
    sha: str
    again: bool = False


def pull(context: Context, options: Options, cursor: Mapping[str, Json] | None, *, full: bool) -> Iterator[Page]:
    """Pages of all files that are new, changed or due; with `full` of all files."""
    ledger = read_ledger(cursor)
    landed = ledger.json()
    files, notices = candidates(context.workspace, options.paths)
    if not files:
        notices.append(Notice("sheet.no_files", "warning", {"path": ", ".join(options.paths)}))
    work, more = _work(context, ledger, files, full=full)
    notices += more
    for found in work:
        if context.deadline():
            break
        if not _known(ledger, found, {f.key for f in files}):
            pages = _file_pages(context, options, ledger, found)
            for page in _refusing(pages, ledger, found, notices):
                yield replace(page, notices=[*notices, *page.notices])
                notices, landed = [], dict(page.cursor)
    if notices or ledger.json() != landed:
        yield Page("customers", EMPTY, ledger.json(), notices=notices)


def _work(
    context: Context, ledger: Ledger, files: Sequence[Candidate], *, full: bool
) -> tuple[list[Found], list[Notice]]:
    """Files to read, each steady over one second."""
    moved = [f for f in files if full or not _same(ledger, f, context.now())]
    still, notices = steady(moved, context.wait or time.sleep)
    found = []
    for file in still:
        try:
            found.append(Found(file, digest(file.path), full or ledger.due(file.key, context.now())))
        except OSError:
            notices.append(Notice("sheet.waiting", "info", {"file": file.key, "reason": "locked"}))
    return found, notices


def _same(ledger: Ledger, file: Candidate, now: str) -> bool:
    entry = ledger.files.get(file.key)
    if entry is None or (ledger.open or {}).get("path") == file.key or ledger.due(file.key, now):
        return False
    if (entry.size, entry.mtime) == (file.size, file.mtime) and file.size >= TRUSTED:
        return True
    try:
        return entry.size == file.size and entry.sha == digest(file.path)
    except OSError:
        return False


def _known(ledger: Ledger, found: Found, present: set[str]) -> bool:
    """Content that landed already: the same file, a copy of another or a renamed one. Notes what it learns."""
    file, entry = found.file, ledger.files.get(found.file.key)
    if entry and entry.sha == found.sha and not found.again:
        ledger.files[file.key] = replace(entry, size=file.size, mtime=file.mtime)
        return (ledger.open or {}).get("path") != file.key
    owner = ledger.owner_of(found.sha, file.key)
    if owner is None or (entry and not entry.copy_of):
        return False
    if owner in present or ledger.files[owner].sha != found.sha:
        ledger.files[file.key] = Entry(found.sha, file.size, file.mtime, copy_of=owner)
        return True
    ledger.moved(owner, file.key, file.size, file.mtime)
    return not found.again


def _refusing(pages: Iterator[Page], ledger: Ledger, found: Found, notices: list[Notice]) -> Iterator[Page]:
    """The pages of a file; a refusal becomes a notice, so that other files go on."""
    key = found.file.key
    try:
        yield from pages
        ledger.broken.pop(key, None)
    except FileUnfinished as error:
        if ledger.broken.get(key) == found.sha:
            notices.append(Notice(error.code, "error", {"file": key, **error.fields}))
        else:
            ledger.broken[key] = found.sha
            notices.append(Notice("sheet.waiting", "info", {"file": key, "reason": "unfinished"}))
    except FileRefused as error:
        notices.append(Notice(error.code, "error", {"file": key, **error.fields}))
    except OSError:
        notices.append(Notice("sheet.waiting", "info", {"file": key, "reason": "locked"}))


def _file_pages(context: Context, options: Options, ledger: Ledger, found: Found) -> Iterator[Page]:
    file = found.file
    book = open_file(
        file.path, options.wanted, encoding=options.encoding, sheet=options.sheet, skip_hidden=options.skip_hidden
    )
    try:
        picks = pick(book, options)
        earlier = ledger.files.get(file.key)
        seen = survey(picks, options, earlier.sketch if earlier else ())
        _check_share(ledger, file.key, picks, options, seen)
        plan = _plan(options, found, earlier, seen)
        told = [*book.notices, *(n for p in picks for n in p.tab.notices), *_doubled(picks), *seen.notices]
        told = [replace(n, args={"file": file.key, **n.args}) for n in told]
        entry = _entry(context, found, earlier, seen, fingerprint(picks), plan)
        yield from _land(context, options, ledger, found, picks, seen, entry, plan, told)
    finally:
        book.close()


def _plan(options: Options, found: Found, earlier: Entry | None, seen: Survey) -> str | None:
    """The snapshot's id when the rows that a file no longer holds are to be missed, else None."""
    correction = options.id is None and seen.held is not None and seen.held > 0.5
    if not (options.complete or correction):
        return None
    second = earlier is not None and earlier.sha == found.sha and earlier.confirm
    return f"{found.sha}:2" if second else found.sha


def _entry(context: Context, found: Found, earlier: Entry | None, seen: Survey, header: str, plan: str | None) -> Entry:
    fresh = earlier is not None and earlier.sha != found.sha and not earlier.copy_of
    past = (*earlier.past, earlier.sha)[-PAST:] if earlier and fresh else earlier.past if earlier else ()
    return Entry(
        sha=found.sha,
        size=found.file.size,
        mtime=found.file.mtime,
        rows=seen.rows,
        header=header,
        share=round(seen.share, 4),
        scope=(earlier.scope if earlier else "") or found.file.key,
        sketch=seen.sketch,
        at=context.now(),
        confirm=plan is not None and fresh,
        past=past,
    )


def _check_share(ledger: Ledger, key: str, picks: Sequence[Pick], options: Options, seen: Survey) -> None:
    """Refuse a file whose phones are damaged: under half of the usual share of good numbers."""
    usual = ledger.usual_share(key, fingerprint(picks))
    phones = columns_of(options.targets, "phones")
    if not phones or usual is None or seen.rows < FEW or seen.share >= usual / 2:
        return
    raise FileRefused(
        "sheet.phone_share",
        tab=picks[0].tab.name,
        header_row=picks[0].header.row,
        column=phones[0],
        nearest="",
        percent=round(seen.share * 100),
        usual=round(usual * 100),
    )


def _doubled(picks: Sequence[Pick]) -> list[Notice]:
    return [
        Notice("sheet.duplicate_header", "warning", {"tab": p.tab.name, "column": c})
        for p in picks
        for c in p.header.doubled
    ]


def _land(
    context: Context,
    options: Options,
    ledger: Ledger,
    found: Found,
    picks: Sequence[Pick],
    seen: Survey,
    entry: Entry,
    snapshot: str | None,
    told: Sequence[Notice],
) -> Iterator[Page]:
    """The second reading, in pages; rows that landed before a stop are not sent again."""
    key, mark = found.file.key, {"path": found.file.key, "sha": found.sha, "snapshot": snapshot}
    before = ledger.open or {}
    skip = before["rows"] if {k: before.get(k) for k in mark} == mark else 0
    frames = _ready(context, options, picks, seen, skip)
    done, held = skip, next(frames, EMPTY)
    while True:
        following = next(frames, None)
        if following is None and not unmoved(found.file):
            raise FileUnfinished("sheet.broken")
        done += held.height
        last = following is None
        ledger.open = None if last else {**mark, "rows": done}
        if last:
            ledger.files[key] = entry
        context.progress(done, seen.rows, None)
        yield Page(
            "customers",
            held,
            ledger.json(),
            snapshot=snapshot,
            complete=last and snapshot is not None,
            scope=entry.scope,
            total=seen.rows,
            notices=told,
        )
        told = ()
        if following is None or context.deadline():
            return
        held = following


def _ready(
    context: Context, options: Options, picks: Sequence[Pick], seen: Survey, skip: int
) -> Iterator[pl.DataFrame]:
    """Frames (source_id, payload, updated_at), after the first `skip` rows."""
    for one, every in stream(picks, options):
        frame = every.filter(~every["seq"].is_in(seen.dropped.implode())) if seen.dropped.len() else every
        part, skip = frame.slice(min(skip, frame.height)), max(0, skip - frame.height)
        if not part.height:
            continue
        if seen.numbered.height:
            part = part.join(seen.numbered, on="seq", how="left", maintain_order="left").with_columns(
                pl.concat_str([pl.col("id"), pl.concat_str([pl.lit("~"), pl.col("n")]).fill_null("")]).alias("id")
            )
        yield pl.DataFrame(
            [
                part["id"].alias("source_id"),
                payload(part, one.header).alias("payload"),
                _times(part, one, options, context.timezone),
            ]
        )


def _times(frame: pl.DataFrame, one: Pick, options: Options, timezone: str) -> pl.Series:
    """The row's own time, else the declared time of the file, else null."""
    named = columns_of(options.targets, "updated_at")
    default = pl.repeat(options.as_of, frame.height, dtype=pl.String, eager=True)
    if not named:
        return default.alias("updated_at")
    own = moments(tidy(frame[f"c{one.header.index[named[0]]}"]), options.date_order, timezone)
    return own.zip_with(own.is_not_null(), default).alias("updated_at")
