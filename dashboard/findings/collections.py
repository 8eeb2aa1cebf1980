"""The findings of collecting: whom to call this week and why, limits that are passed, how few owe how much."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.ranking import ranking
from dashboard.charts.style import Style
from dashboard.findings.briefing import known
from dashboard.findings.model import Finding, columns, subtitle, titled, who
from dashboard.findings.names import Row, names_of
from dashboard.findings.receivables import in_words
from dashboard.i18n import _, language, ngettext

SHOWN = 10  # debtors on the card; the table behind it has all


def worklist(answer: Answer, currency: str, shown: int = SHOWN) -> Finding:
    """Collect this week, most money at risk first: a sentence and the reason for each; the table has all."""
    frame = answer.frame("worklist")
    frame["name"], frame["region"] = names_of(frame, "dealer"), names_of(frame, "region")
    frame["owner"] = names_of(frame, "answers")
    rows = frame.to_dict("records")
    frame["sentence"] = [sentence(row) for row in rows]
    frame["chip"] = [chip(row) for row in rows]
    frame["reason"] = [reason(row) for row in rows]
    return Finding(
        "worklist", _worklist_title(frame.head(shown), answer),
        subtitle(who(answer), _("Money at risk, {currency}: late rate × what is overdue or due within a week",
                                currency=formats.currency_name(currency)), formats.date(answer.as_of)),
        frame, columns(("rank", _("Rank"), "count"), ("dealer_id", _("Code")), ("name", _("Dealer")),
                       ("region", _("Region")), ("at_risk", _("At risk"), "money"), ("overdue", _("Overdue"), "money"),
                       ("overdue_long", _("Over 30 days late"), "money"), ("due_soon", _("Due within a week"), "money"),
                       ("late_rate", _("Late rate"), "rate"), ("average_days", _("Days late"), "count"),
                       ("headroom", _("Headroom"), "money"), ("last_paid", _("Last payment")),
                       ("reason", _("Reason")), ("owner", _("Owner")), ("next_step", _("Next step")),
                       ("due", _("Due"))),
        answer, None, None, ("overdue",),
    )  # fmt: skip


def _worklist_title(frame: pd.DataFrame, answer: Answer) -> str:
    if frame.empty:
        return _("Nothing to collect this week")
    amount, n = frame["at_risk"].sum(), len(frame)
    share = in_words(amount / answer.values["at_risk_total"])
    head = ngettext("Collect from this dealer first: {amount} at risk, {share} of all",
                    "Collect from these {n} first: {amount} at risk, {share} of all", n,
                    amount=formats.compact(amount), share=share)  # fmt: skip
    bare = int(frame["next_step"].isna().sum())
    if not bare:
        return titled(head, _("all have an action"))
    if bare == n:
        return titled(head, _("none has an action yet"))
    return titled(head, ngettext("{n} has no action yet", "{n} have no action yet", bare))


def sentence(row: Row) -> str:
    """How much is late, and how late."""
    if not row["overdue"]:
        return _("nothing late yet, {amount} falls due within a week", amount=formats.compact(row["due_soon"]))
    return _("{amount} overdue, {days} late on average", amount=formats.compact(row["overdue"]),
             days=formats.days(row["average_days"]))  # fmt: skip


def chip(row: Row) -> str:
    """What weighs most: a promise that passed, a limit that is passed, how late."""
    if isinstance(row["promise_passed"], str):
        return _("Promise passed")
    if row["headroom"] < 0:
        return _("Over the limit")
    return _("Over 30 days late") if row["overdue_long"] > 0 else _("Late")


def reason(row: Row) -> str:
    """Why this one, in words."""
    parts = []
    if isinstance(row["promise_passed"], str):
        parts.append(_("“{step}” was due on {day}, no result yet", step=row["next_step"],
                       day=formats.short_date(pd.Timestamp(row["promise_passed"]))))  # fmt: skip
    if row["overdue_long"] > 0:
        parts.append(_("{amount} over 30 days late", amount=formats.compact(row["overdue_long"])))
    if row["headroom"] < 0:
        parts.append(_("{amount} over the limit", amount=formats.compact(-row["headroom"])))
    if known(row["late_rate"]) and row["own_rate"]:
        parts.append(_("{share} of a year’s money over 30 days late", share=formats.rate(row["late_rate"], 0)))
    if row["last_paid"] is None or pd.isna(row["last_paid"]):
        parts.append(_("never paid"))
    else:
        parts.append(_("last paid {day}", day=formats.short_date(row["last_paid"])))
    if row["unapplied"] > 0:
        parts.append(_("{amount} received and not applied", amount=formats.compact(row["unapplied"])))
    return ("，" if language() == "zh" else ", ").join(parts)


def limits(answer: Answer, currency: str) -> Finding:
    """Dealers above their credit limit."""
    frame = answer.frame("limits")
    frame["name"], frame["region"] = names_of(frame, "dealer"), names_of(frame, "region")
    frame["owner"] = names_of(frame, "owner")
    values = answer.values
    title = _("No dealer is over its limit")
    if not values["with_limit"] and values["without_limit"]:
        title = _("No debtor has a credit limit")
    if len(frame):
        late = float((frame["overdue_share"] > 0).mean())
        title = titled(
            ngettext("{n} dealer is {amount} over its limit", "{n} dealers are {amount} over their limits", len(frame),
                     amount=formats.compact(values["over"])),
            _("{share} of them are overdue as well", share=formats.rate(late, 0)) if late else "",
        )  # fmt: skip
    orders = _("open orders included") if frame["open_orders"].notna().any() else _("without open orders")
    return Finding(
        "limits", title,
        subtitle(who(answer), _("Money above the credit limit, {currency}", currency=formats.currency_name(currency)),
                 formats.date(answer.as_of), orders),
        frame, columns(("name", _("Dealer")), ("region", _("Region")), ("over", _("Over the limit"), "money"),
                       ("utilisation", _("Of limit"), "rate"), ("credit_limit", _("Limit"), "money"),
                       ("receivables", _("Owes"), "money"), ("open_orders", _("Open orders"), "money"),
                       ("overdue", _("Overdue"), "money"), ("owner", _("Owner"))),
        answer, None, None, ("receivables", "overdue"),
    )  # fmt: skip


def limits_note(answer: Answer) -> str:
    """Debtors whom no limit restricts."""
    n = int(answer.values["without_limit"])
    if not n:
        return ""
    return ngettext("{n} debtor has no limit and owes {amount}.", "{n} debtors have no limit and owe {amount}.", n,
                    amount=formats.compact(answer.values["open_without_limit"]))  # fmt: skip


def concentration(answer: Answer, currency: str) -> Finding:
    """The largest debtors, and how much hangs on them."""
    frame, values = answer.frame("concentration"), answer.values
    largest = int(values["largest"])
    frame["name"], frame["id"] = names_of(frame, "dealer"), frame["dealer_id"]
    shown = frame.head(largest).rename(columns={"name": "label", "receivables": "actual"})
    unit = formats.choose_unit(shown["actual"], "money")

    draw = partial(ranking, shown[["label", "actual", "id"]], unit=unit)

    def said(_style: Style) -> str:
        return _("HHI {hhi}: as concentrated as {n} equal debtors. The other {others} owe {amount}.",
                 hhi=formats.number(values["hhi"], 3), n=formats.count(values["equal"]),
                 others=formats.count(max(len(frame) - largest, 0)),
                 amount=formats.compact(frame["receivables"].iloc[largest:].sum()))  # fmt: skip

    title = _("Nothing is owed")
    if len(frame) > largest:
        title = _("{n} dealers owe {share} of it and hold {late} of what is overdue", n=largest,
                  share=in_words(values["top_share"]), late=in_words(values["overdue_top_share"]))  # fmt: skip
        if not known(values["overdue_top_share"]):
            title = _("{n} dealers owe {share} of it", n=largest, share=in_words(values["top_share"]))
    elif len(frame):
        title = ngettext("{n} dealer owes all of it", "{n} dealers owe all of it", len(frame))
    return Finding(
        "concentration", title,
        subtitle(who(answer), _("Receivables, {unit}, the largest debtors",
                                unit=formats.unit_name(unit, currency=currency)), formats.date(answer.as_of)),
        frame, columns(("name", _("Dealer")), ("receivables", _("Owes"), "money"), ("share", _("Of total"), "rate"),
                       ("cumulative", _("Share so far"), "rate"), ("overdue", _("Overdue"), "money"),
                       ("overdue_share", _("Overdue share"), "rate")),
        answer, draw if len(frame) else None, said, ("receivables", "overdue"),
    )  # fmt: skip
