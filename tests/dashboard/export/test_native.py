"""Sketches say what the charts say: every chart has one or a reason, and its numbers are those of the frame."""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
import pkgutil
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard import charts, formats
from dashboard.charts import config
from dashboard.charts.aging import CLASSES, aging_bars, aging_columns
from dashboard.charts.cash import cash_columns
from dashboard.charts.changes import changes
from dashboard.charts.days import days_columns
from dashboard.charts.dip import dip
from dashboard.charts.earned import earned
from dashboard.charts.intervals import intervals
from dashboard.charts.landing import landing
from dashboard.charts.launch import launches
from dashboard.charts.lines import lines
from dashboard.charts.outlook import outlook
from dashboard.charts.pair import pair
from dashboard.charts.pareto import pareto
from dashboard.charts.parts import parts
from dashboard.charts.planned import planned_done
from dashboard.charts.plans import plans
from dashboard.charts.ranges import ranges
from dashboard.charts.ranking import ranking
from dashboard.charts.ranks import ranks
from dashboard.charts.reliability import reliability
from dashboard.charts.response import response
from dashboard.charts.score_parts import score_parts
from dashboard.charts.segment_map import segment_map
from dashboard.charts.served import served
from dashboard.charts.style import Style
from dashboard.charts.suspicion import suspicion
from dashboard.charts.trend import trend
from dashboard.charts.two_sides import two_sides
from dashboard.charts.waterfall import variance_waterfall
from dashboard.charts.weeks import around_event
from dashboard.charts.worth import worth
from dashboard.export.native import REGISTRY, WITHOUT
from dashboard.export.native.base import MOST
from dashboard.export.sketch import Sketch, floating
from dashboard.formats import Unit
from dashboard.i18n import use_language

