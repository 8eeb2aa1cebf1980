"""The findings of the landing by region, channel, person, category or dealer, and of past chances."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.landing import landing as landing_chart
from dashboard.charts.reliability import reliability as reliability_chart
from dashboard.findings.forecast import EVEN, when
from dashboard.findings.forecast_quality import how_good
from dashboard.findings.model import Finding, columns, subtitle, titled, who
from dashboard.i18n import _, language, ngettext

MOST = 12  # rows of the chart


def groupings() -> dict[str, str]:
    """What a landing can be looked at by, with the words shown."""
    return {"region": _("Region"), "channel": _("Channel"), "employee": _("Sales person"), "category": _("Category"),
            "dealer": _("Dealer")}  # fmt: skip


def name(row: pd.Series) -> str:
    """The node's name in the reader's language."""
    english = row["name_en"]
    return str(english if language() == "en" and isinstance(english, str) and english else row["name"] or row["key"])


def by(answer: Answer, currency: str, *, key: str = "landing_by") -> Finding:
    """Where each group lands, the largest shortfall first."""
    frame, values = answer.frame("by"), answer.values
    frame["label"] = [name(row) for _, row in frame.iterrows()]
    frame["id"] = frame["key"]
    shown = frame.head(MOST)
    unit = formats.choose_unit([*shown["expected"], *shown["target"]] or [0.0], "money")

    draw = partial(landing_chart, shown, unit=unit)

    span = when(values["start"], values["end"]) if len(frame) else ""
    order = _("largest shortfall first") if len(frame) and frame["gap"].notna().any() else _("largest first")
    part = _("first {most} of {n}", most=MOST, n=formats.count(len(frame))) if len(frame) > MOST else ""
    return Finding(
        key, _by_title(frame, values["by"], span),
        subtitle(who(answer), _("Net sales, {unit}", unit=formats.unit_name(unit, currency=currency)), span,
                 _("■ AC ▨ FC, line: 80% band, □ PL"), order, part),
        frame, columns(("label", groupings()[values["by"]]), ("actual", _("Booked"), "money"),
                       ("expected", _("Expected"), "money"), ("lo-80", _("80% band from"), "money"),
                       ("hi-80", _("80% band to"), "money"), ("target", _("Target"), "money"),
                       ("gap", _("Gap"), "money"), ("probability", _("Chance"), "rate"),
                       ("required_rate", _("Needed of expected"), "rate"), ("last_year", _("Last year"), "money")),
        answer, draw if len(frame) else None, lambda _style: how_good(values["quality_by"]),
        ("landing", "hit_probability", "required_run_rate"),
    )  # fmt: skip


def _by_title(frame: pd.DataFrame, by: str, span: str) -> str:
    if frame.empty:
        return _("Where each part lands")
    aimed = frame[frame["gap"].notna() & (frame["target"] > 0)]
    if aimed.empty:
        top = frame.iloc[0]
        return _("{name} should bring most: {amount}", name=top["label"], amount=formats.compact(top["expected"]))
    worst, n = aimed.iloc[0], len(aimed)
    even = int((aimed["probability"] >= EVEN).sum())
    chances = ngettext("{even} of {n} is more likely than not to reach the target",
                       "{even} of {n} are more likely than not to reach the target", even, even=even,
                       n=n)  # fmt: skip
    if worst["gap"] >= 0:
        return titled(_("Nobody should miss the target of {span}", span=span), chances)
    words = {"name": worst["label"], "amount": formats.compact(-worst["gap"]),
             "share": formats.rate(-worst["gap"] / worst["target"])}  # fmt: skip
    return titled(_("{name} should miss by {amount} ({share})", **words), chances)


def reliability(answer: Answer) -> Finding:
    """Whether past chances came true as often as they said."""
    frame, values = answer.frame("reliability"), answer.values

    draw = partial(reliability_chart, frame)

    title = _("Did what was likely happen")
    if len(frame):
        off = (frame["happened"] - frame["said"]).abs()
        row = frame.loc[off.idxmax()]
        words = {"said": formats.rate(row["said"], 0), "happened": formats.rate(row["happened"], 0)}
        title = _("Where the forecast said {said}, it happened in {happened}", **words)
    when_ = ngettext("{n} month tested", "{n} months tested", values.get("chance_months", 0))
    cases = ngettext("{n} chance", "{n} chances", values.get("tested_chances", 0),
                     n=formats.count(values.get("tested_chances", 0)))  # fmt: skip
    return Finding(
        "reliability", title,
        subtitle(_("Share of targets reached by the chance that past forecasts gave"), _("whisker 90%"), cases,
                 when_),
        frame, columns(("said", _("Said"), "rate"), ("happened", _("Happened"), "rate"),
                       ("count", _("Chances"), "count"), ("lo", _("90% from"), "rate"), ("hi", _("90% to"), "rate")),
        answer, draw if len(frame) else None,
        lambda _style: _("All parts of the company share the luck of a month: few months say little."),
        ("hit_probability",),
    )  # fmt: skip
