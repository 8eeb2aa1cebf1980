"""The findings of the aging form: the whole, by region, by dealer with the action taken, the invoices of one dealer."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.findings.briefing import known
from dashboard.findings.model import Finding, columns, subtitle, titled, who
from dashboard.findings.names import names_of
from dashboard.findings.receivables import BUCKETS, heads, in_words, office_columns
from dashboard.i18n import _, ngettext

THOUSANDS, FULL = "thousand", "full"  # units to choose from, the first opens
MONEY = (*BUCKETS, "receivables", "overdue", "credit", "unapplied")


def unit_words(currency: str, full: bool) -> str:
    """CNY or CNY thousand; 人民币 or 千元."""
    return formats.currency_name(currency) if full else formats.thousand_name(currency)


def scaled(frame: pd.DataFrame, money: Sequence[str], full: bool) -> pd.DataFrame:
    """The frame with its money in thousands unless it is wanted in full: what a card shows is what it exports."""
    return frame if full else frame.assign(**{id: frame[id] / 1000 for id in money})


def form(answer: Answer, currency: str, *, full: bool = False) -> Finding:
    """The form in all: what is owed by age, its share, last month, the change. One row a column of the form."""
    rows = scaled(answer.frame("form"), MONEY, full).set_index("kind")
    rows.loc["share"] = answer.frames["form"].set_index("kind").loc["share"]
    words = heads() | {"credit": _("Credit balances, apart"), "unapplied": _("Unapplied cash, apart")}
    frame = pd.DataFrame([{"class": label, **rows[id].to_dict()} for id, label in words.items()])
    values = answer.values
    before = values["last_month"]
    return Finding(
        "aging_form", _form_title(answer),
        subtitle(who(answer), _("Receivables, {unit}, by days past due", unit=unit_words(currency, full)),
                 _("{day} against {before}", day=formats.date(answer.as_of), before=formats.short_date(before))),
        frame, columns(("class", _("Days past due")), ("now", formats.date(answer.as_of), "money"),
                       ("share", _("Of total"), "rate"), ("before", formats.date(before), "money"),
                       ("change", _("Change"), "money")),
        answer, None, None, (*BUCKETS, "receivables", "credit", "unapplied"),
    )  # fmt: skip


def _form_title(answer: Answer) -> str:
    values = answer.values
    if not known(values["receivables"]) or not values["receivables"]:
        return _("Nothing is owed")
    shares = [in_words(values[id] / values["receivables"]) for id in ("in_term", "d121")]
    return ngettext("{n} dealer owes: {term} is in term, {old} is over 120 days late",
                    "All {n} dealers who owe: {term} is in term, {old} is over 120 days late",
                    int(values["debtors"]), term=shares[0], old=shares[1])  # fmt: skip


def form_rows(finding: Finding, *, full: bool) -> pd.DataFrame:
    """The form as people read it: a row for the day, its share, last month and the change; figures as words."""
    frame, day = finding.frame, {column.name: column.label for column in finding.columns}

    def money(value: float, *, signed: bool = False) -> str:
        return formats.number(value, 2 if full else 0, signed=signed)

    lines = [
        [day["now"], *(money(value) for value in frame["now"])],
        [day["share"], *(formats.rate(value) for value in frame["share"])],
        [day["before"], *(money(value) for value in frame["before"])],
        [day["change"], *(money(value, signed=True) for value in frame["change"])],
    ]
    short = {_("Credit balances, apart"): _("Credit"), _("Unapplied cash, apart"): _("Unapplied")}
    return pd.DataFrame(lines, columns=[_("Day"), *(short.get(head, head) for head in frame["class"])])


def offices(answer: Answer, currency: str, *, full: bool = False) -> Finding:
    """The form by region."""
    frame = scaled(answer.frame("offices"), (*MONEY, "credit_limit", "open_orders", "headroom"), full)
    frame["name"] = [name if name != "–" else _("Without a region") for name in names_of(frame, "region")]
    return Finding(
        "aging_offices_form", ngettext("{n} region owes {amount}", "{n} regions owe {amount}", len(frame),
                                       amount=formats.compact(answer.values["receivables"])),
        subtitle(who(answer), _("Receivables, {unit}, by region and days past due",
                                unit=unit_words(currency, full)), formats.date(answer.as_of)),
        frame, office_columns(), answer, None, None, (*BUCKETS, "receivables", "credit", "unapplied"),
    )  # fmt: skip


def dealers(answer: Answer, currency: str, *, full: bool = False) -> Finding:
    """The form by dealer, with the collection action of each."""
    rows = answer.frame("aging").iloc[:-1].reset_index(drop=True)
    frame = scaled(rows, (*MONEY, "credit_limit", "open_orders", "headroom"), full)
    frame["name"], frame["region"] = names_of(frame, "dealer"), names_of(frame, "region")
    frame["owner"] = names_of(frame, "answers")
    return Finding(
        "aging_dealers", _dealers_title(rows),
        subtitle(who(answer), _("Receivables, {unit}, by dealer and days past due",
                                unit=unit_words(currency, full)),
                 formats.date(answer.as_of), _("most overdue money first")),
        frame, columns(("dealer_id", _("Code")), ("name", _("Dealer")), ("region", _("Region")),
                       *((id, label, "money") for id, label in heads().items()),
                       ("overdue", _("Overdue"), "money"), ("overdue_share", _("Overdue share"), "rate"),
                       ("credit_limit", _("Limit"), "money"), ("payment_term_days", _("Term"), "days"),
                       ("open_orders", _("Open orders"), "money"), ("headroom", _("Headroom"), "money"),
                       ("credit", _("Credit"), "money"), ("unapplied", _("Unapplied"), "money"),
                       ("owner", _("Owner")), ("next_step", _("Next step")), ("due", _("Due")),
                       ("result", _("Result"))),
        answer, None, None, (*BUCKETS, "receivables", "overdue", "credit", "unapplied"),
    )  # fmt: skip


def _dealers_title(frame: pd.DataFrame) -> str:
    late = frame[frame["overdue"] > 0]
    if late.empty:
        return _("No dealer is overdue")
    first = late.head(8)
    bare = int((~first["next_step"].map(lambda step: isinstance(step, str))).sum())
    words = {"amount": formats.compact(first["overdue"].sum()), "n": len(first)}
    head = ngettext("The largest debtor holds {amount} overdue", "The {n} largest debtors hold {amount} overdue",
                    len(first), **words)  # fmt: skip
    if not bare:
        return titled(head, _("all have an action"))
    if bare == len(first):
        return titled(head, _("none has an action yet"))
    return titled(head, ngettext("{n} has no action yet", "{n} have no action yet", bare))


def invoices(answer: Answer, name: str, currency: str) -> Finding:
    """The open invoices of one dealer, oldest due first."""
    frame = answer.frame("invoices")
    frame["class"] = [heads().get(bucket, _("Credit")) for bucket in frame["bucket"]]
    for column in ("invoice_date", "due_date"):
        frame[column] = [str(day)[:10] for day in frame[column]]
    late = frame[(frame["balance"] > 0) & (frame["dpd"] > 0)]
    title = ngettext(
        "{name} owes {amount} on {n} invoice",
        "{name} owes {amount} on {n} invoices",
        int((frame["balance"] > 0).sum()),
        name=name,
        amount=formats.compact(answer.values["open"]),
    )
    if len(late):
        title = titled(title, _("the oldest is {days} late", days=formats.days(int(late["dpd"].max()))))
    return Finding(
        "aging_invoices", title,
        subtitle(_("Open invoices, {currency}", currency=formats.currency_name(currency)), formats.date(answer.as_of),
                 _("oldest due first")),
        frame, columns(("invoice_id", _("Invoice")), ("invoice_date", _("Invoiced")), ("due_date", _("Due on")),
                       ("dpd", _("Days past due"), "count"), ("class", _("Class")), ("amount", _("Amount"), "money"),
                       ("paid", _("Paid"), "money"), ("balance", _("Open"), "money")),
        answer, None, None, BUCKETS,
    )  # fmt: skip
