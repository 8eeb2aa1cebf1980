"""Findings about whom visits go to: frequency against value, who is under- and over-served, whom to call next."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.served import served as served_chart
from dashboard.findings.briefing import known
from dashboard.findings.model import Finding, columns, subtitle, titled, who
from dashboard.findings.names import names_of
from dashboard.i18n import _, language, ngettext

SHOWN = 50  # rows of a list


def frequency(answer: Answer, currency: str) -> Finding:
    """Every dealer: visits a month over net sales, the norm of its class."""
    frame = _named(answer.frame("dealers"))
    judged = frame[frame["served"] != ""].reset_index(drop=True)
    judged["id"], judged["label"] = judged["dealer_id"], judged["name"]
    unit = formats.choose_unit(judged["sales"], "money")
    norms = answer.frames["classes"].set_index("value_class")["norm"] if len(judged) else {}
    words = ", ".join(f"{name} {formats.number(value)}" for name, value in norms.items())
    return Finding(
        "frequency", _frequency_title(answer),
        subtitle(who(answer), _("Visits a month (6 months) over net sales of 12 months, {currency}, by dealer",
                                currency=formats.currency_name(currency)), formats.date(answer.values["day"])), judged,
        columns(("name", _("Dealer")), ("owner", _("Sales person")), ("value_class", _("Class")),
                ("sales", _("Net sales"), "money"), ("visits", _("Visits"), "count"),
                ("per_month", _("A month"), "price"), ("norm", _("Norm"), "price"),
                ("sales_share", _("Of sales"), "rate"), ("visit_share", _("Of visits"), "rate")),
        answer, partial(served_chart, judged, unit=unit),
        lambda _style: _("■ under-served · ○ over-served · line: norm of the class, visits a month ({norms})",
                         norms=words),
        ("visits", "net_sales"),
    )  # fmt: skip


def _frequency_title(answer: Answer) -> str:
    values = answer.values
    if not values["judged"] or answer.verdict != "ok":
        return _("Visits against the value of dealers")
    return titled(
        _("{under} of {n} dealers are under-served, {over} over-served", under=values["under"], over=values["over"],
          n=formats.count(values["judged"]))
    )  # fmt: skip


def served(answer: Answer, side: str, currency: str) -> Finding:
    """The under- or over-served dealers, most sales first (over-served: most visits above the norm first)."""
    frame = _named(answer.frame("dealers"))
    rows = frame[frame["served"] == side]
    rows = rows.assign(beyond=(rows["per_month"] - rows["norm"]).abs())
    rows = rows.sort_values("sales" if side == "under" else "beyond", ascending=False, ignore_index=True)
    values, n = answer.values, len(rows)
    title = {"under": _("No dealer is under-served"), "over": _("No dealer is over-served")}[side]
    if n and side == "under":
        title = ngettext("{n} dealer gets less than half of its visits; it buys {amount} a year",
                         "{n} dealers get less than half of their visits; they buy {amount} a year", n,
                         amount=formats.compact(values["under_sales"]))  # fmt: skip
    elif n:
        visits = formats.number(rows["beyond"].sum(), 0)
        title = ngettext("{n} dealer gets {visits} visits a month above its norm",
                         "{n} dealers get {visits} visits a month above their norm", n, visits=visits)  # fmt: skip
    kept = [("name", _("Dealer")), ("owner", _("Sales person")), ("per_month", _("A month"), "price"),
            ("norm", _("Norm"), "price"), ("value_class", _("Class")), ("sales", _("Net sales"), "money"),
            ("sales_share", _("Of sales"), "rate"), ("visit_share", _("Of visits"), "rate")]  # fmt: skip
    rule = {
        "under": _(
            "Visits a month under half the norm of the class, and less of the person's visits than of its sales"
        ),
        "over": _("Visits a month over twice the norm of the class, and more of the person's visits than of its sales"),
    }[side]
    return Finding(
        f"served_{side}", title,
        subtitle(who(answer), rule, _("net sales of 12 months, {currency}",
                                      currency=formats.currency_name(currency)) if side == "under" else ""),
        rows.head(SHOWN), columns(*(kept if side == "under" else kept[:4])),
        answer, None, None, ("visits", "net_sales"),
    )  # fmt: skip


def calls(answer: Answer, currency: str) -> Finding:
    """Whom to call next week, and why."""
    frame = _named(answer.frame("calls"))
    frame["reason"] = [reason(row) for _index, row in frame.iterrows()]
    due, shown = answer.values["due"], len(frame)
    title = _("No visit is due next week")
    if due:
        title = ngettext("Call on {n} dealer next week, worth {amount} a month",
                         "Call on {n} dealers next week, worth {amount} a month", shown,
                         amount=formats.compact(answer.values["shown_sales"]))  # fmt: skip
    return Finding(
        "calls", titled(title, _("{n} are due in all", n=formats.count(due)) if due > shown else ""),
        subtitle(who(answer), _("Ranked by net sales a month times how far the visit is overdue"),
                 _("net sales, {currency}", currency=formats.currency_name(currency)), formats.date(answer.as_of)),
        frame, columns(("name", _("Dealer")), ("monthly_sales", _("Net sales a month"), "money"),
                        ("days", _("Days since"), "count"), ("reason", _("Reason")), ("owner", _("Sales person"))),
        answer, None, None, ("net_sales",),
    )  # fmt: skip


def reason(row: pd.Series) -> str:
    """Why a dealer is on the list, in words."""
    words = []
    if not known(row["days"]):
        words.append(_("no visit on record"))
    else:
        words.append(_("last visit {days} days ago, norm of class {name}: every {interval} days",
                       days=formats.count(row["days"]),
                       name=row["value_class"], interval=formats.count(row["interval"])))  # fmt: skip
    if known(row["silent_days"]):
        words.append(_("no order for {days} days, usually every {usual}", days=formats.count(row["silent_days"]),
                       usual=formats.count(row["usual_gap"])))  # fmt: skip
    if pd.notna(row["next_planned"]):
        words.append(_("planned for {day}", day=formats.short_date(row["next_planned"])))
    return ("；" if language() == "zh" else "; ").join(words)


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    frame["name"] = names_of(frame, "dealer")
    frame["owner"] = names_of(frame, "employee")
    return frame
