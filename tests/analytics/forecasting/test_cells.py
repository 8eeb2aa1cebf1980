"""One table of which all levels are sums: joining by iterative proportional fitting, spreading to the cent."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from analytics.forecasting.cells import joined, long, rounded, spread
from analytics.forecasting.hierarchy import rake

HOME = np.array([0, 0, 0, 1, 1])


def fitted(seed: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Iterative proportional fitting, cell by cell, rows last."""
    table = seed.astype(float).copy()
    for _ in range(100):
        for j in range(table.shape[1]):
            table[:, j] *= columns[j] / table[:, j].sum()
        for i in range(table.shape[0]):
            table[i] *= rows[i] / table[i].sum()
    return table


# ------------------------------------------------------------------ rake


def test_rake_by_hand():
    """Margins 5, 5 and 4, 6; fitting keeps the odds ratio 1·4/(2·3): a² + 21a − 40 = 0."""
    a = (-21 + np.sqrt(21**2 + 160)) / 2
    out = rake(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, 5.0]), np.array([4.0, 6.0]))
    assert out == pytest.approx(np.array([[a, 5 - a], [4 - a, 1 + a]]), abs=1e-6)


def test_rake_is_that_of_a_plain_loop_in_every_period():
    rng = np.random.default_rng(1)
    seed = rng.uniform(1, 9, (3, 4, 5))
    rows = rng.uniform(10, 20, (3, 4))
    columns = rng.dirichlet(np.ones(5), 3) * rows.sum(axis=1, keepdims=True)
    out = rake(seed, rows, columns)
    for t in range(3):
        assert out[t] == pytest.approx(fitted(seed[t], rows[t], columns[t]), rel=1e-4)


def test_rake_holds_rows_where_columns_cannot_be_held():
    """The second row bought nothing but b: its sum stands, whatever the columns ask for."""
    out = rake(np.array([[1.0, 1.0], [0.0, 2.0]]), np.array([4.0, 6.0]), np.array([8.0, 2.0]))
    assert out.sum(axis=1) == pytest.approx([4.0, 6.0])
    assert out[1, 0] == 0
    nothing = rake(np.array([[0.0, 0.0], [1.0, 3.0]]), np.array([2.0, 4.0]), np.array([3.0, 3.0]))
    assert nothing.sum(axis=1) == pytest.approx([2.0, 4.0])  # a row without a seed shares evenly, not nothing
    assert rake(np.ones((2, 2)), np.zeros(2), np.array([1.0, 1.0])).tolist() == [[0.0, 0.0], [0.0, 0.0]]


# ------------------------------------------------------------------ joined


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_the_joined_table_adds_up_by_dealer_and_follows_region_and_category(seed):
    rng = np.random.default_rng(seed)
    dealers, mix = rng.uniform(50, 150, (5, 3)), rng.uniform(1, 5, (5, 4))
    regional, categories = rng.uniform(20, 60, (2, 4, 3)), rng.uniform(80, 120, (4, 3))
    cells = joined(dealers, mix, HOME, regional, categories)
    assert cells.min() >= 0
    assert cells.sum(axis=1) == pytest.approx(dealers, rel=1e-12)
    for t in range(3):
        whole = dealers[:, t].sum()
        by_region = np.array([dealers[place == HOME, t].sum() for place in (0, 1)])
        wanted = fitted(regional[..., t], by_region, categories[:, t] / categories[:, t].sum() * whole)
        assert cells[..., t].sum(axis=0) == pytest.approx(categories[:, t] / categories[:, t].sum() * whole, rel=0.01)
        for place in (0, 1):
            inside = fitted(mix[place == HOME] * dealers[place == HOME, t, None],
                            dealers[place == HOME, t], wanted[place])  # fmt: skip
            assert cells[place == HOME, :, t] == pytest.approx(inside, rel=0.01)


def test_agreeing_forecasts_are_taken_as_they_are():
    """Dealers with one mix, regions and categories that are its sums: cells are dealer × share."""
    share, dealers = (
        np.array([0.5, 0.3, 0.2]),
        np.array([[10.0, 20.0], [30.0, 10.0], [60.0, 5.0], [5.0, 5.0], [8.0, 1]]),
    )
    cells = dealers[:, None, :] * share[None, :, None]
    regional = np.stack([cells[place == HOME].sum(axis=0) for place in (0, 1)])
    out = joined(dealers, np.tile(share * 7, (5, 1)), HOME, regional, cells.sum(axis=0))
    assert out == pytest.approx(cells)


