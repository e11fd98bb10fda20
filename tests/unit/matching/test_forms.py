"""Forms of many names are those of each."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from hub.matching.book import form, forms

LETTERS = st.sampled_from("aAoO đĐêÊưỨếằ\u0301\u034f'’-.ßİıΣςŁ中가ǅé")


@given(st.lists(st.text(LETTERS, max_size=6) | st.text(max_size=4), unique=True))
def test_forms_of_many_are_the_form_of_each(names: list[str]) -> None:
    found = {name: (low, bare) for name, low, bare in forms(pl.Series(names, dtype=pl.String)).iter_rows()}
    assert found == {name: tuple(form(name)) for name in names}
