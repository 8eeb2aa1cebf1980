"""The findings of how good the forecast was: by level, by months ahead, said and came, always on one side."""

from __future__ import annotations

from analytics.questions import Answer
from dashboard import formats
from dashboard.findings.forecast import month_of
from dashboard.findings.forecast_landing import name
from dashboard.findings.model import Finding, columns, subtitle, titled, who
from dashboard.i18n import _, ngettext


def level_name(level: str) -> str:
    """A level of the forecast in words."""
    if level.startswith("region") and level != "region1+category":
        depth = int(level.removeprefix("region"))
        return _("Regions") if depth == 1 else _("Regions, level {n}", n=depth)
    return {"company": _("Company"), "channel": _("Channels"), "employee": _("Sales people"),
            "category": _("Categories"), "region1+category": _("Regions × categories"),
            "dealer": _("Dealers")}[level]  # fmt: skip


def levels(answer: Answer) -> Finding:
    """Error, bias, coverage and value added by level."""
    frame = answer.frame("levels")
    frame["name"] = [level_name(level) for level in frame["level"]]
    title = _("How far past forecasts missed, by level")
    if len(frame):
        better, n = int((frame["added"] > 0).sum()), len(frame)
        first = frame.iloc[0]
        missed = _("{name}: missed by {wape}", name=first["name"], wape=formats.rate(first["wape"]))
        title = titled(missed, ngettext(
            "better than last year's month at {better} of {n} level",
            "better than last year's month at {better} of {n} levels", n, better=better))  # fmt: skip
    return Finding(
        "forecast_levels", title,
        subtitle(who(answer), _("One to three months ahead; models chosen on earlier months than those tested")),
        frame, columns(("name", _("Level")), ("nodes", _("Series"), "count"), ("wape", "WAPE", "rate"),
                       ("naive_wape", _("WAPE of last year's month"), "rate"), ("added", _("Value added"), "rate"),
                       ("bias", _("Bias"), "rate"), ("coverage_80", _("80% band held"), "rate"),
                       ("coverage_95", _("95% band held"), "rate"), ("mase", "MASE", "price")),
        answer, definitions=("forecast_wape", "forecast_bias", "forecast_coverage", "forecast_value_added"),
    )  # fmt: skip


def steps(answer: Answer) -> Finding:
    """Error by months ahead."""
    frame = answer.frame("steps")
    title = _("How the error grows with the months ahead")
    if len(frame) > 1:
        last = frame.iloc[-1]
        title = _("One month ahead it missed by {first}, {n} months ahead by {last}",
                  first=formats.rate(frame["wape"].iloc[0]), last=formats.rate(last["wape"]),
                  n=int(last["horizon"]))  # fmt: skip
    return Finding(
        "forecast_steps", title, subtitle(who(answer), _("By months ahead; few past months reach far")),
        frame, columns(("horizon", _("Months ahead"), "count"), ("count", _("Tests"), "count"),
                       ("wape", "WAPE", "rate"), ("naive_wape", _("WAPE of last year's month"), "rate"),
                       ("bias", _("Bias"), "rate"), ("coverage_80", _("80% band held"), "rate")),
        answer, definitions=("forecast_wape",),
    )  # fmt: skip


def said(answer: Answer, currency: str) -> Finding:
    """What was said of each past month a month before, and what came."""
    frame = answer.frame("said")
    frame["month"] = [month_of(day) for day in frame["ds"]]
    frame["off"] = frame["said"] / frame["actual"].where(frame["actual"] != 0) - 1
    held = (frame["actual"] >= frame["low"]) & (frame["actual"] <= frame["high"])
    frame["held"] = held.map({True: _("inside"), False: _("outside")})
    title = _("What was said a month before, and what came")
    if len(frame):
        n = len(frame)
        title = ngettext("{held} of {n} past month lay inside the 80% band said a month before",
                         "{held} of {n} past months lay inside the 80% band said a month before", n,
                         held=int(held.sum()))  # fmt: skip
    return Finding(
        "forecast_said", title,
        subtitle(who(answer), _("Net sales, {currency}", currency=formats.currency_name(currency)),
                 _("forecast from the data of the month before, and of three months before")),
        frame, columns(("month", _("Month")), ("actual", _("Came"), "money"), ("said", _("Said"), "money"),
                       ("off", _("Missed by"), "rate"), ("low", _("80% band from"), "money"),
                       ("high", _("80% band to"), "money"), ("held", _("80% band")),
                       ("said_before", _("Said three months before"), "money")),
        answer, definitions=("forecast", "forecast_wape"),
    )  # fmt: skip


def alarms(answer: Answer, currency: str) -> Finding:
    """Who was forecast too high, or too low, six months in a row."""
    frame = answer.frame("alarms")
    frame["what"] = [level_name(level) for level in frame["level"]]
    frame["who"] = [name(row) for _, row in frame.iterrows()]
    frame["side"] = (frame["money"] > 0).map({True: _("too high"), False: _("too low")})
    frame["id"] = frame["key"].where(frame["level"] == "dealer")
    title = _("No forecast is always on one side")
    if len(frame):
        first = frame.iloc[0]
        words = {"name": first["who"], "amount": formats.compact(abs(first["money"])), "n": int(first["months"])}
        title = _("{name} was forecast {amount} a month too high, {n} months in a row", **words) if (
            first["money"] > 0) else _("{name} was forecast {amount} a month too low, {n} months in a row",
                                       **words)  # fmt: skip
    return Finding(
        "forecast_alarms", title,
        subtitle(who(answer), _("Bias alarms: every one of six months missed to the same side, by 5% or more"),
                 _("largest money first, {currency}", currency=formats.currency_name(currency))),
        frame, columns(("who", _("About")), ("what", _("Level")), ("side", _("Forecast")),
                       ("money", _("A month"), "money"), ("bias", _("Bias"), "rate")),
        answer, definitions=("forecast_bias",),
    )  # fmt: skip
