"""The index that customers are searched by: what their names, phones and e-mails are made of.

Belongs here: its tables. Does not: folding (search_words.py), building (search_index.py), looking (search.py).
Forgetting a person drops the index (search_index.drop): it holds parts of names and numbers.
"""

# fmt: off
from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table

from hub.store.tables.base import BIG, metadata
from hub.store.tables.base import text_column as _text

search_segments = Table(                         # customers that were indexed together; a newer segment outdoes an older one
    "search_segments", metadata,
    Column("segment", BIG, primary_key=True, autoincrement=False),
    Column("size", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),   # of the change feed: everything up to here is in this segment or an older one
    Column("ids", LargeBinary, nullable=False),  # golden ids, 16 bytes each; the place in it is the customer's number here
)
search_grams = Table(                            # which customers of a segment have a gram
    "search_grams", metadata,
    Column("segment", BIG, primary_key=True, autoincrement=False), _text("gram", key=True),
    Column("places", LargeBinary, nullable=False),           # a bit for each number, or the numbers as uint16 (search_index.py)
)
