"""Words that charts share."""

import pandas as pd
import pytest

from dashboard.charts import rows


def ticks(start, periods, freq, *, lang="en", most=9):
    return rows.month_ticks(pd.date_range(start, periods=periods, freq=freq), lang, most)


def test_months_are_named_while_they_fit():
    assert ticks("2026-01-01", 4, "MS")["ticktext"] == ["Jan", "Feb", "Mar", "Apr"]
    assert ticks("2026-01-01", 2, "MS", lang="zh")["ticktext"] == ["1月", "2月"]
    assert ticks("2025-11-01", 3, "MS")["ticktext"] == ["Nov<br>2025", "Dec", "Jan<br>2026"]
    assert ticks("2026-02-01", 20, "MS") == {
        "tickvals": [2, 5, 8, 11, 14, 17], "ticktext": ["Apr<br>2026", "Jul", "Oct", "Jan<br>2027", "Apr", "Jul"],
    }  # fmt: skip
    assert ticks("2025-01-01", 39, "MS")["ticktext"] == [
        "Jan<br>2025", "Jul", "Jan<br>2026", "Jul", "Jan<br>2027", "Jul", "Jan<br>2028",
    ]  # fmt: skip
    assert ticks("2020-01-01", 96, "MS")["tickvals"] == list(range(0, 96, 12))


@pytest.mark.parametrize("periods", [0, 1, 2, 40, 200, 900])
def test_never_more_than_fit(periods):
    for freq in ("MS", "W-MON", "QS", "YS"):
        found = rows.month_ticks(pd.date_range("1990-02-12", periods=periods, freq=freq), "en", 9)
        assert len(found["tickvals"]) == len(found["ticktext"]) <= 9
        assert bool(found["tickvals"]) == bool(periods)


def test_weeks_carry_the_month_that_begins_and_quarters_their_number():
    weeks = ticks("2026-01-19", 9, "W-MON")
    assert weeks == {"tickvals": [2, 6], "ticktext": ["Feb", "Mar"]}
    assert ticks("2025-07-01", 4, "QS")["ticktext"] == ["Q3<br>2025", "Q4", "Q1<br>2026", "Q2"]
