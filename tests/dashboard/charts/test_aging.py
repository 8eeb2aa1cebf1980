"""Overdue by age: the parts add up to what stands on top."""

from itertools import pairwise

import pandas as pd
import pytest

from dashboard.charts.aging import CLASSES, MOST, aging_bars, aging_columns
from dashboard.charts.style import Style

MONTHS = pd.DataFrame(
    {
        "period": pd.date_range("2026-01-31", periods=6, freq="ME"),
        "d1_30": [13.6e6, 14.8e6, 15.2e6, 16.6e6, 17.2e6, 18.2e6],
        "d31_60": [6.8e6, 7e6, 8e6, 9.4e6, 10e6, 10.7e6],
        "d61_90": [4.4e6, 4.6e6, 5.4e6, 6e6, 6.2e6, 6.3e6],
        "d91_120": [2.4e6, 2.6e6, 2.7e6, 3e6, 3.4e6, 3.6e6],
        "d121": [4e6, 4e6, 3.6e6, 3.1e6, 3.6e6, 4.3e6],
        "share": [0.22, 0.25, 0.25, 0.26, 0.27, 0.29],
    }
)


def test_segments_equal_the_frame_and_add_up(one, style):
    figure = aging_columns(MONTHS, style)
    for name in CLASSES:
        assert list(one(figure, name).y) == list(MONTHS[name])
    assert figure.layout.barmode == "relative"
    totals = one(figure, "totals")
    assert list(totals.y) == pytest.approx(list(MONTHS[list(CLASSES)].sum(axis=1)))
    assert totals.text[-1] == ("<b>43.1</b><br>29%" if style.lang == "en" else "<b>4,310</b><br>29%")
    assert figure.layout.yaxis.range[0] == 0
    assert [trace.name for trace in figure.data][:5] == list(CLASSES)


def test_ramp_runs_with_age_and_neighbours_have_a_gap(one, style):
    figure = aging_columns(MONTHS, style)
    assert [one(figure, name).marker.color for name in CLASSES] == list(style.palette.aging[1:])
    assert all(one(figure, name).marker.line.color == style.palette.background for name in CLASSES)


def test_classes_are_named_beside_the_last_column():
    notes = [note for note in aging_columns(MONTHS, Style()).layout.annotations if "days" in note.text]
    assert [note.text for note in notes] == [
        "1–30 days <b>18.2</b>", "31–60 days <b>10.7</b>", "61–90 days <b>6.3</b>", "91–120 days <b>3.6</b>",
        "121+ days <b>4.3</b>",
    ]  # fmt: skip
    assert notes[0].y == pytest.approx(9.1e6)
    assert "天" in aging_columns(MONTHS, Style(lang="zh")).layout.annotations[0].text


def test_names_of_thin_classes_do_not_collide():
    thin = MONTHS.assign(d31_60=1e4, d61_90=1e4, d91_120=1e4, d121=1e4)
    figure = aging_columns(thin, Style(), height=330)
    low, high = figure.layout.yaxis.range
    places = [note.y for note in figure.layout.annotations if "days" in note.text]
    pixels = [(b - a) / (high - low) * (330 - 34) for a, b in pairwise(places)]
    assert min(pixels) >= 14.9
    assert max(places) <= high


@pytest.mark.parametrize("rows", [0, 1, 12, 60])
def test_many_columns_keep_few_words(rows, one, style):
    frame = pd.DataFrame({"label": [f"W{i}" for i in range(rows)]} | {name: [1e6] * rows for name in CLASSES})
    figure = aging_columns(frame, style)
    texts = one(figure, "totals").text
    assert len(texts) <= 7
    assert not rows or list(figure.layout.xaxis.tickvals)[-1] == rows - 1


def test_missing_counts_as_nothing(one):
    figure = aging_columns(MONTHS.assign(d121=None, share=None), Style())
    assert set(one(figure, "d121").y) == {0.0}
    assert "%" not in "".join(one(figure, "totals").text)
    assert one(figure, "d1_30").customdata[0] == "2026-01-31"


def test_bars_equal_the_frame_and_say_total_and_share(one, style):
    offices = MONTHS.assign(label=[f"Office {i}" for i in range(6)], id=list("ABCDEF")).drop(columns="period")
    figure = aging_bars(offices, style)
    for name in CLASSES:
        assert list(one(figure, name).x) == list(MONTHS[name])
        assert list(one(figure, name).customdata) == list("ABCDEF")
    assert figure.layout.barmode == "stack"
    totals = one(figure, "totals").text
    assert totals[-1] == ("<b>43.1</b> · 29%" if style.lang == "en" else "<b>4,310</b> · 29%")
    assert len(one(aging_bars(pd.concat([offices] * 3), style), "d121").x) == MOST
    assert aging_bars(offices.iloc[:0], style).data
