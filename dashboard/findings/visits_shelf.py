"""Findings about shelves: distribution, launches, prices."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.intervals import intervals
from dashboard.charts.launch import launches as launch_chart
from dashboard.charts.pair import pair
from dashboard.charts.style import Style
from dashboard.findings.briefing import known
from dashboard.findings.model import Finding, columns, subtitle, titled, who
from dashboard.findings.names import name_of, names_of
from dashboard.i18n import _, ngettext

MOST_ROWS = 12  # of a chart on a card; the table has all


def unchecked(answer: Answer) -> str:
    """Why nothing is known of shelves."""
    if not answer.values["imported"]:
        return _("Import shelf checks: outlet, product, date, presence, and where known price and weight of the "
                 "outlet.")  # fmt: skip
    return _("No shelf was checked in this view.")


def distribution(answer: Answer, by: str) -> Finding:
    """Numeric and weighted distribution by region or product, lowest first."""
    frame, values = answer.frame("by"), answer.values
    frame["name"], frame["id"] = names_of(frame, by), frame[f"{by}_id"]
    shown = frame.head(MOST_ROWS).rename(columns={"name": "label", "numeric": "first", "weighted": "second"})
    rest = len(frame) - len(shown)
    heads = (_("ND"), _("WD"))
    head = {"region": _("by region, lowest first"), "product": _("by product, lowest first")}[by]

    draw = partial(pair, shown, heads=heads)

    def note(_style: Style) -> str:
        words = _("● ND numeric · ◇ WD weighted by the outlets' sales · universe: {outlets} outlets checked in "
                  "{days} days", outlets=formats.count(values["outlets"]), days=values["window"])  # fmt: skip
        return words + (" · " + ngettext("{n} more in the table", "{n} more in the table", rest) if rest else "")

    return Finding(
        f"distribution_{by}", _distribution_title(frame, answer, by),
        subtitle(who(answer), _("Distribution, %"), head,
                 _("last checks up to {day}", day=formats.date(values["day"]))), frame,
        columns(("name", {"region": _("Region"), "product": _("Product")}[by]), ("outlets", _("Outlets"), "count"),
                ("checked", _("Checked"), "count"), ("carrying", _("Carrying"), "count"),
                ("numeric", _("Numeric"), "rate"), ("weighted", _("Weighted"), "rate")),
        answer, draw, note, ("numeric_distribution", "weighted_distribution"),
    )  # fmt: skip


def _distribution_title(frame: pd.DataFrame, answer: Answer, by: str) -> str:
    if frame.empty:
        return _("Distribution")
    worst, share = frame.iloc[0], formats.rate(frame.iloc[0]["numeric"], 0)
    if by == "product":
        return _("{name} stands in {share} of the outlets checked", name=name_of(worst, by), share=share)
    whole = formats.rate(answer.values["numeric_distribution"], 0)
    return titled(
        _("Products stand in {share} of the outlets checked", share=whole),
        _("lowest in {name}, {share}", name=name_of(worst, by), share=share) if len(frame) > 1 else "",
    )


def _first_month(values: Mapping[str, Any]) -> str:
    """How many met the target in time, of those of which that is known."""
    checked = values["launched"] - values["unchecked"]
    if not checked:
        return ""
    if not values["unchecked"]:
        return _("{met} in the first month", met=values["met"])
    return _("in the first month {met} of {checked} checked then", met=values["met"], checked=checked)


def launches(answer: Answer) -> Finding:
    """Launches against 80 % one month after."""
    frame, months, values = answer.frame("launches"), answer.frame("months"), answer.values
    frame["name"] = names_of(frame, "product")
    months["label"] = names_of(months, "product")
    n, reached = values["launched"], values["reached"]
    target = formats.rate(values["target"], 0)
    title = _("No launch in the last {n} months was checked", n=values["months"])
    if n:
        title = titled(
            _("{reached} of {n} launches reached {target} of the outlets", reached=reached, n=n, target=target),
            _first_month(values),
        )

    draw = partial(launch_chart, months, target=values["target"])

    def note(_style: Style) -> str:
        if not values["unchecked"]:
            return ""
        return ngettext("{n} launch was not checked in its first month: the target cannot be judged",
                        "{n} launches were not checked in their first month: the target cannot be judged",
                        values["unchecked"])  # fmt: skip

    return Finding(
        "launches", title,
        subtitle(who(answer), _("Numeric distribution, by month since the launch"),
                 _("launched in the {n} months to {day}", n=values["months"], day=formats.date(values["day"]))), frame,
        columns(("name", _("Product")), ("launched_date", _("Launched")), ("at_month", _("After a month"), "rate"),
                ("reached", _("Month at target"), "count"), ("latest", _("Latest"), "rate"),
                ("latest_weighted", _("Latest, weighted"), "rate"), ("latest_outlets", _("Outlets"), "count")),
        answer, draw if len(months) else None, note, ("numeric_distribution",),
    )  # fmt: skip


def prices(answer: Answer) -> Finding:
    """Shelf price over list price by product, lowest first."""
    frame, values = answer.frame("by"), answer.values
    frame["name"], frame["id"] = names_of(frame, "product"), frame["product_id"]
    shown = frame.head(MOST_ROWS).rename(columns={"name": "label", "shelf_price_gap": "mean"})
    rest = len(frame) - len(shown)
    title = _("Shelf price against list price")
    if known(values.get("shelf_price_gap")):
        gap = formats.rate(abs(values["shelf_price_gap"]), 0)
        first = _("Shelf prices are {gap} over list at the median", gap=gap)
        if values["shelf_price_gap"] < 0:
            first = _("Shelf prices are {gap} under list at the median", gap=gap)
        below = formats.rate(values["below"])
        title = titled(first, _("{below} of them are below list", below=below) if values["below"] else
                       _("none is below list"))  # fmt: skip
    words = _("● median, bar: the middle 80% of {n} prices", n=formats.count(values["prices"]))
    if rest:
        words += " · " + ngettext("{n} more in the table", "{n} more in the table", rest)
    return Finding(
        "prices", title,
        subtitle(who(answer), _("Shelf price over list price, %, by product, lowest first"),
                 _("last checks up to {day}", day=formats.date(values["day"]))), frame,
        columns(("name", _("Product")), ("prices", _("Prices"), "count"), ("shelf_price_gap", _("Median gap"), "rate"),
                ("low", _("10th percentile"), "rate"), ("high", _("90th percentile"), "rate"),
                ("below", _("Below list"), "rate"), ("above", _("Above list"), "rate")),
        answer, partial(intervals, shown, estimated=False, reference=_("list")),
        lambda _style: words, ("shelf_price_gap",),
    )  # fmt: skip
