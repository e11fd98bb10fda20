"""The columnar golden record and the plain reference agree, in every value and every byte: behaviour 4.1."""

from __future__ import annotations

import hashlib

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from made_customers import customers

from hub.matching.contacts import Borne
from hub.matching.customer import Member, Setup, as_json, customer
from hub.matching.golden import VALUES, golden
from hub.matching.survivorship import DEFAULTS
from hub.settings import Survivorship

RULES = [
    "source_priority",
    "most_recent",
    "most_frequent",
    "most_complete",
    "validated_first",
    "oldest",
    "aggregate",
    "same_source_as",
    "pinned",
    "most_restrictive",
]
SETTINGS = st.one_of(
    st.just(Survivorship()),
    st.builds(
        Survivorship,
        st.permutations(["pos", "shop"]).map(tuple),
        st.dictionaries(
            st.sampled_from(
                ["full_name", "gender", "note", "birth_date", "addresses", "given_name", "kind", "company_name"]
            ),
            st.lists(st.sampled_from(RULES), max_size=3).map(tuple),
            max_size=4,
        ),
    ),
)


def reference(members, identifiers, survivorship, shared, pins, said):
    """The rows of `golden`, customer by customer, by the plain reference."""
    setup = Setup(
        {**DEFAULTS, **survivorship.fields},
        {name: n for n, name in enumerate(survivorship.sources)},
        {(row[0], row[1]): row[2] for row in shared.iter_rows()},
    )
    rows = []
    for (golden_id,), group in members.sort("golden_id", "source", "source_id").group_by(
        "golden_id", maintain_order=True
    ):
        parts = group.to_dicts()
        sources = {part["rid"]: part["source"] for part in parts}
        order = {part["rid"]: n for n, part in enumerate(parts)}
        borne = sorted(
            (
                Borne(
                    **{
                        **{k: v for k, v in one.items() if k in Borne._fields},
                        "class_": one["class"],
                        "source": sources[one["rid"]],
                    }
                )
                for one in identifiers.to_dicts()
                if one["rid"] in sources
            ),
            key=lambda one: (order[one.rid], one.type, one.value, one.issuer),
        )
        members_ = [
            Member(
                **{k: part[k] for k in Member._fields if k not in ("doc", "since", "echo")},
                doc=orjson.loads(part["doc"]),
                since=orjson.loads(part["since"] or "{}"),
                echo=orjson.loads(part["echo"] or "[]"),
            )
            for part in parts
        ]
        found = customer(members_, borne, setup, pins.get(golden_id), said.get(golden_id, ()))
        doc = as_json(found.doc)
        rows.append(
            {
                "golden_id": golden_id,
                "kind": found.columns["kind"],
                "record_count": len(parts),
                "sources": found.columns["sources"],
                **{name: found.columns[name] for name in VALUES},
                "doc": doc,
                "provenance": as_json(found.provenance),
                "digest": hashlib.blake2b(doc.encode(), digest_size=16).hexdigest(),
            }
        )
    return rows


@given(customers(), SETTINGS)
@settings(max_examples=60, deadline=None)
def test_columns_and_reference_agree_exactly(world, survivorship):
    members, identifiers, shared, pins, said = world
    found = golden(members, identifiers, survivorship, shared=shared, pins=pins, said=said).to_dicts()
    assert found == reference(members, identifiers, survivorship, shared, pins, said)
