"""Lying bars with whiskers: what was estimated, with the band in which it lies; words beyond both."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts.intervals import intervals
from dashboard.charts.landing import landing
from dashboard.charts.plans import plans
from dashboard.charts.ranges import ranges
from dashboard.charts.suspicion import suspicion
from dashboard.charts.worth import EDGE, worth
from dashboard.export.native.base import (
    MOST,
    Values,
    beyond,
    bracketed,
    ends,
    first,
    joined,
    judged,
    names,
    number_format,
    scale,
)  # fmt: skip
from dashboard.export.sketch import Look, Series, Sketch
from dashboard.formats import Unit, choose_unit
from dashboard.i18n import _

VERDICTS: dict[str, Look] = {"profit": "good", "loss": "bad"}
PLANS: dict[str, Look] = {"current": "last_year", "mine": "actual", "recommended": "plan"}


def sketch_worth(frame: pd.DataFrame, *, reference: str) -> Sketch:
    """Return on spend from break-even, by verdict; whiskers end where those of the chart do."""
    shown, note = first(frame)
    mean, low, high = (rows.numbers(shown, column) for column in ("mean", "low", "high"))
    far = EDGE * max((abs(value) for value in rows.known(rows.numbers(frame, "mean"))), default=1.0) or 1.0
    low, high = ([None if end is None else min(max(end, -far), far) for end in side] for side in (low, high))
    named = [joined(name, formats.compact(cost)) for name, cost in zip(names(shown), rows.numbers(shown, "cost"),
                                                                       strict=True)]  # fmt: skip
    remarks = shown["remark"].tolist() if "remark" in shown else [""] * len(shown)
    words = [str(remark) if value is None else formats.number(value, 2, signed=True)
             for value, remark in zip(mean, remarks, strict=True)]  # fmt: skip
    spots = [0.0 if value is None and word else end
             for value, word, end in zip(mean, words, ends(low, high, mean), strict=True)]  # fmt: skip
    looks = tuple(VERDICTS.get(verdict, "neutral") for verdict in shown["verdict"])
    bar = Series(_("Return on spend"), tuple(mean), "neutral", looks=looks, low=tuple(low), high=tuple(high))
    return Sketch("bars", tuple(named), (bar, beyond(spots, words)), number_format(2, signed=True), overlaid=True,
                  note=joined(f"0 = {reference}", note))  # fmt: skip


def sketch_intervals(frame: pd.DataFrame, *, estimated: bool, places: int = 1, reference: str = "") -> Sketch:
    """Rates with the narrower of their bands; what must not be read as a finding is grey."""
    shown, note = first(frame)
    mean, low, high = (rows.numbers(shown, column) for column in ("mean", "low", "high"))
    hollow = shown["open"].astype(bool).tolist() if "open" in shown else [False] * len(shown)
    ink: Look = "model" if estimated else "actual"
    words = [formats.rate(value, places, signed=True) for value in mean]
    bar = Series("", tuple(mean), ink, looks=tuple("neutral" if is_open else ink for is_open in hollow),
                 low=tuple(low), high=tuple(high))  # fmt: skip
    return Sketch("bars", names(shown), (bar, beyond(ends(low, high, mean), words)),
                  number_format(places, "%", signed=True), "%", overlaid=True,
                  note=joined(f"0 = {reference}" if reference else "", note))  # fmt: skip


def sketch_suspicion(frame: pd.DataFrame, *, limit: float, reference: str) -> Sketch:
    """Shares with their bands, and in the last row the share that makes suspect."""
    shown, note = first(frame, MOST - 1)
    share, low, high = (rows.numbers(shown, column) for column in ("share", "low", "high"))
    looks: list[Look] = ["bad" if bad else "neutral" for bad in shown["suspected"].astype(bool)]
    words = [*(formats.rate(value, 0) for value in share), formats.rate(limit, 0)]
    bar = Series("", (*share, limit), "neutral", looks=(*looks, "plan"), low=(*low, None), high=(*high, None))
    return Sketch("bars", (*names(shown), reference), (bar, beyond([*ends(low, high, share), limit], words)),
                  number_format(0, "%"), "%", overlaid=True, note=note)  # fmt: skip


def sketch_ranges(frame: pd.DataFrame, *, goal: float = 1.0) -> Sketch:
    """Rates, good and bad where they leave the range that is usual, which stands behind their figure."""
    shown, note = first(frame)
    value, low, high = (rows.numbers(shown, column) for column in ("value", "low", "high"))
    sides = [int(side) if side == side and side is not None else 0 for side in shown["side"]]
    looks: tuple[Look, ...] = tuple("actual" if not side else judged(side, 1) for side in sides)
    words = [
        bracketed(formats.rate(v), "" if a is None or b is None else f"{formats.rate(a, 0)} – {formats.rate(b, 0)}")
        for v, a, b in zip(value, low, high, strict=True)
    ]
    return Sketch("bars", names(shown), (Series("AC", tuple(value), "actual", looks=looks, labels=tuple(words)),),
                  number_format(1, "%"), "%", note=note)  # fmt: skip


def sketch_plans(frame: pd.DataFrame, unit: Unit) -> Sketch:
    """A bar a plan: current grey, mine solid, recommended outlined."""
    own = scale(unit, [])
    value, low, high = (rows.numbers(frame, column) for column in ("value", "low", "high"))
    words = [f"{unit.label(v)} ({unit.label(a)} … {unit.label(b)})" for v, a, b in zip(value, low, high, strict=True)]
    bar = Series("", own.of(value), "actual", looks=tuple(PLANS[plan] for plan in frame["plan"]), low=own.of(low),
                 high=own.of(high))  # fmt: skip
    return Sketch("bars", names(frame), (bar, beyond(own.of(ends(low, high, value)), words)), own.number, own.unit,
                  own.factor, overlaid=True)  # fmt: skip


def sketch_landing(frame: pd.DataFrame, *, unit: Unit | None = None) -> Sketch:
    """What is booked before where it lands, with its whisker, and the outline of the target; all on one scale."""
    chosen = unit or choose_unit(rows.numbers(frame, "expected"))
    own, (shown, note) = scale(chosen, []), first(frame)
    actual, expected, target, low, high = (
        rows.numbers(shown, column) for column in ("actual", "expected", "target", "lo-80", "hi-80")
    )
    chance: Values = rows.numbers(shown, "probability")
    words = [joined(chosen.label(value), "" if odds is None else formats.probability(odds))
             for value, odds in zip(expected, chance, strict=True)]  # fmt: skip
    far = [max(rows.known([end, goal]), default=None)
           for end, goal in zip(ends(low, high, expected), target, strict=True)]  # fmt: skip
    series = [Series("FC", own.of(expected), "forecast", low=own.of(low), high=own.of(high)),
              Series("AC", own.of(actual), "actual")]  # fmt: skip
    if rows.known(target):
        series.append(Series("PL", own.of(target), "plan"))
    totals = frozenset(i for i, total in enumerate(shown["total"]) if total) if "total" in shown else frozenset()
    said = joined("FC", _("Chance")) if rows.known(chance) else ""
    return Sketch("bars", names(shown), (*series, beyond(own.of(far), words)), own.number, own.unit, own.factor,
                  overlaid=True, legend=True, bold=totals, note=joined(said, note))  # fmt: skip


SKETCHES: dict[Any, Any] = {
    intervals: sketch_intervals, landing: sketch_landing, plans: sketch_plans, ranges: sketch_ranges,
    suspicion: sketch_suspicion, worth: sketch_worth,
}  # fmt: skip
