"""Which dealers hold most of what is to be decided."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.ranking import ranking
from dashboard.findings.actions import worded
from dashboard.findings.model import Finding, columns, subtitle, titled, who
from dashboard.findings.names import names_of
from dashboard.i18n import _, ngettext

SHOWN = 10


def stakes(answer: Answer, currency: str) -> Finding:
    """Bars of money at stake by dealer, of the actions that wait; most first. answer: of `actions.list`."""
    frame = worded(answer, answer.frame("all"))
    frame = frame[frame["state"].isin(["open", "taken"]) & (frame["subject"] == "dealer")]
    frame = frame.assign(label=names_of(frame, "subject"))
    rows = [
        {"id": id, "label": part["label"].iloc[0], "actual": float(part["money"].sum()), "count": len(part),
         "sentence": part["sentence"].iloc[0], "owner": part["owner"].iloc[0], "reason": part["reason"].iloc[0]}
        for id, part in frame.sort_values("money", ascending=False).groupby("subject_id", sort=False)
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["id", "label", "actual", "count", "sentence", "owner", "reason"])
    table = table.sort_values("actual", ascending=False, kind="stable").reset_index(drop=True)
    shown = table.head(SHOWN)
    unit = formats.choose_unit([*shown["actual"], 0.0], "money")
    return Finding(
        "stakes", _title(table, shown),
        subtitle(who(answer), _("Money at stake, {unit}, by dealer", unit=formats.unit_name(unit, currency=currency)),
                 _("of what waits for a decision"), formats.date(answer.as_of)),
        table, columns(("label", _("Dealer")), ("actual", _("At stake"), "money"), ("count", _("Items"), "count"),
                       ("sentence", _("What")), ("reason", _("Reason")), ("owner", _("Owner"))),
        answer, partial(ranking, shown[["id", "label", "actual"]], unit=unit) if len(shown) else None, None,
        ("net_sales", "overdue"),
    )  # fmt: skip


def _title(table: pd.DataFrame, shown: pd.DataFrame) -> str:
    if table.empty or not table["actual"].sum():
        return _("No dealer stands out")
    share = formats.rate(shown["actual"].sum() / table["actual"].sum(), 0)
    first = ngettext("{n} dealer to act on: {amount} at stake", "{n} dealers to act on: {amount} at stake", len(table),
                     amount=formats.compact(table["actual"].sum()))  # fmt: skip
    if len(table) <= len(shown):
        return first
    return titled(first, _("ten hold {share} of it", share=share))