def test_odd_dealers_are_joined_too():
    """One without a mix buys like its region; returns stay returns; nothing expected is nothing in every cell."""
    dealers = np.array([[10.0], [20.0], [0.0], [-6.0], [12.0]])
    mix = np.array([[1.0, 1.0], [0.0, 0.0], [1.0, 2.0], [1.0, 1.0], [3.0, 1.0]])
    regional = np.array([[[10.0], [20.0]], [[9.0], [3.0]]])
    cells = joined(dealers, mix, HOME, regional, np.array([[20.0], [22.0]]))
    assert cells.sum(axis=1) == pytest.approx(dealers)
    assert cells[2].tolist() == [[0.0], [0.0]]
    assert (cells[3] <= 0).all()
    assert (cells[[0, 1, 4]] >= 0).all()
    assert (cells[1] > 0).all()
    without = joined(dealers, mix, HOME, np.zeros_like(regional), np.zeros((2, 1)))
    assert without.sum(axis=1) == pytest.approx(dealers)
    assert np.isfinite(without).all()


# ------------------------------------------------------------------ spread

CENTS = st.integers(0, 5_000_000).map(lambda cents: cents / 100)
AMOUNT = st.integers(0, 10**9).map(lambda cents: cents / 100)


@st.composite
def tables(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    count = draw(st.integers(1, 40))
    values = np.array(draw(st.lists(CENTS, min_size=count, max_size=count)))
    inside, held = (draw(arrays.arrays(bool, count)) for _ in range(2))
    return values, inside, held


def cents(values: np.ndarray) -> np.ndarray:
    whole = np.rint(values * 100)
    assert values == pytest.approx(whole / 100, abs=1e-7)
    return whole.astype(np.int64)


@given(tables(), AMOUNT)
def test_what_is_said_stands_to_the_cent_and_nothing_else_moves(given_table, amount):
    values, inside, held = given_table
    assume(inside.any())
    before = values.copy()
    out = spread(values, inside, amount, held)
    assert (values == before).all()
    assert (out[~inside] == before[~inside]).all()
    assert cents(out)[inside].sum() == round(amount * 100)
    assert out.min() >= 0


@given(tables(), AMOUNT)
def test_what_moves_moves_in_proportion(given_table, amount):
    """Each cell within its rounding and the cents that rounding leaves, at most one a cell."""
    values, inside, _ = given_table
    assume(values[inside].sum() > 0)
    out = spread(values, inside, amount)
    exact = values[inside] / values[inside].sum() * amount
    assert np.abs(out[inside] - exact).max() <= 0.015 + 1e-6


@given(tables(), AMOUNT)
def test_held_cells_keep_theirs_as_long_as_the_others_can_bear_it(given_table, amount):
    values, inside, held = given_table
    assume(inside.any())
    out = spread(values, inside, amount, held)
    fixed, free = inside & held, inside & ~held
    if values[free].sum() > 0 and amount >= values[fixed].sum():
        assert out[fixed].tolist() == values[fixed].tolist()
    elif values[inside].sum() > 0:
        exact = values[inside] / values[inside].sum() * amount
        assert np.abs(out[inside] - exact).max() <= 0.015 + 1e-6


def test_spread_by_hand():
    values, inside = np.array([10.0, 20.0, 30.0, 40.0]), np.array([True, True, True, False])
    assert spread(values, inside, 90.0).tolist() == [15.0, 30.0, 45.0, 40.0]
    held = np.array([False, False, True, True])
    assert spread(values, inside, 90.0, held).tolist() == [20.0, 40.0, 30.0, 40.0]
    assert spread(values, inside, 20.0, held).tolist() == [3.33, 6.67, 10.0, 40.0]  # 30 cannot be held in 20
    assert spread(np.zeros(4), inside, 1.0).tolist() == [0.34, 0.33, 0.33, 0.0]
    assert spread(values, np.zeros(4, dtype=bool), 90.0).tolist() == values.tolist()


def test_the_long_table_says_who_and_what_and_when():
    cells = rounded(np.array([[[1.004, 0.0], [2.0, 3.0]], [[0.001, 4.0], [5.0, 0.0]]]))  # dealers, categories, months
    months = pd.DatetimeIndex(["2026-07-01", "2026-08-01"])
    frame = long(cells, ["D1", "D2"], ["beer", "wine"], months)
    said = {(row.dealer_id, row.category, row.ds.month): row.amount for row in frame.itertuples()}
    assert said == {("D1", "beer", 7): 1.0, ("D1", "wine", 7): 2.0, ("D1", "wine", 8): 3.0, ("D2", "beer", 8): 4.0,
                    ("D2", "wine", 7): 5.0}  # fmt: skip
