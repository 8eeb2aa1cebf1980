"""Which dealers will go quiet, what they are worth, and on whom and what the business hangs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.questions import risk_job as job
from analytics.questions import segments_base as base
from analytics.questions.answer import Answer, Note, answer, question
from analytics.sales.concentration import hhi, top_share
from data.company import Company
from data.scope import Scope
from data.words import N_

DEFINITIONS = ("churn_probability", "expected_margin", "margin_at_risk", "promoted_share", "top_share", "hhi")
BANDS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)  # of said chances
LIKELY = 0.5  # from which a dealer is told to be likely to stay silent
WORTH_A_REASON = 0.1  # chance below which no reason is given: there is no risk to explain
DEPENDENT = 0.25  # share bought on promotion from which a dealer hangs on them
LARGEST = 10
FRAMES = ("dealers", "bands", "dependence")
SHORT = {
    "short_history": N_("Cannot tell who will go quiet: the history is too short. Chances are by each dealer's own "
                        "rate of orders."),
    "few_dealers": N_("Cannot tell who will go quiet: there are too few dealers. Chances are by each dealer's own "
                      "rate of orders."),
    "no_better_than_chance": N_("Cannot tell who will go quiet: on past days the chances found it hardly better than "
                                "tossing a coin. Use the silence against the usual gap."),
    "badly_calibrated": N_("The chances say too much or too little: on past days they were off by more than 10 "
                           "points. Use their order, not their size."),
    "no_orders": N_("Cannot tell who will go quiet: there are no orders."),
}  # fmt: skip
ALIKE = N_("Cannot tell who will go quiet: too few went quiet, or too few stayed, in the past. Chances are by each "
           "dealer's own rate of orders.")  # fmt: skip


@question("dealers.risk")
def risk(company: Company, scope: Scope) -> Answer:
    """The chance of each dealer to order nothing in the 90 days after the last day of the data, and what that may cost.

    Frame `dealers`: dealer_id and names, probability (calibrated on earlier days of the same orders), rule (days since
    the last order over the dealer's usual gap: higher = riskier), drivers (codes, see segmentation.churn), alive
    (BG/NBD; missing where the orders know no leaving), expected_margin (money, next 12 months), naive_margin (last
    12), at_risk (probability × expected margin of a quarter), recency, net_sales, promoted_share, region_id, owner_id
    with names; most at risk first. Dealers that have not bought for a year (they are lost) or are closed are left out.
    Frame `bands`: what was said 90 days ago and what came: said (mean), happened, count, lo, hi (90 % limits of what
    can happen by chance), for the dealers in scope. Frame `dependence`: dealers that buy at least a quarter on
    promotion: dealer_id and names, promoted_share, net_sales, growth.
    Values: at_risk, expected_margin and expected_quarter (of 12 months and of 90 days), naive_margin, likely (dealers
    from 50 %), auc, auc_rule, ece, base_rate, n (on past days, company-wide), wape, wape_naive, margin_method, bgnbd,
    promoted_share, dependent, top_share, hhi, silent_said and silent_came (dealers, of the bands).
    """
    stored, day = company.result(job.RISK), company.snapshot.as_of
    features = base.by_day(company, scope)
    today = base.day_of(features, day)
    if stored is None or today is None:
        return base.unready("dealers.risk", company, scope, FRAMES, DEFINITIONS)
    past, tested = company.result(job.PAST), company.result(job.TESTED)
    assert past is not None
    assert tested is not None
    told = tested.iloc[0].to_dict()
    seen = base.profiles(company, scope)
    columns = ["dealer_id", "net_sales", "recency", "promoted_share", "growth", "orders", "promoted"]
    frame = stored.merge(features[today][columns], on="dealer_id")
    frame = frame[(frame["orders"] > 0) & frame["dealer_id"].isin(seen.loc[~seen["closed"], "dealer_id"])]
    frame["at_risk"] = frame["probability"] * frame["expected_margin"].clip(lower=0) * job.HORIZON / 365
    told_why = frame["drivers"].fillna("").where(frame["probability"] >= WORTH_A_REASON, "")
    frame["drivers"] = [text.split(",") if text else [] for text in told_why]
    frame = frame.sort_values(
        ["at_risk", "probability", "dealer_id"], ascending=[False, False, True], ignore_index=True
    )
    bands = _bands(past[past["dealer_id"].isin(seen["dealer_id"])])  # those closed since were silent, too
    hangs = frame[frame["promoted_share"] >= DEPENDENT]
    hangs = hangs.sort_values("net_sales", ascending=False)
    expected = frame["expected_margin"].clip(lower=0).sum(min_count=1)
    values = told | {
        "at_risk": float(frame["at_risk"].sum(min_count=1)),
        "expected_margin": float(expected), "expected_quarter": float(expected * job.HORIZON / 365),
        "naive_margin": float(frame["naive_margin"].sum(min_count=1)),
        "likely": int((frame["probability"] >= LIKELY).sum()),
        "promoted_share": float(frame["promoted"].sum(min_count=1) / max(frame["net_sales"].sum(), 1e-9)),
        "dependent": len(hangs), "top_share": top_share(frame["net_sales"], LARGEST), "hhi": hhi(frame["net_sales"]),
        "top": min(LARGEST, len(frame)), "dealers": len(frame), "day": day,
        "silent_said": float((bands["said"] * bands["count"]).sum()),
        "silent_came": float((bands["happened"] * bands["count"]).sum()),
    }  # fmt: skip
    shown = frame.drop(columns=["orders", "promoted", "growth"])
    hangs = hangs[["dealer_id", "promoted_share", "net_sales", "growth"]]
    frames = {"dealers": base.people(company, seen, shown), "bands": bands,
              "dependence": base.people(company, seen, hangs)}  # fmt: skip
    return answer("dealers.risk", company, scope, frames, definitions=DEFINITIONS, values=values,
                  notes=base.notes_of(scope) + _notes(told, scope, company),
                  verdict="ok" if told["verdict"] == "ok" else "insufficient_evidence")  # fmt: skip


def _bands(past: pd.DataFrame) -> pd.DataFrame:
    """said, happened, count, lo, hi by band of what was said; bands without a dealer left out."""
    from scipy.special import betaincinv

    cut = pd.cut(past["probability"].astype(float), BANDS, include_lowest=True, labels=False)
    rows = []
    for _band, part in past.groupby(cut):
        n, hits = len(part), int(part["silent"].sum())
        low = betaincinv(hits, n - hits + 1, 0.05) if hits else 0.0  # Clopper and Pearson 1934
        high = betaincinv(hits + 1, n - hits, 0.95) if hits < n else 1.0
        rows.append((float(part["probability"].mean()), hits / n, n, float(low), float(high)))
    return pd.DataFrame(rows, columns=["said", "happened", "count", "lo", "hi"]).astype({"count": np.int64})


def _notes(told: dict[str, object], scope: Scope, company: Company) -> tuple[Note, ...]:
    notes: tuple[Note, ...] = ()
    if told["verdict"] != "ok":
        notes += (Note(SHORT.get(str(told["reason"]), ALIKE), {}),)
    if scope.as_of != company.snapshot.as_of:
        notes += (Note(N_("Told as of the last day of the data: {day}."), {"day": company.snapshot.as_of}),)
    return notes
