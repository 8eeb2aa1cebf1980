"""What was said to be likely against how often it happened."""

import pandas as pd
import pytest

from dashboard.charts.reliability import LARGE, SMALL, reliability
from dashboard.charts.style import Style

FRAME = pd.DataFrame({
    "said": [0.05, 0.3, 0.55, 0.95], "happened": [0.0, 0.5, 0.5, 0.7], "count": [1, 400, 100, 1600],
    "lo": [0.0, 0.46, 0.4, 0.68], "hi": [0.7, 0.54, 0.6, 0.72],
})  # fmt: skip


def numbers(figure):
    """Return the notes that count cases, in the order of the points."""
    return [note for note in figure.layout.annotations if note.text.replace(",", "").isdigit()]


def test_points_stand_at_what_was_said_and_happened(one, style):
    figure = reliability(FRAME, style)
    points, whiskers = one(figure, "points"), one(figure, "whiskers")
    assert list(points.x) == list(FRAME["said"])
    assert list(points.y) == list(FRAME["happened"])
    assert list(whiskers.x) == [0.05, 0.05, None, 0.3, 0.3, None, 0.55, 0.55, None, 0.95, 0.95, None]
    assert list(whiskers.y)[:5] == [0.0, 0.7, None, 0.46, 0.54]
    assert whiskers.line.color == style.palette.model
    line = one(figure, "as said")
    assert (list(line.x), list(line.y)) == ([0, 1], [0, 1])
    assert line.line.color == style.palette.muted
    assert points.marker.opacity == 1


def test_only_a_whisker_that_misses_the_line_is_bad(one, style):
    points = one(reliability(FRAME, style), "points")
    colours = style.palette
    assert list(points.marker.symbol) == ["circle", "square", "circle", "square"]
    assert list(points.marker.color) == [colours.actual, colours.bad, colours.actual, colours.bad]
    edge = pd.DataFrame({"said": [0.0, 1.0, 0.5], "happened": 0.5, "count": 1, "lo": [0, 0.5, None],
                         "hi": [0.5, 1, 0.4]})  # fmt: skip
    assert set(one(reliability(edge, style), "points").marker.symbol) == {"circle"}


def test_the_area_of_a_point_grows_with_its_cases_between_two_bounds(one):
    size = one(reliability(FRAME, Style()), "points").marker.size
    assert (size[0], size[3]) == (SMALL, LARGE)
    assert size[1] / size[3] == pytest.approx(0.5)
    assert min(size) >= SMALL
    assert max(size) <= LARGE


def test_cases_stand_at_the_end_of_their_whisker_inside_the_plot():
    notes = numbers(reliability(FRAME, Style()))
    assert [note.text for note in notes] == ["1", "400", "100", "1,600"]
    assert [note.x for note in notes] == list(FRAME["said"])
    # away from the line where there is room
    assert [(note.y, note.yanchor) for note in notes] == [
        (0.7, "bottom"), (0.54, "bottom"), (0.4, "top"), (0.68, "top"),
    ]  # fmt: skip
    full = pd.DataFrame({"said": [0.2], "happened": [1.0], "count": [5], "lo": [0.6], "hi": [1.0]})
    assert [(note.y, note.yanchor) for note in numbers(reliability(full, Style()))] == [(0.6, "top")]


def test_both_axes_reach_from_nothing_to_everything(style):
    figure = reliability(FRAME, style)
    for axis in (figure.layout.xaxis, figure.layout.yaxis):
        assert axis.range[0] < 0 < 1 < axis.range[1]
        assert list(axis.ticktext) == ["0%", "25%", "50%", "75%", "100%"]
    assert figure.layout.yaxis.scaleanchor == "x"
    words = {note.text: note for note in figure.layout.annotations}
    named = {"en": ("said", "happened", "as said"), "zh": ("预测概率", "实际发生", "与预测一致")}
    said, happened, line = named[style.lang]
    assert words[said].y == 0
    assert (words[happened].x, words[happened].y) == (0, 1)
    assert (words[line].x, words[line].y) == (1, 1)
    assert {words[word].font.color for word in (said, happened, line)} == {style.palette.muted}


def test_hover_says_the_limits(one):
    text = one(reliability(FRAME, Style()), "points").hovertext
    assert text[1] == "said 30%<br>happened 50%<br>90% 46% … 54%<br>n 400"


@pytest.mark.parametrize("frame", [
    FRAME[:0], FRAME[:1], FRAME[["said", "happened", "count"]], FRAME.drop(columns="count"),
    FRAME.assign(said=[None, 0.1, 0.2, float("inf")]), FRAME.assign(count=0), pd.concat([FRAME] * 10),
])  # fmt: skip
def test_odd_frames_draw(frame, style, one):
    figure = reliability(frame, style)
    drawn = one(figure, "points")
    assert len(drawn.x) == len(drawn.y) == len(drawn.marker.size) <= len(frame)
    assert all(0 <= value <= 1 for value in (*drawn.x, *drawn.y))
