"""Hypothesis strategies: small hostile worlds in which everything is shared too much."""

from __future__ import annotations

from hypothesis import strategies as st
from made_frames import identifier, record

NAMES = [
    "",
    "Lan",
    "chị Lan",
    "LAN",
    "Nguyễn Thị Lan",
    "Nguyen Thi Lan",
    "NGUYỄN THỊ LÂN",
    "Nguyễn Thị Lan Anh",
    "Trần Văn Hùng",
    "TRAN VAN HUNG",
    "Hùng",
    "Bob Smith",
    "Robert Smith",
    "R Smith",
    "Robert James Smith",
    "Robert John Smith",
    "Mary Jones",
    "Thúy Trần",
    "Thuý Trần",
]
COMPANIES = ["", "Công ty TNHH An Phú", "An Phu Co., Ltd", "Công ty An Phú Hà Nội", "Công ty Bình Minh"]
BIRTHS = [None, None, "1990", "1990-01-01", "1990-02-03", "1990-03-02", "1985-07-09"]
VALUES = [
    "phone:+84900000001",
    "phone:+84900000002",
    "phone:+84900000003",
    "email:a@example.com",
    "email:b@example.com",
    "email_weak:a@example.com",
    "national_id/cccd:001099000001",
    "national_id/cccd:001099000002",
    "national_id/cccd:079088000555",
    "national_id/cmnd:123456789",
    "passport:C1",
    "driving_licence:D1",
    "tax_code:0101",
    "loyalty@shop:7",
    "social:x",
    "other:9",
]


@st.composite
def worlds(draw, largest=9):
    """(people, judgements, receipts) for made_frames.frames."""
    size = draw(st.integers(1, largest))
    people = []
    for rid in range(1, size + 1):
        kind = draw(st.sampled_from(["person"] * 6 + ["organisation", "staff"]))
        name = draw(st.sampled_from(COMPANIES if kind == "organisation" else NAMES))
        row = record(
            rid, name, kind=kind, birth=draw(st.sampled_from(BIRTHS)), source=draw(st.sampled_from(["pos", "shop"]))
        )
        values = draw(st.lists(st.sampled_from(VALUES), max_size=4, unique=True))
        people.append(
            (
                row,
                [
                    identifier(
                        rid,
                        value,
                        key=draw(st.sampled_from([True] * 9 + [False])),
                        flags=draw(st.sampled_from([""] * 30 + ["own"])),
                    )
                    for value in values
                ],
            )
        )
    rids = st.integers(1, size)
    words = st.tuples(rids, rids, st.sampled_from(["same", "different"]), st.sampled_from(["t1", "t2", "t3"]))
    judgements = draw(st.one_of(st.just([]), st.lists(words, max_size=3)))
    receipts = draw(st.one_of(st.just([]), st.just([]), st.lists(st.tuples(rids, rids), max_size=2)))
    return people, judgements, receipts


@st.composite
def mild_worlds(draw):
    """Worlds in which most components agree, so that the columnar path has work."""
    size = draw(st.integers(2, 10))
    people = []
    for rid in range(1, size + 1):
        name = draw(st.sampled_from(["Nguyễn Thị Lan", "Nguyen Thi Lan", "", "chị Lan", "Lan Nguyễn"]))
        row = record(
            rid, name, birth=draw(st.sampled_from([None, "1990-02-03"])), source=draw(st.sampled_from(["pos", "shop"]))
        )
        people.append((row, draw(st.lists(st.sampled_from(VALUES[:7] + VALUES[10:12]), max_size=4, unique=True))))
    receipts = draw(st.lists(st.tuples(st.integers(1, size), st.integers(1, size)), max_size=2))
    return people, [], receipts


HOUSEHOLD = [
    "Nguyễn Thị Lan",
    "NGUYEN THI LAN",
    "Lan",
    "Trần Văn Hùng",
    "tran van hung",
    "Trần Văn Hưng",
    "Lan Hùng",
    "Mary Jones",
]
"""Mostly two or three people, each in several spellings."""


@st.composite
def households(draw):
    """Worlds of people behind few contacts, so that names alone part most components."""
    size = draw(st.integers(2, 10))
    people = []
    for rid in range(1, size + 1):
        name = draw(st.sampled_from([*HOUSEHOLD * 3, ""]))
        row = record(rid, name, birth=draw(st.sampled_from([None, None, "1990-02-03", "1985-07-09"])))
        values = VALUES[:6] if draw(st.integers(0, 9)) else VALUES[:12]
        people.append((row, draw(st.lists(st.sampled_from(values), max_size=3, unique=True))))
    return people, [], []
