"""A figure of every chart function, with what its frame may hold: gaps, negatives, names that look like tags."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from dashboard.charts import (
    aging,
    cash,
    changes,
    days,
    dip,
    earned,
    heat,
    intervals,
    landing,
    launch,
    lines,
    outlook,
    pair,
    pareto,
    parts,
    planned,
    plans,
    ranges,
    ranking,
    ranks,
    reliability,
    response,
    sankey,
    score_parts,
    segment_map,
    served,
    suspicion,
    trend,
    two_sides,
    waterfall,
    weeks,
    worth,
)
from dashboard.formats import Unit

MONTHS = [dt.date(2026, month, 1) for month in range(1, 13)]
NAMES = ["华南", "East <1> & Co", "Northern & Western Provinces", "D#4"]
M = Unit(1e6, "m", 2)
NONE = None
_BANDS = (("lo", 80, 0.9), ("hi", 80, 1.1), ("lo", 95, 0.85), ("hi", 95, 1.2))


def _owed(n):
    return {**{name: [2e6 / (i + 1)] * n for i, name in enumerate(aging.CLASSES)}, "share": [0.31, *[NONE] * (n - 1)]}


def _returns():
    return pd.DataFrame({
        "id": list("ABCD"), "label": NAMES, "cost": [3.2e6, 2.4e6, 2.6e6, 0.9e6], "mean": [0.86, 0.1, -0.41, NONE],
        "low": [0.4, -0.2, -0.6, NONE], "high": [1.3, 0.4, -0.2, NONE],
        "verdict": ["profit", "cannot_tell", "loss", "refused"], "remark": ["", "", "", "too early"],
    })  # fmt: skip


def _ahead():
    mean = [NONE] * 6 + [36e6, 39e6, 42e6, 40e6, 38e6, 45e6]
    off = {f"{side}-{level}": [NONE if m is None else m * factor for m in mean]
           for side, level, factor in _BANDS}  # fmt: skip
    return pd.DataFrame({
        "start": MONTHS, "actual": [30e6, 28e6, 33e6, 35e6, 31e6, 34e6, 12e6, *[NONE] * 5], "mean": mean, **off,
        "target": [33e6] * 12, "last_year": [29e6] * 11 + [NONE], "running": [False] * 6 + [True] + [False] * 5,
        "model": [NONE] * 8 + [44e6] + [NONE] * 3,
    })  # fmt: skip


def _curves(keys):
    grid = np.linspace(0, 2, 9)
    found = []
    for place, key in enumerate(keys, start=1):
        margin = place * 1e6 * grid / (grid + 0.5)
        found.append(pd.DataFrame({"key": key, "spend": place * 1e6 * grid, "margin": margin, "lo_80": margin * 0.8,
                                   "hi_80": margin * 1.2, "tried": (grid >= 0.5) & (grid <= 1.5)}))  # fmt: skip
    return pd.concat(found, ignore_index=True)


def _plans(keys):
    return pd.DataFrame([
        {"key": key, "label": f"Type {key}", "current": place * 1e6, "mine": place * 1.2e6,
         "recommended": place * 0.4e6, "margin_current": place * 0.67e6, "margin_mine": place * 0.7e6,
         "margin_recommended": place * 0.44e6} for place, key in enumerate(keys, start=1)
    ])  # fmt: skip


def _drawn(style):
    trending = pd.DataFrame({
        "period": MONTHS, "actual": [30.1e6, 28e6, -3e6, 35e6, 31e6, 90e6, *[NONE] * 6],
        "forecast": [NONE] * 6 + [36e6] * 5 + [NONE], "target": [33e6] * 12, "last_year": [29e6] * 12,
    })  # fmt: skip
    around = pd.DataFrame({"lag": [-2, -1, 0, 1, 2], "mean": [0.0, 0.01, 0.0, 0.03, 0.03]})
    for column, off in (("lo-80", -0.01), ("hi-80", 0.01), ("lo-95", -0.02), ("hi-95", 0.02)):
        around[column] = around["mean"] + off
    week = pd.DataFrame({"week": pd.date_range("2026-01-05", periods=20, freq="7D"), "baseline": 6.2,
                         "low": 5.8, "high": 6.6,
                         "actual": [6.0] * 7 + [5.2, 9.8, 9.4, 8.5, 5.4, 5.8, 6.0] + [6.4] * 6})  # fmt: skip
    line = pd.DataFrame({"period": MONTHS, "value": [40.0 + i for i in range(12)]})
    regions = pd.DataFrame({"label": NAMES, "actual": [118e6, 92e6, -4e6, 310e6], "target": [120e6, NONE, 5e6, 100e6],
                            "last_year": [100e6, 95e6, 3e6, NONE]})  # fmt: skip
    bands = pd.DataFrame({"label": NAMES, "mean": [0.28, -0.03, NONE, 0.1], "low": [0.2, -0.1, NONE, 0.05],
                          "high": [0.3, 0.02, NONE, 0.2], "low_outer": [0.1, -0.2, NONE, 0.0],
                          "high_outer": [0.35, 0.1, NONE, 0.3], "open": [True, False, True, False]})  # fmt: skip
    groups = pd.DataFrame({"id": ["G1", "G2", "G3"], "number": [1, 2, 3], "label": NAMES[:3], "size": [8e6, 5e5, 0.0],
                           "growth": [0.1, -0.9, -1.0], "share": [0.8, 0.2, 0.0]})  # fmt: skip
    dots = pd.DataFrame({"id": ["G1", "G2", "G2"], "label": NAMES[:3], "size": [9e6, 4e5, -3.0],
                         "growth": [0.2, 2.0, 0.0]})  # fmt: skip
    visited = pd.DataFrame({"id": list("abc"), "label": NAMES[:3], "sales": [1e6, 2e6, 5e5],
                            "per_month": [0.5, 2.0, 5.0], "norm": [2.0, 2.0, 1.0], "value_class": ["A", "A", "B"],
                            "served": ["under", "norm", "over"]})  # fmt: skip
    launched = pd.DataFrame([{"product_id": p, "label": f"product {p}", "month": month, "outlets": 9, "numeric": share}
                             for p in "ABC" for month, share in ((1, 0.2), (4, 0.66), (7, 0.67))])  # fmt: skip
    landings = pd.DataFrame({"label": [*NAMES[:3], "2026"], "actual": [3e6, 2e6, 0.0, 5e6],
                             "expected": [8e6, 6e6, 4e6, 18e6], "lo-80": [7e6, 5e6, 3e6, 16e6],
                             "hi-80": [9e6, 7e6, 5e6, 20e6], "target": [9e6, 6e6, NONE, 60e6],
                             "probability": [0.1, 0.5, NONE, 0.995], "total": [False, False, False, True]})  # fmt: skip
    return {
        "aging_columns": aging.aging_columns(pd.DataFrame({"period": MONTHS[:4], **_owed(4)}), style),
        "aging_bars": aging.aging_bars(pd.DataFrame({"label": NAMES, **_owed(4)}), style),
        "cash_columns": cash.cash_columns(pd.DataFrame({
            "start": MONTHS[:5], "due": [5e6, 4e6, 3e6, 2e6, NONE], "expected": [4e6, 4e6, 2e6, 1e6, 1e6],
            "low": [3e6, 3e6, 1e6, 0.5e6, NONE], "high": [5e6, 5e6, 3e6, 2e6, NONE]}), style),
        "changes": changes.changes(pd.DataFrame({"label": ["all", "same days"], "words": ["vs 2025", "a & b"],
                                                 "change": [-0.05, NONE]}), style),
        "days_columns": days.days_columns(pd.DataFrame({"period": MONTHS, "best": [30.0] * 12, "beyond": [12.0] * 12,
                                                        "countback": [40.0] * 11 + [NONE]}), style),
        "dip": dip.dip(week, style, Unit(1, "", 1), start=dt.date(2026, 3, 2), end=dt.date(2026, 3, 23),
                       names=("actual", "baseline"), event="promotion", before="waiting", after="dip"),
        "earned": earned.earned(_returns().iloc[:3].assign(mean=[6e6, 2.6e6, 1.5e6], low=[4.5e6, 1.9e6, 1e6],
                                                           high=[7.3e6, 3.4e6, 2.1e6]),
                                style, M, above="more", below="less", line="break-even", across="Cost"),
        "heat_table": heat.heat_table(pd.DataFrame({"row": ["1–30"] * 12 + ["<31>"] * 12, "period": MONTHS * 2,
                                                    "rate": [0.02, NONE, 0.9, 0.5] * 6}), style),
        "intervals": intervals.intervals(bands, style, estimated=True, reference="none"),
        "landing": landing.landing(landings, style),
        "launches": launch.launches(launched, style, target=0.8),
        "lines": lines.lines(pd.concat([line.assign(label="suspected", strong=True),
                                        line.assign(value=38.5, label="others", strong=False)]), style, kind="days"),
        "outlook": outlook.outlook(_ahead(), style),
        "pair": pair.pair(pd.DataFrame({"label": NAMES[:2], "first": [0.1, 0.8], "second": [0.5, NONE]}), style,
                          heads=("ND", "WD"), mark=0.6),
        "pareto": pareto.pareto(pd.DataFrame({"label": NAMES, "value": [9e6, 3e6, 2e6, 1e6],
                                              "share": [0.6, 0.2, 0.1, 0.1],
                                              "cumulative": [0.6, 0.8, 0.9, 1.0], "class": list("ABBC")}), style,
                                rest="12 others"),
        "parts": parts.parts(pd.DataFrame({"label": NAMES[:3], "target": [118e6, 202e6, 0.0],
                                           "parts": [115e6, 202e6, 7e6],
                                           "difference": [3e6, 0.0, -7e6],
                                           "state": ["not_handed_down", "adds_up", "no_target"]}), style),
        "planned_done": planned.planned_done(pd.DataFrame({"label": NAMES[:2], "planned": [1076.0, 20.0],
                                                           "done": [853.0, 22.0]}), style),
        "plans": plans.plans(pd.DataFrame({
            "label": ["Current", "Mine", "Recommended"], "plan": ["current", "mine", "recommended"],
            "value": [2.2e6, 3.3e6, 3.8e6], "low": [-0.9e6, 1.9e6, 2.1e6], "high": [3.5e6, 4.7e6, 5.4e6]}), style, M),
        "ranges": ranges.ranges(pd.DataFrame({"label": NAMES, "value": [0.89, 0.97, 1.05, 0.5],
                                              "low": [0.95, 0.95, 0.94, NONE], "high": [0.99, 0.99, 1.0, NONE],
                                              "side": [-1, 0, 1, NONE]}), style),
        "ranking": ranking.ranking(regions, style, total={"actual": 516e6, "target": 320e6}),
        "ranks": ranks.ranks(pd.DataFrame({"label": NAMES, "rank_x": [1.0, 2.0, 3.5, 3.5],
                                           "rank_y": [2.0, 1.0, 4.0, 3.0]}), style, first="Potential", second="Sales"),
        "reliability": reliability.reliability(pd.DataFrame({
            "said": [0.1, 0.5, 0.9], "happened": [0.12, 0.3, 0.95], "count": [40, 20, 90], "lo": [0.05, 0.2, NONE],
            "hi": [0.2, 0.4, NONE]}), style),
        "response": response.response(_curves("abcd"), _plans("abcd"), style, M, line="break-even"),
        "sankey": sankey.sankey(pd.DataFrame({"before": ["A", "A", "B", "B"], "after": ["A", "B", "B", "C"],
                                              "dealers": [50, 7, 30, 3]}), ["A", "B", "C"], style),
        "score_parts": score_parts.score_parts(pd.DataFrame({"label": ["Sales", "Growth"], "most": [25.0, 15.0],
                                                             "got": [20.5, float("nan")],
                                                             "value": ["9.7M", "unknown"]}), style),
        "segment_map": segment_map.segment_map(groups, dots, style, picked="G2"),
        "served": served.served(visited, style, unit=M),
        "suspicion": suspicion.suspicion(pd.DataFrame({
            "label": NAMES[:3], "share": [0.37, 0.09, 0.0], "low": [0.29, 0.02, 0.0], "high": [0.46, 0.23, NONE],
            "suspected": [True, False, False], "picked": [False, True, False]}), style, limit=0.1, reference="limit"),
        "trend": trend.trend(trending, style),
        "two_sides": two_sides.two_sides(pd.DataFrame({
            "period": MONTHS, "above_first": [10.0] * 12, "above_second": [20.0] * 12, "below_first": [5.0] * 12,
            "below_second": [NONE] * 12}), style, words=("above", "below"), series=("bought", "sold")),
        "variance_waterfall": waterfall.variance_waterfall(
            pd.DataFrame({"label": NAMES, "value": [-3e6, 1e6, NONE, 5e5]}), style, closing="Gap"),
        "around_event": weeks.around_event(around, style),
        "worth": worth.worth(_returns(), style, reference="break-even"),
    }  # fmt: skip


@pytest.fixture(scope="session")
def every_chart():
    """Return the figures of all chart functions, by the name of the function, for a style."""
    return _drawn
