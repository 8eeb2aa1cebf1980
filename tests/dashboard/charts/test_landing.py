"""Where it lands: booked, still expected, band, target and chance of each row."""

import pandas as pd
import pytest

from dashboard.charts.landing import CHANCE, LANDING, landing
from dashboard.charts.style import Style

FRAME = pd.DataFrame({
    "id": ["jul", "q3", "year"], "label": ["July", "July <to> September", "Year 2026"],
    "actual": [62e6, 62e6, 811e6], "expected": [169e6, 473e6, 1579e6], "lo-80": [160e6, 440e6, None],
    "hi-80": [178e6, 506e6, 1640e6], "target": [177e6, 493e6, None], "probability": [0.003, 0.5, None],
})  # fmt: skip
REGIONS = pd.DataFrame({
    "label": ["South", "East", "Total"], "actual": [100e6, 200e6, 300e6], "expected": [290e6, 410e6, 700e6],
    "lo-80": [280e6, 390e6, 650e6], "hi-80": [300e6, 430e6, 750e6], "target": [310e6, 400e6, 710e6],
    "probability": [0.2, 0.8, 0.41], "total": [False, False, True],
})  # fmt: skip


def column(figure, right):
    """Return the notes of a column of figures, from top to bottom, without its head."""
    notes = [note for note in figure.layout.annotations if note.xshift == right and note.yref != "paper"]
    assert [note.y for note in notes] == list(range(len(notes)))
    assert {(note.x, note.xref, note.xanchor) for note in notes} <= {(1, "paper", "right")}
    return notes


def heads(figure):
    return {note.text: note.xshift for note in figure.layout.annotations if note.yref == "paper"}


def test_bars_lead_from_zero_over_what_is_booked_to_the_landing(one, style):
    figure = landing(FRAME, style)
    names = [trace.name for trace in figure.data]
    assert names.index("PL") < names.index("FC") < names.index("AC") < names.index("80 %")
    actual, rest, plan = one(figure, "AC"), one(figure, "FC"), one(figure, "PL")
    assert list(actual.x) == list(FRAME["actual"])
    assert actual.base is None
    assert list(rest.base) == list(FRAME["actual"])
    assert [base + x for base, x in zip(rest.base, rest.x, strict=True)] == list(FRAME["expected"])
    assert list(plan.x) == [177e6, 493e6, None]
    assert plan.offset - actual.offset == pytest.approx(actual.width / 5)
    assert rest.offset == actual.offset
    assert plan.marker.color == "rgba(0,0,0,0)"
    assert rest.marker.pattern.shape == "/"
    assert actual.marker.color == style.palette.actual
    assert list(actual.customdata) == list(rest.customdata) == ["jul", "q3", "year"]
    low, high = figure.layout.xaxis.range
    assert low == 0
    assert high > 1640e6


def test_whiskers_stand_before_the_bars_where_both_ends_are_known(one, style):
    figure = landing(FRAME, style)
    whisker, bar = one(figure, "80 %"), one(figure, "AC")
    assert whisker.line.color == style.palette.model
    assert list(whisker.x) == [160e6, 178e6, None, 440e6, 506e6, None]
    assert whisker.y[0] == whisker.y[1] == pytest.approx(bar.offset + bar.width / 2)
    assert list(one(figure, "caps").x) == [160e6, 178e6, 440e6, 506e6]


def test_landing_and_chance_stand_in_columns(style):
    figure = landing(FRAME, style)
    figures = [note.text for note in column(figure, LANDING)]
    chances = column(figure, CHANCE)
    if style.lang == "en":
        assert figures == ["<b>169</b>", "<b>473</b>", "<b>1,579</b>"]
        assert [note.text for note in chances] == ["under 1%", "50%", "–"]
        assert heads(figure) == {"FC": LANDING, "Chance": CHANCE}
        assert figure.layout.meta["unit"] == "m"
    else:
        assert figures == ["<b>1.69</b>", "<b>4.73</b>", "<b>15.79</b>"]
        assert [note.text for note in chances] == ["1%以下", "50%", "–"]
        assert heads(figure) == {"FC": LANDING, "概率": CHANCE}
    assert figure.layout.margin.r >= CHANCE
    colours = style.palette
    assert [note.font.color for note in chances] == [colours.bad_word, colours.neutral, colours.neutral]


