"""A table's pages against the obvious way: sort everything, filter everything, cut."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.sandbox.rows import Query, Rows

KEYS = st.integers(0, 12)
STEPS = st.lists(st.tuples(st.sampled_from(["put", "remove", "page"]), KEYS, st.integers(0, 4)), max_size=40)


def table():
    return Rows("id", {"id": lambda row: row["id"], "rank": lambda row: row["rank"]})


def obvious(known, query, offset, limit):
    def sort(row):
        return (row[query.order], row["id"])

    rows = sorted(known.values(), key=sort, reverse=query.desc)
    if query.since is not None:
        rows = [row for row in rows if row[query.since[0]] >= query.since[1]]
    if query.keep is not None:
        rows = [row for row in rows if query.keep(row)]
    if query.among is not None:
        rows = [row for row in rows if row["id"] in query.among]
    return rows[offset : offset + limit], len(rows)


QUERIES = [
    Query("id"),
    Query("rank"),
    Query("rank", desc=True),
    Query("id", since=("rank", 2)),
    Query("rank", desc=True, since=("rank", 2)),
    Query("rank", keep=lambda row: row["id"] % 2 == 0, tag="even"),
    Query("id", among=frozenset((1, 5, 7))),
    Query("id", since=("rank", 2), among=frozenset((1, 5, 7))),
]


@settings(deadline=None, max_examples=60)
@given(STEPS)
def test_pages_agree_with_the_obvious_way_whatever_happened_before(steps):
    rows, known = table(), {}
    for step, key, rank in steps:
        if step == "put":
            known[key] = {"id": key, "rank": rank}
            rows.put(known[key])
        elif step == "remove":
            known.pop(key, None)
            rows.remove(key)
        for query in QUERIES:
            page = rows.page(query, rank, 3)
            assert (page.rows, page.total) == obvious(known, query, rank, 3)


def test_a_bulk_load_is_seen_by_lists_that_were_read_before():
    rows = table()
    rows.page(Query("rank"), 0, 5)
    rows.load([{"id": 1, "rank": 2}, {"id": 2, "rank": 1}])
    assert [row["id"] for row in rows.page(Query("rank"), 0, 5).rows] == [2, 1]
