"""Columns of text are made plain exactly as one text is."""

import unicodedata

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.matching.normalize.text import squeezed
from hub.matching.normalize.text_bulk import squeezed_text

SIGNS = (
    "aZ0~ \u00a0\t\n\u200b\u0301\u0323\u1e69\u01b0\u1ea1\u0111\u00c0\u017f\u212b\u1100\u1161\uac00\u2126\ufeff\u3000"
)


def columned(texts: list[str]) -> list[str | None]:
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    return frame.select(squeezed_text("text")).to_series().to_list()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(SIGNS, max_size=8) | st.text(max_size=12), min_size=1, max_size=60))
def test_any_text_is_squeezed_as_the_reference_does(texts: list[str]) -> None:
    assert columned(texts) == [squeezed(text) or None for text in texts]


def test_every_sign_of_the_basic_plane_is_squeezed_as_the_reference_does() -> None:
    signs = [
        sign for sign in map(chr, range(1, 0xD800)) if not unicodedata.combining(sign) and unicodedata.name(sign, "")
    ]
    texts = [text for sign in signs for text in (sign, f"a{sign}b", f"{sign}\u0301")]
    assert columned(texts) == [squeezed(text) or None for text in texts]
