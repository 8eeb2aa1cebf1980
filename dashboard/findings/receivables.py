"""The findings of receivables: page title, what is overdue by month and by region, and what moved it."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.aging import aging_bars, aging_columns
from dashboard.charts.style import Style
from dashboard.charts.waterfall import variance_waterfall
from dashboard.findings.briefing import known
from dashboard.findings.model import Finding, columns, subtitle, titled, who
from dashboard.findings.names import name_of, names_of
from dashboard.i18n import _, ngettext

BUCKETS = ("in_term", "d1_30", "d31_60", "d61_90", "d91_120", "d121")
WORSE = 0.05  # by so much the overdue share of another region must be higher to be named
SHOWN_MONTHS = 6
HEIGHT = 330


def heads() -> dict[str, str]:
    """Column heads of the form, in its order."""
    return {"in_term": _("In term"), "d1_30": "1–30", "d31_60": "31–60", "d61_90": "61–90", "d91_120": "91–120",
            "d121": "121+", "receivables": _("Total")}  # fmt: skip


def in_words(share: float) -> str:
    return formats.rate(share, 0 if share >= 0.095 else 1)


# ------------------------------------------------------------------ top of the page


def page_title(answer: Answer) -> str:
    """What is overdue, and who holds it."""
    values = answer.values
    if not values["imported"]:
        return _("No receivables imported yet")
    if values["before_data"]:
        return _("What dealers owed on {day} is not known", day=formats.date(answer.as_of))
    if not known(values["receivables"]) or not values["receivables"]:
        return _("No dealer owes us anything on {day}", day=formats.date(answer.as_of))
    if not values["overdue"]:
        return _("Nothing is overdue: {amount} is owed, all in term", amount=formats.compact(values["receivables"]))
    half = int(values["half_dealers"])
    first = _("{amount} is overdue, {share} of what dealers owe us", amount=formats.compact(values["overdue"]),
              share=in_words(values["overdue_share"]))  # fmt: skip
    if values["overdue_dealers"] < 2:
        return first
    return titled(first, ngettext("{n} dealer holds half of it", "{n} dealers hold half of it", half), page=True)


def page_subtitle(answer: Answer, company: str, currency: str) -> str:
    return subtitle(company, who(answer), _("Receivables, {currency}", currency=formats.currency_name(currency)),
                    _("as of {day}, vs {before} and last year", day=formats.date(answer.as_of),
                      before=formats.short_date(answer.values["last_month"])))  # fmt: skip


# ------------------------------------------------------------------ charts


def by_month(answer: Answer, currency: str) -> Finding:
    """Columns of what was overdue at the ends of the last months, by age."""
    frame = answer.frame("days").tail(SHOWN_MONTHS).reset_index(drop=True)
    unit = formats.choose_unit(frame["overdue"], "money")
    shown = frame.rename(columns={"day": "period", "overdue_share": "share"})

    draw = partial(aging_columns, shown, unit=unit, height=HEIGHT)

    span = formats.period(frame["day"].iloc[0], frame["day"].iloc[-1]) if len(frame) else ""
    return Finding(
        "aging_months", _month_title(frame),
        subtitle(who(answer), _("Overdue receivables, {unit}, by days past due",
                                unit=formats.unit_name(unit, currency=currency)),
                 _("month ends, {span}", span=span) if span else "", _("above: total and its share of receivables")),
        frame, columns(("day", _("Day")), *((id, label, "money") for id, label in heads().items()),
                       ("overdue", _("Overdue"), "money"), ("overdue_share", _("Overdue share"), "rate")),
        answer, draw if len(frame) else None, None, ("overdue", "overdue_share"),
    )  # fmt: skip


def _month_title(frame: pd.DataFrame) -> str:
    if len(frame) < 2 or not frame["overdue"].iloc[0]:
        return _("Overdue receivables by age")
    first, last = frame.iloc[0], frame.iloc[-1]
    change = last["overdue"] / first["overdue"] - 1
    words = {"old": formats.compact(first["overdue"]), "new": formats.compact(last["overdue"]), "n": len(frame) - 1}
    if abs(change) < 0.01:
        return _("Overdue stayed at {new} over {n} months", **words)
    if change < 0:
        return titled(_("Overdue fell from {old} to {new} in {n} months", **words), _long_title(first, last))
    return titled(_("Overdue grew from {old} to {new} in {n} months", **words), _long_title(first, last))


def _long_title(first: pd.Series, last: pd.Series) -> str:
    """What is over 60 days late runs ahead of, or against, the whole."""
    old = [row["d61_90"] + row["d91_120"] + row["d121"] for row in (first, last)]
    if not old[0] or abs(old[1] / old[0] - 1) < 0.05:
        return ""
    words = {"old": formats.compact(old[0]), "new": formats.compact(old[1])}
    if old[1] > old[0]:
        return _("over 60 days late: from {old} up to {new}", **words)
    return _("over 60 days late: from {old} down to {new}", **words)


def movement(answer: Answer, currency: str) -> Finding:
    """From what was overdue at the end of last month to what is overdue now."""
    values, frame = answer.values, answer.frame("movement")
    before, now = (
        _("Overdue {day}", day=formats.short_date(values["before"])),
        _("Overdue {day}", day=formats.short_date(answer.as_of)),
    )
    label = {"newly": _("Became overdue"), "paid": _("Collected")}
    frame["label"] = [label[step] for step in frame["step"]]
    unit = formats.choose_unit([values["opening"], values["closing"], *frame["value"]], "money")

    draw = partial(variance_waterfall, frame, closing=now, opening=(before, values["opening"]), direction=-1, unit=unit)

    table = pd.concat([pd.DataFrame([{"label": before, "value": values["opening"]}]), frame,
                       pd.DataFrame([{"label": now, "value": values["closing"]}])], ignore_index=True)  # fmt: skip

    def said(_style: Style) -> str:
        return _("{newly} became overdue in all, {paid} of it was paid by {day}.", day=formats.short_date(answer.as_of),
                 newly=formats.compact(values["newly"]), paid=formats.compact(values["newly_paid"]))  # fmt: skip

    return Finding(
        "aging_movement", _movement_title(answer),
        subtitle(who(answer), _("Overdue, {unit}", unit=formats.unit_name(unit, currency=currency)),
                 _("change from {before} to {now}", before=formats.short_date(values["before"]),
                   now=formats.date(answer.as_of))),
        table, columns(("label", _("Step")), ("value", _("Overdue"), "money")), answer,
        draw if values["opening"] or values["closing"] else None, said, ("overdue",),
    )  # fmt: skip


def _movement_title(answer: Answer) -> str:
    values = answer.values
    change, newly = values["closing"] - values["opening"], values["newly"] - values["newly_paid"]
    words = {"amount": formats.compact(abs(change)), "newly": formats.compact(newly),
             "paid": formats.compact(values["paid"]), "day": formats.date(values["before"])}  # fmt: skip
    if not values["opening"] and not values["closing"]:
        return _("Nothing was overdue")
    if round(change, 2) == 0:
        return _("As much is overdue as on {day}: {newly} came in late, {paid} was collected", **words)
    if change > 0:
        return _("{amount} more is overdue than on {day}: {newly} came in late, {paid} was collected", **words)
    return _("{amount} less is overdue than on {day}: {paid} was collected, {newly} came in late", **words)


def by_office(answer: Answer, currency: str) -> Finding:
    """Bars of what is overdue by region, by age."""
    frame = answer.frame("offices")
    frame["name"] = [name if name != "–" else _("Without a region") for name in names_of(frame, "region")]
    shown = frame[frame["overdue"] > 0].rename(columns={"name": "label", "overdue_share": "share", "region_id": "id"})
    unit = formats.choose_unit(frame["overdue"], "money")

    draw = partial(aging_bars, shown, unit=unit)

    return Finding(
        "aging_offices", _office_title(frame, answer),
        subtitle(who(answer), _("Overdue receivables, {unit}, by region and days past due",
                                unit=formats.unit_name(unit, currency=currency)),
                 formats.date(answer.as_of), _("right: total and its share of receivables")),
        frame, office_columns(), answer, draw if len(shown) else None, None, ("overdue", "overdue_share"),
    )  # fmt: skip


def office_columns() -> Any:
    return columns(("name", _("Region")), ("dealers", _("Dealers"), "count"),
                   *((id, label, "money") for id, label in heads().items()),
                   ("overdue_share", _("Overdue share"), "rate"), ("credit", _("Credit"), "money"),
                   ("unapplied", _("Unapplied"), "money"),
                   ("credit_limit", _("Limit"), "money"), ("headroom", _("Headroom"), "money"))  # fmt: skip


def _office_title(frame: pd.DataFrame, answer: Answer) -> str:
    rows = frame[frame["overdue"] > 0]
    if len(rows) < 2:
        return _("Overdue receivables by region")
    first, whole = rows.iloc[0], rows["overdue"].sum()
    worst = rows.loc[rows["overdue_share"].idxmax()]
    words = {"name": name_of(first, "region"), "share": in_words(first["overdue"] / whole)}
    if worst["overdue_share"] < first["overdue_share"] + WORSE:
        return _("{name} holds {share} of what is overdue and is late with {own} of what it owes",
                 own=in_words(first["overdue_share"]), **words)  # fmt: skip
    return titled(_("{name} holds {share} of what is overdue", **words),
                  _("{name} is late with {own} of what it owes", name=name_of(worst, "region"),
                    own=in_words(worst["overdue_share"])))  # fmt: skip
