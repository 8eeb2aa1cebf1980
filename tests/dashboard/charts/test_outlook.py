"""Will we make it: lines, bands and targets stand where the frame says."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from dashboard.charts.outlook import RIGHT, outlook
from dashboard.charts.rows import width as text_width
from dashboard.charts.style import Style

MONTHS = 12
FRAME = pd.DataFrame({
    "start": pd.date_range("2026-01-01", periods=MONTHS, freq="MS").date,
    "actual": [132e6, 99e6, 108e6, 120e6, 138e6, 152e6] + [None] * 6,
    "mean": [None] * 6 + [169e6, 165e6, 139e6, 118e6, 110e6, 128e6],
    "lo-80": [None] * 6 + [160e6, 152e6, 124e6, 102e6, 93e6, 110e6],
    "hi-80": [None] * 6 + [178e6, 178e6, 154e6, 134e6, 127e6, 146e6],
    "lo-95": [None] * 6 + [155e6, 145e6, 116e6, 93e6, 84e6, 100e6],
    "hi-95": [None] * 6 + [183e6, 185e6, 162e6, 143e6, 136e6, 156e6],
    "target": [135e6, 102e6, 111e6, 125e6, 144e6, 159e6, 177e6, 172e6, 144e6, 123e6, 115e6, None],
    "last_year": [141e6, 79e6, 103e6, 117e6, 130e6, 149e6, 164e6, 160e6, 134e6, 114e6, 108e6, 126e6],
})  # fmt: skip


def values(sequence):
    return [None if value is None or np.isnan(value) else float(value) for value in sequence]


def limits(trace):
    """Return the lower and the upper limit at each place of a band of one stretch."""
    half = len(trace.x) // 2
    low = dict(zip(trace.x[:half], trace.y[:half], strict=True))
    high = dict(zip(trace.x[half:], trace.y[half:], strict=True))
    return low, high


def notes(figure):
    return {note.text: note for note in figure.layout.annotations}


def test_lines_equal_the_frame(one, style):
    figure = outlook(FRAME, style)
    actual, forecast = one(figure, "AC"), one(figure, "FC")
    assert values(actual.y) == values(FRAME["actual"])
    assert actual.line.dash is None
    assert actual.line.color == forecast.line.color == style.palette.actual
    assert actual.mode == "lines+markers"
    # dashed from the last actual on, where it has no second point
    assert forecast.line.dash
    assert list(forecast.x) == list(range(5, 12))
    assert values(forecast.y) == [152e6, *values(FRAME["mean"][6:])]
    assert forecast.marker.size[0] == 0
    assert actual.customdata[0] == "2026-01-01"
    assert forecast.customdata[1] == "2026-07-01"


def test_bands_open_from_the_last_actual_in_the_right_order(one, style):
    figure = outlook(FRAME, style)
    names = [trace.name for trace in figure.data]
    assert names.index("95 %") < names.index("80 %") < names.index("AC") < names.index("FC")
    for level, colour in ((80, style.palette.band_80), (95, style.palette.band_95)):
        band = one(figure, f"{level} %")
        assert band.fillcolor == colour
        assert band.line.width == 0
        low, high = limits(band)
        assert low == {5: 152e6, **{i: FRAME[f"lo-{level}"][i] for i in range(6, 12)}}
        assert high == {5: 152e6, **{i: FRAME[f"hi-{level}"][i] for i in range(6, 12)}}


def test_what_ends_at_the_last_month_is_named_there_from_bottom_to_top(style):
    found = notes(outlook(FRAME, style))
    last = {"en": "<b>128</b>", "zh": "<b>1.28</b>"}[style.lang]
    names = [found[text] for text in (last, "80%", "95%")]
    assert {note.x for note in names} == {11}
    assert [note.y for note in names] == sorted(note.y for note in names)
    assert [note.y for note in names] == pytest.approx([128e6, 146e6, 156e6], rel=0.05)
    assert found["80%"].font.color == style.palette.model


def test_names_never_touch_nor_leave_the_plot():
    narrow = FRAME.assign(**{"lo-80": FRAME["mean"] - 1, "hi-80": FRAME["mean"] + 1, "lo-95": FRAME["mean"] - 2,
                             "hi-95": FRAME["mean"] + 2, "target": FRAME["target"].fillna(128e6)})  # fmt: skip
    for frame in (narrow, narrow[-1:], narrow.assign(**{"hi-80": 1e9, "hi-95": 1e9})):
        figure = outlook(frame, Style())
        low, high = figure.layout.yaxis.range
        height = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
        places = sorted(
            (note.y - low) / (high - low) * height
            for note in figure.layout.annotations if note.text in ("80%", "95%", "PL", "<b>128</b>")
        )  # fmt: skip
        assert len(places) == 4
        assert min(np.diff(places)) >= 11.99
        assert places[0] >= 0
        assert places[-1] <= height


def test_targets_are_tops_of_outlined_columns(one, style):
    figure = outlook(FRAME, style)
    tops = one(figure, "PL")
    assert tops.line.color == style.palette.actual
    assert tops.line.width == 1.2
    marks = [(tops.x[k : k + 4], tops.y[k : k + 4]) for k in range(0, len(tops.x), 5)]
    assert [y[1] for _x, y in marks] == [y[2] for _x, y in marks] == values(FRAME["target"])[:11]
    # with short feet, unlike a whole column
    high = figure.layout.yaxis.range[1]
    assert all(y[0] == y[3] < y[1] < y[0] + 0.02 * high for _x, y in marks)
    assert [(x[0] + x[2]) / 2 for x, _y in marks] == pytest.approx(range(11))
    # named once, at the last one
    assert notes(figure)["PL"].x == 10
    before = one(figure, "PY")
    assert list(before.y) == values(FRAME["last_year"])
    assert before.marker.color == style.palette.last_year
    assert notes(figure)["PY"].x == 0


def test_the_forecast_begins_at_a_dotted_line():
    for lang, words in (("en", "forecast →"), ("zh", "预测 →")):
        figure = outlook(FRAME, Style(lang=lang))
        (line,) = [shape for shape in figure.layout.shapes if shape.line.dash == "dot"]
        assert line.x0 == line.x1 == notes(figure)[words].x == 5.5
    past = outlook(FRAME[:6], Style())
    assert not [shape for shape in past.layout.shapes if shape.line.dash]
    assert not [trace for trace in past.data if trace.name in ("FC", "80 %", "95 %")]
    assert "95%" not in notes(past)
    assert notes(past)["<b>152</b>"].x >= 5
    # where little room is left, the words stand before the line
    assert notes(outlook(FRAME[:7], Style()))["forecast →"].xanchor == "left"
    longer = pd.concat([FRAME[:6]] * 6, ignore_index=True)
    longer["start"] = pd.date_range("2023-07-01", periods=36, freq="MS").date
    longer.loc[35, ["actual", "mean"]] = [None, 1e8]
    assert notes(outlook(longer, Style()))["forecast →"].xanchor == "right"


def test_few_figures_in_one_unit():
    assert {"<b>152</b>", "<b>169</b>", "<b>128</b>"} <= set(notes(outlook(FRAME, Style())))
    assert {"<b>1.52</b>", "<b>1.69</b>", "<b>1.28</b>"} <= set(notes(outlook(FRAME, Style(lang="zh"))))
    high = FRAME.assign(mean=[None] * 6 + [150e6, 155e6, 170e6, 230e6, 160e6, 128e6])
    assert notes(outlook(high, Style()))["<b>230</b>"].x == 9
    assert len([text for text in notes(outlook(high, Style())) if text.startswith("<b>")]) == 4


def test_a_month_under_way_is_a_stem_so_far_and_part_of_the_forecast(one, style):
    frame = FRAME.assign(running=[False] * 6 + [True] + [False] * 5)
    frame.loc[6, "actual"] = 70e6
    figure = outlook(frame, style)
    assert values(one(figure, "AC").y) == values(FRAME["actual"])
    stem = one(figure, "so far")
    assert (list(stem.x)[:2], list(stem.y)[:2]) == ([6, 6], [0, 70e6])
    assert {"en": "so far 70", "zh": "截至目前 0.70"}[style.lang] in notes(figure)
    assert values(one(figure, "FC").y)[:2] == [152e6, 169e6]
    assert {shape.x0 for shape in figure.layout.shapes if shape.line.dash == "dot"} == {5.5}


def test_the_model_is_drawn_where_people_changed_it(one, traces, style):
    same = FRAME.assign(model=FRAME["mean"] * 1.004)
    assert not traces(outlook(same, style), "model")
    changed = FRAME.assign(model=FRAME["mean"])
    changed.loc[8:9, "model"] = [150e6, 125e6]
    figure = outlook(changed, style)
    line = one(figure, "model")
    assert line.line.color == style.palette.model
    # leaves the forecast before the change and comes back after it
    assert values(line.y) == [None] * 7 + [165e6, 150e6, 125e6, 110e6, None]
    assert notes(figure)[{"en": "model", "zh": "模型"}[style.lang]].x == 9
    at_once = FRAME.assign(model=FRAME["mean"])
    at_once.loc[6, "model"] = 140e6
    assert values(one(outlook(at_once, style), "model").y)[5:8] == [152e6, 140e6, 165e6]


def test_a_stretch_without_limits_parts_the_band(one):
    frame = FRAME.copy()
    frame.loc[8, "hi-80"] = None
    band = one(outlook(frame, Style()), "80 %")
    assert list(band.x) == [5, 6, 7, 7, 6, 5, None, 9, 10, 11, 11, 10, 9]


def test_nothing_lies_beyond_the_axis_nor_covers_other_words(style):
    long = pd.concat([FRAME[:6]] * 4 + [FRAME[6:]] * 2 + [FRAME[6:9]], ignore_index=True)
    long["start"] = pd.date_range("2024-07-01", periods=39, freq="MS").date
    flat = long.assign(running=[i == 24 for i in range(39)])
    flat["actual"] = [1e8] * 24 + [9.9e7] + [None] * 14
    flat["mean"] = [None] * 24 + [1e8, 1.001e8, 1.01e8] + [1e8] * 12
    for frame, width in product((FRAME, long, flat), (340, 900)):
        figure = outlook(frame, style)
        low, high = figure.layout.yaxis.range
        assert low == 0
        drawn = [value for trace in figure.data for value in values(trace.y) if value is not None]
        assert low <= min(drawn)
        assert max(drawn) <= high
        assert len(figure.layout.xaxis.tickvals) <= 9
        first, last = figure.layout.xaxis.range
        pixels = (width - figure.layout.margin.l - RIGHT) / (last - first)
        height = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
        boxes = []
        for note in figure.layout.annotations:
            if note.yref == "paper":
                continue
            wide = text_width(note.text.replace("<b>", "").replace("</b>", "")) * 5.5
            x = note.x * pixels + (note.xshift or 0) - {"left": 0, "right": wide}.get(note.xanchor, wide / 2)
            y = note.y / high * height + (note.yshift or 0)
            boxes.append((x, y - 5, x + wide, y + 5))
        for k, (a, b, c, d) in enumerate(boxes):
            assert not [box for box in boxes[:k] if box[0] < c and a < box[2] and box[1] < d and b < box[3]]


def test_hover_says_all_that_is_known(one):
    text = one(outlook(FRAME.assign(model=FRAME["mean"]), Style()), "FC").hovertext[1]
    assert text == ("<b>Jul 2026</b><br>FC 169.0M<br>80% 160.0M … 178.0M<br>95% 155.0M … 183.0M<br>PL 177.0M<br>"
                    "PY 164.0M<br>model 169.0M")  # fmt: skip
    quarters = FRAME.assign(start=pd.date_range("2026-01-01", periods=12, freq="QS").date)
    assert "Jul–Sep 2026" in one(outlook(quarters, Style()), "AC").hovertext[2]
    weeks = FRAME.assign(start=pd.date_range("2026-01-05", periods=12, freq="W-MON").date)
    assert "12 Jan 2026" in one(outlook(weeks, Style()), "AC").hovertext[1]


@pytest.mark.parametrize("column", [c for c in FRAME if c != "start"])
def test_columns_that_are_missing_are_not_drawn(column, style):
    figure = outlook(FRAME.drop(columns=column), style)
    low, high = figure.layout.yaxis.range
    assert low == 0 < high


@pytest.mark.parametrize("n", [0, 1, 2, 3, 60])
@pytest.mark.parametrize("past", [0, 1, 30])
def test_odd_frames_draw(n, past, style):
    done = np.arange(n) < past
    for size in (0.0, -5.0, 1e-7, 9e12, np.inf):
        y = np.full(n, size)
        frame = pd.DataFrame({
            "start": pd.date_range("2026-01-01", periods=n, freq="MS").date, "actual": np.where(done, y, np.nan),
            "mean": np.where(done, np.nan, y), "lo-80": y * 0.9, "hi-80": y * 1.1, "lo-95": y - 1, "hi-95": y + 1,
            "target": y, "last_year": y, "model": y * 2, "running": pd.Series([None] * n, dtype=object),
        })  # fmt: skip
        low, high = outlook(frame, style).layout.yaxis.range
        assert low <= 0 < high
    empty = frame.assign(**{column: np.nan for column in frame if column != "start"})
    low, high = outlook(empty, style).layout.yaxis.range
    assert low <= 0 < high
