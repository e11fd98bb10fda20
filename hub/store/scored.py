"""What scoring reads beyond matching, and the two small facts that it keeps: what was learnt, what was compared.

Belongs here: columns of records that only scores need, frames of a few records, the notes `score*`. Does not: scores
(hub.matching.score), the pairs that they suggest (suggestions.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson
import polars as pl
from sqlalchemy import Connection, select

from hub.model import Json
from hub.store import notes
from hub.store.bulk import among
from hub.store.frames import read_frame
from hub.store.scope import IDENTIFIERS, RECORDS
from hub.store.tables import blocked_values, identifiers, records

DETAILS = ("rid", "family_name", "given_name", "gender", "doc")
LEARNT, PARAMETERS, COMPARED = "score", "score_parameters", "score_compared"


def details(conn: Connection, rids: Sequence[int] | None = None) -> pl.DataFrame:
    """The columns DETAILS of these records (None: of all); documents take much memory, so only scoring asks for them."""
    statement = select(*[records.c[name] for name in DETAILS])
    return read_frame(conn, statement if rids is None else statement.where(among(conn, records.c.rid, rids)))


def people(conn: Connection, rids: Sequence[int]) -> pl.DataFrame:
    """Some records with all that matching and scoring read."""
    names = dict.fromkeys((*RECORDS, *DETAILS))
    return read_frame(conn, select(*[records.c[name] for name in names]).where(among(conn, records.c.rid, rids)))


def borne(conn: Connection, rids: Sequence[int]) -> pl.DataFrame:
    """The identifiers of some records."""
    mine = among(conn, identifiers.c.rid, rids)
    return read_frame(conn, select(*[identifiers.c[name] for name in IDENTIFIERS]).where(mine))


def blocked(conn: Connection) -> pl.DataFrame:
    """The values that join nobody, as they stand: the columns of `blocked_values`."""
    return read_frame(conn, select(blocked_values))


def learnt(conn: Connection) -> Mapping[str, Json] | None:
    """What the last training said (flow.train); None before the first."""
    text = notes.get(conn, LEARNT)
    return orjson.loads(text) if text is not None else None


def parameters(conn: Connection) -> str | None:
    """The document of the parameters that were learnt; None before the first training."""
    return notes.get(conn, PARAMETERS)


def learn(conn: Connection, told: Mapping[str, Json], document: str) -> None:
    """Keep what a training learnt."""
    notes.put(conn, LEARNT, orjson.dumps(dict(told), option=orjson.OPT_SORT_KEYS).decode())
    notes.put(conn, PARAMETERS, document)


def compared(conn: Connection) -> Mapping[str, Json] | None:
    """How all records were last compared; None when some have not been since."""
    text = notes.get(conn, COMPARED)
    return orjson.loads(text) if text is not None else None


def set_compared(conn: Connection, told: Mapping[str, Json] | None) -> None:
    """Keep how all records were compared, or (None) that some were not; written only where it differs."""
    text = orjson.dumps(dict(told), option=orjson.OPT_SORT_KEYS).decode() if told is not None else None
    if text == notes.get(conn, COMPARED):
        return
    if text is None:
        notes.drop(conn, COMPARED)
    else:
        notes.put(conn, COMPARED, text)
