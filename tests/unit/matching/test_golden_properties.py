"""The columnar golden record and the plain reference agree, in every value and every byte: behaviour 4.1."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from made_customers import customers

from hub.matching.golden import golden
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


@given(customers(), SETTINGS)
@settings(max_examples=60, deadline=None)
def test_columns_and_reference_agree_exactly(world, survivorship):
    members, identifiers, shared, pins, said = world
    told = {"shared": shared, "pins": pins, "said": said}
    found = golden(members, identifiers, survivorship, **told).to_dicts()
    assert found == golden(members, identifiers, survivorship, **told, few=members.height).to_dicts()
