"""Points and curves with numbers on both axes."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts.earned import NAMED, earned
from dashboard.charts.reliability import misses, reliability
from dashboard.charts.response import response
from dashboard.charts.segment_map import EDGE, segment_map
from dashboard.charts.served import served
from dashboard.export.native.bands import HUES
from dashboard.export.native.base import NAME_WIDTH, number_format, scale
from dashboard.export.sketch import Look, Series, Sketch
from dashboard.formats import Unit
from dashboard.i18n import _

CURVES = len(HUES)  # at most, of the largest plans


def points(name: str, x: Any, y: Any, look: Look, marker: Any = "circle", **rest: Any) -> Series:
    """Markers alone."""
    return Series(name, tuple(y), look, "line", x=tuple(x), markers=marker, stroke="none", **rest)


def diagonal(end: float, name: str) -> Series:
    """The line on which both axes agree."""
    return Series(name, (0.0, end), "neutral", "line", x=(0.0, end), stroke="dash")


def sketch_earned(frame: pd.DataFrame, unit: Unit, *, above: str, below: str, line: str, across: str) -> Sketch:
    """What came in against what it cost, whiskers and the break-even diagonal; names at the points farthest from it."""
    own = scale(unit, [])
    cost, mean, low, high = (own.of(rows.numbers(frame, column)) for column in ("cost", "mean", "low", "high"))
    named = set((frame["mean"] - frame["cost"]).astype(float).abs().nlargest(NAMED).index)
    words = tuple(rows.cut(str(label), NAME_WIDTH) if at in named else "" for at, label in frame["label"].items())
    end = min(max(rows.known(cost), default=1.0), max(rows.known([*high, *mean]), default=1.0))
    drawn = [diagonal(end, line)]
    looks: tuple[tuple[str, Look, str], ...] = (("profit", "good", "circle"), ("loss", "bad", "square"),
                                                ("", "neutral", "diamond"))  # fmt: skip
    told = {"profit": _("Worth it"), "loss": _("Lost money"), "": _("Cannot tell")}
    for verdict, look, marker in looks:
        at = [i for i, code in enumerate(frame["verdict"]) if (code if code in ("profit", "loss") else "") == verdict]
        if at:
            x, y, a, b, text = (tuple(values[i] for i in at) for values in (cost, mean, low, high, words))
            drawn.append(points(told[verdict], x, y, look, marker, low=a, high=b, labels=text))
    return Sketch("points", (), tuple(drawn), own.number, own.unit, own.factor, axes=(across, ""), legend=True,
                  x_number=own.number)  # fmt: skip


def sketch_reliability(frame: pd.DataFrame) -> Sketch:
    """What happened over what was said, with the number of cases; the diagonal is "as said"."""
    there = frame[frame["said"].notna() & frame["happened"].notna()]
    said, happened, low, high = (rows.numbers(there, column) for column in ("said", "happened", "lo", "hi"))
    words = [formats.count(count) for count in rows.numbers(there, "count")]
    missed = [misses(*ends) for ends in zip(said, low, high, strict=True)]
    drawn = [diagonal(1.0, _("as said"))]
    for wrong, look, marker in ((False, "actual", "circle"), (True, "bad", "square")):
        at = [i for i, flag in enumerate(missed) if flag == wrong]
        if at:
            x, y, a, b, text = (tuple(values[i] for i in at) for values in (said, happened, low, high, words))
            drawn.append(points(_("happened"), x, y, look, marker, low=a, high=b, labels=text))  # type: ignore[arg-type]
    percent = number_format(0, "%")
    return Sketch("points", (), tuple(drawn), percent, "%", axes=(_("said"), _("happened")), x_number=percent)


def sketch_response(curves: pd.DataFrame, marks: pd.DataFrame, *, unit: Unit, line: str) -> Sketch:
    """The curves of the types with the largest plans on one chart, each with what is spent today, planned and best.
    Bands are left to the table."""
    own = scale(unit, [])
    largest = marks.nlargest(CURVES, "mine").index
    shown = marks.loc[[at for at in marks.index if at in set(largest)]]
    right = max(rows.known(rows.numbers(curves, "spend")), default=0.0)
    drawn = [diagonal(own.one(min(right, max(rows.known(rows.numbers(curves, "margin")), default=0.0))), line)]
    for hue, (_at, row) in zip(HUES, shown.iterrows(), strict=False):
        curve = curves[curves["key"] == row["key"]]
        drawn.append(Series(str(row["label"]), own.of(rows.numbers(curve, "margin")), hue, "line",
                            x=own.of(rows.numbers(curve, "spend"))))  # fmt: skip
    told: tuple[tuple[str, str, Look, str], ...] = (
        ("current", _("Current"), "last_year", "circle"), ("mine", _("Mine"), "actual", "circle"),
        ("recommended", _("Recommended"), "plan", "diamond"),
    )  # fmt: skip
    for plan, name, look, marker in told:
        drawn.append(points(name, own.of(rows.numbers(shown, plan)), own.of(rows.numbers(shown, f"margin_{plan}")),
                            look, marker))  # fmt: skip
    rest = len(marks) - len(shown)
    note = _("bands and {n} more in the table", n=rest) if rest else _("bands in the table")
    return Sketch("points", (), tuple(drawn), own.number, own.unit, own.factor, legend=True,
                  axes=(_("Spend"), _("Extra margin, net")), x_number=own.number, note=note)  # fmt: skip


def sketch_served(frame: pd.DataFrame, *, unit: Unit) -> Sketch:
    """Visits a month over net sales (by powers of ten): a point a dealer, and the norm of each class as a line."""
    own, frame = scale(unit, []), frame[frame["sales"] > 0]
    drawn: list[Series] = []
    looks: tuple[tuple[str, str, Look, str], ...] = (
        ("norm", _("as the norm"), "last_year", "circle"), ("over", _("over-served"), "neutral", "diamond"),
        ("under", _("under-served"), "bad", "square"),
    )  # fmt: skip
    for kind, name, look, marker in looks:
        part = frame[frame["served"] == kind]
        if len(part):
            drawn.append(points(name, own.of(rows.numbers(part, "sales")), rows.numbers(part, "per_month"), look,
                                marker))  # fmt: skip
    for value_class, part in frame.groupby("value_class", observed=True):
        norm, sales = float(part["norm"].iloc[0]), rows.known(rows.numbers(part, "sales"))
        drawn.append(Series(str(value_class), (norm, norm), "model", "line", x=own.of((min(sales), max(sales))),
                            labels=(f"{value_class} {formats.number(norm)}", "")))  # fmt: skip
    return Sketch("points", (), tuple(drawn), number_format(1), own.unit, own.factor, log="x", legend=True,
                  axes=(_("Net sales"), _("Visits a month")), x_number=own.number)  # fmt: skip


def sketch_segments(groups: pd.DataFrame, dots: pd.DataFrame, *, picked: str = "") -> Sketch:
    """Groups by growth and net sales a dealer (by powers of ten), each named with its share; dealers are left to the
    table."""
    shown = groups[(groups["size"] > 0) & groups["growth"].notna()]
    own = scale(None, rows.numbers(shown, "size"))
    drawn: list[Series] = []
    for own_group, look in ((False, "last_year"), (True, "actual")):
        part = shown[(shown["id"] == picked) == own_group]
        if len(part):
            words = tuple(f"{number} {label} {formats.rate(share, 0)}" for number, label, share in
                          zip(part["number"], part["label"], part["share"], strict=True))  # fmt: skip
            growth = part["growth"].clip(-EDGE, EDGE)
            drawn.append(points("", growth.tolist(), own.of(rows.numbers(part, "size")), look, labels=words))  # type: ignore[arg-type]
    return Sketch("points", (), tuple(drawn), own.number, own.unit, own.factor, log="y",
                  axes=(_("Growth"), _("Net sales a dealer")), x_number=number_format(0, "%", signed=True))  # fmt: skip


SKETCHES: dict[Any, Any] = {
    earned: sketch_earned, reliability: sketch_reliability, response: sketch_response, segment_map: sketch_segments,
    served: sketch_served,
}  # fmt: skip