def test_one_unit_in_which_the_longest_figure_stays_short():
    frame = pd.DataFrame({"label": ["Northwest", "South", "All"], "expected": [92.25e6, 293e6, 1533e6]})
    for lang, figures in (("en", ["92", "293", "1,533"]), ("zh", ["0.92", "2.93", "15.33"])):
        found = [note.text for note in column(landing(frame, Style(lang=lang)), LANDING)]
        assert found == [f"<b>{figure}</b>" for figure in figures]


def test_only_a_clear_chance_is_a_verdict(style):
    frame = pd.DataFrame({"label": list("abcdef"), "expected": 1.0, "probability": [0.8, 0.79, 0.21, 0.2, 0.999, 1]})
    chances = column(landing(frame, style), CHANCE)
    good, bad, neutral = style.palette.good_word, style.palette.bad_word, style.palette.neutral
    assert [note.font.color for note in chances] == [good, neutral, neutral, bad, good, good]
    assert "100%" not in {note.text for note in chances}


def test_without_any_chance_its_column_is_left_out():
    for frame in (FRAME.drop(columns="probability"), FRAME.assign(probability=None)):
        figure = landing(frame, Style())
        assert heads(figure) == {"FC": LANDING}
        assert figure.layout.margin.r < CHANCE


def test_a_total_stands_in_bold_below_a_line_at_a_scale_of_its_own(one, style):
    figure = landing(REGIONS, style)
    assert figure.layout.yaxis.ticktext[2].startswith("<b>Total</b><br>")
    assert "0.5×" in figure.layout.yaxis.ticktext[2]
    assert figure.layout.yaxis.ticktext[0] == "South"
    assert list(one(figure, "AC").x) == [100e6, 200e6, 150e6]
    assert one(figure, "FC").base[2] + one(figure, "FC").x[2] == 350e6
    assert one(figure, "PL").x[2] == 355e6
    assert list(one(figure, "80 %").x[6:8]) == [325e6, 375e6]
    # what is written is not scaled
    assert column(figure, LANDING)[2].text == {"en": "<b>700</b>", "zh": "<b>7.00</b>"}[style.lang]
    assert "700.0M" in landing(REGIONS, Style()).data[0].hovertext[2]
    assert column(figure, CHANCE)[2].text == "<b>41%</b>"
    lines = [shape for shape in figure.layout.shapes if shape.y0 == shape.y1]
    assert {shape.y0 for shape in lines} == {1.5}
    near = landing(REGIONS.assign(**{"total": [False, False, True], "actual": 1e8, "expected": 4e8, "lo-80": None,
                                     "target": 4e8, "hi-80": None}), Style())  # fmt: skip
    assert near.layout.yaxis.ticktext[2] == "<b>Total</b>"


def test_names_are_safe_and_take_two_lines_at_most():
    long = ["Southwest and Yunnan provinces together", "西南及云贵川渝大区和其他所有地区以外的地区"]
    frame = FRAME.assign(label=["<b>", *long])
    names = landing(frame, Style()).layout.yaxis.ticktext
    assert names[0] == "&lt;b&gt;"
    assert [name.count("<br>") for name in names] == [0, 1, 1]


def test_hover_says_all_that_is_known(one):
    text = one(landing(FRAME, Style()), "AC").hovertext
    assert text[1] == ("<b>July &lt;to&gt; September</b><br>AC 62.0M<br>FC 473.0M<br>80% 440.0M … 506.0M<br>PL 493.0M"
                       "<br>Chance 50%")  # fmt: skip
    assert text[2] == "<b>Year 2026</b><br>AC 811.0M<br>FC 1,579.0M"


@pytest.mark.parametrize("missing", [c for c in REGIONS if c != "label"])
def test_columns_that_are_missing_are_not_drawn(missing, style):
    low, high = landing(REGIONS.drop(columns=missing), style).layout.xaxis.range
    assert low == 0 < high


@pytest.mark.parametrize(
    "values", [[], [0.0], [5.0], [None], [-5.0, None, 3.0], [1e-7, 2e-7], [9e12, 1.0], [float("inf")], [1.0] * 40],
    ids=len,
)  # fmt: skip
def test_odd_frames_draw(values, style, one):
    for total in (False, True, None):
        frame = pd.DataFrame({"label": [f"name {i}" for i in range(len(values))], "expected": values}, dtype=object)
        for name in ("actual", "target", "lo-80", "hi-80", "probability"):
            frame[name] = frame["expected"]
        frame["total"] = total
        figure = landing(frame, style)
        low, high = figure.layout.xaxis.range
        assert low <= 0 < high
        drawn = [value for value in one(figure, "AC").x if value is not None]
        assert all(low <= value <= high for value in drawn)
        assert len(column(figure, LANDING)) == len(values)
