"""The findings about the quality of receivables: days outside, collection, roll rates, expected loss."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.days import days_columns
from dashboard.charts.heat import heat_table
from dashboard.charts.ranking import ranking
from dashboard.charts.style import Style
from dashboard.charts.trend import trend
from dashboard.findings.briefing import known
from dashboard.findings.model import Finding, columns, subtitle, titled, who
from dashboard.findings.names import names_of
from dashboard.i18n import _, language, ngettext

FACTORS = ("1.0", *(f"{tenth / 10:.1f}" for tenth in range(5, 31) if tenth != 10))  # forward-looking; the first opens
MOVED = 0.02  # a change of the collected share that a title mentions
LARGEST = 10  # dealers of a chart
HEIGHT = 300


def month_of(day: dt.date) -> str:
    """The month that ends on the day, or the part of it up to the day: June 2026, 1–17 June 2026."""
    return formats.period(day.replace(day=1), day)


def bucket_words() -> dict[str, str]:
    """The buckets inside a sentence."""
    return {"in_term": _("in term"), "d1_30": _("1–30 days overdue"), "d31_60": _("31–60 days overdue"),
            "d61_90": _("61–90 days overdue"), "d91_120": _("91–120 days overdue"),
            "d121": _("over 120 days overdue")}  # fmt: skip


def bucket_heads() -> dict[str, str]:
    """The buckets as heads of rows."""
    return {"in_term": _("In term"), "d1_30": "1–30", "d31_60": "31–60", "d61_90": "61–90", "d91_120": "91–120",
            "d121": "121+"}  # fmt: skip


# ------------------------------------------------------------------ quality: days and collection


def days(answer: Answer) -> Finding:
    """Columns of DSO: what was agreed and what is beyond it, with the countback."""
    frame, values = answer.frame("days"), answer.values
    shown = frame.rename(columns={"day": "period", "best_possible_dso": "best", "delinquent_days": "beyond_days"})
    shown = shown[["period", "best", "beyond_days", "countback_dso"]]
    shown = shown.rename(columns={"beyond_days": "beyond", "countback_dso": "countback"})

    draw = partial(days_columns, shown, height=HEIGHT)

    def said(_style: Style) -> str:
        if values["beyond"]:
            return _("Countback: receivables exceed all invoices known, so it is at least {days}.",
                     days=formats.days(values["countback_dso"]))  # fmt: skip
        return _("Countback takes the latest months' invoices off first: a month of little sales does not move it.")

    return Finding(
        "credit_days", _days_title(answer),
        subtitle(who(answer), _("DSO in days: in term (best possible) and beyond (ADD)"),
                 formats.period(frame["day"].iloc[0].replace(day=1), answer.as_of) if len(frame) else ""),
        frame, columns(("day", _("Day")), ("dso", "DSO", "days"), ("best_possible_dso", _("Best possible"), "days"),
                       ("delinquent_days", _("Beyond terms (ADD)"), "days"),
                       ("countback_dso", _("Countback"), "days"), ("cei", "CEI", "rate")),
        answer, draw if len(frame) else None, said,
        ("dso", "best_possible_dso", "delinquent_days", "countback_dso"),
    )  # fmt: skip


def _days_title(answer: Answer) -> str:
    values, day = answer.values, answer.as_of
    if not known(values["dso"]):
        return _("How long customers take to pay")
    words = {"days": formats.days(values["dso"]), "more": formats.number(values["delinquent_days"], 0)}
    beyond, one = values["delinquent_days"] >= 0.5, len(answer.scope.dealer) == 1
    if one:
        first = (
            _("Payment takes {days}, {more} more than agreed", **words)
            if beyond
            else _("Payment takes {days}", **words)
        )
    elif beyond:
        first = _("Customers take {days} to pay, {more} more than agreed", **words)
    else:
        first = _("Customers take {days} to pay", **words)
    change = values["cei"] - values["cei_before"]
    if not values["whole"] or not known(change) or abs(change) < MOVED:
        return first
    if change < 0:
        return titled(first, _("collection worsened in {month}", month=month_of(day)))
    return titled(first, _("collection improved in {month}", month=month_of(day)))


def collection(answer: Answer) -> Finding:
    """Columns of CEI by month."""
    frame = answer.frame("days")
    frame = frame[frame["cei"].notna()].reset_index(drop=True)
    shown = frame.rename(columns={"day": "period", "cei": "actual"})[["period", "actual"]]

    draw = partial(trend, shown, kind="rate", height=HEIGHT)

    values = answer.values
    title = _("How much of what could be collected was")
    if known(values["cei"]):
        words = {"share": formats.rate(values["cei"]), "month": month_of(answer.as_of)}
        title = _("{share} of what could be collected in {month} was", **words)
        if known(values["cei_before"]) and values["whole"]:
            change = formats.points(values["cei"] - values["cei_before"])
            title = _("{share} of what could be collected in {month} was, {change} on the month before", **words,
                      change=change)  # fmt: skip
    return Finding(
        "credit_cei", title, subtitle(who(answer), _("CEI, percent, by month"), _("collected / could be collected")),
        frame, columns(("day", _("Day")), ("cei", "CEI", "rate"), ("receivables", _("Receivables"), "money")),
        answer, draw if len(frame) else None, None, ("cei",),
    )  # fmt: skip


# ------------------------------------------------------------------ quality: roll rates


def rolls(answer: Answer) -> Finding:
    """A table of roll rates by month whose cells are the darker the more rolled on."""
    frame = answer.frame("rolls")
    heads = bucket_heads()
    steps = {id: f"{heads[id]} → {heads[after]}" for id, after in
             zip(list(heads), list(heads)[1:], strict=False)} | {"d121": _("121+ still there")}  # fmt: skip
    frame["row"] = frame["bucket"].map(steps)
    shown = frame.rename(columns={"day": "period", "roll_rate": "rate"})[["row", "period", "rate", "bucket"]]
    shown["order"] = shown["bucket"].map({id: i for i, id in enumerate(heads)})
    shown = shown.sort_values(["order", "period"])

    draw = partial(heat_table, shown)

    return Finding(
        "credit_rolls", _rolls_title(answer),
        subtitle(who(answer), _("Roll rates, percent of what stood in the bucket a month before"), _("by month")),
        frame, columns(("day", _("Day")), ("row", _("From → to")), ("then", _("Value a month before"), "money"),
                       ("roll_rate", _("Rolled on"), "rate"), ("stay_rate", _("Stayed"), "rate"),
                       ("further_rate", _("Further still"), "rate"), ("paid_rate", _("Paid"), "rate")),
        answer, draw if len(frame) else None, None, ("roll_rate",),
    )  # fmt: skip


def _rolls_title(answer: Answer) -> str:
    values = answer.values
    bucket = values["stands_out"]
    if bucket is None:
        return _("No bucket rolled on more than usual") if len(answer.frames["rolls"]) else _("Roll rates by month")
    words = {"share": formats.rate(values["rate"], 0), "usual": formats.rate(values["usual"], 0),
             "amount": formats.compact(values["more"]), "bucket": bucket_words()[bucket]}  # fmt: skip
    if bucket == "in_term":
        return _("{share} of what was in term a month ago is overdue now, usually {usual}: {amount} more", **words)
    if bucket == "d121":
        return _("{share} of what was {bucket} a month ago is still there, usually {usual}: {amount} more", **words)
    after = dict(zip(heads := list(bucket_heads()), heads[1:], strict=False))[bucket]
    return _("{share} of what was {bucket} a month ago is {next} now, usually {usual}: {amount} more", **words,
             next=bucket_heads()[after])  # fmt: skip


def last_rolls(answer: Answer) -> Finding:
    """Where the money of each bucket went within the last month."""
    frame = answer.frame("rolls")
    frame = frame[frame["day"] == answer.as_of].reset_index(drop=True)
    heads = bucket_heads()
    frame["name"] = frame["bucket"].map(heads)
    title = _("Where last month's balances went")
    overdue = frame[frame["bucket"] != "in_term"]
    if overdue["then"].sum() > 0:
        paid = (overdue["paid_rate"].fillna(0) * overdue["then"]).sum() / overdue["then"].sum()
        title = _("{share} of what was overdue a month ago was paid since", share=formats.rate(paid, 0))
    span = formats.period(frame["before"].iloc[0], answer.as_of) if len(frame) else ""
    return Finding(
        "credit_last_rolls", title,
        subtitle(who(answer), _("By the bucket of a month before, by invoice"), span), frame,
        columns(("name", _("Bucket then")), ("then", _("Value then"), "money"), ("paid_rate", _("Paid"), "rate"),
                ("stay_rate", _("Stayed"), "rate"), ("roll_rate", _("Rolled on"), "rate"),
                ("usual", _("Usually"), "rate"), ("further_rate", _("Further still"), "rate")),
        answer, None, None, ("roll_rate",),
    )  # fmt: skip


# ------------------------------------------------------------------ provision


def matrix(answer: Answer, currency: str) -> Finding:
    """The provision matrix with its total."""
    frame, values = answer.frame("matrix"), answer.values
    frame["name"] = frame["bucket"].map(bucket_heads())
    total = {"name": _("Total"), "balance": values["receivables"], "provision": values["provision"]}
    frame = pd.concat([frame, pd.DataFrame([total])], ignore_index=True)
    title = _("Cannot tell what will never be paid")
    if answer.verdict == "ok":
        words = {"amount": formats.compact(values["provision"]), "share": formats.rate(values["share"])}
        title = _("{amount} will probably never be paid, {share} of receivables", **words)
        if not values["receivables"]:
            title = _("Nothing is owed")
        if known(values["overdue_part"]):
            title = titled(title, _("{share} of it is overdue", share=formats.rate(values["overdue_part"], 0)))
    return Finding(
        "credit_matrix", title,
        subtitle(who(answer),
                 _("Expected credit loss, {currency}, by days past due", currency=formats.currency_name(currency)),
                 formats.date(answer.as_of), _("factor {factor}", factor=formats.number(values["factor"], 1))),
        frame if answer.verdict == "ok" else frame.iloc[:0],
        columns(("name", _("Days past due")), ("balance", _("Balance"), "money"), ("loss_rate", _("Loss rate"), "rate"),
                ("adjusted_rate", _("× factor"), "rate"), ("provision", _("Expected loss"), "money"),
                ("reached", _("Ever reached"), "money"), ("never_paid", _("Never paid"), "money")),
        answer, None, None, ("provision", "loss_rate"),
    )  # fmt: skip


def matrix_note(answer: Answer) -> str:
    """Where the rates come from, and what is left out."""
    values = answer.values
    if answer.verdict != "ok" or values["first_due"] is None:
        return ""
    words = {"n": formats.count(values["invoices"]), "lost": formats.count(values["lost_invoices"]),
             "days": values["horizon"], "span": formats.period(values["first_due"], values["last_due"])}  # fmt: skip
    said = [_("Rates: {n} invoices due {span}, {lost} of them still open {days} days past due. Younger invoices are "
              "left out: they had no time to show it.", **words)]  # fmt: skip
    if known(values["worse"]):
        said.append(_("Of what fell due in the last half-year, {times} times as large a part became 31 days late: what "
                      "the factor is for.", times=formats.number(values["worse"], 1)))  # fmt: skip
    return ("" if language() == "zh" else " ").join(said)


def losers(answer: Answer, currency: str) -> Finding:
    """The dealers with whom the expected loss sits."""
    frame = answer.frame("dealers")
    frame["name"] = names_of(frame, "dealer") if len(frame) else []
    known_loss = answer.verdict == "ok" and answer.values["provision"] > 0
    frame = frame[frame["provision"].fillna(0) > 0] if known_loss else frame.iloc[:0]
    unit = formats.choose_unit(frame["provision"].head(LARGEST), "money")
    shown = frame.head(LARGEST).rename(columns={"name": "label", "provision": "actual", "dealer_id": "id"})
    shown = shown[["label", "actual", "id"]]

    draw = partial(ranking, shown, unit=unit)

    title = _("Expected loss by dealer")
    if known_loss:
        n = int(answer.values["half_dealers"])
        title = ngettext("{n} dealer holds half of the expected loss", "{n} dealers hold half of the expected loss", n,
                         n=formats.count(n))  # fmt: skip
    return Finding(
        "credit_losers", title,
        subtitle(who(answer),
                 _("Expected credit loss, {unit}, by dealer", unit=formats.unit_name(unit, currency=currency)),
                 ngettext("largest {n}", "largest {n}", len(shown)) if len(frame) > len(shown) else ""),
        frame, columns(("name", _("Dealer")), ("provision", _("Expected loss"), "money"),
                       ("receivables", _("Receivables"), "money"), ("overdue", _("Overdue"), "money"),
                       ("share", _("Share of receivables"), "rate")),
        answer, draw if len(frame) else None, None, ("provision",),
    )  # fmt: skip
