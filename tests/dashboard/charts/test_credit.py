"""Charts about the quality of receivables and cash to come: what is drawn is what the frame says."""

import pandas as pd
import pytest

from dashboard.charts.cash import cash_columns
from dashboard.charts.days import days_columns
from dashboard.charts.heat import heat_table

DAYS = pd.DataFrame(
    {
        "period": pd.date_range("2025-06-30", periods=13, freq="ME"),
        "best": [20.0] * 13,
        "beyond": [8.0] * 12 + [9.6],
        "countback": [25.0] * 12 + [float("nan")],
    }
)
WEEKS = pd.DataFrame(
    {
        "start": pd.date_range("2026-07-01", periods=8, freq="7D"),
        "due": [33e6, 29e6, 16e6, 15e6, 7e6, 3e6, 1e6, 0.0],
        "expected": [35e6, 31e6, 23e6, 16e6, 10e6, 6e6, 4e6, 3e6],
        "low": [33e6, 28e6, 20e6, 14e6, 8e6, 5e6, 3e6, float("nan")],
        "high": [37e6, 33e6, 25e6, 18e6, 12e6, 8e6, 6e6, float("nan")],
    }
)


def test_the_parts_of_dso_stand_on_each_other(one, style):
    figure = days_columns(DAYS, style)
    assert figure.layout.barmode == "relative"
    parts = [trace for trace in figure.data if trace.type == "bar"]
    assert [list(trace.y) for trace in parts] == [list(DAYS["best"]), list(DAYS["beyond"])]
    totals = one(figure, "totals")
    assert totals.text[-1] == "<b>30</b>"
    assert len(totals.text) <= 7  # more do not stand side by side on a phone
    assert one(figure, "countback").marker.symbol == "diamond-open"
    assert figure.layout.yaxis.range[0] == 0


def test_cells_carry_their_rate_and_stay_empty_where_it_is_missing(style):
    frame = pd.DataFrame([("a", "2026-05-31", 0.25), ("a", "2026-06-30", 0.5), ("b", "2026-06-30", float("nan"))],
                         columns=["row", "period", "rate"])  # fmt: skip
    frame["period"] = pd.to_datetime(frame["period"])
    (cells,) = heat_table(frame, style).data
    assert [list(line) for line in cells.text] == [["25", "50"], ["", ""]]
    assert (cells.zmin, cells.zmax) == (0, 1)
    assert cells.colorscale[0][1] == style.palette.background


def test_what_falls_due_is_an_outline_behind_what_is_expected(one, style):
    figure = cash_columns(WEEKS, style)
    due, expected = one(figure, "due"), one(figure, "FC")
    assert list(due.y) == list(WEEKS["due"])
    assert list(expected.y) == list(WEEKS["expected"])
    assert due.marker.color == "rgba(0,0,0,0)"
    assert expected.marker.pattern.shape == "/"
    band = one(figure, "80 %")
    assert band.line.color == style.palette.model
    assert len([y for y in band.y if y is not None]) == 14  # the last week has no band
    assert figure.layout.yaxis.range[1] > WEEKS["high"].max()


@pytest.mark.parametrize("draw", [days_columns, cash_columns])
def test_no_rows_draw_an_empty_chart(draw, style):
    frame = (DAYS if draw is days_columns else WEEKS).iloc[:0]
    assert draw(frame, style).layout.height
