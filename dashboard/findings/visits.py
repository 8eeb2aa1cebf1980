"""Findings about the plan of visits and about working time."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.planned import planned_done
from dashboard.charts.ranking import ranking
from dashboard.findings.briefing import known
from dashboard.findings.model import Finding, against_words, columns, period_words, subtitle, titled, who
from dashboard.findings.names import name_of, names_of
from dashboard.i18n import _, language, ngettext
from data.scope import Scope

MOST_ROWS = 12  # of a chart on a card; the table has all
MOST_PEOPLE = 20  # where it stands beside two charts


def page_title(answer: Answer, served: Answer) -> str:
    """How far the plan was kept, and who is left out."""
    coverage = answer.values["visit_coverage"]
    if not answer.values["imported"]:
        return _("No visits imported yet")
    if not known(coverage):
        return _("No visits are planned in this view")
    first = _("{share} of planned visits took place", share=formats.rate(coverage, 0))
    return titled(first, _under(served), page=True)


def _under(served: Answer) -> str:
    n = served.values["under"]
    if not n or served.verdict != "ok":
        return ""
    amount = formats.compact(served.values["under_sales"])
    return ngettext("{n} dealer worth {amount} a year is under-served",
                    "{n} dealers worth {amount} a year are under-served", n, amount=amount)  # fmt: skip


def page_subtitle(answer: Answer, company: str) -> str:
    parts = [company, who(answer), _("Visits and working time"), period_words(answer)]
    if answer.compared:
        span = formats.period(answer.compared.start, answer.compared.end)
        parts.append(_("vs {against} ({period})", against=against_words(answer), period=span))
    return subtitle(*parts)


# ------------------------------------------------------------------ the plan


def coverage(answer: Answer, by: str) -> Finding:
    """Planned (outline) and done (solid), the lowest coverage first. by: region or employee."""
    frame = answer.frame("by")
    frame = frame[frame[f"{by}_id"].notna()].reset_index(drop=True)
    frame["name"], frame["id"] = names_of(frame, by), frame[f"{by}_id"]
    shown = frame[frame["planned_visits"] > 0].head(MOST_ROWS)
    shown = shown.rename(columns={"name": "label", "planned_visits": "planned", "planned_visits_done": "done"})
    rest = int((frame["planned_visits"] > 0).sum()) - len(shown)
    head = {"region": _("by region, lowest coverage first"), "employee": _("by sales person, lowest coverage first")}
    return Finding(
        f"coverage_{by}", _coverage_title(frame, by),
        subtitle(who(answer), _("Visits planned (outline) and done (solid)"), head[by], period_words(answer)),
        frame, columns(("name", {"region": _("Region"), "employee": _("Sales person")}[by]),
                        ("planned_visits", _("Planned"), "count"), ("planned_visits_done", _("Done"), "count"),
                        ("visit_coverage", _("Coverage"), "rate"), ("unplanned_visits", _("Unplanned"), "count"),
                        ("strike_rate", _("Strike rate"), "rate")),
        answer, partial(planned_done, shown),
        lambda _style: ngettext("{n} more in the table", "{n} more in the table", rest) if rest else "",
        ("visit_coverage", "unplanned_visits", "strike_rate"),
    )  # fmt: skip


def _coverage_title(frame: pd.DataFrame, by: str) -> str:
    rows = frame[frame["visit_coverage"].notna()]
    if rows.empty:
        return _("Coverage of the plan")
    worst, best = rows.iloc[0], rows.iloc[-1]
    low, high = formats.rate(worst["visit_coverage"], 0), formats.rate(best["visit_coverage"], 0)
    if len(rows) == 1:
        return _("{name} made {share} of the planned visits", name=name_of(worst, by), share=low)
    if low == high:
        return _("All made {share} of the planned visits", share=low)
    return _("{worst} made {low} of the planned visits, {best} {high}", worst=name_of(worst, by), low=low,
             best=name_of(best, by), high=high)  # fmt: skip


def people(answer: Answer) -> Finding:
    """Every sales person: plan, visits apart from it, strike rate."""
    frame = answer.frame("by")
    frame = frame[frame["employee_id"].notna()].reset_index(drop=True)
    frame["name"] = names_of(frame, "employee")
    strike = frame["strike_rate"]
    title = _("Strike rate by sales person")
    if strike.notna().sum() > 1:
        low, high = frame.loc[strike.idxmin()], frame.loc[strike.idxmax()]
        title = _("{high} of the visits of {best} met an order, {low} of those of {worst}",
                  high=formats.rate(high["strike_rate"], 0), best=name_of(high, "employee"),
                  low=formats.rate(low["strike_rate"], 0), worst=name_of(low, "employee"))  # fmt: skip
    return Finding(
        "people", title,
        subtitle(who(answer), _("Visits and orders of the same day, by sales person"), period_words(answer)), frame,
        columns(("name", _("Sales person")), ("planned_visits", _("Planned"), "count"),
                ("planned_visits_done", _("Done"), "count"), ("visit_coverage", _("Coverage"), "rate"),
                ("unplanned_visits", _("Unplanned"), "count"), ("visits", _("Visits"), "count"),
                ("strike_rate", _("Strike rate"), "rate")),
        answer, None, None, ("visit_coverage", "strike_rate"),
    )  # fmt: skip


# ------------------------------------------------------------------ working time


def activity_words() -> dict[str, str]:
    return {
        "new": _("New customers"),
        "existing": _("Existing ones"),
        "planning": _("Planning"),
        "phone": _("Telephone, data"),
    }


def no_hours(scope: Scope) -> str:
    """Why there is no time to tell of."""
    if scope.dealer or scope.channel:
        return _("Time is told for whole sales people: choose regions or sales people, no dealer or channel.")
    return _("No hours of work are known for this view.")


def time(answer: Answer) -> Finding:
    """Shares of hours against the norm of 30/30/20/20."""
    frame, words = answer.frame("activities"), activity_words()
    frame["name"] = frame["activity"].map(words)
    frame = frame[frame["share"].notna()].reset_index(drop=True)
    shown = frame.rename(columns={"name": "label", "share": "actual", "norm": "target"})
    return Finding(
        "time", _time_title(frame, answer),
        subtitle(who(answer), _("Share of hours, %, by activity"), period_words(answer),
                 _("AC vs norm 30/30/20/20 (PL)")), frame,
        columns(("name", _("Activity")), ("hours", _("Hours"), "count"), ("share", _("Share"), "rate"),
                ("norm", _("Norm"), "rate"), ("off", _("Off the norm"), "rate")),
        answer, partial(ranking, shown, kind="rate", direction=0),
        lambda _style: _("{n} hours; half the sum of the gaps is the time off the norm",
                         n=formats.count(answer.values["hours"])),
        ("time_deviation",),
    )  # fmt: skip


def _time_title(frame: pd.DataFrame, answer: Answer) -> str:
    if frame.empty:
        return _("Time by activity")
    gap = frame["off"].abs().idxmax()
    row = frame.loc[gap]
    number = formats.number(answer.values["time_deviation"] * 100, 1)
    first = _("Time is {number} points off the norm", number=number)
    norm = _("instead of {norm}", norm=formats.rate(row["norm"], 0))
    return titled(first, f"{_spent(row['activity'], row['share'])}{'，' if language() == 'zh' else ' '}{norm}")


def _spent(activity: str, share: float) -> str:
    """How much of the time goes into an activity, for a sentence."""
    words = {
        "new": _("{share} of hours go to new customers"),
        "existing": _("{share} of hours go to existing customers"),
        "planning": _("{share} of hours go into planning"),
        "phone": _("{share} of hours go into telephone and information"),
    }[activity]
    return words.format(share=formats.rate(share, 0))


def deviations(answer: Answer) -> Finding:
    """Who is furthest from the norm, in points."""
    frame = answer.frame("by")
    frame["name"], frame["id"] = names_of(frame, "employee"), frame["employee_id"]
    shown = frame.head(MOST_PEOPLE).rename(columns={"name": "label", "deviation": "actual"})[["id", "label", "actual"]]
    title = _("Time off the norm by sales person")
    if len(frame) > 1:
        first = frame.iloc[0]
        activity = str(first[list(activity_words())].astype(float).idxmax())
        title = _("{name} is {number} points off: {what}", name=name_of(first, "employee"),
                  number=formats.number(first["deviation"] * 100, 0),
                  what=_spent(activity, first[activity]))  # fmt: skip
    rest = len(frame) - len(shown)
    return Finding(
        "deviations", title,
        subtitle(who(answer), _("Half the sum of the gaps to the norm, points, by sales person, most first"),
                 period_words(answer)), frame,
        columns(("name", _("Sales person")), ("hours", _("Hours"), "count"), ("new", _("New customers"), "rate"),
                ("existing", _("Existing customers"), "rate"), ("planning", _("Planning"), "rate"),
                ("phone", _("Telephone, data"), "rate"), ("deviation", _("Off the norm"), "rate")),
        answer, partial(ranking, shown, kind="rate"),
        lambda _style: ngettext("{n} more in the table", "{n} more in the table", rest) if rest else "",
        ("time_deviation",),
    )  # fmt: skip


def new_customers(answer: Answer, by: str = "region") -> Finding:
    """Visits to new customers as a share of all visits to customers."""
    frame = answer.frame("by")
    frame = frame[frame["new_share"].notna()].sort_values("new_share", ignore_index=True)
    frame["name"], frame["id"] = names_of(frame, by), frame[f"{by}_id"]
    shown = frame.head(MOST_ROWS).rename(columns={"name": "label", "new_share": "actual"})[["id", "label", "actual"]]
    values = answer.values
    total = {"actual": values["new_share"]} if known(values["new_share"]) and len(shown) > 1 else None
    title = _("New against existing customers")
    if known(values["new_share"]):
        title = _("{share} of visits go to new customers: {new} of {all}", share=formats.rate(values["new_share"], 0),
                  new=formats.count(values["new_visits"]),
                  all=formats.count(values["new_visits"] + values["existing_visits"]))  # fmt: skip

    draw = partial(ranking, shown, kind="rate", total=total)

    return Finding(
        "new_customers", title,
        subtitle(who(answer), _("Share of visits to new customers, %, by region of the sales person"),
                 period_words(answer)), frame,
        columns(("name", _("Region")), ("new_visits", _("New customers"), "count"),
                ("existing_visits", _("Existing customers"), "count"), ("new_share", _("Share of new"), "rate")),
        answer, draw, None, ("visits",),
    )  # fmt: skip