NAN = float("nan")
MILLIONS = Unit(1e6, "m", 2)
MONTHS = [dt.date(2025 + (i + 10) // 12, (i + 10) % 12 + 1, 1) for i in range(4)]  # November to February
NAMES = ["<b>North</b>", "=cmd|x", "华南区域销售有限公司", "East"]


def rows(**columns) -> pd.DataFrame:
    return pd.DataFrame({"label": NAMES, **columns})


def overdue(**columns) -> pd.DataFrame:
    return pd.DataFrame({name: [1e6 * i, 2e6, 0.0, NAN] for i, name in enumerate(CLASSES)} | columns)


OUTLOOK = pd.DataFrame({
    "start": MONTHS, "actual": [4e6, 5e6, 1e6, NAN], "running": [False, False, True, False],
    "mean": [NAN, NAN, 6e6, 7e6], "lo-80": [NAN, NAN, 5e6, 5.5e6], "hi-80": [NAN, NAN, 7e6, 8e6],
    "lo-95": [NAN, NAN, 4e6, -1e6], "hi-95": [NAN, NAN, 8e6, 9e6], "target": [4.5e6] * 4,
    "last_year": [3e6, NAN, 3e6, 3e6], "model": [NAN, NAN, 6e6, 9e6],
})  # fmt: skip
LANDING = rows(actual=[2e6, 1e6, 0, 3e6], expected=[5e6, 4e6, 2e6, 11e6], target=[6e6, NAN, 1e6, 12e6],
               probability=[0.1, NAN, 0.999, 0.5], total=[False, False, False, True],
               **{"lo-80": [4e6, 3e6, 1e6, 9e6], "hi-80": [6e6, 5e6, 3e6, 13e6]})  # fmt: skip
STEPS = rows(value=[-3e6, 1e6, -2.5e6, 5e6])
BANDS = {"mean": [0.1, -0.2, NAN, 0.3], "low": [0.0, -0.4, NAN, 0.1], "high": [0.2, 0.1, NAN, 0.6]}
MONEY_BANDS = {"cost": [1e6, 2e6, 3e6, 4e6], "mean": [2e6, 1e6, 3e6, 4e6], "low": [1e6, -1e6, 2e6, 3e6],
               "high": [3e6, 3e6, 4e6, 5e6], "verdict": ["profit", "loss", "open", "open"]}  # fmt: skip
PLANNED = [f"{what}{plan}" for plan in ("current", "mine", "recommended") for what in ("", "margin_")]
EXAMPLES = [
    partial(ranking, rows(actual=[3e6, 2e6, NAN, 1e6], target=[4e6, 1e6, 2e6, NAN], last_year=[1e6] * 4),
            total={"actual": 6e6, "target": 7e6}),
    partial(ranking, rows(actual=[0.3, 0.2, 0.1, NAN]), kind="rate"),
    partial(pareto, rows(value=[4e6, 3e6, 2e6, 1e6], share=[0.4, 0.3, 0.2, 0.1], cumulative=[0.4, 0.7, 0.9, 1.0],
                         **{"class": list("AABC")}), rest="and 3 more"),
    partial(aging_bars, overdue(label=NAMES, share=[0.1, 0.2, NAN, 0.0])),
    partial(parts, rows(target=[4e6, 3e6, 2e6, 1e6], parts=[3e6, 3e6, 2.5e6, 1e6], difference=[1e6, 0, -5e5, 0],
                        state=["short", "adds_up", "over", "adds_up"])),
    partial(planned_done, rows(planned=[10, 20, 0, 5], done=[9, 21, 0, 5])),
    partial(score_parts, rows(most=[40, 30, 20, 10], got=[30, NAN, 20, 0], value=["a", "b", "c", "d"])),
    partial(pair, rows(first=[0.1, 0.5, NAN, 0.9], second=[0.2, NAN, 0.3, 0.8]), heads=("own", "peers")),
    partial(ranks, rows(rank_x=[1, 2, 3, 4.5], rank_y=[2, 1, 3, 4]), first="Target", second="Sales"),
    partial(changes, rows(change=[0.1, -0.2, NAN, 0.0], words=["a", "b", "c", "d"])),
    partial(variance_waterfall, STEPS, closing="Change"),
    partial(variance_waterfall, STEPS, closing="Now", opening=("Before", 2e6), direction=-1),
    partial(worth, rows(cost=[1e6] * 4, verdict=["profit", "loss", "open", "open"], remark=["", "", "too early", ""],
                        **BANDS), reference="break-even"),
    partial(intervals, rows(**BANDS), estimated=True, reference="no difference"),
    partial(suspicion, rows(share=[0.4, 0.3, 0.2, 0.1], low=[0.3, 0.2, 0.1, 0.0], high=[0.5, 0.4, 0.3, 0.2],
                            suspected=[True, True, False, False], picked=False), limit=0.25, reference="suspected"),
    partial(ranges, rows(value=[0.9, 1.0, 1.1, NAN], low=[0.95, 0.9, NAN, 0.9], high=[1.05, 1.1, NAN, 1.1],
                         side=[-1, 0, 1, 0])),
    partial(plans, rows(value=[1e6, 2e6, 3e6, 3e6], low=[0.5e6, 1e6, 2e6, 2e6], high=[2e6, 3e6, 4e6, 4e6],
                        plan=["current", "mine", "recommended", "mine"]), unit=MILLIONS),
    partial(landing, LANDING),
    partial(trend, pd.DataFrame({"period": MONTHS, "actual": [4e6, 5e6, NAN, NAN], "forecast": [NAN, NAN, 6e6, NAN],
                                 "target": [5e6, 4e6, 6e6, 7e6], "last_year": [3e6] * 4})),
    partial(trend, pd.DataFrame({"label": list("abcd"), "actual": [0.5, 0.6, 0.7, NAN]}), kind="rate"),
    partial(aging_columns, overdue(period=MONTHS, share=[0.1, 0.2, NAN, 0.0])),
    partial(days_columns, pd.DataFrame({"period": MONTHS, "best": [20.0, 21, 22, NAN], "beyond": [5.0, 6, 7, NAN],
                                        "countback": [24.0, 25, NAN, NAN]})),
    partial(cash_columns, pd.DataFrame({"start": MONTHS, "due": [4e6, 3e6, 2e6, 0], "expected": [3e6, 3e6, 2e6, 1e6],
                                        "low": [2e6, 2e6, NAN, 0], "high": [4e6, 4e6, NAN, 2e6]})),
    partial(two_sides, pd.DataFrame({"period": MONTHS, "above_first": [1e6, 2e6, 0, NAN], "above_second": [1e6] * 4,
                                     "below_first": [2e6] * 4, "below_second": [0, 1e6, NAN, 0]}),
            words=("above", "below"), series=("bought", "sold")),
    partial(outlook, OUTLOOK),
    partial(dip, pd.DataFrame({"week": pd.date_range("2025-12-01", periods=6, freq="W-MON"),
                               "actual": [1e6, 1e6, 2e6, 3e6, 0.5e6, 1e6], "baseline": [1e6] * 6, "low": [0.8e6] * 6,
                               "high": [1.2e6] * 6}), unit=MILLIONS, start=dt.date(2025, 12, 15),
            end=dt.date(2025, 12, 29), names=("actual", "baseline,<br>80% band"), event="promotion", after="dip"),
    partial(around_event, pd.DataFrame({"lag": [-1, 0, 1], "mean": [0.0, 0.01, 0.03], "lo-80": [-0.01, 0.0, 0.02],
                                        "hi-80": [0.01, 0.02, 0.04], "lo-95": [-0.02, -0.01, 0.01],
                                        "hi-95": [0.02, 0.03, 0.05]})),
    partial(lines, pd.DataFrame({"period": MONTHS * 2, "label": ["a"] * 4 + ["b"] * 4,
                                 "strong": [True] * 4 + [False] * 4, "value": [40.0, 41, 42, NAN, 30, 30, 30, 30]}),
            kind="days"),
    partial(launches, pd.DataFrame({"product_id": ["p", "p", "q"], "label": ["P", "P", "Q"], "month": [1, 3, 2],
                                    "numeric": [0.4, 0.7, 0.9], "outlets": [5, 5, 5]}), target=0.8),
    partial(earned, rows(**MONEY_BANDS), unit=MILLIONS, above="earns", below="costs", line="break-even", across="Cost"),
    partial(reliability, pd.DataFrame({"said": [0.1, 0.5, 0.9], "happened": [0.15, 0.2, NAN], "count": [10, 20, 5],
                                       "lo": [0.05, 0.1, NAN], "hi": [0.3, 0.35, NAN]})),
    partial(response, pd.DataFrame({"key": ["a", "a", "b", "b"], "spend": [0, 2e6, 0, 1e6], "margin": [0, 3e6, 0, 1e6],
                                    "lo_80": [0, 2e6, 0, 0], "hi_80": [0, 4e6, 0, 2e6], "tried": [True] * 4}),
            pd.DataFrame({"key": ["a", "b"], "label": ["A", "B"]} | {name: [1e6, 5e5] for name in PLANNED}),
            unit=MILLIONS, line="break-even"),
    partial(served, rows(id=list("abcd"), sales=[1e6, 2e6, 3e6, 0], per_month=[1.0, 2, 3, 4], norm=[2.0, 2, 4, 4],
                         served=["under", "norm", "over", "norm"], value_class=list("AABB")), unit=MILLIONS),
    partial(segment_map, rows(id=list("abcd"), number=[1, 2, 3, 4], size=[1e6, 2e6, 3e6, 0],
                              growth=[0.1, -0.9, NAN, 0.2], share=[0.1, 0.2, 0.3, 0.4]),
            rows(id=list("aabb"), size=[1e6] * 4, growth=[0.1] * 4), picked="a"),
]  # fmt: skip
IDS = [example.func.__name__ for example in EXAMPLES]


def drawn_by_charts() -> set:
    """Every function of dashboard/charts that draws a figure in a style."""
    modules = [
        importlib.import_module(f"dashboard.charts.{info.name}") for info in pkgutil.iter_modules(charts.__path__)
    ]
    return {
        function for module in modules for _name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and "style" in inspect.signature(function).parameters
        and inspect.signature(function).return_annotation is go.Figure and function is not config.on_slide
    }  # fmt: skip


def made(example: partial) -> Sketch:
    return REGISTRY[example.func](*example.args, **example.keywords)


def of(sketch: Sketch, name: str):
    (series,) = [series for series in sketch.series if series.name == name]
    return series


def plain(sketch: Sketch, values) -> list[float | None]:
    return [None if value is None else pytest.approx(value * sketch.factor) for value in values]


def listed(frame: pd.DataFrame, column: str) -> list[float | None]:
    return [None if pd.isna(value) else value for value in frame[column]]


def test_every_chart_has_a_sketch_or_a_reason():
    assert drawn_by_charts() == {*REGISTRY, *WITHOUT}
    assert not {*REGISTRY} & {*WITHOUT}
    assert {example.func for example in EXAMPLES} == {*REGISTRY}


@pytest.mark.parametrize("chart", REGISTRY, ids=lambda chart: chart.__name__)
def test_a_sketch_takes_what_its_chart_takes_but_the_style(chart):
    taken = inspect.signature(chart).parameters
    wanted = [name for name in taken if name != "style"]
    own = inspect.signature(REGISTRY[chart]).parameters
    assert [*own] == wanted
    for name in wanted:
        assert own[name].default == taken[name].default or name == "height"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_a_sketch_can_be_drawn(example, lang):
    with use_language(lang):
        sketch = made(example)
        assert example(Style(lang=lang)).data  # the frame is one that the chart takes, too
    assert sketch.series
    assert len(sketch.categories) <= MOST
    kinds = {series.drawn for series in sketch.series}
    assert len(kinds) <= 2  # a native chart combines two
    assert sketch.shape != "bars" or kinds == {"bar"}
    assert sketch.shape != "points" or kinds == {"line"}
    for series in sketch.series:
        n = len(series.x) if sketch.shape == "points" else len(sketch.categories)
        assert len(series.values) == n
        assert series.looks == () or len(series.looks) == n
        assert not series.labels or len(series.labels) == n
        assert len(series.low) == len(series.high)
        assert series.low == () or len(series.low) == n
        assert all(value is None or value == value for value in series.values)  # no NaN
        assert all(
            "<br>" not in word and "</b>" not in word.replace("<b>North</b>", "") for word in series.labels or ()
        )


def test_bars_of_a_ranking_are_those_of_the_frame():
    example = EXAMPLES[0]
    sketch, frame = made(example), example.args[0]
    assert plain(sketch, of(sketch, "AC").values) == listed(frame, "actual")
    assert plain(sketch, of(sketch, "PL").values) == listed(frame, "target")
    words = [a or b for a, b in zip(of(sketch, "AC").labels, of(sketch, "PL").labels, strict=True)]
    assert words[:2] == ["3.00 (−25.0%)", "2.00 (+100%)"]
    assert of(sketch, "PL").labels[0]  # the longer bar carries the figure
    assert of(sketch, "AC").labels[1]


def test_what_there_is_no_room_for_is_told():
    frame = pd.DataFrame({"label": [f"d{i}" for i in range(40)], "actual": [float(40 - i) for i in range(40)]})
    sketch = made(partial(ranking, frame))
    assert len(sketch.categories) == MOST
    assert "24" in sketch.note


@pytest.mark.parametrize("opening", [None, ("Before", 2e6), ("Before", -4e6)])
@pytest.mark.parametrize("many", [False, True])
def test_floats_of_a_waterfall_lead_to_its_closing(opening, many):
    frame = STEPS if not many else pd.DataFrame({"label": [f"s{i}" for i in range(30)],
                                                 "value": [(-1) ** i * 1e5 * (i + 1) for i in range(30)]})  # fmt: skip
    sketch = made(partial(variance_waterfall, frame, closing="End", opening=opening, sort=False))
    base, *stacks, _words = sketch.series
    above = [max(parts) for parts in zip(*(series.values for series in stacks), strict=True)]
    below = [min([0.0, *parts]) for parts in zip(*(series.values for series in stacks), strict=True)]
    bars = [(b, b + up) if b > 0 else (b + down, b) if b < 0 else (down, up)
            for b, down, up in zip(base.values, below, above, strict=True)]  # fmt: skip
    total = (opening[1] if opening else 0.0) + frame["value"].sum()
    last = bars[-1]
    assert (last[0] if total < 0 else last[1]) * sketch.factor == pytest.approx(total)
    assert (last[1] if total < 0 else last[0]) == 0
    steps = bars[1 if opening else 0 : -1]
    if not many:
        lengths = [(high - low) * sketch.factor for low, high in steps]
        assert lengths == [pytest.approx(abs(value)) for value in frame["value"]]
    level = opening[1] if opening else 0.0
    for low, high in steps:  # each begins where the one before ended
        ends = [low * sketch.factor, high * sketch.factor]
        near = min(ends, key=lambda end: abs(end - level))
        assert near == pytest.approx(level, abs=1)
        level = ends[0] + ends[1] - near
    assert level == pytest.approx(total, abs=1)
    assert all(value >= 0 for value in above)


def test_a_float_across_zero_has_a_part_on_either_side():
    assert floating([-2.0, 1.0, -3.0], [3.0, 4.0, -1.0]) == ((0.0, 1.0, -1.0), (-2.0, 0.0, -2.0), (3.0, 3.0, 0.0))


def test_areas_of_an_outlook_give_back_its_bands():
    sketch = made(partial(outlook, OUTLOOK))
    areas = [series.values for series in sketch.series if series.drawn == "area"]
    edges = [[sum(layer[i] for layer in areas[: k + 1]) * sketch.factor for i in range(4)] for k in range(len(areas))]
    for column, edge in zip(("lo-95", "lo-80", "hi-80", "hi-95"), edges, strict=True):
        assert edge[2:] == [pytest.approx(value) for value in OUTLOOK[column].iloc[2:]]
        assert edge[:2] == [pytest.approx(value) for value in OUTLOOK["actual"].iloc[:2]]  # closed before it opens
    forecast = plain(sketch, of(sketch, "FC").values)
    assert forecast == [None, 5e6, 6e6, 7e6]  # leads on from the last actual
    assert plain(sketch, of(sketch, "AC").values) == [4e6, 5e6, None, None]
    assert of(sketch, "PL").markers == "dash"


def test_forecast_columns_are_hatched_and_actual_ones_solid():
    (example,) = [e for e in EXAMPLES if e.func is trend and "forecast" in e.args[0]]
    sketch = made(example)
    assert of(sketch, "AC, FC").looks == ("actual", "actual", "forecast", "actual")
    assert plain(sketch, of(sketch, "AC, FC").values) == [4e6, 5e6, 6e6, None]
    assert sketch.categories == ("Nov\n2025", "Dec", "Jan\n2026", "Feb")
    words = sketch.series[-1]
    assert words.look == "hidden"
    assert words.labels[0] == "4.00\n−20.0%"


@pytest.mark.parametrize("chart", [aging_columns, aging_bars])
def test_the_classes_of_a_stack_add_up_to_what_is_written(chart):
    (example,) = [e for e in EXAMPLES if e.func is chart]
    sketch = made(example)
    *stack, words = sketch.series
    assert [series.look for series in stack] == [f"aging_{i}" for i in range(1, 6)]
    totals = [sum(values) * sketch.factor for values in zip(*(series.values for series in stack), strict=True)]
    assert totals == [pytest.approx(value) for value in example.args[0][list(CLASSES)].sum(axis=1)]
    unit = formats.choose_unit(totals)
    assert all(word.startswith(unit.label(total)) for word, total in zip(words.labels, totals, strict=True))


def test_whiskers_reach_to_the_ends_of_the_band():
    sketch = made(partial(landing, LANDING))
    below, above = sketch.whiskers(of(sketch, "FC"))
    expected = of(sketch, "FC").values
    assert [(v - a) * sketch.factor for v, a in zip(expected, below, strict=True)] == [
        pytest.approx(x) for x in LANDING["lo-80"]
    ]
    assert [(v + b) * sketch.factor for v, b in zip(expected, above, strict=True)] == [
        pytest.approx(x) for x in LANDING["hi-80"]
    ]
    assert sketch.bold == {3}
    assert sketch.series[-1].labels[2].endswith("over 99%")


def test_points_are_in_the_unit_of_both_axes():
    (example,) = [e for e in EXAMPLES if e.func is earned]
    sketch = made(example)
    good = of(sketch, "Worth it")
    assert (good.x, good.values, good.low, good.high) == ((1.0,), (2.0,), (1.0,), (3.0,))
    assert good.labels == ("<b>North</b>",)
    assert of(sketch, "Lost money").look == "bad"
