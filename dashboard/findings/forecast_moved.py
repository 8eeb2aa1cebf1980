"""The findings of where the forecast moved, and of what people changed in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.waterfall import variance_waterfall
from dashboard.findings.forecast import kinds, month_of, when
from dashboard.findings.forecast_landing import name
from dashboard.findings.model import Finding, columns, subtitle, who
from dashboard.findings.names import name_of
from dashboard.i18n import _, language, ngettext

BACK = ("1", "2", "3")  # months to look back, the first opens


def spans() -> dict[str, str]:
    """Periods whose landing may have moved; the year opens."""
    known = kinds()
    return {"year": known.pop("year")} | known


def moved(answer: Answer, currency: str) -> Finding:
    """What came in, what was revised, what people changed: the parts of the change of a landing."""
    frame, values = answer.frame("steps"), answer.values
    frame["label"] = [_step(row) for _, row in frame.iterrows()]
    frame["rest"] = frame["kind"] == "others"
    steps = frame[frame["value"].abs() >= 0.5]
    unit = formats.choose_unit([*steps["value"], values.get("change", 0.0)], "money")

    draw = partial(variance_waterfall, steps, closing=_("Change"), unit=unit, sort=False)

    title, span, made = _("Where the forecast moved"), "", ""
    if answer.verdict == "ok":
        span = when(values["start"], values["end"])
        words = {"span": span, "then": formats.compact(values["then"]), "now": formats.compact(values["now"]),
                 "change": formats.compact(values["change"], signed=True),
                 "day": formats.short_date(values["day"])}  # fmt: skip
        title = _("{span} moved {change} since {day}: from {then} to {now}", **words)
        made = _("what was kept that day") if values["made"] == "kept" else _("computed anew from the data of that day")
    return Finding(
        "moved", title,
        subtitle(who(answer), _("Change of the landing, {unit}", unit=formats.unit_name(unit, currency=currency)), span,
                 made),
        frame, columns(("label", _("Part")), ("value", _("Change"), "money")),
        answer, draw if len(steps) else None,
        lambda _style: _("Came in: actual less what was said of the month. Revised: the months ahead, by part."),
        ("landing",),
    )  # fmt: skip


def _step(row: pd.Series) -> str:
    match row["kind"]:
        case "came_in":
            return _("{month} came in", month=month_of(row["month"]))
        case "revised":
            return _("{name} revised", name=name(row))
        case "people":
            return _("Changed by people")
    return _("Others revised")


def then_and_now(answer: Answer, currency: str) -> Finding:
    """Month by month: what was said then, what is said or known now."""
    frame = answer.frame("said")
    frame["month"] = [month_of(day) for day in frame["ds"]]
    frame["change"] = frame["now"] - frame["then"]
    frame["what"] = frame["known"].map({True: _("Actual"), False: _("Forecast")}) if len(frame) else []
    title = _("Then and now, by month")
    if len(frame):
        up = int((frame.loc[~frame["known"].astype(bool), "change"] > 0).sum())
        n = int((~frame["known"].astype(bool)).sum())
        title = ngettext("{up} of {n} month ahead was raised", "{up} of {n} months ahead were raised", n, up=up)
    day = formats.date(answer.values["day"]) if answer.verdict == "ok" else ""
    return Finding(
        "moved_months", title,
        subtitle(who(answer), _("Net sales, {currency}", currency=formats.currency_name(currency)),
                 _("then: {day}", day=day) if day else ""),
        frame, columns(("month", _("Month")), ("then", _("Said then"), "money"), ("now", _("Now"), "money"),
                       ("change", _("Change"), "money"), ("what", _("Now is"))),
        answer, definitions=("forecast",),
    )  # fmt: skip


# ------------------------------------------------------------------ what people changed


def thing(row: pd.Series, names: Any, categories: Mapping[str, str]) -> str:
    """What a change is about, by name. categories: their English names."""
    what, id = row["what"], row["id"]
    if what == "company":
        text = _("Company")
    else:
        known_names = names(what)
        text = name_of(known_names.loc[id], what) if id in known_names.index else str(id)
    english = categories.get(row["category"]) if language() == "en" else ""
    return f"{text} · {english or row['category']}" if row["category"] else text


def layers(answer: Answer, currency: str, names: Any, *, categories: Mapping[str, str] | None = None,
           zone: str | None = None) -> Finding:  # fmt: skip
    """Every word on the forecast, newest first. names: dimension -> frame of names; zone: the reader's."""
    frame, values = answer.frame("layers"), answer.values
    frame["about"] = [thing(row, names, categories or {}) for _, row in frame.iterrows()]
    frame["period"] = [when(start, end) for start, end in zip(frame["start"], frame["end"], strict=True)]
    said = {"stands": _("stands"), "moved": _("moved by a later one"), "replaced": _("replaced"),
            "withdrawn": _("withdrawn"), "over": _("over")}  # fmt: skip
    frame["said"] = frame["state"].map(said)
    frame["day"] = [formats.moment(at, zone) for at in frame["at"]]
    n = values["standing"]
    title = _("Nobody has changed this forecast")
    if len(frame):
        title = ngettext("{n} change stands above the model", "{n} changes stand above the model", n)
    return Finding(
        "forecast_layers", title,
        subtitle(who(answer), _("Every layer, newest first, {currency}", currency=formats.currency_name(currency))),
        frame, columns(("about", _("About")), ("period", _("Period")), ("amount", _("New number"), "money"),
                       ("model", _("Model then"), "money"), ("stands", _("Stands at"), "money"), ("said", _("State")),
                       ("reason", _("Reason")), ("who", _("Who")), ("day", _("When"))),
        answer, definitions=("forecast",),
    )  # fmt: skip


def staircase(answer: Answer) -> Finding:
    """The value that each step added, over the changes whose period is over."""
    frame, n = answer.frame("staircase"), answer.values["judged"]
    word = {"seasonal_naive": _("Last year's months"), "model": _("Model"), "override": _("First change"),
            "final": _("What stood at the end")}  # fmt: skip
    frame["step"] = frame["model"].map(word)
    title = _("What changes were worth")
    if len(frame):
        by = frame.set_index("model")["wape"]
        better = by["model"] - by["final"]
        words = {"points": formats.points(abs(better)).lstrip("+")}
        title = _("People's changes lowered the error by {points}", **words) if better > 0 else _(
            "People's changes raised the error by {points}", **words)  # fmt: skip
    return Finding(
        "forecast_staircase", title,
        subtitle(who(answer), _("Error of each step over what came"),
                 ngettext("{n} change whose period is over", "{n} changes whose period is over", n)),
        frame, columns(("step", _("Step")), ("wape", "WAPE", "rate"), ("added", _("Value added"), "rate")),
        answer, definitions=("forecast_value_added", "forecast_wape"),
    )  # fmt: skip
