"""Findings about visits and the orders that follow: in words, with the placebo, and with a refusal where it fails."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.intervals import intervals
from dashboard.charts.weeks import around_event
from dashboard.findings.model import Finding, columns, subtitle, who
from dashboard.i18n import _


def _when(answer: Answer) -> str:
    values = answer.values
    if "first" not in values or values["first"] is None or values["first"] != values["first"]:
        return ""
    return formats.period(values["first"].date(), values["last"].date(), short=True)


def verdict(answer: Answer) -> str:
    """What can be said, in one sentence."""
    values = answer.values
    if answer.verdict == "ok":
        mean = formats.rate(abs(values["visit_association"]))
        if values["visit_association"] < 0:
            return _("A visit goes with {share} fewer orders in each of the next four weeks", share=mean)
        return _("A visit goes with {share} more orders in each of the next four weeks", share=mean)
    return {
        "computing": _("Visits and orders: being computed"),
        "placebo": _("Cannot tell whether visits bring orders: visits still to come go with orders as well"),
        "spans_zero": _("Cannot tell whether orders go with visits: the band includes zero"),
        "few_dealers": _("Cannot tell whether orders go with visits: too few dealers"),
        "few_periods": _("Cannot tell whether orders go with visits: too few weeks"),
    }[values["reason"]]


def effect(answer: Answer) -> Finding:
    """The plain comparison, the association within dealer and week, and the placebo, each with its bands."""
    frame = answer.frame("terms")
    frame = frame[frame["term"] != "week"].reset_index(drop=True)
    words = {
        "pooled": _("Plain comparison of dealers"),
        "within": _("Same dealer, same week"),
        "placebo": _("Placebo: visits to come"),
    }
    frame["label"] = frame["term"].map(words)
    shown = frame.rename(columns={"lo-80": "low", "hi-80": "high", "lo-95": "low_outer", "hi-95": "high_outer"})
    shown["open"] = (shown["term"] != "within") | (answer.verdict != "ok")

    draw = partial(intervals, shown, estimated=True, reference=_("no difference"))

    return Finding(
        "effect", verdict(answer),
        subtitle(who(answer), _("Change of a dealer's orders a visit, %, in the four weeks after it"), _when(answer)),
        frame, columns(("label", _("Comparison")), ("mean", _("Change"), "rate"), ("lo-80", _("80% from"), "rate"),
                        ("hi-80", _("80% to"), "rate"), ("lo-95", _("95% from"), "rate"),
                        ("hi-95", _("95% to"), "rate")),
        answer, draw if len(frame) else None,
        lambda _style: _("dark band 80%, pale band 95% · ○ not to be read as an effect"), ("visit_association",),
    )  # fmt: skip


def weeks(answer: Answer) -> Finding:
    """Orders in the weeks around a visit."""
    frame = answer.frame("terms")
    frame = frame[frame["term"] == "week"].reset_index(drop=True)
    after = frame[(frame["lag"] > 0) & (frame["lo-95"] > 0)]
    title = _("Orders in the weeks around a visit")
    if answer.verdict == "ok" and len(after):
        last = 0
        for lag in after["lag"]:
            if lag != last + 1:
                break
            last = int(lag)
        if last > 1:
            title = _("Orders are higher for {n} weeks after a visit, then as before", n=last)
    return Finding(
        "effect_weeks", title,
        subtitle(who(answer), _("Change of a dealer's orders a visit, %, by week from the visit (0)"), _when(answer)),
        frame, columns(("lag", _("Week"), "count"), ("mean", _("Change"), "rate"), ("lo-80", _("80% from"), "rate"),
                        ("hi-80", _("80% to"), "rate"), ("lo-95", _("95% from"), "rate"),
                        ("hi-95", _("95% to"), "rate")),
        answer, partial(around_event, frame) if len(frame) else None,
        lambda _style: _("dark band 80%, pale band 95%"), ("visit_association",),
    )  # fmt: skip


def explained(answer: Answer, currency: str) -> list[tuple[str, str]]:
    """The reading in a few sentences, each with its head: what it is worth, what was compared, what it does not say."""
    values = answer.values
    if values["reason"] == "computing":
        return [(_("Being computed"), _("All dealers and weeks are compared; this takes a moment after an import."))]
    rests = _("dealers: {dealers}, weeks: {weeks}, visits: {visits}", dealers=formats.count(values["dealers"]),
              weeks=formats.count(values["periods"]), visits=formats.count(values["visits"]))  # fmt: skip
    if values["reason"] in ("few_dealers", "few_periods"):
        needs = _("at least {dealers} dealers visited at changing frequency, and {weeks} comparable weeks",
                  dealers=values["least_dealers"], weeks=values["least_periods"])  # fmt: skip
        settle = _("choose a larger view, or wait for more weeks")
        return [(_("Rests on"), rests), (_("Needed"), needs), (_("To know"), settle)]
    trial = _("visit half of the dealers of a class more for a quarter, drawn by lot, and compare")
    terms = answer.frames["terms"].set_index("term")
    said = [_plainly(terms), _placebo(terms.loc["placebo"], values["reason"]), (_("Rests on"), rests)]
    if answer.verdict == "ok":
        said.insert(0, _worth(values, currency))
        caution = _("a cause that moves visits and orders of a dealer in the same weeks would look the same")
        said.append((_("Still an association"), caution))
    return [*said, (_("To be sure") if answer.verdict == "ok" else _("To know"), trial)]


def _worth(values: Mapping[str, Any], currency: str) -> tuple[str, str]:
    ends = {"amount": "", "low": "_lo", "high": "_hi"}
    words = {key: formats.compact(values[f"visit_orders{end}"]) for key, end in ends.items()}
    text = _(
        "about {amount} of orders a visit at an average dealer over four weeks (80% band {low} to {high}, "
        "{currency}); what a visit costs is not in the data",
        currency=formats.currency_name(currency), **words,
    )  # fmt: skip
    return _("Worth"), text


def _plainly(terms: pd.DataFrame) -> tuple[str, str]:
    words = {name: formats.rate(terms.loc[name, "mean"], 1, signed=True) for name in ("pooled", "within")}
    text = _(
        "{pooled} a visit is mostly that large dealers are visited more; each dealer set against itself and against "
        "all others of the same week leaves {within}",
        **words,
    )
    return _("Why not compare plainly"), text


def _placebo(placebo: pd.Series, reason: str) -> tuple[str, str]:
    parts = {"mean": "mean", "low": "lo-95", "high": "hi-95"}
    words = {name: formats.rate(placebo[column], 1, signed=True) for name, column in parts.items()}
    if reason == "placebo":
        text = _(
            "visits still to come go with {mean} orders (95% band {low} to {high}), and they cannot have caused "
            "them: visits seem to follow orders, so no effect is shown",
            **words,
        )
        return _("The placebo fails"), text
    text = _(
        "visits still to come go with {mean} orders (95% band {low} to {high}), as good as none: visits did not "
        "follow orders",
        **words,
    )
    return _("The placebo holds"), text
