"""A selection survives the ways it is kept: ledger, address; what is cut or mistyped loses no more than itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.export.selection import MOST, Pick, Selection

words = st.text(max_size=12)
keys = st.sampled_from(["by", "over", "against", "item", "region"])
picks = st.builds(Pick, st.sampled_from(["sales.trend", "targets.gap_product", "x"]),
                  st.dictionaries(keys, words.filter(bool), max_size=3), words)  # fmt: skip
selections = st.builds(Selection, words, st.lists(picks, max_size=5).map(tuple))


@given(selections)
def test_the_ledger_gives_back_what_was_kept(selection: Selection):
    assert Selection.from_body(selection.to_body()) == selection


@given(selections)
def test_an_address_gives_back_the_picks(selection: Selection):
    text = selection.to_text()
    assert Selection.from_text(text).picks == selection.picks
    assert set(";!=").isdisjoint("".join(pick.note for pick in selection.picks)) or "%" in text


@given(st.text())
def test_any_text_is_read_without_failing(text: str):
    assert len(Selection.from_text(text).picks) <= MOST


def test_what_is_no_selection_is_refused():
    with pytest.raises(ValueError, match="selection"):
        Selection.from_body({"picks": ["sales.trend"]})
