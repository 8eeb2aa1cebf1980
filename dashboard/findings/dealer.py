"""The findings of the dealer card: who the dealer is, and the list to choose from."""

from __future__ import annotations

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.findings.model import Finding, columns, period_words, subtitle, titled
from dashboard.findings.names import name_of, names_of
from dashboard.i18n import _, ngettext


def profile(answer: Answer) -> pd.Series:
    """The row that says who the dealer is."""
    return answer.frames["dealer"].iloc[0]


def kpi(answer: Answer, measure: str) -> pd.Series:
    """The row of a KPI."""
    frame = answer.frames["kpis"]
    return frame[frame["measure"] == measure].iloc[0]


def page_title(answer: Answer) -> str:
    """The dealer's name, and what it sold and owes late."""
    name = name_of(profile(answer), "dealer")
    sales, late = kpi(answer, "net_sales"), kpi(answer, "overdue")["value"]
    said = _("{name}: sales {amount}", name=name, amount=formats.compact(sales["value"]))
    if pd.notna(sales["change_rate"]):
        said = _("{name}: sales {amount}, {change}", name=name, amount=formats.compact(sales["value"]),
                 change=formats.rate(sales["change_rate"], 0, signed=True))  # fmt: skip
    return titled(said, _("{amount} overdue", amount=formats.compact(late)) if late and late > 0 else "", page=True)


def page_subtitle(answer: Answer) -> str:
    """Code, place, tier and owner; the period."""
    row = profile(answer)
    return subtitle(
        str(row["dealer_id"]), name_of(row, "region"), _("tier {tier}", tier=row["tier"]) if row["tier"] else "",
        name_of(row, "channel"), _("owner {name}", name=name_of(row, "owner")), period_words(answer),
    )  # fmt: skip


def dealers(answer: Answer, currency: str) -> Finding:
    """The dealers to choose from, largest first."""
    frame = answer.frame("dealers")
    for part in ("dealer", "region", "owner"):
        frame[part] = names_of(frame, part) if len(frame) else []
    n = len(frame)
    title = ngettext("{n} dealer to choose from", "{n} dealers to choose from", n, n=formats.count(n))
    return Finding(
        "dealers", title, subtitle(_("Net sales, {currency}", currency=formats.currency_name(currency)),
                                   period_words(answer), _("largest first")), frame,
        columns(("dealer", _("Dealer")), ("dealer_id", _("Code")), ("region", _("Region")), ("tier", _("Tier")),
                 ("owner", _("Owner")), ("net_sales", _("Net sales"), "money"),
                 ("net_sales_compared", _("Compared"), "money"), ("overdue", _("Overdue"), "money")),
        answer, None, None, ("net_sales", "overdue"),
    )  # fmt: skip
