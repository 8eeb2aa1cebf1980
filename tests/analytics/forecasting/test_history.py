"""What a history may look like, and what is said of one that may not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.forecasting.history import Calendar, panel


def history(**columns) -> pd.DataFrame:
    return pd.DataFrame({"unique_id": "a", **columns})


def test_a_period_without_a_row_is_zero_and_one_without_a_number_is_filled():
    rows = history(ds=["2024-05-31", "2024-01-31", "2024-02-29", "2024-04-30"], y=[5.0, 1.0, np.nan, 4.0])
    (name, y), *_ = panel(rows, season_length=12)
    assert name == "a"
    # March has no row; February lies between 1 and the 0 of March
    assert y.tolist() == [1.0, 0.5, 0.0, 4.0, 5.0]


def test_an_unknown_value_comes_from_the_same_season_of_other_years():
    y = np.tile([10.0, 20.0, 30.0, 40.0], 3)
    y[5] = np.nan
    dates = pd.date_range("2021-01-01", periods=12, freq="QS")
    ((_, filled),) = panel(history(ds=dates, y=y), freq="QS", season_length=4)
    assert filled[5] == 20.0


@pytest.mark.parametrize(
    ("freq", "given", "following"),
    [
        ("ME", "2024-01-15", "2024-02-29"),
        ("MS", "2024-01-15", "2024-02-01"),
        ("QE", "2024-02-01", "2024-06-30"),
        ("QS", "2024-02-01", "2024-04-01"),
        ("W-SUN", "2024-01-03", "2024-01-14"),
        ("D", "2024-02-28", "2024-02-29"),
        ("YE", "2024-02-28", "2025-12-31"),
    ],
)
def test_any_day_of_a_period_stands_for_it(freq, given, following):
    calendar = Calendar(freq)
    numbers = calendar.numbers(pd.Series([given]))
    assert calendar.dates(numbers + 1)[0] == pd.Timestamp(following)


def test_each_series_ends_with_its_own_rows():
    rows = pd.DataFrame({"unique_id": ["b", "a", "a"], "ds": [7, 3, 4], "y": [1.0, 2.0, 3.0]})
    found = panel(rows, freq=1, season_length=1)
    assert found.ids == ["a", "b"]
    assert found.future(2)["ds"].tolist() == [5, 6, 8, 9]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (history(ds=["2024-01-31"]), "lacks y"),
        (history(ds=["2024-01-31", "2024-01-01"], y=[1.0, 2.0]), "more than one row for a period of a"),
        (history(ds=["2024-01-31"], y=[np.inf]), "infinite"),
        (history(ds=[None], y=[1.0]), "lacks unique_id or ds"),
        (history(ds=["2024-01-31"], y=[np.nan]), "no values"),
    ],
)
def test_a_bad_history_is_refused_in_words(rows, words):
    with pytest.raises(ValueError, match=words):
        panel(rows)


def test_an_unknown_frequency_is_refused():
    with pytest.raises(ValueError, match="no frequency 'fortnight'"):
        panel(history(ds=["2024-01-31"], y=[1.0]), freq="fortnight")
