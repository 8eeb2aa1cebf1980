"""The bridge adds up, cell by cell, whatever is returned, new, gone or unnamed."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.sales.bridge import CELL, EFFECTS, effects

AMOUNT = st.integers(-200_000, 5_000_000).map(lambda cents: cents / 100)
QUANTITY = st.sampled_from([0, 0, -3, 1, 7, 120, 2.5])
CELLS = st.lists(
    st.tuples(st.sampled_from(["A", "B", "C", "D", None]), QUANTITY, AMOUNT, QUANTITY, AMOUNT), min_size=1, max_size=25
).map(lambda rows: pd.DataFrame(rows, columns=list(CELL)))


@settings(max_examples=60, deadline=None)
@given(cells=CELLS)
def test_every_cell_and_every_effect_adds_up(cells):
    found = effects(cells)
    change = cells["amount"] - cells["amount_before"]
    assert found.sum(axis=1).to_list() == pytest.approx(change.to_list(), abs=0.001)
    # the effects of the parts are those of the products as a whole
    whole = cells.groupby("product", dropna=False, as_index=False).sum()
    assert found.sum().to_dict() == pytest.approx(effects(whole).sum().to_dict(), abs=0.001)
    # and those follow the definition
    sold = whole[whole["product"].notna() & (whole["quantity"] > 0) & (whole["quantity_before"] > 0)]
    q0, q1, r0, r1 = (sold[c] for c in ("quantity_before", "quantity", "amount_before", "amount"))
    price = ((r1 / q1 - r0 / q0) * q1).sum()
    volume = (q1.sum() - q0.sum()) * r0.sum() / q0.sum() if len(sold) else 0
    assert found["price"].sum() == pytest.approx(price, abs=0.001)
    assert found["volume"].sum() == pytest.approx(volume, abs=0.001)
    assert found["mix"].sum() == pytest.approx((r1 - r0).sum() - price - volume, abs=0.001)


def test_new_discontinued_and_what_has_no_price_stand_apart():
    cells = pd.DataFrame(
        [("kept", 10, 100.0, 10, 90.0), ("new", 5, 50.0, 0, 0.0), ("gone", 0, 0.0, 4, 40.0),
         ("returned", -2, -20.0, 6, 60.0), ("only returns", -1, -9.0, 0, 0.0), ("no quantity", 0, 30.0, 0, 10.0),
         (None, 3, 30.0, 1, 10.0)],
        columns=list(CELL),
    )  # fmt: skip
    found = effects(cells).set_index(cells["product"].fillna("none"))
    assert found.loc["kept"].to_dict() == dict.fromkeys(EFFECTS, 0.0) | {"price": 10.0}
    assert found["new"].to_dict() | {"new": 0} == dict.fromkeys(found.index, 0.0)
    assert found.loc["new", "new"] == 50
    assert found.loc["gone", "discontinued"] == -40
    assert found["unsplit"].to_dict() == {"kept": 0, "new": 0, "gone": 0, "returned": -80, "only returns": -9,
                                          "no quantity": 20, "none": 20}  # fmt: skip


def test_a_part_that_grows_below_the_price_of_the_whole_lowers_it():
    """Two dealers keep their prices, the cheap one grows: the product's average price falls by what it says."""
    cells = pd.DataFrame([("A", 10, 120.0, 10, 120.0), ("A", 20, 160.0, 10, 80.0)], columns=list(CELL))
    found = effects(cells)
    assert found["price"].tolist() == [0.0, pytest.approx(-20.0)]  # 10 more at 8 where the product cost 10
    assert found["volume"].tolist() == [0.0, pytest.approx(100.0)]


def test_a_frame_without_its_columns_is_refused():
    with pytest.raises(ValueError, match="quantity_before"):
        effects(pd.DataFrame({"product": [], "quantity": [], "amount": []}))
