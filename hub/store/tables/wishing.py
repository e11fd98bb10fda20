"""Who asked to be forgotten: what keeps a person from coming back, and what other systems are still to do.

Belongs here: erasures, their keyed digests, their tasks. Does not: how they are read and written (hub.store.erasures).
No personal value stands here; the target of a task is a system's own id and goes when the hub has no more to do there.
"""

# fmt: off
from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table

from hub.store.tables.base import metadata
from hub.store.tables.base import text_column as _text

erasures = Table(                                # one for every time that somebody was forgotten
    "erasures", metadata,
    _text("erasure_id", key=True), _text("golden_id", null=False), _text("at", null=False), _text("actor", null=False),
    _text("state", null=False),                  # erased | lifted
    _text("lifted_at"), _text("lifted_by"),
    _text("words", null=False),                  # JSON [keyed digest of a word of the name, …]
    _text("proof", null=False),                  # JSON: what was erased, what is kept and why; counts and ids
    Index("erasures_golden", "golden_id"),
)
erased_keys = Table(                             # keyed digests (hex) by which an erased person is known again
    "erased_keys", metadata,
    _text("digest", key=True), _text("erasure_id", key=True),   # erasure_id "": whatever erasure (of `allowed`)
    _text("kind", null=False),                   # record | value | shared (with the name) | same (whatever the name) | allowed
    Index("erased_keys_erasure", "erasure_id"),
)
erase_tasks = Table(                             # one record at one system, to be erased there
    "erase_tasks", metadata,
    _text("erasure_id", key=True), _text("system", key=True),   # destination, or a source that the hub does not write to
    _text("digest", key=True), _text("target"),  # target: the record's id there while it is open
    _text("state", null=False),                  # open | manual (a person must) | done
    _text("reason"), _text("due", null=False), Column("tries", Integer, nullable=False), _text("at", null=False),
    Index("erase_tasks_state", "state"),
)
