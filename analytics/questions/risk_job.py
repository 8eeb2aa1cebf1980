"""Job: how likely each dealer is to stay silent, what margin it may bring, and how well that was told a quarter ago."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import pandas as pd

from analytics.segmentation import churn, expected_margin, fit_bgnbd, rfm
from data.company import Company
from data.scope import Scope

RISK, PAST, TESTED = "dealer_risk", "dealer_risk_past", "dealer_risk_tested"
RESULTS = (RISK, PAST, TESTED)
HORIZON = 90  # days in which a dealer may stay silent
WEEK = 7.0  # days: the unit of time of BG/NBD, near one so that its parameters are of a size

Report = Callable[[int, int], None]


def compute(company: Company, scope: Scope, report: Report) -> Mapping[str, pd.DataFrame]:
    """The stored results.

    `dealer_risk`: dealer_id, probability (of no order in HORIZON days), rule, drivers (codes), expected_margin and
    naive_margin (next and last twelve months, money), alive (BG/NBD; missing where that says that nobody leaves).
    `dealer_risk_past`: what would have been said HORIZON days before the last day: dealer_id, probability, rule, silent
    (flag: what came); dealers that had bought within a year. `dealer_risk_tested`: one row: verdict and reason, method,
    auc, auc_rule, ece, base_rate, n (of churn on past days), margin_method, wape, wape_naive (of the margin), bgnbd and
    bgnbd_reason (verdict of the model).
    """
    orders = company.store.query("dealer_orders", scope)
    costed = company.store.measure(scope.but(period=company.store.sales_span), ("costed_sales",))["costed_sales"].iloc[
        0
    ]
    if orders.empty:
        empty = pd.DataFrame(columns=["dealer_id", "probability", "rule", "drivers", "expected_margin", "naive_margin",
                                      "alive"])  # fmt: skip
        return {RISK: empty, PAST: empty[["dealer_id", "probability", "rule"]].assign(silent=[]),
                TESTED: pd.DataFrame([{"verdict": "insufficient_evidence", "reason": "no_orders"}])}  # fmt: skip
    at_risk = churn(orders, scope.as_of, HORIZON)
    report(1, 4)
    worth = expected_margin(orders, scope.as_of)
    report(2, 4)
    alive, verdict, reason = _alive(orders, scope.as_of)
    report(3, 4)
    frame = at_risk.merge(worth.rename(columns={"expected": "expected_margin", "naive": "naive_margin"}),
                          on="dealer_id", how="left")  # fmt: skip
    if not costed > 0:  # no cost of goods is known: nobody's margin is
        frame[["expected_margin", "naive_margin"]] = float("nan")
    frame["alive"] = frame["dealer_id"].map(alive)
    past = _past(orders, scope.as_of - dt.timedelta(HORIZON))
    report(4, 4)
    told = {name: at_risk.attrs.get(name) for name in ("verdict", "reason", "method", "auc", "auc_rule", "ece",
                                                       "base_rate", "n")}  # fmt: skip
    told |= {"margin_method": worth.attrs["method"], "wape": worth.attrs.get("wape"),
             "wape_naive": worth.attrs.get("wape_naive"), "bgnbd": verdict, "bgnbd_reason": reason}  # fmt: skip
    for result in (frame, past):
        result.attrs.clear()
    return {RISK: frame, PAST: past, TESTED: pd.DataFrame([told])}


def _alive(orders: pd.DataFrame, as_of: dt.date) -> tuple[pd.Series, str, str]:
    """P(alive) by dealer_id, and the verdict of the model: `ok`, or why it says nothing."""
    summary = rfm(orders, as_of).dropna(subset=["t_x", "T"]).set_index("dealer_id")
    if len(summary) < 2:
        return pd.Series(dtype="float64"), "insufficient_evidence", ""
    weeks = summary.assign(t_x=summary["t_x"] / WEEK, T=summary["T"] / WEEK)
    model = fit_bgnbd(weeks)
    if model.verdict != "ok":
        return pd.Series(dtype="float64"), model.verdict, model.reason
    alive = model.probability_alive(weeks["x"], weeks["t_x"], weeks["T"])
    return pd.Series(alive, index=weeks.index, dtype="float64"), "ok", ""


def _past(orders: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """dealer_id, probability, rule as of that day, and silent: nothing sold from then on. Dealers that had bought in
    the year before."""
    days = pd.to_datetime(orders["order_date"])
    sold = orders["net_amount"] > 0
    before = (days <= pd.Timestamp(day)) & (days > pd.Timestamp(day) - pd.Timedelta(days=365))
    known = orders[days <= pd.Timestamp(day)]
    if known.empty:
        return pd.DataFrame(columns=["dealer_id", "probability", "rule", "silent"])
    said = churn(known, day, HORIZON)
    said = said[said["dealer_id"].isin(orders.loc[sold & before, "dealer_id"])]
    came = orders.loc[sold & (days > pd.Timestamp(day)), "dealer_id"]
    return said.assign(silent=~said["dealer_id"].isin(came)).drop(columns="drivers").reset_index(drop=True)
