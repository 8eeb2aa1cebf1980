"""Stock loading (压货): what dealers were sold at the ends of quarters beyond what they sell on and usually keep."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from analytics.integrity import loading
from analytics.questions import integrity_job as job
from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.integrity_base import measured, network, seen_dealers, with_people
from data.company import Company
from data.scope import Scope
from data.words import N_

DEFINITIONS = ("stock_loading", "cover_days")
QUARTERS = 4  # quarter ends that the answer looks back on
SHOWN_MONTHS = 18  # of the months of cover


@question("integrity.loading", headquarters=True)
def suspects(company: Company, scope: Scope) -> Answer:
    """Dealers with too much stock at the last quarter end of the period, bought at its very end: suspected loading.

    Without a quarter end in the period: the last one before its end. Money at list price.
    Frame `dealers`: one row a dealer who reports stock and sell-out, suspects first, then by money: the columns of
    analytics.integrity.loading.judged at that quarter end, `times` (of the last QUARTERS quarter ends suspected),
    names, region_id, owner_id, manager_id and names. Frame `quarters`: quarter_end, dealers (suspected then), loading,
    and of the suspects of the last: sell_in, sell_out, opening, closing, usual_stock. Frame `cover`: month, suspected
    (bool), days (stock / sell-out a day of three months), the last SHOWN_MONTHS months.
    Values: quarter_end, loading (money of the suspects), stock and usual_stock (theirs), sell_in_change and
    sell_out_change (theirs against the same quarter of the year before), dealers (suspects), full (too much stock, not
    bought at the end), judged, reporting, selling (dealers with sales in the period), unknown_share (of net sales: of
    dealers who do not report), measured_*.
    """
    flows = job.cells(company, job.STOCK, network(scope))
    quarter = _quarter_end(min(scope.period.end, scope.as_of))
    known, unknown = _coverage(company, scope, flows)
    values: dict[str, Any] = known | {"quarter_end": quarter} | measured("loading")
    last = pd.Timestamp(quarter)
    months = pd.DatetimeIndex(
        [last.replace(day=1) - pd.DateOffset(months=3 * back) for back in reversed(range(QUARTERS))]
    )
    judged = loading.judged(flows, months, pd.Timestamp(scope.as_of))
    judged = judged[judged["dealer_id"].isin(seen_dealers(company, scope))]
    latest = judged[judged["quarter_end"] == last]
    if (latest["verdict"] == "cannot_tell").all():
        return answer("integrity.loading", company, scope, {"dealers": latest}, definitions=DEFINITIONS, values=values,
                      notes=_missing(company, latest, quarter), verdict="insufficient_evidence")  # fmt: skip
    times = judged[judged["verdict"] == "suspected"].groupby("dealer_id").size()
    dealers = latest.assign(times=latest["dealer_id"].map(times).fillna(0).astype(int))
    rank = dealers["verdict"].map({"suspected": 0, "full": 1, "normal": 2, "cannot_tell": 3})
    dealers = dealers.assign(rank=rank).sort_values(["rank", "loading"], ascending=[True, False], kind="stable")
    named = dealers.loc[dealers["verdict"] == "suspected"]
    frames = {
        "dealers": with_people(company, scope, dealers.drop(columns="rank").reset_index(drop=True)),
        "quarters": _quarters(judged, named["dealer_id"]), "cover": _cover(flows, latest, named["dealer_id"], last),
    }  # fmt: skip
    values |= {
        "loading": float(named["loading"].sum()), "stock": float(named["closing"].sum()),
        "usual_stock": float(named["usual_stock"].sum()), "dealers": len(named),
        "full": int((dealers["verdict"] == "full").sum()),
        "judged": int((dealers["verdict"] != "cannot_tell").sum()),
    } | _year_on_year(flows, named["dealer_id"], last)  # fmt: skip
    return answer("integrity.loading", company, scope, frames, definitions=DEFINITIONS, values=values, notes=unknown)


def _quarter_end(day: dt.date) -> dt.date:
    """The last end of a calendar quarter up to the day."""
    following = (pd.Timestamp(day) + pd.Timedelta(days=1)).to_period("Q").start_time
    return following.date() - dt.timedelta(days=1)


def _coverage(company: Company, scope: Scope, flows: pd.DataFrame) -> tuple[dict[str, Any], tuple[Note, ...]]:
    """How many of the dealers with sales report their stock, and what share of net sales the others make up."""
    sold = company.store.measure(scope, ("net_sales",), ("dealer",))
    sold = sold[sold["net_sales"] > 0]
    reports = sold["dealer_id"].isin(flows.loc[flows["stock"].notna(), "dealer_id"])
    total = float(sold["net_sales"].sum())
    silent = float(sold.loc[~reports, "net_sales"].sum())
    values = {
        "selling": len(sold),
        "reporting": int(reports.sum()),
        "unknown_share": silent / total if total else np.nan,
    }
    values |= dict.fromkeys(("dealers", "judged", "full", "loading"), 0)
    if reports.all():
        return values, ()
    message = N_("{n} dealers with {share:.0%} of net sales do not report stock and sell-out: whether they were loaded "
                 "cannot be told, and their rising sell-in is no good news by itself.")  # fmt: skip
    return values, (Note(message, {"n": int((~reports).sum()), "share": values["unknown_share"]}),)


def _missing(company: Company, latest: pd.DataFrame, quarter: dt.date) -> tuple[Note, ...]:
    """Why nobody can be judged."""
    if not (company.store.has("fact_stock") and company.store.has("fact_sell_out")):
        return (Note(N_("Loading cannot be told from sell-in alone: import the dealers' stock and sell-out.")),)
    if len(latest) and (latest["reason"] == "short_history").any():
        message = N_("Loading at {day} cannot be told: a year of stock and sell-out before the quarter is needed.")
        return (Note(message, {"day": quarter}),)
    message = N_("Loading at {day} cannot be told: no dealer of this view reports stock and sell-out and orders often "
                 "enough.")  # fmt: skip
    return (Note(message, {"day": quarter}),)


def _quarters(judged: pd.DataFrame, named: pd.Series) -> pd.DataFrame:
    """The quarter ends: whom they made suspect, and how the suspects of the last one stood."""
    then = judged[judged["verdict"] == "suspected"].groupby("quarter_end")
    mine = judged[judged["dealer_id"].isin(named)].groupby("quarter_end")
    frame = mine[["sell_in", "sell_out", "opening", "closing", "usual_stock"]].sum()
    frame = frame.reindex(sorted(judged["quarter_end"].unique()))
    frame.insert(0, "dealers", then.size().reindex(frame.index).fillna(0).astype(int))
    frame.insert(1, "loading", then["loading"].sum().reindex(frame.index).fillna(0.0))
    return frame.rename_axis("quarter_end").reset_index()


def _cover(flows: pd.DataFrame, latest: pd.DataFrame, named: pd.Series, last: pd.Timestamp) -> pd.DataFrame:
    """Days of cover of the suspects and of the other dealers who can be judged, over the months up to the quarter."""
    judged = latest.loc[latest["verdict"] != "cannot_tell", "dealer_id"]
    month = pd.to_datetime(flows["month"])
    mine = flows.assign(month=month)[flows["dealer_id"].isin(judged) & (month <= last)]
    sums = mine.groupby([mine["dealer_id"].isin(named).rename("suspected"), "month"])[["stock", "sell_out"]].sum()
    sums = sums.reset_index().sort_values("month")
    days = sums["month"].dt.days_in_month
    by = sums["suspected"]
    rate = sums["sell_out"].groupby(by).rolling(3).sum().droplevel(0) / days.groupby(by).rolling(3).sum().droplevel(0)
    frame = sums.assign(days=sums["stock"] / rate.where(rate > 0))[["month", "suspected", "days"]]
    first = last.replace(day=1) - pd.DateOffset(months=SHOWN_MONTHS - 1)
    return frame[frame["month"] >= first].dropna(subset=["days"]).sort_values(["suspected", "month"], ignore_index=True)


def _year_on_year(flows: pd.DataFrame, named: pd.Series, last: pd.Timestamp) -> dict[str, float]:
    """How much more the suspects bought and sold on than in the same quarter a year before."""
    mine = flows[flows["dealer_id"].isin(named)]
    quarter = pd.PeriodIndex(pd.to_datetime(mine["month"]), freq="Q")
    sums = mine.groupby(quarter)[["sell_in", "sell_out"]].sum()
    now, then = last.to_period("Q"), last.to_period("Q") - 4
    if then not in sums.index or now not in sums.index:
        return {"sell_in_change": np.nan, "sell_out_change": np.nan}
    change = sums.loc[now] / sums.loc[then].where(sums.loc[then] > 0) - 1
    return {"sell_in_change": float(change["sell_in"]), "sell_out_change": float(change["sell_out"])}
